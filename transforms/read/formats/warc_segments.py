"""Joins WARC records that a crawler split into segments (ISO 28500, 7.8).

The first segment is a response or resource with `WARC-Segment-Number: 1`. The later ones are `continuation` records that name it in
`WARC-Segment-Origin-ID`; the last one gives the length of all blocks as `WARC-Segment-Total-Length`. Segments that do not make a
whole record within their file are dead letters, one each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Optional

from fastwarc.warc import WarcRecord, WarcRecordType

from broadsheet.transforms.read.reader import Context, Found

MakePage = Callable[[WarcRecord, bytes, Context], Found]
"""What makes something of a whole record and its block."""


class _Segment(NamedTuple):
    record: WarcRecord
    block: bytes


class _Series:
    """The segments of one record that were found so far, by their numbers."""

    def __init__(self) -> None:
        self.segments: dict[int, _Segment] = {}
        self.total: Optional[int] = None

    def whole(self) -> bytes | None:
        """Returns the joined block, `None` as long as a segment is missing or the length is another."""
        if self.total is None or sorted(self.segments) != list(range(1, len(self.segments) + 1)):
            return None
        block = b"".join(self.segments[number].block for number in sorted(self.segments))
        return block if len(block) == self.total else None


class Segments:
    """The segments of a file that are not joined yet; all other records pass through."""

    def __init__(self, make: MakePage) -> None:
        """Makes pages of whole records by `make`."""
        self._make = make
        self._series: dict[str, _Series] = {}
        self._held = 0
        self.seen = False
        """Whether there was a segment."""

    def page(self, record: WarcRecord, block: bytes, context: Context) -> Found | None:
        """Returns what a record is; `None` for a segment that waits for others."""
        number = record.headers.get_bytes(b"WARC-Segment-Number")
        if number is None and record.record_type != WarcRecordType.continuation:
            return self._make(record, block, context)
        self.seen = True
        origin = record.headers.get("WARC-Segment-Origin-ID") or record.headers.get("WARC-Record-ID") or ""
        digits = (number or b"").strip()
        if not origin or not digits.isdigit() or len(digits) > 9:
            return _dead(record, block, context, "expected its number and the identifier of the first segment")
        series = self._series.setdefault(origin.strip(" <>"), _Series())
        replaced = series.segments.get(int(digits))
        self._held += len(block) - (len(replaced.block) if replaced else 0)
        if self._held > 2 * context.options.max_record_bytes:
            self._held -= len(block)
            return _dead(record, block, context, "the segments that wait for others take more than two records (--limit record-mb)")
        series.segments[int(digits)] = _Segment(record, block)
        total = (record.headers.get_bytes(b"WARC-Segment-Total-Length") or b"").strip()
        if total.isdigit() and len(total) <= 18:
            series.total = int(total)
        whole = series.whole()
        if whole is None:
            return None
        del self._series[origin.strip(" <>")]
        self._held -= len(whole)
        return self._make(series.segments[1].record, whole, context)

    def rest(self, context: Context) -> Iterator[Found]:
        """Yields a dead letter for each segment whose record is not whole at the end of the file."""
        for series in self._series.values():
            for segment in series.segments.values():
                yield _dead(segment.record, segment.block, context, "expected all its segments in this file")


def _dead(record: WarcRecord, block: bytes, context: Context, what: str) -> Found:
    url = ascii(record.headers.get("WARC-Target-URI"))[1:-1][:300]
    number = ascii(record.headers.get("WARC-Segment-Number") or "?")[1:-1][:20]
    return context.dead("segmented", f"segment {number} of {url}: {what}", block)
