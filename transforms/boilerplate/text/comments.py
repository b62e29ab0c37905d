# ruff: noqa: E501 - a language is one line
"""Names lists of readers' comments by how they are laid out: a name and a time, sentences, a word to answer by, again and again.

    name_comments(lines, named, at)       # fills `named` if no rule has spoken

A comment reads as a paragraph does. What gives a list of them away is the line to answer by ("Reply") below each. The list begins
with the name and age ("saltcote 2 days ago") of the first; each has a short line with a name. Of 1,886 lines named so on six labelled
sets none is body.
"""

from __future__ import annotations

import re

import numpy as np

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.text.features import Lines
from broadsheet.transforms.boilerplate.text.line_rules import fold_line
from broadsheet.transforms.boilerplate.text.rule_prefilter import HashSet

_ANSWERS = "reply like antworten répondre responder rispondi ответить odpowiedz απάντηση beantwoorden reageer yanıtla svara svar 回复 回覆 返信 رد".split()
_ANSWER = re.compile(
    rf"(?:{'|'.join(_ANSWERS)})"
    r"(?:\s(?:like|report|share|edit|quote|melden|signaler|denunciar|segnala|пожаловаться|zgłoś|j aime|gefällt mir|нравится|lubię to|rapporteer))*"
)
_FIRST_WORDS = HashSet(Lines([answer]).token_hash[0] for answer in _ANSWERS)
_AGE = re.compile(
    r"\b(?:\d+|an?|one|eine[mr]?|une?)\s?(?:s|m|h|d|w|min|mins|hrs?|minutes?|hours?|days?|weeks?|months?|years?|godz|dni|дн|ч)\b(?:\s(?:ago|temu|назад))?"
    r"|\bago\b|\bvor \d+ |\bil y a \d+|\bhace \d+|\bhá \d+|\b\d+ \w+ (?:fa|temu|назад|geleden|önce|siden|sedan)\b|\d{1,2}[:.]\d{2}|\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"|\b\d{1,2}\.? \w{3,9}\.?,? \d{4}|\b\w{3,9} \d{1,2}, \d{4}|\byesterday\b|\bgestern\b|\bhier\b|\bayer\b|\bвчера\b|\bwczoraj\b",
    re.IGNORECASE,
)

_HEAD_CHARS = 60
_HEAD_WORDS = 8
"""A name and a time have at most so many words."""

_ANSWER_WORDS = 4
_ANSWERING = frozenset({None, reasons.COMMENT_FORM, reasons.SHARE})
"""What the rules for single lines call "Reply" and "Like, Reply, Report"."""

_LEAST = 2
"""A list of comments has at least so many answers. Headings ("5 comments") with times below them are not evidence: the article may
be below a link to its comments, and be a live blog."""

_PROSE_WORDS, _OTHER_WORDS = 9, 40
"""So many words of other prose must be on the page: a forum is made of nothing but answers."""

_COMMENT_LINES = 8
"""A comment has at most so many lines between its head and its answer: more is something else."""


def name_comments(lines: list[str], named: list[str | None], at: Lines) -> None:
    """Names the lines of a page that belong to readers' comments.

    Args:
        lines: The lines of a page, none empty.
        named: For each the reason a rule gave, or `None`; filled in place.
        at: The lines as arrays.
    """
    first = at.token_start[worded := np.flatnonzero((at.tokens > 0) & (at.words <= _ANSWER_WORDS))]
    answers = [
        index
        for index in worded[_FIRST_WORDS.among(at.token_hash[first])].tolist()
        if named[index] in _ANSWERING and _ANSWER.fullmatch(fold_line(lines[index]))
    ]
    if len(answers) < _LEAST:
        return
    words = at.words.tolist()
    found: list[int] = []
    start = _first_head(lines, words, answers[0])
    for answer in answers:
        comment = range(max(start, answer - _COMMENT_LINES), answer)
        if any(words[index] <= _HEAD_WORDS for index in comment):
            found += comment
        start = answer + 1
    others = set(range(len(lines))).difference(found)
    if sum(words[index] for index in others if named[index] is None and words[index] >= _PROSE_WORDS) >= _OTHER_WORDS:
        for index in found:
            named[index] = named[index] or reasons.COMMENT


def _is_head(line: str, words: float) -> bool:
    return len(line) <= _HEAD_CHARS and words <= _HEAD_WORDS and _AGE.search(line) is not None


def _first_head(lines: list[str], words: list[float], answer: int) -> int:
    """The line with the first comment's name and time, or the one above its text."""
    for index in range(answer - 1, max(answer - _COMMENT_LINES, -1), -1):
        if _is_head(lines[index], words[index]):
            above = index - 1
            return above if above >= 0 and words[above] <= 3 and words[index] <= 4 else index
    return answer
