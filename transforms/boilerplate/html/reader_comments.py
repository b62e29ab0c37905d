"""Finds what readers wrote under an article, by the one thing that comments have on every site: a way to answer them.

    comments = reader_comments(blocks)      # {41: "comment", 42: "comment", ...}

Class names do not help on sites that generate them. A box in which several blocks say "Reply" (or "Antworten", "返信") holds
comments, unless it is all that the page has: a page of a forum is made of such posts.
"""

from __future__ import annotations

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.html.blocks import TAG, Blocks

_ANSWERS = frozenset(
    (
        "reply", "replies", "antworten", "antwort", "répondre", "responder", "rispondi", "ответить", "відповісти", "отговор",
        "返信", "返信する",
        "回复", "回覆", "답글", "답장", "odpowiedz", "απάντηση", "svara", "svar", "vastaa", "beantwoorden", "reageer", "antwoord",
        "yanıtla",
        "cevapla", "رد", "الرد", "הגב", "השב", "odpovědět", "reagovat", "válasz", "răspunde", "balas", "ตอบกลับ", "जवाब",
        "odgovori", "odpovedz",
        "atsakyti", "atbildēt", "vasta", "svarið", "svare", "пікір", "پاسخ",
    )
)  # fmt: skip
"""What the link under a comment says: the first word of a short block."""
_LINK_CHARS = 40
_FEWEST = 2
_FIRST_CHARS, _FIRST_SHARE = 800, 0.4
"""Text before the first answer is one comment; more and longer text is an article's."""
_OTHER_CHARS = 160
"""Characters of prose that a page must have outside its comments."""


def reader_comments(blocks: Blocks) -> dict[int, str]:
    """Finds the blocks of reader comments.

    Args:
        blocks: The page's blocks.

    Returns:
        Their ordinals, and the reason of each. Empty if the page has no other prose: it is a forum's.
    """
    answers = [
        block
        for block, text in enumerate(blocks.texts)
        if len(text) <= _LINK_CHARS and text.split(" ", 1)[0].strip("()[]·»:").lower() in _ANSWERS
    ]
    if len(answers) < _FEWEST:
        return {}
    first, stop = answers[0], answers[-1]
    box = int(blocks.own[first])
    while box and blocks.stop[box] <= stop:
        box = int(blocks.parent[box])
    ranges = [(int(blocks.first[box]), int(blocks.stop[box]))]
    if not box or _is_article(blocks, *ranges[0], first):
        ranges = list(dict.fromkeys(_below(blocks, answer, box) for answer in answers))
    found = dict.fromkeys((block for begin, end in ranges for block in range(begin, end)), reasons.COMMENT)
    others = sum(
        len(text) for block, text in enumerate(blocks.texts[:first]) if block not in found and len(text) >= _OTHER_CHARS / 2
    )
    return found if others >= _OTHER_CHARS else {}


def _is_article(blocks: Blocks, first: int, stop: int, answer: int) -> bool:
    """Whether blocks are the article with its comments: the main heading is among them, or most text is before the first answer."""
    if (blocks.tag[first:stop] == TAG["h1"]).any():
        return True
    before = sum(map(len, blocks.texts[first:answer]))
    return before > _FIRST_CHARS and before > _FIRST_SHARE * sum(map(len, blocks.texts[first:stop]))


def _below(blocks: Blocks, block: int, box: int) -> tuple[int, int]:
    """Returns the range of the largest box around a block that is within another box; the block alone if there is none."""
    inner = int(blocks.own[block])
    if inner == box:
        return block, block + 1
    while int(blocks.parent[inner]) != box:
        inner = int(blocks.parent[inner])
    return int(blocks.first[inner]), int(blocks.stop[inner])
