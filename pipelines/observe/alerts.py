"""Alerts: what a run that succeeded may still be woken up for.

Too many dead records, too few documents, nothing new for too long. The lake has what was read all the same, so an alert has an
exit code of its own: a scheduler that repeats a failed run need not repeat this one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple, Optional

import pyarrow.compute as pc

from broadsheet.schemas.errors import AlertError
from broadsheet.schemas.tables import INPUTS
from broadsheet.transforms.lake.protocol.delta_tables import files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake


class AlertThresholds(NamedTuple):
    """Limits of which the user wants to be warned."""

    max_reject_share: float = 1.0
    """Dead records as a share of those that a run read."""
    min_documents: int = 0
    """Documents that a run must bring."""
    max_age_hours: Optional[float] = None
    """Age of the lake's newest commit."""


def check_limits(lake: Lake, books: Mapping[str, int], limits: AlertThresholds) -> None:
    """Compares what a run did with the limits of which its user wants to be warned.

    Args:
        lake: As the run left it.
        books: The sums of its batches' books.
        limits: The user's.

    Raises:
        AlertError: A limit is crossed; the message names each one.
    """
    found = []
    share = books.get("dead", 0) / books["records"] if books.get("records") else 0.0
    if share > limits.max_reject_share:
        found.append(f"{share:.1%} of the records are dead, --max-reject-share allows {limits.max_reject_share:.1%}")
    if books.get("documents", 0) < limits.min_documents:
        found.append(f"{books.get('documents', 0):,} new documents, --min-documents expects {limits.min_documents:,}")
    stale = staleness(lake, limits.max_age_hours)
    if stale:
        found.append(stale)
    if found:
        raise AlertError("; ".join(found))


def staleness(lake: Lake, max_age_hours: float | None, now: dt.datetime | None = None) -> str | None:
    """Says that nothing new came for too long; `None` if something did, or if no limit is set.

    Args:
        lake: Which lake.
        max_age_hours: How old its newest commit may be; `None` for any age.
        now: By default the clock's time.
    """
    if max_age_hours is None:
        return None
    newest = newest_commit(lake)
    if newest is None:
        return f"the lake has no commit, --max-age-hours expects one within {max_age_hours:g} h"
    hours = ((now or dt.datetime.now(dt.UTC)) - newest).total_seconds() / 3600
    return f"the newest commit is {hours:.1f} h old, --max-age-hours allows {max_age_hours:g}" if hours > max_age_hours else None


def newest_commit(lake: Lake) -> dt.datetime | None:
    """Returns when a batch was committed last, from the log alone; `None` if none ever was."""
    times = files_of(open_table(lake, INPUTS))
    return pc.max(times["partition.committed_at"]).as_py() if times.num_rows else None
