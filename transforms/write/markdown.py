r"""Writes the body of an article as Markdown, for the optional column `markdown`.

    to_markdown(article)        # "## The bell\n\nIt is [cast](https://paper.example/bell) in *bronze*.\n\n- one\n- two"

The structure comes from the reason of each block (heading, list item, quote, row of a table). In HTML it also comes from the
element that holds the block: levels of headings, numbers of lists, links, emphasis and code. The result is CommonMark with GitHub's
tables. A renderer shows what `text` says; only bullets and numbers that a dump prints become those of Markdown's lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote, urljoin

from lxml import etree, html
from markdown_it import MarkdownIt

from broadsheet.schemas.reasons import LIST_ITEM, QUOTE, SUBHEAD, TABLE
from broadsheet.schemas.records import HTML, Article, Block
from broadsheet.transforms.boilerplate.invisible import without_invisible

_SPECIAL = re.compile(r"[\\`*\[\]<>&|~]|(?<![^\W_])_|_(?![^\W_])")
"""Punctuation that can mean something anywhere in a line. An underscore between letters or digits does not, and an escaped one
would hide an address from `mask_personal_data`."""
_AT_START = re.compile(r"^(?:(#{1,6}|[-+=]+)(?=\s|$)|(\d{1,9})([.)])(?=\s|$))")
"""What makes a heading or a list of a line that begins with it."""
_BULLET = re.compile(r"^[•·▪‣◦*–-]\s+(?=\S)")
_NUMBER = re.compile(r"^(\d{1,9})[.)]\s+(?=\S)")
_LEAVES = frozenset(
    "p li h1 h2 h3 h4 h5 h6 td th dt dd blockquote div pre figcaption summary address section article main span body".split()
)
_BLOCKS = _LEAVES - {"span"} | frozenset("ul ol dl table tr tbody thead figure form nav header footer aside".split())
_UNSEEN = frozenset("script style noscript template rt rp".split())
_MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**"}
_LONGEST_LEAF = 20_000
"""Characters of an element that can be a block; no paragraph is longer."""


class _Leaf(NamedTuple):
    """An element without blocks in it."""

    tag: str
    parent: str
    markdown: str


def to_markdown(article: Article) -> str:
    """Returns the body as Markdown; blocks are parted by a blank line, items of a list and rows of a table by a line break."""
    page = article.page
    kept = [block for block in article.blocks if block.kept]
    leaves = _leaves(page.text, page.origin.url) if page.media_type == HTML else {}
    seen: dict[str, int] = {}
    shaped = [(block, _leaf_of(block.text, leaves, seen)) for block in kept]
    return "\n\n".join(
        part for reason, run in groupby(shaped, key=lambda item: item[0].reason) for part in _written(reason, list(run)) if part
    )


def _leaf_of(text: str, leaves: dict[str, list[_Leaf]], seen: dict[str, int]) -> _Leaf | None:
    """Returns the next element that holds exactly a block's text."""
    found = leaves.get(text)
    if not found:
        return None
    place = seen[text] = seen.get(text, -1) + 1
    return found[min(place, len(found) - 1)]


def _written(reason: str, run: list[tuple[Block, _Leaf | None]]) -> Iterator[str]:
    """Yields blocks of Markdown for kept blocks of one kind that follow each other."""
    if reason == TABLE:
        yield _table([block.text.split(" | ") for block, _ in run])
    elif reason == LIST_ITEM:
        yield "\n".join(_items(run))
    elif reason == QUOTE:
        yield "\n>\n".join(f"> {_inline(block, leaf)}" for block, leaf in run)
    elif reason == SUBHEAD:
        for block, leaf in run:
            level = int(leaf.tag[1]) if leaf and re.fullmatch("h[1-6]", leaf.tag) else 2
            yield f"{'#' * level} {_inline(block, leaf)}"
    else:
        for block, leaf in run:
            yield _inline(block, leaf)


