"""Drops the author's biography from the end of a body.

Sites print it after the article, in the same column and often without a class that says so. Two signs give it away: the last
paragraphs begin with the name in the page's own byline, or the last one begins with the name that is the line above it.

    By Miriam Holt                                              the byline
    Miriam Holt covers transport. She joined the paper in ...   the last kept paragraph, dropped
"""

from __future__ import annotations

import re
from itertools import pairwise

from broadsheet.schemas import reasons
from broadsheet.schemas.records import Block

_MOST_BLOCKS = 2
"""A biography has at most so many paragraphs."""
_WORDS = range(6, 121)
"""Words of such a paragraph."""
_NAME_WORDS = 2
"""A paragraph must begin with so many words of the byline: articles call the people in them by a single name, too."""
_LINE_WORDS = range(2, 5)
"""Words of a line that is a name."""
_FEWEST_BEFORE = 3
"""Kept blocks that must be left: a page that is all about its author is an article."""
_BYLINE_WORDS = 8
_INTRODUCTIONS = frozenset(["by", "von", "par", "por", "di", "door", "av", "af", "by:", "text:", "words:"])
"""Words before the name in a byline of at most `_BYLINE_WORDS` words, in the languages that write names with capitals."""
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")


def without_author_biography(blocks: list[Block]) -> list[Block]:
    """Returns the blocks of a page with the biography of its author dropped as `biography`.

    Args:
        blocks: All blocks of a page, in page order.
    """
    kept = [index for index, block in enumerate(blocks) if block.kept]
    if len(kept) <= _FEWEST_BEFORE:
        return blocks
    found = _after_byline(blocks, kept) or _below_name(blocks, kept)
    if not found or len([index for index in kept if index < found]) < _FEWEST_BEFORE:
        return blocks
    return [
        block._replace(kept=False, reason=reasons.BIOGRAPHY) if block.kept and index >= found else block
        for index, block in enumerate(blocks)
    ]


def _after_byline(blocks: list[Block], kept: list[int]) -> int:
    """Returns the first of the last paragraphs that begins with a name in the page's byline; 0 if there is none."""
    first = next((index for index in kept if blocks[index].reason == reasons.PROSE), kept[0])
    bylines = [_words(block.text) for block in blocks[:first] if _signs(block)]
    return next((index for index in kept[-_MOST_BLOCKS:] if bylines and _is_about(blocks[index], bylines)), 0)


def _below_name(blocks: list[Block], kept: list[int]) -> int:
    """Returns the name above the last paragraph if that begins with it, 0 otherwise; a list of portraits has several such pairs."""
    shown = [index for index, block in enumerate(blocks) if block.text]
    pairs = [
        above
        for above, below in pairwise(shown)
        if blocks[below].kept and _is_name(blocks[above].text) and blocks[below].text.startswith(blocks[above].text + " ")
    ]
    return pairs[0] if len(pairs) == 1 and shown[shown.index(pairs[0]) + 1] == kept[-1] else 0


def _is_name(line: str) -> bool:
    """Returns whether a line may be a person's name: two to four words, each with a capital at its beginning."""
    words = line.split(" ")
    return len(words) in _LINE_WORDS and all(word[:1].isupper() for word in words) and line[-1].isalnum()


def _signs(block: Block) -> bool:
    """Returns whether a block above the body is a byline; a model may have dropped it without saying so."""
    words = block.text.split(maxsplit=_BYLINE_WORDS)
    return block.reason == reasons.BYLINE or (2 < len(words) <= _BYLINE_WORDS and words[0].casefold() in _INTRODUCTIONS)


def _words(text: str) -> list[str]:
    return [word.rstrip(".,;:").casefold() for word in _WORD.findall(text)]


def _is_about(block: Block, bylines: list[list[str]]) -> bool:
    """Returns whether a paragraph begins with a name that a byline holds, and says something about it."""
    if block.reason != reasons.PROSE or len(block.text.split()) not in _WORDS or not block.text[:1].isupper():
        return False
    name = _words(block.text[:80])[:_NAME_WORDS]
    if len(name) < _NAME_WORDS:
        return False
    return any(name == byline[at : at + _NAME_WORDS] for byline in bylines for at in range(len(byline)))
