"""Extracts bodies from HTML by trafilatura, with our own interface.

    article = strip_html_trafilatura(page)      # Page (HTML) -> Article

trafilatura is the field's well-kept extractor: the choice `--extractor trafilatura` for those who want its verdict, and the peer
that our own extractor (`html.py`) is measured against. It gives only what it keeps; what it drops is listed from a plain dump of
the page, so that `explain` can show both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from resiliparse.extract.html2text import extract_plain_text
from trafilatura import bare_extraction

from broadsheet.schemas import reasons
from broadsheet.schemas.errors import NoArticleError, RecordError
from broadsheet.schemas.records import Article, Block, Page

HTML_CHARS = 20_000_000
"""Longer pages are refused: ten times the longest of 1,406 labelled pages; the trees of lxml and trafilatura have no bound."""

_REASONS = {
    "p": reasons.PROSE,
    "head": reasons.SUBHEAD,
    "item": reasons.LIST_ITEM,
    "quote": reasons.QUOTE,
    "row": reasons.TABLE,
    "code": reasons.PROSE,
}
"""trafilatura's elements that become one block each."""

_CONTAINERS = frozenset({"list", "table", "quote", "div", "body"})

_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000)])
"""Characters that XML, and so lxml, refuses: C0 controls and lone surrogates."""


def strip_html_trafilatura(page: Page) -> Article:
    """Takes a page apart by trafilatura's verdict (fast mode, tables in, comments out).

    Args:
        page: A page whose `text` is HTML source. Nothing is fetched: trafilatura is handed the text alone.

    Returns:
        Its blocks in page order: the kept ones with what they are, the dropped ones as `model`.

    Raises:
        NoArticleError: trafilatura finds no body.
        RecordError: The page is too long, or breaks the parser.
    """
    if len(page.text) > HTML_CHARS:
        raise RecordError("html_too_long", f"the page has {len(page.text)} characters; trafilatura is given at most {HTML_CHARS}")
    html = page.text.translate(_CONTROLS)
    try:
        found = bare_extraction(html, fast=True, include_comments=False, include_tables=True, with_metadata=False)
    except (RecursionError, etree.LxmlError, ValueError) as error:
        raise RecordError("unparsable_html", f"trafilatura cannot parse the page: {type(error).__name__}: {error}") from error
    if found is None or isinstance(found, dict) or found.body is None:
        raise NoArticleError("no_article", "trafilatura finds no body on the page")
    kept = list(_kept_blocks(found.body))
    if not kept:
        raise NoArticleError("no_article", "trafilatura finds no words on the page")
    lines = extract_plain_text(html, preserve_formatting=True, list_bullets=False, alt_texts=False).split("\n")
    blocks = list(_in_page_order(kept, [folded for line in lines if (folded := " ".join(line.split()))]))
    return Article(page, [block._replace(line=number) for number, block in enumerate(blocks, start=1)])


def _kept_blocks(body: etree._Element) -> Iterator[Block]:
    """Yields trafilatura's paragraphs as blocks; a line break within one starts the next.

    A walk of its own rather than recursion, because a page may nest deeper than Python's stack.
    """
    pending: list[tuple[etree._Element, str]] = [(child, reasons.PROSE) for child in reversed(body)]
    while pending:
        element, inherited = pending.pop()
        if not isinstance(element.tag, str):
            continue
        if element.tag in _CONTAINERS and any(child.tag in _CONTAINERS or child.tag in _REASONS for child in element):
            inside = reasons.QUOTE if element.tag == "quote" else inherited
            yield from _lines(element.text or "", inside)
            pending.extend((child, inside) for child in reversed(element))
        elif element.tag == "row":
            cells = (" ".join("".join(cell.itertext()).split()) for cell in element.iter("cell"))
            yield from _lines(" | ".join(filter(None, cells)), reasons.TABLE)
        else:
            reason = _REASONS.get(element.tag, inherited)
            yield from _lines(_text(element), inherited if reason == reasons.PROSE else reason)
            yield from _lines(element.tail or "", inherited)


def _text(element: etree._Element) -> str:
    """An element's text in order, with a line break at each of its own, and around each paragraph in it."""
    pieces = [element.text or ""]
    for node in element.iterdescendants():
        pieces.append("\n" if node.tag in ("lb", "p", "item", "head") else "")
        pieces.append(node.text or "")
        pieces.append(node.tail or "")
    return "".join(pieces)


def _lines(text: str, reason: str) -> Iterator[Block]:
    for line in text.split("\n"):
        if folded := " ".join(line.split()):
            yield Block(folded, 0, True, reason)


_SPACE = re.compile(r"\s+")


def _key(text: str) -> str:
    """The start of a text without its white space: what a paragraph and its line in a dump have in common (60 characters tell apart
    all but repeated teasers, and hold the comparison to linear time).
    """
    return _SPACE.sub("", text[:90])[:60]


def _in_page_order(kept: list[Block], lines: list[str]) -> Iterator[Block]:
    """Yields kept blocks and, between them, the lines of the page that are none of them.

    Args:
        kept: trafilatura's blocks, in page order.
        lines: The plain dump of the whole page.
    """
    places = {_key(kept[place].text): place for place in reversed(range(len(kept)))}
    done = 0
    for line in lines:
        place = places.get(_key(line), -1)
        if place < 0:
            yield Block(line, 0, False, reasons.MODEL)
        elif place >= done:
            yield from kept[done : place + 1]
            done = place + 1
    yield from kept[done:]
