"""Who a dump says wrote its article.

Candidates are the names that a line gives (`names.byline_names`): behind "By" or its kin, alone on a line, beside a date, below a
line that is only a label. Most lines that look like a name are none of the author's (menus are full of two capitalised words), so
where a name stands decides: `text_rank` weighs that against *nobody is named*.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

from schemas import reasons
from transforms.metadata.dates_words import FILLERS
from transforms.metadata.dates_words import fold as without_accents
from transforms.metadata.names import byline_names, is_introduced, is_name, is_person, without_introduction
from transforms.metadata.text_first_names import FIRST_NAMES
from transforms.metadata.text_rank import Features, ranker
from transforms.metadata.text_view import View, bucket, fold
from transforms.metadata.text_words import TOPICS

ALONE, BESIDE, INSIDE, INTRODUCED, LABELLED, BOX, WORD_ALONE, WORD_BESIDE = range(8)
"""How a name stands on its line: it is the whole line, a part of it, behind "by" within it, behind "by" at its beginning, under
a line that is a label, in the box about the author ("About Ilse Brandt"); single words apart, since most of them are no names."""

_LOOKS = 8
"""Names that get a closer look, of the 20 that a page has to offer on average."""

GLANCE_SLOTS = (
    "kind", "distance", "below_title", "reason", "behind", "names", "words", "dated", "run", "length", "share", "above", "below",
    "position", "kept_below", "label", "same_line_date", "first_name",
)  # fmt: skip
"""What is known of a name at a glance; see `_glance`."""

SLOTS = (
    *GLANCE_SLOTS, "copies", "introduced_copies", "in_body", "indent", "capitals", "earlier", "lowered", "lines", "glued",
    "person",
)  # fmt: skip
"""What is known of it after a closer look; see `_look`."""

_SHORT = 50
"""Characters of a line so short that one word behind "by" is a name ("by Tine")."""

_LABEL_CHARS = 40
"""A label on a line of its own is shorter."""

_UNANNOUNCED_CHARS = 100
"""A line longer than this holds no name that no word announces."""

_OPENING = 5
"""Words of a line's beginning, two of which are capitalised where it opens with a name: no name is longer (`names.MAX_WORDS`)."""

_LINE_CHARS = 160
"""No byline is longer: the labelled ones that stand on a line of their own have 118 characters at most."""

_AROUND_TITLE = (4, 12)
_AROUND_FIRST = (10, 2)
_AROUND_LAST = (2, 8)
"""Lines before and after the title, the body's first line and its last where names are looked for; 96 % of those that are found
stand there."""

