"""Rows of columns, as tables and JSON objects have them, to records.

Which column holds what: the user names it, or it has a name that is usual for it. Columns that are named like a field of
`read.metadata_overrides` (title, authors, section, ...) give that field.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import logging
import re
import unicodedata
from collections.abc import Collection, Mapping
from contextlib import suppress
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple, Optional

from broadsheet.schemas.errors import RecordError, UnreadableError
from broadsheet.schemas.records import HTML, TEXT
from broadsheet.schemas.tables import storable
from broadsheet.transforms.decode.charsets import valid_as_utf8
from broadsheet.transforms.read.metadata_overrides import FIELDS, parse_given
from broadsheet.transforms.read.reader import CONTAINER, Context, Found, ReadOptions
from broadsheet.transforms.read.text_lines import UNDECODED, encode_in

_TEXT_NAMES = (
    "text", "maintext", "raw_text", "plain_text", "plaintext", "fulltext", "full_text", "article_text", "content", "body",
    "article", "document",
)  # fmt: skip
_HTML_NAMES = ("html", "raw_html", "html_content", "page_html", "content_html", "body_html", "raw_content", "page_content")
_URL_NAMES = ("url", "link", "uri", "page_url", "source_url", "article_url", "target_uri", "warc_target_uri", "permalink")
_DATE_NAMES = (
    "published_at", "published", "date_published", "date_publish", "publish_date", "published_date", "publication_date",
    "pub_date", "pubdate", "date",
)  # fmt: skip
_FETCHED_NAMES = (
    "fetched_at", "crawled_at", "fetch_time", "crawl_date", "crawl_time", "date_download", "date_crawled", "warc_date",
    "scraped_at",
)  # fmt: skip
_SOURCE_NAMES = ("source", "source_domain", "publisher", "domain", "outlet", "site", "hostname")
_ID_NAMES = ("external_id", "id", "guid", "article_id", "doc_id", "document_id", "uuid", "_id")
"""Names of the fields in Common Crawl's tools, news-please, RSS, news data sets on Hugging Face, and our own: the first that is
there."""

_OURS = frozenset(FIELDS) - {"url", "charset", "source", "external_id", "published_at", "fetched_at"}

_OUR_KEYS = {"".join(char for char in field if char.isalnum()): field for field in sorted(_OURS)}
_TIMES = ("modified_at",)
_TIME_KEYS = ("$date", "$numberLong", "$timestamp", "t", "_seconds", "seconds")
"""Where MongoDB's extended JSON and Firestore's exports have the moment."""
_NEARNESS = 0.84
"""`author` and `authors`, `tittle` and `title` are nearer than this to each other; `state` and `date` are not."""
_MOST_LOOKED_AT = 200
_SAID: set[str] = set()
_LOG = logging.getLogger(__name__)

_UNITS = ((100_000_000_000_000_000, 1e9), (100_000_000_000_000, 1e6), (100_000_000_000, 1e3), (100_000_000, 1.0))
"""Least numbers since 1970 that are nano-, micro-, milliseconds and seconds: as seconds, 1e11 is the year 5138. Smaller numbers
are days like 20240514, years, or no time."""
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,9})?")
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_SCIENTIFIC = re.compile(r"\d\.\d{1,18}E\+?\d{1,2}", re.IGNORECASE)
"""As spreadsheets write long numbers."""
_NET = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
"""As .NET writes milliseconds in JSON."""
_LAYOUTS = (
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
)
"""Times that leave no doubt about day and month. `05/06/2024` does."""
_ZONE = re.compile(r"(?:(?<=\d) ?(?:UTC|GMT)|(?:(?<=Z)|(?<=[+-]\d\d:\d\d))\[[\w/+-]{1,40}\])$")
"""What BigQuery and Java put after a time."""
_NULL = "\\N"
"""How MySQL and Postgres write NULL into text files."""
_NEVER = dt.datetime(1, 1, 1)
"""What Go and .NET write for no time at all."""
_SECOND = re.compile(rf"{_DAY.pattern}(?:[01]\d|2[0-3])[0-5]\d[0-5]\d")
"""As crawls write times: 20240514061200."""


class Columns(NamedTuple):
    """Which column holds what."""

    text: Optional[str]
    html: Optional[str]
    url: Optional[str]
    date: Optional[str]
    fetched: Optional[str]
    source: Optional[str]
    identifier: Optional[str]
    others: tuple[tuple[str, str], ...]
    """Columns named like a given field, each with the field."""

    @property
    def wanted(self) -> list[str]:
        """All columns that are read."""
        return list(dict.fromkeys(name for name in (*self[:-1], *(name for name, _ in self.others)) if name))


def find_columns(names: Collection[str], options: ReadOptions) -> Columns:
    """Returns which of the columns of a row or table holds what.

    Raises:
        UnreadableError: Reason `no_such_column`: one that the user names is not there; `no_text_column`: none holds a page;
            `too_many_fields`.
    """
    if len(names) > options.max_fields:
        raise too_many_fields(options)
    by_key = _by_key(names)

    def column(named: str | None, usual: tuple[str, ...]) -> str | None:
        if named is not None:
            if named not in names and _key(named) not in by_key:
                raise UnreadableError("no_such_column", f"there is no column {named}; there are {_listed(names)}")
            return named if named in names else by_key[_key(named)]
        found = next((name for name in usual if name in names or _key(name) in by_key), None)
        return found if found is None or found in names else by_key[_key(found)]

    text = column(options.text_column, () if options.html_column else _TEXT_NAMES)
    html = column(options.html_column, () if options.text_column else _HTML_NAMES)
    if not text and not html:
        hint = "name it with --column text or --column html"
        raise UnreadableError("no_text_column", f"no column is known to hold pages: {hint}; there are {_listed(names)}")
    found = Columns(
        text,
        html,
        column(options.url_column, _URL_NAMES),
        column(options.date_column, _DATE_NAMES),
        column(None, _FETCHED_NAMES),
        column(options.source_column, _SOURCE_NAMES),
        column(options.id_column, _ID_NAMES),
        (),
    )
    taken = {name for name in found[:-1] if name}
    others = {_OUR_KEYS[key]: name for key, name in by_key.items() if key in _OUR_KEYS and name not in taken}
    found = found._replace(others=tuple((name, field) for field, name in others.items()))
    wanted = set(found.wanted)
    for name in names:
        if name not in wanted and (other := by_key[_key(name)]) in wanted and other not in FIELDS and _key(name) in _OUR_KEYS:
            raise UnreadableError("column_twice", f"the columns {_listed([other, name])} have one name: rename one of them")
    _say_unused([name for name in names if name not in wanted])
    return found


def _by_key(names: Collection[str]) -> dict[str, str]:
    """Returns columns by the normalized form of their names; of several with the same form, our name or else the first."""
    by_key: dict[str, str] = {}
    for name in names:
        key = _key(name)
        if key not in by_key or (name == _OUR_KEYS.get(key) and by_key[key] != name):
            by_key[key] = name
    return by_key


def holds_pages(names: Collection[str]) -> bool:
    """Returns whether one of the columns has a name that is usual for pages."""
    keys = set(map(_key, names))
    return any(_key(name) in keys for name in (*_TEXT_NAMES, *_HTML_NAMES))


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    """Returns what of a name matters: neither case nor width, spaces, underscores or other marks."""
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())


def _say_unused(names: list[str]) -> None:
    """Warns once per process and name of columns that look like a field and are not read."""
    for name in names[:_MOST_LOOKED_AT]:
        if name not in _SAID and (near := _near_field(_key(name))):
            _SAID.add(name)
            _LOG.warning("column %s is not read; a column named %s would be", ascii(name)[1:-1][:80], near)


@lru_cache(maxsize=4096)
def _near_field(key: str) -> str | None:
    near = get_close_matches(key[:80], _OUR_KEYS, 1, _NEARNESS)
    return _OUR_KEYS[near[0]] if near else None


def too_many_fields(options: ReadOptions) -> UnreadableError:
    """Returns the refusal of a row or table of more fields than are allowed."""
    return UnreadableError("too_many_fields", f"it has more than {options.max_fields} fields or values (--limit record-fields)")


def row_to_record(row: Mapping[str, Any], columns: Columns, context: Context, charset: str = "", where: str = "a row") -> Found:
    """Returns the record of a row; HTML if it has both, because HTML holds more.

    Args:
        row: Column to value.
        columns: Which column holds what.
        context: The file.
        charset: The charset of the file's text, as `read.text_lines` decides it; "" for UTF-8 and for formats that have none.
        where: What the row is called in messages.
    """
    payload, media_type, found_in = b"", TEXT, None
    for name, kind in ((columns.html, HTML), (columns.text, TEXT)):
        if name and not payload:
            (payload, found_in), media_type = _as_bytes(row.get(name), charset), kind
    url = _as_text(row.get(columns.url)) if columns.url else None
    given: dict[str, Any] = {}
    for name, field in columns.others:
        value = row.get(name)
        if field in _TIMES:
            moment = parse_time(value)
            value = moment.isoformat() if moment else None
        try:
            values = {field: _decoded(value)}
            given |= {found: value for found, (value, _) in parse_given(values, CONTAINER, context.label).items()}
        except RecordError:
            continue  # of another shape than ours: a place that is a dictionary of coordinates
    if columns.date and (moment := parse_time(row.get(columns.date))):
        given["published_at"] = moment.isoformat()
    if columns.identifier and (identifier := _as_text(row.get(columns.identifier))):
        given["external_id"] = identifier
    if not payload:
        return context.dead("empty", f"{where} has no text in {' or '.join(filter(None, (columns.html, columns.text)))}")
    return context.found(
        payload,
        media_type,
        url=url,
        fetched_at=parse_time(row.get(columns.fetched)) if columns.fetched else None,
        charset=found_in,
        charset_basis="detected" if found_in else None,
        source=_as_text(row.get(columns.source)) if columns.source else None,
        given=given,
    )


def _listed(names: Collection[str]) -> str:
    shown = ", ".join(ascii(name)[1:-1][:40] for name in list(names)[:30])
    return shown + (f" and {len(names) - 30} more" if len(names) > 30 else "") if names else "none"


def _as_bytes(value: Any, charset: str) -> tuple[bytes, str | None]:
    """Returns a page's bytes, as they were in the file if they can be had, and their charset if it is known and not UTF-8."""
    if isinstance(value, bytes):
        return value, None
    if value == _NULL:
        return b"", None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):  # a paragraph each
        value = "\n".join(value)
    if not isinstance(value, str):
        return b"", None
    if value.isascii():
        return value.encode("utf-8"), None
    if charset and not charset.startswith("utf-") and (data := encode_in(value, charset)) is not None:
        return data, charset
    return encode_text(value), None


