"""Which new files are whole: one that is still being written waits for a later turn.

A file rests when its size and time stay as they are for a moment. Three conventions make it sure, also for writers that pause:

* write under a name that is not an input (`.page.html`, `_page.html`, `page.html.part`), then rename;
* write the file, then a marker beside it (`page.html`, then `page.html.done`), and watch with `--done .done`;
* put it into an object store, where what is listed is whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
from apache_beam.io.filesystems import FileSystems

from broadsheet.pipelines.inputs.ledger import as_inputs
from broadsheet.pipelines.inputs.match_inputs import is_unchanged

_WHOLE = ("s3://", "gs://", "azfs://", "http://", "https://")
"""Where a name appears with all of its bytes, or not at all."""


def at_rest(new: pa.Table, since: float, rest_s: float, done: str, pause: Callable[[float], None]) -> pa.Table:
    """Returns those of the new inputs that nobody is writing any more.

    Those changed within the last `rest_s` seconds are looked at twice, with a pause between; the others are stable. A clock that
    is ahead of this machine's makes all of its files young, which costs the pause.

    Args:
        new: As `inputs.ledger.as_table` makes it.
        since: When their listing began, in seconds since 1970. It may take longer than `rest_s`, and what had just changed when it
            was listed has not rested by its end.
        rest_s: How long size and time must stay as they are.
        done: What the marker beside a whole file ends in, `.done`; "" if no markers are used.
        pause: Waits so many seconds.
    """
    if done:
        return new.filter(pa.array([_exists(uri + done) for uri in new["uri"].to_pylist()], pa.bool_()))
    young = pc.greater_equal(new["modified_us"], (since - rest_s) * 1e6)
    moving = [item for item in as_inputs(new.filter(young)) if not item.uri.startswith(_WHOLE)]
    if not moving:
        return new
    pause(rest_s)
    changed = [item.uri for item in moving if not is_unchanged(item)]
    return new.filter(pc.invert(pc.is_in(new["uri"], value_set=pa.array(changed, pa.string()))))


def _exists(uri: str) -> bool:
    return FileSystems.exists(uri) if "://" in uri else os.path.exists(uri)
