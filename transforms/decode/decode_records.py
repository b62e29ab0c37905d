"""Decodes bytes to text, with the charset, how it was found, and how much did not fit.

The charset is found in this order: a byte order mark; bytes that are valid UTF-8 and not plain ASCII; what the container declares
(an HTTP header); what the page's own `<meta>` or XML declaration says; a detector. A label that the bytes contradict is overruled.
Bytes that are not text in any charset are refused as binary. UTF-8 that was misread and saved before it came here is mended, and
marked.
"""

from __future__ import annotations

import codecs
import functools
import re

from broadsheet.schemas.errors import UndecodableError
from broadsheet.schemas.records import HTML, Page, RawRecord
from broadsheet.transforms.decode.charsets import decode_bytes
from broadsheet.transforms.decode.mojibake import mend
from broadsheet.transforms.latest_utf8 import remember_utf8
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits, check_length
from broadsheet.transforms.record_stage import RecordStage

_REPLACED_SHARE = 0.1
"""Share of replacement characters above which a decoding is wrong."""

_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)


def decode(record: RawRecord, limits: ResourceLimits = DEFAULT_LIMITS) -> Page:
    """Decodes a record's bytes.

    Raises:
        UndecodableError: Reason `binary`: the bytes are not text; the message says what they look like.
        RecordError: Reason `text_too_long`.
    """
    text, encoding, basis = decode_bytes(record.payload, record.charset)
    if basis == "header" and record.charset_basis:
        basis = record.charset_basis
    check_length(text, limits)
    data = record.payload if encoding == "utf-8" and basis not in ("lossy", "bom") else None
    mended = mend(text, data)
    if mended is not text:
        text, basis, data = mended, "mojibake", None
    replaced = text.count("\ufffd") / max(len(text), 1)
    if replaced > _REPLACED_SHARE:
        raise UndecodableError("binary", f"{replaced:.0%} of the characters fit no charset; best guess {encoding} ({basis})")
    text, data = _with_plain_newlines(text, data)
    if data is not None:
        remember_utf8(text, data)
    return Page(
        record.origin,
        text,
        HTML if _HTML_START.match(text) else record.media_type,
        encoding,
        basis,
        replaced,
    )


def _with_plain_newlines(text: str, data: bytes | None) -> tuple[str, bytes | None]:
    """Returns a text, and its UTF-8 if that is known, with line feeds as line ends, no NULs and no byte order mark."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        data = data and data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data is None or b"\0" in data:  # the search is much faster in bytes
        text = text.replace("\0", "")
        data = data and data.replace(b"\0", b"")
    if text.startswith("\ufeff"):
        text = text[1:]
        data = data and data.removeprefix(codecs.BOM_UTF8)
    return text, data


class DecodeRecords(RecordStage):
    """Turns `RawRecord`s into `Page`s, and what is not text into rejects.

    Counters: `decode/records_decoded`, `decode/records_rejected`.
    """

    name, counter_suffix, output = "decode", "decoded", Page

    def __init__(self, limits: ResourceLimits = DEFAULT_LIMITS) -> None:
        super().__init__(limits)
        self.rule = functools.partial(decode, limits=limits)