def encode_text(text: str) -> bytes:
    """Returns text as the bytes it was read from, where `surrogateescape` read them; other halves of characters become U+FFFD."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return storable(text).encode("utf-8")


def _decoded(value: Any) -> Any:
    """Returns a value, `None` for text that the file's charset cannot decode; of a list the items that it can."""
    if isinstance(value, str):
        return None if value == _NULL or (not value.isascii() and UNDECODED.search(value)) else storable(value)
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8") if valid_as_utf8(value) else None
    if isinstance(value, list):
        return [text for item in value if (text := _decoded(item)) is not None]
    return value


def _as_text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("$oid", value.get("$numberLong"))  # MongoDB's extended JSON
    value = _decoded(value)
    if isinstance(value, str) and not value.isascii() and "\ufffd" in value:  # half a character: another name than it was
        return None
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value).strip() or None
    return None


def parse_time(value: Any) -> dt.datetime | None:
    """Reads a moment as tables hold it: a timestamp, ISO 8601, RFC 2822, seconds or milliseconds since 1970; else `None`."""
    try:
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            value = dt.datetime.combine(value, dt.time())
        elif isinstance(value, dict):
            return parse_time(next((value[key] for key in _TIME_KEYS if key in value), None))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            value = _parse_number(value)
        elif isinstance(value, str):
            value = _parse_time(value.strip())
        if not isinstance(value, dt.datetime) or value.replace(tzinfo=None) == _NEVER:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _parse_number(value: float) -> dt.datetime | None:
    text = str(int(value))
    if _DAY.fullmatch(text):
        return dt.datetime.strptime(text, "%Y%m%d")
    if _SECOND.fullmatch(text):
        return dt.datetime.strptime(text, "%Y%m%d%H%M%S")
    unit = next((unit for least, unit in _UNITS if abs(value) >= least), None)
    return dt.datetime.fromtimestamp(value / unit, dt.UTC) if unit else None


def _parse_time(text: str) -> dt.datetime | None:
    if milliseconds := _NET.fullmatch(text):
        text = milliseconds[1]
    if _NUMBER.fullmatch(text) or _SCIENTIFIC.fullmatch(text):
        return _parse_number(int(text) if text.lstrip("-").isdecimal() else float(text))
    zone = _ZONE.search(text)
    bare = text[: zone.start()] if zone else text
    for parse in (dt.datetime.fromisoformat, _parse_layout, email.utils.parsedate_to_datetime):
        with suppress(ValueError, TypeError, IndexError):
            return parse(bare if parse != email.utils.parsedate_to_datetime else text)
    return None


def _parse_layout(text: str) -> dt.datetime:
    for layout in _LAYOUTS:
        with suppress(ValueError):
            return dt.datetime.strptime(text, layout)
    raise ValueError(text)
