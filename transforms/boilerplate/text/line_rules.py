"""What single lines of a dump are, by rules a person can check.

Each rule looks at one line, says nothing or names a reason of `schemas.reasons`, and is right wherever it speaks: it overrules
the model. What only the lines around can show (titles, subheads, related headlines) is not here.

    >>> [chrome(line) for line in ("READ MORE: Talks resume", "News ID: 174677", "Home / World / Talks resume", "Talks resumed.")]
    ['read_more', 'record_id', 'breadcrumb', None]

Two kinds of rule: words (`chrome_words`), found by look-up of the folded line, and shapes, small functions of the line. Every
pattern is anchored or a plain search for a literal, so that no line, however long, costs more than its length.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict

import numpy as np

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.text.chrome_words import DATE_WORDS, HOME_WORDS, INSIDE, STARTS, WHOLE
from broadsheet.transforms.boilerplate.text.features import Lines
from broadsheet.transforms.boilerplate.text.rule_prefilter import TAG_COMMAS, inside_begins, suspects
from broadsheet.transforms.characters import CJK

SHORT_CHARS = 140
"""Rules for short lines look at no longer ones: headlines and labels of the labelled pages end here (99 % of titles)."""

_INSIDE_CHARS = 900
"""Captions and notices are no longer; a paragraph may mention "all rights reserved" and go on."""

_LABEL_WORDS = 14
"""A line that begins with a chrome word has at most so many words ("READ MORE" and a headline), twice as
many where a colon follows; sentences may begin so too."""

_LABEL = re.compile(r"([^:：]{2,29})[:：]")
_DIGIT = re.compile(r"\d")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_CJK = re.compile(f"[{CJK}]")


_ASCII_LETTERS = {code: chr(code).lower() if chr(code).isalpha() else " " for code in range(128)}


def fold_line(line: str) -> str:
    """Returns a line's words as the word lists have them: case folded, letters only, single spaces."""
    if line.isascii():  # the same result in half the time
        return " ".join(line.translate(_ASCII_LETTERS).split())
    return _NOT_LETTERS.sub(" ", line.casefold()).strip()


def _by_beginning() -> dict[str, list[tuple[str, str]]]:
    index: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for reason, entries in STARTS.items():
        for entry in sorted(map(fold_line, entries), key=len, reverse=True):
            index[entry[:2]].append((entry, reason))
    return dict(index)


_WHOLE = {fold_line(entry): reason for reason, entries in WHOLE.items() for entry in entries}
_STARTS = _by_beginning()
_ENTRIES = (_WHOLE, *(dict(entries) for entries in _STARTS.values()), HOME_WORDS, DATE_WORDS)
_HEADS = {entry.partition(" ")[0] for entries in _ENTRIES for entry in entries}
"""The first words of all lists: a line that begins with another one gets no verdict by words, as a date or as a breadcrumb, unless
CJK entries, which are not separate words, may be at its beginning."""
_INSIDE = [(entry, reason) for reason, entries in INSIDE.items() for entry in entries]

# --- shapes -------------------------------------------------------------------------------------------------------------------

_RESIDUE = re.compile(r"\[1965\d{4}\]|</?(?:span|div|p|a|img|br|script|style|iframe|ins)\b|&(?:nbsp|amp|quot|lt|gt|#\d{2,5});")
_SCRIPT = re.compile(
    r"^(?:var |function\s?\(|\(function|window\.|document\.|jQuery|\$\(|googletag|@media|@import|<!--|//<!\[CDATA"
    r"|\.[\w-]+\s?\{|#[\w-]+\s?\{)"
)
_SCRIPT_FIRST = frozenset("vf(wdj$g@</.#J")
_PAGE_CLOCK = re.compile(r"^\d{1,2}:\d{2}\s?(?:GMT|UTC)\s?[+-]?[\d:]{1,7}\s?[^\W\d_]{3,12}\s\d{4}$")
_COUNTERS = re.compile(r"^[\d\s.,+/()kKmMкК%#-]+$")
_DATE = re.compile(
    r"\d{1,2}:\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./]\d{1,2}\b|\d{4}年|\d{1,2}月\d{1,2}"
)
_WORD = re.compile(r"[^\W\d_]+")
_CREDIT = re.compile(
    r"^(?:©|\(c\)|\(©|copyright\b|photos?\s?(?:by\b|credit\b|courtesy\b|:)"
    r"|image(?:\scredit|\ssource|s?:)|picture:|foto:|foto von|fotos?:"
    r"|bild:|crédit|crédits?\sphoto|fotografía:|immagine:|crédito|фото:|фото с сайта|fot\.|φωτο(?:γραφία)?:|图片来源|圖片來源"
    r"|摄影|攝影|صورة:|beeld:|fotoğraf:)",
    re.IGNORECASE,
)
_CREDIT_FIRST = frozenset("©(CcPpIiFfBbФфφΦ图圖摄攝صTtAaSsHh")
_AGENCY = re.compile(
    r"\bAP Photo\b|/\s?AFP\b|/\s?Reuters\b|\bREUTERS/|/\s?Getty Images\b|\bGetty Images\s?/|/\s?EPA\b|/\s?dpa\b|\bShutterstock\b"
    r"|/\s?Sputnik\b|/\s?TASS\b|/\s?РИА Новости"
)
_PICTURE_CODE = re.compile(r"^R?T[SXR]\w{4,6}\s(?=\S*[^\W\d_])|^RT[SRX][0-9A-Z]{4,6}\b")
_CRUMB = re.compile(r"\s[/>»›→\\|:-]\s|\s?[»›>]\s?|\s::\s")
_TAG_END = re.compile(r"[.!?…:;\"”»]$")