_PARTS = re.compile(r"\s?[|·•●/\t]\s?|\s[–—-]\s|,\s|\s{2,}")
_BY = re.compile(
    r"(?<!\w)(?:(?:written|posted|published|created|reviewed) by|by"
    r"|(?:geschrieben|veröffentlicht|erstellt|verfasst|publiziert) (?:von|vom)|von|vom|par"
    r"|por|di|door|av|af|autor(?:in)?:?|author:?|text:|text ?& ?fotos?:|text und fotos?:|redakteur(?:in)?:?|auteur:?|автор:?"
    r"|tekst:|escrito por|themenstarter|thread starter)\s(?=\S)",
    re.IGNORECASE,
)
_BY_WORDS = frozenset(
    """
    af author author: auteur auteur: autor autor: autorin autorin: av by di door foto foto: fotos fotos: par por redakteur
    redakteur: redakteurin redakteurin: starter tekst: text: themenstarter vom von автор автор:
    """.split()
)
"""The last words of what `_BY` looks for, one of which a line must have."""
_BOX = re.compile(
    r"(?:about|über|à propos de|sobre|written by|geschrieben von|author|autor|more (?:from|by)"
    r"|(?:view )?(?:all|latest|more|other) (?:posts|articles|stories) (?:by|from)|posts by|articles by"
    r"|alle (?:posts|beiträge|artikel) (?:von|vom autor)"
    r"|weitere (?:beiträge|artikel) von|voir tous les articles de|ver todas las entradas de)[\s:]{1,2}",
    re.IGNORECASE,
)
_BOX_HEADS = (
    "about ", "über ", "à propos de ", "sobre ", "written by", "geschrieben von", "author:", "autor:", "more ", "view ", "all ",
    "latest ", "other ", "posts by", "articles by", "alle ", "weitere ", "voir tous", "ver todas",
)  # fmt: skip
"""How the lines that `_BOX` matches begin."""
_END = re.compile(
    r"\s(?:am|on|um|le|at|à|vom|is|ist|Am|On|(?:[Aa]nd )?[Ll]ast|[Pp]ublished|[Pp]osted|[Vv]eröffentlicht|[Ee]rstellt"
    r"|[Aa]ktualisiert|[Uu]pdated|Lesezeit|[Ff]otos?|[Pp]hotos?|[Bb]ild|[Mm]in|[Kk]ommentare?|[Cc]omments?|Artikel|[Aa]rticles?|[Pp]osts?)\b|\s\d|\s?[(|·»@—–]|,\s(?=[a-zäöü])"
)
"""Where the names behind an introduction end: a preposition before a date, a number, a bracket, a label."""
_GLUED = re.compile(
    r"[PUVLAC](?:(?<=[a-zäöüß]P)(?:ublished|osted)|(?<=[a-zäöüß]U)pdated|(?<=[a-zäöüß]V)eröffentlicht|(?<=[a-zäöüß]L)ast"
    r"|(?<=[a-zäöüß]A)ktualisiert|(?<=[a-zäöüß]C)(?:omments?|ategories)"
    r"|(?<=[a-zäöüß]L)eave)\b"
)
"""What a dump glued to a name; it begins with a set of characters, which `re` searches fast."""
_GLUED_BY = re.compile(r"^(?:By|Por|Von|Par)(?=[A-ZÁÉÖÜ][a-z.])")
_ADDRESS = re.compile(r"\s[\w.+-]{1,64}@[\w.-]{1,99}$")
_TITLED = re.compile(
    r"^(?P<name>(?:[^\W\d_][\w.'’-]*\s){2,3}?)(?:\S+\s){0,2}?(?:editor|reporter|writer|correspondent|columnist|journalist|contributor|author|autor(?:in)?"
    r"|redakteur(?:in)?|korrespondent(?:in)?|in \w+)\b",
    re.IGNORECASE,
)
"""A name before the person's office."""
_COUNT = re.compile(r"\s*\b\d+\s*(?:\w+)?$")
_SINGLE = re.compile(r"[^\W_][\w.-]{1,24}")
_LABEL = re.compile(
    r"^(?:(?:written|posted|published|reviewed|created|story|words|text|article)?\s?by|(?:about )?(?:the )?authors?|writer"
    r"|thread starter|von"
    r"|(?:der |die |über den |über die )?autor(?:in|en)?|(?:verfasst|geschrieben|veröffentlicht) von|themenstarter"
    r"|par|auteurs?|écrit par|por|autora?|escrito por|di|autore|a cura di|door|av|af|skribent"
    r"|автор|авторы|autorzy|yazar|penulis|作者|記者|记者|文|글|기자|بقلم|الكاتب|מאת|συντάκτης)\s?[:：]?$",
    re.IGNORECASE,
)
_DISTANCES: list[float] = [-60, -20, -6, -3, -1, 0, 1, 2, 3, 4, 6, 9, 14, 21]
_TITLE_DISTANCES: list[float] = [-6, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7, 10, 15]


_BASES = {LABELLED: "label", BOX: "author box", ALONE: "name line", WORD_ALONE: "name line"}
"""What a kind is called as evidence; a byline else."""


_INVISIBLE = {0xAD: None, 0x200B: None, 0x200E: None, 0x200F: None}
"""Soft hyphens and marks without width."""

_SOURCES = ("来源", "來源", "출처")
"""What names a publication, not a person."""


_CREDITS = (
    "©",
    "(c)",
    "foto:",
    "fotos:",
    "photo:",
    "photos:",
    "photo by",
    "foto von",
    "image:",
    "bild:",
    "bilder:",
    "фото:",
    "फोटो:",
    "写真",
)
"""How the line that names a picture's maker begins."""


class Byline(NamedTuple):
    """Names on a line."""

    line: int
    names: list[str]
    kind: int


def glances(page: View, title: Optional[int]) -> tuple[list[Byline], list[Features]]:
    """Returns the names that may be the authors', and what a glance at each shows."""
    found: list[Byline] = []
    for index in _indexes(page, title):
        found.extend(Byline(index, names, kind) for names, kind in _names(page, index) if names)
    return found, [_glance(page, title, item) for item in found]


