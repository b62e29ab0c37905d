"""What reads as prose, and where on a page most of it stands together."""

from __future__ import annotations

import re

SENTENCE_ENDS = frozenset(".!?…。！？؟۔।")
_CLOSING = "\"'”’»」』)）]】*"
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

CJK_WORD = 0.6
"""Words a CJK character counts for: Chinese words of running text are 1.6 to 1.7 characters long."""

PROSE_WORDS = 8
"""Lines of fewer words are no prose: the median subhead and menu entry of the labelled dumps has 3, the median headline 9."""

_GAIN_WORDS = 40
"""More words than that do not make a line more of an article: one long comment must not outweigh five paragraphs."""

_OTHER = -4.0
_NAMED = -12.0
"""What a line without prose takes from a run, and one that a rule named. Best of 3 x 3 values on the labelled dumps."""

_LEAST_RUN = 12.0
"""A run must come to more than that: one sentence of 13 words and nothing else is the least a page may have."""


def words(line: str) -> float:
    """Counts a line's words, CJK characters as parts of one."""
    count = float(line.count(" ") + 1)
    if not line.isascii():
        count += CJK_WORD * len(_CJK.findall(line))
    return count


def ends_sentence(line: str) -> bool:
    """Whether a line's last character, closing quotes and brackets aside, ends a sentence."""
    bare = line.rstrip(_CLOSING)
    return bool(bare) and bare[-1] in SENTENCE_ENDS


def is_prose(line: str) -> bool:
    """Whether a line has the length and the end, or a full stop inside, of running text."""
    count = words(line)
    return count >= PROSE_WORDS and (
        ends_sentence(line) or (count >= 2 * PROSE_WORDS and (". " in line or ", " in line or "，" in line))
    )


def densest_run(lines: list[str], named: list[str | None]) -> tuple[int, int]:
    """Finds the run of lines with the most prose in it.

    Each line of prose adds its words, each other line takes some away; the run is the one with the largest sum, the first of
    several.

    Args:
        lines: The lines, none empty.
        named: For each the reason a rule gave, or `None`.

    Returns:
        The run as a half-open range; an empty one where no run is worth it.
    """
    best, best_start, best_end = _LEAST_RUN, 0, 0
    total, start = 0.0, 0
    for index, line in enumerate(lines):
        if named[index]:
            value = _NAMED
        elif is_prose(line):
            value = min(words(line), _GAIN_WORDS)
        else:
            value = _OTHER
        if total <= 0:
            total, start = 0.0, index
        total += value
        if total > best:
            best, best_start, best_end = total, start, index + 1
    return best_start, best_end