_CREDIT_WORDS = 12
"""A credit is a name, an agency, perhaps a year; longer lines that begin with the word are captions or notices."""

_TAG_WORDS = 5
"""A tag has at most so many words ("League of Arab States", "Mohamed Ali Alhakim" and a particle)."""


def _residue(line: str) -> str | None:
    """Scripts and style rules whole; a stray mark inside a line that has no sentence of its own."""
    if line[0] in _SCRIPT_FIRST and _SCRIPT.match(line):
        return reasons.RESIDUE
    if ("<" in line or "&" in line or "[1" in line) and _RESIDUE.search(line) and len(_WORD.findall(_RESIDUE.sub(" ", line))) < 4:
        return reasons.RESIDUE
    return None


def _clock(line: str) -> str | None:
    """The moment the page was shown, glued together by its markup: "05:17 GMT +323 February 2019"."""
    return reasons.PAGE_CLOCK if _PAGE_CLOCK.match(line) else None


def is_counter(line: str) -> bool:
    """Whether a line is a bare number: a counter, or the cell of a table."""
    return len(line) < 24 and _COUNTERS.match(line) is not None


def _counters(line: str) -> str | None:
    """Bare numbers: how often a page was shared, liked, read."""
    return reasons.SHARE if is_counter(line) and not _DATE.search(line) else None


def _date_line(line: str, key: str) -> str | None:
    """A date or time, its labels, and no other word."""
    others = set(key.split()) - DATE_WORDS
    if len(line) < 90 and all(map(_CJK.match, others)) and _DATE.search(line):
        cjk = _CJK.findall(line)
        return reasons.DATE_LINE if len(cjk) <= 8 else None
    return None


def _credit(line: str) -> str | None:
    """Who made or owns the picture."""
    if line.count(" ") >= _CREDIT_WORDS:
        return None
    if line[0] in _CREDIT_FIRST and _CREDIT.match(line):
        return reasons.DISCLAIMER if re.search(r"\b(?:19|20)\d\d\b.*\w{4}", line) and not _AGENCY.search(line) else reasons.CREDIT
    return (
        reasons.CREDIT
        if ("/" in line or "AP " in line or "tt" in line) and _AGENCY.search(line) and line[-1] not in ".!?"
        else None
    )


def _caption(line: str) -> str | None:
    """A picture agency's code before a sentence: "RTX3M7XU From left: …"."""
    return reasons.CAPTION if line[0] in "RT" and _PICTURE_CODE.match(line) else None


_CREDIT_LABELS = frozenset(
    "photo photos photograph photographs photography image images picture pic pictures credit crédit crédits foto fotos fotografie"
    " fotografía bild bilder imagen immagine imagem beeld kuva zdjęcie fot fot. φωτο φωτογραφία фото 写真 图片 圖片 사진".split()
)
"""Words that announce who took a picture."""

_CREDIT_TAIL = 80
_CREDITED_CHARS = 500
_CREDITED_WORDS = 8
"""A caption with its credit is no longer, and the credit has at most so many words. Of 335 lines of six labelled sets that end in a
credit, 34 are body, 28 of them in one set whose bodies have captions."""


def _credited(line: str) -> str | None:
    """A caption that ends with who took the picture: "The pier at dawn. Photo: Jane Doe"."""
    tail = line[-_CREDIT_TAIL:]
    for mark in (":", "/", "©", " by "):
        at = tail.rfind(mark)
        if at <= 0:
            continue
        who = tail[at + len(mark) :].strip(" )].）】")
        if not who or who[0].islower() or who.count(" ") >= _CREDITED_WORDS or ". " in who or "?" in who:
            continue
        label = tail[:at].split()[-1:] or [""]
        if mark == "©" or label[0].casefold().lstrip("([|（【*-–—.") in _CREDIT_LABELS:
            return reasons.CAPTION
    return None


def _breadcrumb(line: str, key: str) -> str | None:
    """The way from the home page to here: the word for home, and a mark after it."""
    if key.partition(" ")[0] not in HOME_WORDS:
        return None
    parts = [part for part in _CRUMB.split(line) if part]
    if len(parts) < 2 or line[-1] in ".!?":
        return None
    return reasons.BREADCRUMB if parts[0].count(" ") < 3 else None


