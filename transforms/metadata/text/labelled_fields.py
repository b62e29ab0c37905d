"""Fields that a dump says in so many words: tags, section, place and agency, record number, the page's clock.

Each function takes the blocks of an article and returns a value with the words around it, or `None`. They trust the reasons that
the boilerplate rules gave (`schemas.reasons`) and only take the line apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple, Optional

from broadsheet.schemas import reasons
from broadsheet.schemas.records import Block
from broadsheet.transforms.metadata.dates.find_dates import FoundDate, page_clock
from broadsheet.transforms.metadata.dates.prose_dates import DIGITS
from broadsheet.transforms.metadata.text.label_words import TAG_LABELS


class Labelled(NamedTuple):
    """A value, what kind of words it was read from, and the words."""

    value: str
    basis: str
    words: str


_CLOCK_LINES = 12
"""The clock of a page is in its head: in both real dumps that have one it is the first line."""

_TAG_LABEL = re.compile(rf"^(?:[\w\s]{{0,12}}\b)?(?:{'|'.join(TAG_LABELS)})\s{{0,2}}[:：\-–|]?\s{{0,3}}", re.IGNORECASE)
_TAG_MARKS = re.compile(r"\s?[,;|•·،、，/]\s?|\s?#")
_TAG_CHARS = 60
"""No tag is longer: "League of Arab States" has 21 characters; the longest of the labelled pages' keywords 52."""

_CRUMB = re.compile(r"\s?[»›→>]\s?|\s[/\\|:•·-]\s|\s?::\s?")
_ID = re.compile(r"[:#№\s]\s?(?=[\w/-]{0,24}\d)(?P<id>[A-Za-z0-9][\w/.-]{0,30})\s?$")

_ID_LABEL = re.compile(
    r"(?:(?:news|article|story|report|document|post|record|artikel|nachrichten|beitrags?|meldungs?|haber|yazı|notizia|noticia|nota|notícia|berita"
    r"|новост[ьи]|материал|статья|wiadomo\w{1,4}|artykuł)[\s_-]?(?:id|no|nr|num|number|code|kodu|numarası|номер|№)|(?:id|no|nr|№)[\s-]?(?:новости|статьи|haber|berita)"
    r"|شناسه خبر|کد خبر|رقم الخبر|رقم المقال|新闻编号|文章编号|記事番号|記事id|기사번호)\.?\s?[:：#]",
    re.IGNORECASE,
)
"""How publishers label a page's own number."""
_ID_CHARS = 60
"""A line with such a label holds little else."""

_NAME = r"[^\W\d_][^\W\d]{0,20}(?:[.'’-][^\W\d]{1,20})?\.?"
_PLACE = rf"{_NAME}(?:[\s/]{_NAME}){{0,3}}(?:,\s{_NAME}(?:\s{_NAME})?)?"
_AGENCY = r"[^\W\d_][\w.&'’+/-]{0,24}(?:\s[^\W\d_][\w.&'’+/-]{0,24}){0,3}"
_DASH = r"\s{0,2}(?:--?|[–—:―])\s"
_DATELINE = re.compile(
    rf"(?P<place>{_PLACE})?,?\s?(?:\(?[^\W\d_]{{0,14}}\.?\s?\d{{1,2}}\.?(?:\s[^\W\d_]{{2,14}}\.?)?(?:,?\s\d{{4}})?\)?,?\s?)?\((?P<agency>{_AGENCY})\){_DASH}"
)
_DATELINE_RUSSIAN = re.compile(
    rf"(?P<place>{_PLACE})[,.]\s\d{{1,2}}\s[^\W\d_]{{3,10}}\.?\s?[.,/–—-]{{1,2}}\s?(?P<agency>{_AGENCY})(?:[.,]|\s[/–—-])\s"
)
_DATELINE_CAPITALS = re.compile(rf"(?P<place>{_PLACE})(?:,\s[^\W\d_]{{3,9}}\.?\s\d{{1,2}})?\s{{0,2}}(?:--|[–—]|\s-)\s")
_DATELINE_CHINESE = re.compile(
    r"(?:[（(【])?(?P<agency>[\u4e00-\u9fff]{1,4}社|[\u4e00-\u9fff]{1,4}网|[\u4e00-\u9fff]{1,4}網)(?P<place>[\u4e00-\u9fff]{2,6}?)\d{1,2}月\d{1,2}日[电電讯訊]"
)
_DATELINE_BLOCKS = 3
"""Kept blocks a dateline may open: a teaser and a caption can come before it."""


def crawl_clock(blocks: list[Block]) -> tuple[int, Optional[FoundDate]]:
    """Returns the clock the page showed, if it names a zone, and the index of its block."""
    for index, block in enumerate(blocks):
        if block.reason == reasons.PAGE_CLOCK or (index < _CLOCK_LINES and ("GMT" in block.text or "UTC" in block.text)):
            found = page_clock(block.text)
            if found is not None and found.at is not None:
                return index, found
    return 0, None


