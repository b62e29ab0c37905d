"""Selects the new files that are complete. A file that is still being written is left for a later poll.

A file is stable if its size and time do not change for a moment. Three conventions are reliable even if the writer pauses:

* write under a name that is not an input (`.page.html`, `_page.html`, `page.html.part`), then rename;
* write the file, then a marker beside it (`page.html`, then `page.html.done`), and watch with `--done .done`;
* put it into an object store, where every listed object is complete.
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
"""The beginnings of URIs in stores where a name appears with all of its bytes, or not at all."""


def at_rest(new: pa.Table, since: float, rest_s: float, done: str, pause: Callable[[float], None]) -> pa.Table:
    """Returns the new inputs that are no longer being written.

    Inputs that changed within the last `rest_s` seconds are checked twice, with a pause between. The others are stable. If another
    machine's clock is ahead, its files always look recent, and each poll waits.

    Args:
        new: As `inputs.ledger.as_table` makes it. since: When their listing began, in seconds since 1970. The listing may take
        longer than `rest_s`, and a file that changed just
            before it was listed may not be stable yet when the listing ends.
        rest_s: How many seconds size and time must stay unchanged.
        done: The ending of the marker beside a complete file, such as `.done`; "" if no markers are used.
        pause: Sleeps for that many seconds.
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
