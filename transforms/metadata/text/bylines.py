"""Reads the names on a line of a dump, and how they are given.

After "By" or its kin, alone on a line, beside a date, below a line that is only a label: a line may be read in several ways, and
`text_authors` decides which reading, if any, is the author.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Optional

from broadsheet.transforms.metadata import east_asian_bylines
from broadsheet.transforms.metadata.dates.date_words import FILLERS, without_accents
from broadsheet.transforms.metadata.east_asian_bylines import east_asian_byline, may_name_writers
from broadsheet.transforms.metadata.names import (
    INTERFACE,
    byline_names,
    is_host,
    is_introduced,
    is_name,
    is_person,
    without_introduction,
)
from broadsheet.transforms.metadata.text.dump_view import View
from broadsheet.transforms.metadata.text.label_words import TOPICS, WEEKDAYS

ALONE, BESIDE, INSIDE, INTRODUCED, LABELLED, BOX, WORD_ALONE, WORD_BESIDE = range(8)
"""How a name is on its line: it is the whole line, a part of it, after "by" within it, after "by" at its beginning, under a line
that is a label, in the box about the author ("About Ilse Brandt"). Single words are apart, since most of them are not names."""

_EAST_ASIAN_KINDS = {
    east_asian_bylines.LABELLED: LABELLED,
    east_asian_bylines.REPORTER: INTRODUCED,
    east_asian_bylines.SIGNED: INSIDE,
    east_asian_bylines.EDITOR: INSIDE,
}

_SHORT = 50
"""Characters of a line so short that one word after "by" is a name ("by Tine")."""

LABEL_CHARS = 40
"""A label on a line of its own is shorter."""

_UNANNOUNCED_CHARS = 100
"""A line longer than this holds no name that no word announces."""

_OPENING = 5
"""Words of a line's beginning, two of which are capitalised where it opens with a name: no name is longer (`names.MAX_WORDS`)."""

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
    r"|[Aa]ktualisiert|[Uu]pdated|Lesezeit|[Ff]otos?|[Pp]hotos?|[Bb]ild|[Mm]in|[Kk]ommentare?|[Cc]omments?"
    r"|Artikel|[Aa]rticles?|[Pp]osts?)\b|\s\d|\s?[(|·»@—–]|,\s(?=[a-zäöü])"
)
"""Where the names after an introduction end: a preposition before a date, a number, a bracket, a label."""
_GLUED = re.compile(
    r"[PUVLAC](?:(?<=[a-zäöüß]P)(?:ublished|osted)|(?<=[a-zäöüß]U)pdated|(?<=[a-zäöüß]V)eröffentlicht|(?<=[a-zäöüß]L)ast"
    r"|(?<=[a-zäöüß]A)ktualisiert|(?<=[a-zäöüß]C)(?:omments?|ategories)"
    r"|(?<=[a-zäöüß]L)eave)\b"
)
"""What a dump glued to a name; it begins with a set of characters, which `re` searches fast."""
_GLUED_BY = re.compile(r"^(?:By|Por|Von|Par)(?=[A-ZÁÉÖÜ][a-z.])")
_ADDRESS = re.compile(r"\s[\w.+-]{1,64}@[\w.-]{1,99}$")
_TITLED = re.compile(
    r"^(?P<name>(?:[^\W\d_][\w.'’-]*\s){2,3}?)(?:\S+\s){0,2}?(?:editor|reporter|writer|correspondent|columnist|journalist"
    r"|contributor|author|autor(?:in)?"
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
_MARKS = "\u00ad\u200b\u200e\u200f"
"""Soft hyphens and marks without width."""
_INVISIBLE = dict.fromkeys(map(ord, _MARKS))

_SOURCES = ("来源", "來源", "출처")
"""What names a publication, not a person."""
_EDITORS = ("责任编辑", "責任編輯", "編集")
"""Who put the page together: the author only if nobody else is named."""


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


def names_on(page: View, index: int) -> list[tuple[list[str], int]]:
    """Reads the names of a line, and how they are given; several readings if the line allows them."""
    folded = page.folded[index]
    if folded.startswith(_CREDITS):
        return []
    bare, whole = _bare(page, index)
    announced = page.announced(index) or not whole
    labelled = index > 0 and len(page.blocks[index - 1].text) < LABEL_CHARS and page.announced(index - 1)
    if announced or labelled or _may_be_called(bare):
        names, kind = _called(page, index, bare, announced, labelled)
        if names or kind is not None:
            return [(names, kind or 0)]
    if not bare or bare.startswith(_SOURCES) or len(bare) > (_UNANNOUNCED_CHARS if page.timed[index] or " in " in bare else _SHORT):
        return []
    return _unannounced(bare, whole)


def _may_be_called(bare: str) -> bool:
    """A sieve for lines that begin as no byline does: whether `_called` could find words on them that call a name so."""
    return not _BY_WORDS.isdisjoint(bare.casefold().split()) or may_name_writers(bare)


def author_boxes(page: View) -> list[int]:
    """Returns the lines that head the box about the author."""
    return [index for index in page.starting(_BOX_HEADS) if _BOX.match(page.blocks[index].text)]


def _bare(page: View, index: int) -> tuple[str, bool]:
    """A line without its dates and addresses, its glued words parted; and whether it had no date."""
    text = bare = page.blocks[index].text
    for date in reversed(page.dates(index) if page.timed[index] else []):
        bare = bare[: date.span[0]] + " | " + bare[date.span[1] :]
    whole = bare == text
    bare = bare.strip(" |,·•-–—")
    if not bare.islower() and not bare.istitle():
        bare = _GLUED.sub(r" \g<0>", bare)
    if bare.startswith(("By", "Por", "Von", "Par")):
        bare = _GLUED_BY.sub(r"\g<0> ", bare)
    if "@" in bare:
        bare = _ADDRESS.sub("", bare)
    if not bare.isascii() and any(mark in bare for mark in _MARKS):
        bare = bare.translate(_INVISIBLE)
    return bare, whole


def _called(page: View, index: int, bare: str, announced: bool, labelled: bool) -> tuple[list[str], Optional[int]]:
    """The names that some words on the line, or the line above, call so; no kind if there are no such words."""
    found = east_asian_byline(bare) if may_name_writers(bare) else None
    if found:
        names, how = found
        return names, _EAST_ASIAN_KINDS[how]
    if labelled and _LABEL.match(page.blocks[index - 1].text) and not is_introduced(page.blocks[index].text):
        return byline_names(_head(bare), single=True), LABELLED
    box = _BOX.match(bare) if announced else None
    if box and len(bare) > box.end():
        return byline_names(_head(bare[box.end() :]), single=True), BOX
    if announced and is_introduced(bare) and not bare.startswith(_SOURCES):
        names = _introduced(_head(without_introduction(bare)), single=len(bare) < _SHORT)
        if names:
            return names, INSIDE if bare.startswith(_EDITORS) else INTRODUCED
    inside = None if _BY_WORDS.isdisjoint(bare.casefold().split()) else _BY.search(bare)
    names = byline_names(_head(bare[inside.end() :]), single=True) if inside else []
    return names, INSIDE if names else None


def _introduced(text: str, *, single: bool) -> list[str]:
    """Returns the names after an introduction; only the first if an office follows it."""
    titled = _TITLED.match(text)
    if titled and is_name(titled["name"].strip()):
        return [titled["name"].strip()]
    return byline_names(text, single=single)


def _head(text: str) -> str:
    """Cuts what follows the names after an introduction."""
    end = _END.search(text, 1)
    return text[: end.start()] if end else text


@lru_cache(maxsize=16_384)
def _unannounced(bare: str, whole: bool) -> list[tuple[list[str], int]]:
    """Names that no word announces: the whole line, or parts of it beside a date.

    Remembered: a menu's lines come again on every page of a site, and a quarter of all short lines on other sites' pages too.
    """
    words = bare.split(" ", _OPENING)
    if whole and len(words) > 1 and len([1 for word in words[:_OPENING] if not word[:1].islower()]) < 2 and not _PARTS.search(bare):
        return []
    if "," not in bare and "|" not in bare and is_name(bare):
        return [([bare], ALONE if whole else BESIDE)] if not _is_topic(bare) else []
    if whole and len(words) == 1:
        return [([bare], WORD_ALONE)] if _may_be_single(bare) else []
    if " in " in bare and len(several := byline_names(bare)) > 1 and all(map(is_person, several)):
        return [(several, ALONE if whole else BESIDE)]
    titled = _TITLED.match(bare) if len(words) > 2 else None
    if titled and is_name(titled["name"].strip()):
        return [([titled["name"].strip()], ALONE if whole else BESIDE)]
    parts = [_without_count(_head(" " + part.strip()).strip()) for part in _PARTS.split(bare)[:8]]
    names = [part for part in parts if is_name(part)]
    if names:
        together = [(names, ALONE if whole else BESIDE)] if len(names) > 1 and len(names) == len(parts) else []
        return together + [([name], BESIDE) for name in names[:2]]
    if not whole and parts and _may_be_single(parts[0]):
        return [([parts[0]], WORD_BESIDE)]
    return []


def _without_count(text: str) -> str:
    """Takes "12 comments" off a name."""
    return _COUNT.sub("", text) if any(char.isdigit() for char in text[-24:]) else text


def _may_be_single(word: str) -> bool:
    """Returns whether one word can be a name: neither a topic nor a host ("BUSINESS.EXAMPLE.COM")."""
    return _SINGLE.fullmatch(word) is not None and not is_host(word) and not _is_topic(word)


def _is_topic(text: str) -> bool:
    """Whether a line says only what it is about, where, or when: "Middle East", "Related Topics", "Freitag"."""
    return all(
        word in TOPICS or word in INTERFACE or word in WEEKDAYS or word in FILLERS
        for word in (without_accents(part) for part in text.replace("-", " ").split())
    )