def tags(blocks: list[Block]) -> Optional[tuple[list[str], str, str]]:
    """Returns the tags of the page's tag line, its basis and its words.

    A labelled line wins over a bare one. A label alone is followed by its tags, one per line. A bare list of names counts
    after the article has begun; before it, it is the menu.
    """
    shown = [block for block in blocks if block.text]
    first = next((index for index, block in enumerate(shown) if block.kept), len(shown))
    for index, block in enumerate(shown):
        if block.reason != reasons.TAGS:
            continue
        label = _TAG_LABEL.match(block.text)
        if label and (label.end() == len(block.text) or block.text[label.end() - 1] in ":： #|-–"):
            words = [block.text[label.end() :]]
            if not words[0]:
                words = [
                    item.text
                    for item in shown[index + 1 : index + 9]
                    if item.reason == reasons.TAGS or _follows(block, item, shown)
                ]
            found = _split(words)
            if found:
                return found, "label", block.text
    for block in shown[first:]:
        if block.reason == reasons.TAGS and not block.kept:
            found = _split([block.text])
            if len(found) > 1:
                return found, "tag line", block.text
    return None


def _follows(label: Block, item: Block, shown: list[Block]) -> bool:
    """Returns whether a line is in the same unbroken run of short lines as the label above it."""
    between = [block for block in shown if label.line < block.line <= item.line]
    lines = [label.line, *(block.line for block in between)]
    return all(b - a == 1 for a, b in pairwise(lines)) and not any(block.kept or len(block.text) > _TAG_CHARS for block in between)


def _split(lines: list[str]) -> list[str]:
    names = [name.strip(" #.\"'") for line in lines for name in _TAG_MARKS.split(line)]
    unique = dict.fromkeys(name for name in names if name and len(name) <= _TAG_CHARS)
    return list(unique)


def section(blocks: list[Block], title: Optional[str]) -> Optional[Labelled]:
    """Returns the section: the last crumb before the title, else the section line next to the article's head."""
    for block in blocks:
        if block.kept:
            break
        if block.reason == reasons.BREADCRUMB:
            crumbs = [crumb.strip() for crumb in _CRUMB.split(block.text) if crumb.strip()]
            inner = [crumb for crumb in crumbs[1:] if not (title and _same(crumb, title))]
            if inner and len(inner[-1]) <= _TAG_CHARS:
                return Labelled(inner[-1], "breadcrumb", block.text)
    for block in blocks:
        if block.reason == reasons.SECTION:
            return Labelled(block.text, "section line", block.text)
    return None


def _same(crumb: str, title: str) -> bool:
    a, b = crumb.casefold().rstrip(" .…"), title.casefold()
    return bool(a) and (a == b or (len(a) > 15 and b.startswith(a)))


def _is_id_line(text: str) -> bool:
    return len(text) <= _ID_CHARS and _ID_LABEL.match(text) is not None


def record_id(blocks: Iterable[Block]) -> Optional[Labelled]:
    """Returns the number the publisher gave the page: "News ID: 174677"."""
    for block in blocks:
        if block.reason == reasons.RECORD_ID or (not block.kept and block.text[-1:].isdigit() and _is_id_line(block.text)):
            found = _ID.search(block.text[:120].translate(DIGITS))
            if found:
                return Labelled(found["id"], "label", block.text)
    return None


def dateline(blocks: Iterable[Block]) -> tuple[Optional[Labelled], Optional[Labelled]]:
    """Returns place and agency of "MOSCOW (Sputnik) - …", each `None` if it is not there."""
    kept = (block for block in blocks if block.kept)
    for _, block in zip(range(_DATELINE_BLOCKS), kept, strict=False):
        head = block.text[:120]
        found = (
            (_DATELINE.match(head) if "(" in head else None)
            or (_DATELINE_RUSSIAN.match(head) if any(char.isdigit() for char in head) else None)
            or (_DATELINE_CHINESE.match(head) if "月" in head else None)
        )
        if found and _is_agency(found["agency"]):
            place = found["place"]
            words = found[0].strip()
            return (
                Labelled(place.strip(" ,"), "dateline", words) if place and _is_place(place) else None,
                Labelled(found["agency"].strip(" /"), "dateline", words),
            )
        found = _DATELINE_CAPITALS.match(head) if head[:3].isupper() else None
        if found and found["place"].split(",")[0].isupper() and len(found["place"]) > 3:
            return Labelled(found["place"].strip(" ,"), "dateline", found[0].strip()), None
    return None, None


def _is_place(place: str) -> bool:
    return all(word[:1].isupper() or not word[:1].isascii() or len(word) <= 3 for word in place.replace("/", " ").split())


def _is_agency(agency: str) -> bool:
    """Agencies have a capital ("Sputnik", "dpa/lnw" is the exception: all small and short)."""
    return any(char.isupper() for char in agency) or len(agency) <= 8
