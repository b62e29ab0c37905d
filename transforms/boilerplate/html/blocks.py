"""HTML source to blocks of text in a tree of boxes, without a parser's tree.

    blocks = split_html("<div><p>One <b>bold</b> word.<p>Two.</div>")
    blocks.texts                      # ["One bold word.", "Two."]

A *block* is a run of text between two tags that break a line; a *box* is an element that holds blocks (`div`, `article`, `td`).
Which block is body follows from the words, the links and the boxes around it, so a full tree of nodes is more than is needed.
The tags are positions in the page's bytes (`html_tags`), the text between them is gathered in one step with a mark where a block
begins, and Python only loops over the boxes.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.boilerplate.html.character_classes import GAP, character_classes
from broadsheet.transforms.boilerplate.html.head import declared_types, description_of, resolve_entities, title_of
from broadsheet.transforms.boilerplate.html.tags import (
    LAST_BOX,
    LAST_BREAK,
    NAMED,
    TAG,
    Flags,
    Ints,
    Tags,
    find_tags,
    names_given,
    page_bytes,
)

__all__ = ["LEAF", "NAMED", "TAG", "Blocks", "split_html", "without"]

BLOCK_MARK, LINK_MARK, UNLINK_MARK = "\x03", "\x04", "\x05"
"""Characters that represent tags in the gathered text. The page's own controls become spaces, and no entity can make one."""

_TO_SPACE = bytes(32 if byte < 32 or byte == 127 else byte for byte in range(256))

_MARKS = np.zeros((len(TAG), 2), np.uint8)
_MARKS[1 : LAST_BREAK + 1] = ord(BLOCK_MARK)
_MARKS[TAG["a"]] = ord(LINK_MARK), ord(UNLINK_MARK)


class Blocks(NamedTuple):
    """The blocks of a page, and the boxes that contain them."""

    title: str
    """What the page calls itself (`<title>`), white space folded."""
    description: str
    """What the page says it is about (`<meta>` descriptions), lower case."""
    declared: frozenset[str]
    """What the page says that it is, as `head.declared_types` yields it."""
    texts: list[str]
    """White space folded."""
    lowered: str
    """The texts in lower case, one per line."""
    codes: NDArray[np.uint32]
    """The gathered text with its marks, as code points."""
    classes: NDArray[np.uint8]
    """What each of `codes` is, see `characters`."""
    starts: Ints
    """Where in `codes` each block begins (at its mark)."""
    tag: Ints
    """Number of the tag that begins each block, negative for an end tag."""
    row: Ints
    """Ordinal of the last table row begun before each block, 0 before any; a block in a cell is in that row."""
    leaf: NDArray[np.uint8]
    """What each block is of, as bits of `LEAF`."""
    own: Ints
    """The box of each block. Box 0 is the page."""
    parent: Ints
    """Of each box, the box around it; the page is its own."""
    depth: Ints
    kind: Ints
    """Of each box its tag, 0 for the page."""
    named: Ints
    """What the tag that begins each block is called, as bits of `NAMED`."""
    box_named: Ints
    """The same of each box."""
    around_named: Ints
    """The same of each box and all boxes around it."""
    within: Ints
    """Of each box the tags of itself and of all boxes around it, as bits `1 << tag`."""
    first: Ints
    """Of each box the first block within it, at any depth."""
    stop: Ints
    """Of each box the block after the last within it."""


LEAF = {"p": 1, "li": 2, "heading": 4, "dt": 8, "pre": 16, "br": 32}


def split_html(html: str, hidden_too: bool = False) -> Blocks:
    """Splits a page into blocks.

    Args:
        html: The page's source, of any length and quality; time is linear in it.
        hidden_too: Whether hidden elements and `<noscript>` count as text of the page.
    """
    data = page_bytes(html)
    tags = find_tags(data, hidden_too)
    marks = _MARKS[tags.tag, tags.closing.view(np.int8)]
    text = _gather(data, tags, marks)
    breaking = marks == ord(BLOCK_MARK)
    titles = np.flatnonzero(tags.tag == TAG["title"])[:1]
    title = title_of(data[tags.start[titles[0]] : tags.end[titles[0]] + 1]) if len(titles) else ""
    names = names_given(data, tags)
    declared = frozenset(declared_types(data))
    return _arrange(title, description_of(data), declared, text, tags.tag[breaking], tags.closing[breaking], names[breaking])


