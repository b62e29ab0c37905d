"""Makes pages of whole WARC records."""

from __future__ import annotations

import datetime as dt
from functools import partial

from fastwarc.warc import HeaderMap, WarcRecord, WarcRecordType

from broadsheet.schemas.records import TEXT
from broadsheet.transforms.read.http_responses import (
    charset_of,
    is_vague,
    media_type_of,
    page_of_response,
    sniffed_type,
    uri_text,
)
from broadsheet.transforms.read.reader import Context, Found
from broadsheet.transforms.read.row_columns import parse_time

PAGES = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion | WarcRecordType.continuation
"""Types of records that hold a page or a piece of one."""
_OWN = ("metadata:", "urn:")
"""How addresses begin that crawlers give to what they wrote themselves, as resources: wget its arguments and its log, Browsertrix
the text and the picture of a page that is a response already."""
_KINDS = {
    "response": WarcRecordType.response,
    "resource": WarcRecordType.resource,
    "conversion": WarcRecordType.conversion,
    "continuation": WarcRecordType.continuation,
}


def kind_of_record(record: WarcRecord) -> WarcRecordType:
    """Returns a record's type, which FastWARC knows by `WARC-Type` in this case only."""
    kind = record.record_type
    return _KINDS.get((record.headers.get("WARC-Type") or "").lower(), kind) if kind == WarcRecordType.unknown else kind


def page_of_record(record: WarcRecord, block: bytes, context: Context) -> Found:
    """Returns the page that a whole record holds."""
    headers = record.headers
    url = uri_text((headers.get_bytes(b"WARC-Target-URI") or b"").strip(b"<> ")) or None  # wget once wrote them in brackets
    fetched_at = _date(record)
    if record.is_http:  # asking for a header costs as much as all else here
        return page_of_response(block, context, url, fetched_at, partial(_is_cut, headers))
    content_type = headers.get("Content-Type") or ""
    if content_type.lower().startswith("text/dns"):  # Heritrix keeps what the name server said as a response
        return context.skipped("warc_dns", f"{ascii(url)[:300]} is a name server's answer")
    if kind_of_record(record) == WarcRecordType.resource and (url or "").lower().startswith(_OWN):
        return context.skipped("warc_log", f"{ascii(url)[:300]} is the crawler's own")
    if content_type.lower().startswith("application/http") or (is_vague(content_type) and block.startswith(b"HTTP/")):
        return page_of_response(block, context, url, fetched_at, partial(_is_cut, headers))
    if kind_of_record(record) == WarcRecordType.conversion:
        kind = media_type_of(content_type or TEXT)
    else:
        kind = media_type_of(content_type) or sniffed_type(content_type, block)
    if kind is None:
        return context.filtered("not_a_page", f"{ascii(url)[:300]} is {ascii(content_type)[:100]}")
    return context.found(block, kind, url=url, fetched_at=fetched_at, charset=charset_of(content_type))


def _is_cut(headers: HeaderMap) -> bool:
    """Returns whether the crawler says that it kept the beginning of a body only."""
    return headers.get("WARC-Truncated") is not None


def _date(record: WarcRecord) -> dt.datetime | None:
    """Returns when a record was fetched, which some tools write as ARC does, without a zone, or as HTTP does."""
    try:
        moment = record.record_date
        if moment:
            return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    return parse_time((record.headers.get("WARC-Date") or "").strip().upper())