def _tags(line: str) -> str | None:
    """Names between commas and nothing else: three at least, each of few words, none of them a clause."""
    if line.count(",") < TAG_COMMAS or _TAG_END.search(line):
        return None
    names = [name.strip() for name in line.split(",")]
    if not all(name and name.count(" ") < _TAG_WORDS for name in names) or any(word.isdigit() for word in names):
        return None
    if not names[-1][0].isupper() and names[-1].split(" ", 1)[0] in {"and", "or", "und", "et", "y", "e", "и", "i", "και"}:
        return None
    return reasons.TAGS if sum(map(len, names)) / len(names) < 26 else None


def name(lines: list[str], at: Lines | None = None) -> list[str | None]:
    """Names each line of a page by `chrome`.

    The rules themselves look only at lines where arrays show that one may speak: of the labelled dumps' lines every second.

    Args:
        lines: Lines with their white space folded, none empty.
        at: The lines as arrays, if they exist already.
    """
    at = at or Lines(lines)
    verdicts: list[str | None] = [None] * len(lines)
    for index in np.flatnonzero(suspects(at)).tolist():
        line = lines[index]
        verdicts[index] = _short(line) if len(line) <= SHORT_CHARS else _long(line)
    for index in set(at.token_line[inside_begins(at)].tolist()):
        verdicts[index] = verdicts[index] or _inside(lines[index])
    return verdicts


def chrome(line: str) -> str | None:
    """Returns why a line is not body, whatever is around it; `None` if no rule knows.

    Args:
        line: A line with its white space folded, not empty.
    """
    return (_short(line) if len(line) <= SHORT_CHARS else _long(line)) or _inside(line)


@functools.lru_cache(maxsize=1 << 16)
def _short(line: str) -> str | None:
    """All rules for short lines. Menus come again on every page of a site: verdicts are kept, at most some 20 MB of them."""
    head = _WORD.search(line.casefold())
    worded = head is None or head[0] in _HEADS or _CJK.match(head[0]) is not None
    key = fold_line(line) if worded else ""
    reason = _by_words(line, key) if key else None
    if reason:
        return reason
    if _DIGIT.search(line):
        reason = _clock(line) or _counters(line) or (_date_line(line, key) if worded else None)
        if reason:
            return reason
    return (
        _residue(line)
        or _credit(line)
        or (_breadcrumb(line, key) if key else None)
        or _tags(line)
        or _caption(line)
        or _credited(line)
    )


def _long(line: str) -> str | None:
    return _residue(line) or _caption(line) or (_credited(line) if len(line) <= _CREDITED_CHARS else None)


def _by_words(line: str, key: str) -> str | None:
    reason = _WHOLE.get(key)
    if reason:
        return reason
    for entry, reason in _STARTS.get(key[:2], ()):
        if key.startswith(entry) and _begins(line, key, entry, reason):
            return reason
    label = _LABEL.match(line) if ":" in line or "：" in line else None
    if label:
        reason = _WHOLE.get(fold_line(label[1]))
        return reasons.READ_MORE if reason == reasons.RELATED else reason
    return None


def _begins(line: str, key: str, entry: str, reason: str) -> bool:
    """Returns whether a line that begins with the letters of an entry is what the entry names."""
    rest = key[len(entry) :]
    if rest and rest[0] != " " and not _CJK.match(entry):
        return False
    words = key.count(" ") + 1
    if reason == reasons.BYLINE:
        return _is_byline(line, words)
    if reason == reasons.DATE_LINE:
        return bool(_DATE.search(line)) and words <= 8
    if reason == reasons.RECORD_ID:
        return any(char.isdigit() for char in line) and words <= 5
    if reason in (reasons.TAGS, reasons.SHARE):
        return not rest or ":" in line[: len(entry) + 3] or (reason == reasons.SHARE and words <= 6)
    if reason == reasons.DISCLAIMER:
        return True
    label = ":" in line[: len(entry) + 3]
    return words <= _LABEL_WORDS * (2 if label else 1) and not (line[-1] in ".。" and words > 8)


def _is_byline(line: str, words: int) -> bool:
    """A few words after "by", each name with a capital; in CJK a colon or a blank after the word for the writer."""
    if _CJK.match(line.lstrip("（(【[")):
        line = line.lstrip("（(【[")
        return len(line) <= 30 and bool(re.match(r"^\w{1,4}\s?[:：/／ 　]", line))
    names = line.replace(":", " ").split()[1:]
    return (
        1 <= words - 1 <= 9
        and bool(names)
        and line[-1] not in ".!?…"
        and (names[0][0].isupper() or not names[0][0].isalpha())
        and len(names) >= 2
    )


def _inside(line: str) -> str | None:
    if len(line) > _INSIDE_CHARS:
        return None
    folded = line.casefold()
    return next((reason for entry, reason in _INSIDE if entry in folded), None)