def _gather(data: bytes, tags: Tags, marks: NDArray[np.uint8]) -> str:
    """Gathers the text between the tags, with a mark in place of each tag that has one.

    The last byte of a marked tag is copied with the text after it, and becomes the mark.

    Returns:
        The text, entities resolved. The number of block marks is that of the tags that have one.
    """
    codes = np.frombuffer(data, np.uint8)
    marked = marks > 0
    begin = np.minimum(tags.end + 1 - marked, len(data) - 8 - marked)
    length = -begin
    length[:-1] += tags.start[1:]
    length[-1] += len(data) - 8
    np.maximum(length, marked, out=length)
    after = np.cumsum(length)
    before = after - length
    gathered = codes[np.arange(after[-1]) + np.repeat(begin - before, length)]
    text = gathered.tobytes().translate(_TO_SPACE)
    buffer = np.frombuffer(bytearray(text), np.uint8)
    buffer[before[marked]] = marks[marked]
    decoded = buffer.tobytes().decode("utf-8", "replace")
    return resolve_entities(decoded)


def _arrange(title: str, description: str, declared: frozenset[str], text: str, tag: Ints, closing: Flags, named: Ints) -> Blocks:
    """Makes blocks and boxes of the gathered text.

    Args:
        title: What the page calls itself.
        description: What it says it is about.
        text: The gathered text; it begins with a mark.
        tag: The number of the tag after each block mark.
        closing: Whether it is an end tag.
        named: What it is called.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), "<u4")
    classes = character_classes(codes)
    begins = np.flatnonzero(codes == ord(BLOCK_MARK))
    filled = np.logical_or.reduceat(classes, begins)
    chosen = np.flatnonzero(filled)
    before = np.cumsum(filled) - filled
    boxed = (tag >= 1) & (tag <= LAST_BOX)
    box_tag, box_closing, box_called = tag[boxed], closing[boxed], named[boxed]
    current, parents, ends = _boxes(box_tag.tolist(), box_closing.tolist())
    parent = _ints(parents)
    opened = np.concatenate(([len(box_tag)], np.flatnonzero(~box_closing)))
    kind = np.append(box_tag, 0)[opened]
    box_named = np.append(box_called, 0)[opened]
    depth, within, around = _around(parent, np.where(kind, 1 << kind, 0), box_named * (kind > 0))
    at = np.concatenate((before[boxed], [len(chosen)]))
    pieces = text.replace(LINK_MARK, "").replace(UNLINK_MARK, "").split(BLOCK_MARK)
    rows = np.cumsum((tag == TAG["tr"]) & ~closing)
    texts = [" ".join(pieces[piece + 1].split()) for piece in chosen.tolist()]
    return Blocks(
        title=title,
        description=description,
        declared=declared,
        texts=texts,
        lowered="\n".join(texts).lower(),
        codes=codes,
        classes=classes,
        starts=begins[chosen],
        tag=np.where(closing, -tag, tag)[chosen],
        row=rows[chosen],
        leaf=_leaves(tag, closing, boxed)[chosen],
        own=_ints(current)[np.cumsum(boxed)[chosen]],
        parent=parent,
        depth=depth,
        kind=kind,
        named=(named * ~closing)[chosen],
        box_named=box_named,
        around_named=around,
        within=within,
        first=np.concatenate(([0], at[opened[1:]])),
        stop=at[_ints(ends)],
    )


def without(blocks: Blocks, dropped: Flags) -> Blocks:
    """Returns a page's blocks without some of them, as if the page had not shown those.

    Args:
        blocks: All blocks.
        dropped: Which of them to leave out; not all.
    """
    left = ~dropped
    ends = np.append(blocks.starts[1:], len(blocks.codes))
    classes = blocks.classes.copy()
    for start, end in zip(blocks.starts[dropped].tolist(), ends[dropped].tolist(), strict=True):
        classes[start:end] = GAP
    before = np.concatenate(([0], np.cumsum(left)))
    texts = [text for text, stays in zip(blocks.texts, left.tolist(), strict=True) if stays]
    return blocks._replace(
        texts=texts,
        lowered="\n".join(texts).lower(),
        classes=classes,
        starts=blocks.starts[left],
        tag=blocks.tag[left],
        row=blocks.row[left],
        leaf=blocks.leaf[left],
        own=blocks.own[left],
        named=blocks.named[left],
        first=before[blocks.first],
        stop=before[blocks.stop],
    )


def _ints(numbers: list[int]) -> Ints:
    """Returns what `np.array` does, in a third of the time."""
    return np.frombuffer(array("q", numbers), np.int64)


def _boxes(tags: list[int], closing: list[bool]) -> tuple[list[int], list[int], list[int]]:
    """Nests boxes from their tags; an end tag closes what is open within its box, and is passed over where it closes nothing.

    Returns:
        The current box before the first tag and after each; of each box, in the order of their start tags, its parent, and the
        index of the tag that closed it (past the last for the page and for what nothing closes).
    """
    count = len(tags)
    current = [0] * (count + 1)
    parent, closed = [0], [count]
    stack, kinds, open_of_kind = [0], [0], [0] * (LAST_BOX + 1)
    box, cell = 0, TAG["td"]
    for index, (tag, close) in enumerate(zip(tags, closing, strict=True), start=1):
        if not close:
            if tag == cell and kinds[-1] == cell:
                closed[stack.pop()] = index - 1
                kinds.pop()
                open_of_kind[cell] -= 1
                box = stack[-1]
            parent.append(box)
            box = len(closed)
            closed.append(count)
            stack.append(box)
            kinds.append(tag)
            open_of_kind[tag] += 1
        elif open_of_kind[tag]:
            inner = 0
            while inner != tag:
                closed[stack.pop()] = index - 1
                inner = kinds.pop()
                open_of_kind[inner] -= 1
            box = stack[-1]
        current[index] = box
    return current, parent, closed


def _around(parent: Ints, *bits: Ints) -> tuple[Ints, ...]:
    """Returns of each box how many boxes are around it, and of each of `bits` what it and the boxes around it have together.

    Each round looks twice as far up, so that a page takes as many rounds as its depth has binary digits.
    """
    depth, together = (np.arange(len(parent)) > 0).astype(np.int64), [own.copy() for own in bits]
    up = parent
    while up.any():
        depth += depth[up]
        for own in together:
            own |= own[up]
        up = up[up]
    return depth, *together


def _leaves(tag: Ints, closing: Flags, boxed: Flags) -> NDArray[np.uint8]:
    """Returns which of `LEAF` the text after each tag is in: the last start tag of that kind that nothing has ended."""
    places = np.arange(len(tag))

    def inside(starts: Flags, ends: Flags) -> Flags:
        last = np.maximum.accumulate(np.where(starts | ends, places, 0))
        return starts[last]

    opening = ~closing
    broken = tag == TAG["br"]
    heading = (tag >= TAG["h1"]) & (tag <= TAG["h6"])
    item, term, pre = tag == TAG["li"], (tag == TAG["dt"]) | (tag == TAG["dd"]), tag == TAG["pre"]
    lists = (tag == TAG["ul"]) | (tag == TAG["ol"])
    bits = inside((tag == TAG["p"]) & opening, ~broken) * LEAF["p"]
    bits += inside(item & opening, item | lists) * LEAF["li"]
    bits += inside(heading & opening, heading | boxed) * LEAF["heading"]
    bits += inside(term & opening, term | (tag == TAG["dl"])) * LEAF["dt"]
    bits += inside(pre & opening, pre) * LEAF["pre"]
    bits += broken * LEAF["br"]
    return bits.astype(np.uint8)
