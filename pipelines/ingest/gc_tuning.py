"""Makes Python's collector of reference cycles run less often during a batch.

A page becomes hundreds of lines and blocks. Python takes so many new objects for a reason to look for cycles among them twice a
page, and now and then among all that Beam, pyarrow and the models keep. There are next to none: records are plain values that go
when their last user does. The looks took 3 to 5 % of the CPU time of an ingest of text dumps, start-up aside, and take 1 % so.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

YOUNG = 50_000
"""New objects from which on the collector looks at them: those of some fifty pages, a few MB. Python's own number is 700."""


@contextlib.contextmanager
def seldom() -> Iterator[None]:
    """Within it the collector looks seldom, and never at what is there already."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