def candidates(page: View, title: Optional[int]) -> tuple[list[Byline], list[Features]]:
    """Returns the likeliest names, as many as `_LOOKS`, and what a closer look at each shows."""
    everyone, shown = glances(page, title)
    introduced: dict[str, int] = {}
    for item in everyone:
        if item.kind in (INSIDE, INTRODUCED, LABELLED, BOX):
            for name in item.names:
                introduced[name] = introduced.get(name, 0) + 1
    chosen = ranker("authors_glance", GLANCE_SLOTS).best(shown, _LOOKS)
    found = [everyone[number] for number in chosen]
    earlier = [sum(other.line < item.line for other in everyone) for item in found]
    return found, [
        shown[number] + _look(page, item, introduced.get(item.names[0], 0), before)
        for number, item, before in zip(chosen, found, earlier, strict=True)
    ]


def _indexes(page: View, title: Optional[int]) -> list[int]:
    """The lines near the title and the body's ends, and all that begin as a byline does."""
    size = len(page.blocks)
    near: set[int] = set()
    for middle, (before, after) in ((title, _AROUND_TITLE), (page.first, _AROUND_FIRST), (page.last, _AROUND_LAST)):
        if middle is not None:
            near.update(range(max(0, middle - before), min(size, middle + after + 1)))
    near.update(index for index, block in enumerate(page.blocks) if block.reason == reasons.BYLINE)
    near.update(index for index in page.starting(_BOX_HEADS) if _BOX.match(page.blocks[index].text))
    return sorted(index for index in near if len(page.blocks[index].text) <= _LINE_CHARS and index != title)


def _names(page: View, index: int) -> list[tuple[list[str], int]]:
    """Reads the names of a line, and how they stand there; several readings where the line allows them."""
    text = page.blocks[index].text
    bare = text
    for date in reversed(page.dates(index) if page.timed[index] else []):
        bare = bare[: date.span[0]] + " | " + bare[date.span[1] :]
    whole = bare == text
    announced = page.announced(index) or not whole
    bare = _GLUED_BY.sub(r"\g<0> ", _GLUED.sub(r" \g<0>", bare.strip(" |,·•-–—")))
    if "@" in bare:
        bare = _ADDRESS.sub("", bare)
    if not bare.isascii():
        bare = bare.translate(_INVISIBLE)
    if not bare or bare.startswith(_SOURCES) or page.folded[index].startswith(_CREDITS):
        return []
    if (
        index
        and len(page.blocks[index - 1].text) < _LABEL_CHARS
        and _LABEL.match(page.blocks[index - 1].text)
        and not is_introduced(text)
    ):
        return [(byline_names(_head(bare), single=True), LABELLED)]
    box = _BOX.match(bare) if announced else None
    if box and len(bare) > box.end():
        return [(byline_names(_head(bare[box.end() :]), single=True), BOX)]
    if announced and is_introduced(bare):
        names = _introduced(_head(without_introduction(bare)), single=len(bare) < _SHORT)
        if names:
            return [(names, INTRODUCED)]
    inside = None if _BY_WORDS.isdisjoint(bare.casefold().split()) else _BY.search(bare)
    if inside:
        names = byline_names(_head(bare[inside.end() :]), single=True)
        if names:
            return [(names, INSIDE)]
    if len(bare) > (_UNANNOUNCED_CHARS if page.timed[index] else _SHORT):
        return []
    return _unannounced(bare, whole)


def _introduced(text: str, *, single: bool) -> list[str]:
    """The names behind an introduction; where the first is followed by an office, only that."""
    titled = _TITLED.match(text)
    if titled and is_name(titled["name"].strip()):
        return [titled["name"].strip()]
    return byline_names(text, single=single)


def _head(text: str) -> str:
    """Cuts what follows the names behind an introduction."""
    end = _END.search(text, 1)
    return text[: end.start()] if end else text