def _items(run: Iterable[tuple[Block, _Leaf | None]]) -> Iterator[str]:
    number = 0
    for block, leaf in run:
        printed = _NUMBER.match(block.text)
        bare = block.text[printed.end() :] if printed else _BULLET.sub("", block.text)
        number = int(printed[1]) if printed else number + 1
        numbered = printed is not None or (leaf is not None and leaf.parent == "ol")
        yield f"{f'{number}.' if numbered else '-'} {_inline(block, leaf) if bare == block.text else escape(bare)}"


def _table(rows: list[list[str]]) -> str:
    """Returns a table whose first row is its head, and as wide as its widest row; a single row is a line."""
    if len(rows) < 2:
        return "\n\n".join(escape(" | ".join(row)) for row in rows)
    width = max(map(len, rows))
    rows = [[*rows[0], *[""] * (width - len(rows[0]))], *rows[1:]]
    lines = ["| " + " | ".join(map(escape, row)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _inline(block: Block, leaf: _Leaf | None) -> str:
    """Returns a block's text with its links and emphasis, or without if these would change what it says."""
    if leaf is not None and plain(leaf.markdown) == block.text:
        return leaf.markdown
    return escape(block.text)


def escape(text: str) -> str:
    """Returns Markdown that shows a line of text as it is."""
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    return _AT_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", escaped)


_PARSER = MarkdownIt("commonmark")


def plain(markdown: str) -> str:
    """Returns what a line of Markdown shows, without marks."""
    tokens = _PARSER.parse(markdown)
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return "\0"  # it is not a line of text
    return "".join(" " if token.type == "softbreak" else token.content for token in tokens[1].children or ())


def _leaves(source: str, url: str | None) -> dict[str, list[_Leaf]]:
    """Returns the elements of a page that hold no blocks, by their text."""
    try:
        tree = html.document_fromstring(source)
    except (etree.ParserError, ValueError):  # nothing in it, or an encoding declaration in text
        return {}
    found: dict[str, list[_Leaf]] = {}
    for element in tree.iter(*_LEAVES):
        if any(child.tag in _BLOCKS for child in element.iterdescendants(etree.Element)):
            continue
        text = " ".join(without_invisible("".join(_texts(element))).split())
        if text and len(text) <= _LONGEST_LEAF:
            parent = element.getparent()
            markdown = " ".join(without_invisible("".join(_marked(element, url))).split())
            found.setdefault(text, []).append(_Leaf(element.tag, "" if parent is None else str(parent.tag), markdown))
    return found


def _texts(element: etree._Element) -> Iterator[str]:
    """Yields what an element shows."""
    if element.tag in _UNSEEN or not isinstance(element.tag, str):
        return
    yield element.text or ""
    for child in element:
        yield from (" ",) if child.tag == "br" else _texts(child)
        yield child.tail or ""


def _marked(element: etree._Element, url: str | None) -> Iterator[str]:
    """Yields what an element shows, with Markdown for its links, emphasis and code."""
    if element.tag in _UNSEEN or not isinstance(element.tag, str):
        return
    yield escape(element.text or "") if element.text else ""
    for child in element:
        yield _mark_up(child, url)
        yield _SPECIAL.sub(r"\\\g<0>", child.tail or "")


def _mark_up(child: etree._Element, url: str | None) -> str:
    if child.tag == "br":
        return " "
    inner = "".join(_marked(child, url))
    bare = inner.strip()
    if not bare:
        return inner
    before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
    if child.tag in _MARKS:
        return f"{before}{_MARKS[child.tag]}{bare}{_MARKS[child.tag]}{after}"
    if child.tag == "code":
        text = "".join(_texts(child)).strip()
        return f"{before}`{text}`{after}" if "`" not in text else inner
    if child.tag == "a" and (address := _address(child.get("href"), url)):
        return f"{before}[{bare}]({address}){after}"
    return inner


def _address(href: str | None, url: str | None) -> str | None:
    """Returns where a link leads, `None` if that is not on the web."""
    if not href:
        return None
    try:
        address = urljoin(url or "", href.strip())
    except ValueError:
        return None
    if not re.match(r"(?:https?://|mailto:)[^\s<>]", address):
        return None
    return quote(address, safe=":/?#[]@!$&'*+,;=%~-._")