def _unannounced(bare: str, whole: bool) -> list[tuple[list[str], int]]:
    """Names that no word announces: the whole line, or parts of it beside a date."""
    words = bare.split(" ", _OPENING)
    if whole and len(words) > 1 and sum(not word[:1].islower() for word in words[:_OPENING]) < 2 and not _PARTS.search(bare):
        return []
    if "," not in bare and "|" not in bare and is_name(bare):
        return [([bare], ALONE if whole else BESIDE)] if not _is_topic(bare) else []
    if whole and len(words) == 1:
        return [([bare], WORD_ALONE)] if _SINGLE.fullmatch(bare) and not _is_topic(bare) else []
    titled = _TITLED.match(bare) if len(words) > 2 else None
    if titled and is_name(titled["name"].strip()):
        return [([titled["name"].strip()], ALONE if whole else BESIDE)]
    parts = [_COUNT.sub("", _head(" " + part.strip()).strip()) for part in _PARTS.split(bare)[:8]]
    names = [part for part in parts if is_name(part)]
    if names:
        together = [(names, ALONE if whole else BESIDE)] if len(names) > 1 and len(names) == len(parts) else []
        return together + [([name], BESIDE) for name in names[:2]]
    if not whole and parts and _SINGLE.fullmatch(parts[0]) and not _is_topic(parts[0]):
        return [([parts[0]], WORD_BESIDE)]
    return []


def _is_topic(text: str) -> bool:
    """Whether a line says only what it is about, where, or when: "Middle East", "Related Topics", "Freitag"."""
    return all(word in TOPICS or word in FILLERS for word in (without_accents(part) for part in text.replace("-", " ").split()))


def _glance(page: View, title: Optional[int], item: Byline) -> Features:
    index, names, kind = item
    block = page.blocks[index]
    above = page.blocks[index - 1] if index else None
    below = page.blocks[index + 1] if index + 1 < len(page.blocks) else None
    timed = page.timed
    size = len(timed)
    return (
        kind,
        bucket(_DISTANCES, page.first - index),
        bucket(_TITLE_DISTANCES, index - title) if title is not None else 14,
        page.kinds[index],
        bucket([1, 2, 4, 8], index - page.last),
        min(len(names), 4),
        min(names[0].count(" ") + 1, 5),
        (1 if index > 1 and timed[index - 2] else 0)
        + (2 if index and timed[index - 1] else 0)
        + (4 if index + 1 < size and timed[index + 1] else 0)
        + (8 if index + 2 < size and timed[index + 2] else 0),
        bucket([1, 2, 4, 8], page.run[index] + page.below[index]),
        bucket([12, 20, 30, 50, 80], len(block.text)),
        bucket([0.3, 0.5, 0.7, 0.9], sum(map(len, names)) / len(block.text)),
        page.kinds[index - 1],
        page.kinds[index + 1],
        bucket([1, 3, 6, 12, 30, 80], index),
        int(below is not None and below.kept),
        int(above is not None and len(above.text) < _LABEL_CHARS and above.text.endswith(":")),
        int(timed[index]),
        _known(names[0]),
    )


def _look(page: View, item: Byline, introduced: int, earlier: int) -> Features:
    name = item.names[0]
    words = fold(name).split()
    initials = [word[0] for word in page.blocks[item.line].text.split() if word[0].isalpha()]
    lines, everywhere = page.copies(name)
    return (
        bucket([2, 3, 5], everywhere),
        bucket([1, 2, 3], introduced),
        int(all(word in page.body_words for word in words)),
        bucket([1, 3, 5], page.indent(item.line)),
        bucket([0.5, 0.8, 0.99], sum(initial.isupper() for initial in initials) / max(1, len(initials))),
        bucket([1, 2, 4, 8], earlier),
        sum(f" {word}" in page.joined for word in words[:3]),
        bucket([1, 2, 3], lines),
        int(_GLUED_NAME.search(name) is not None),
        int(is_person(name)),
    )


_GLUED_NAME = re.compile(r"(?<!Mc)(?<!Mac)(?<!De)(?<!Di)(?<!Le)(?<!La)(?<!Du)(?<!Van)(?<=[a-zäöüß])[A-Z]|[A-Z]{3}[a-z]")


def _known(name: str) -> int:
    """Whether a name's first word is a common first name, or another of its words."""
    words = [without_accents(word) for word in name.replace("-", " ").split()[:4]]
    return 2 if words and words[0] in FIRST_NAMES else 1 if any(word in FIRST_NAMES for word in words) else 0


def text_authors(page: View, title: Optional[int]) -> Optional[tuple[list[str], str, str]]:
    """Returns the authors' names, the basis and the line they stand on; `None` where nobody is named."""
    found, features = candidates(page, title)
    best = ranker("authors", SLOTS).choose(features)
    if best is None:
        return None
    index, names, kind = found[best]
    return names, _BASES.get(kind, "byline"), page.blocks[index].text
