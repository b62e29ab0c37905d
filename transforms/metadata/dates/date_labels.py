"""Reads the setting of a date in its line: what the words around it call it, and whether it is apart from them.

    read_line("Received 2 August 2022; published online 2 January 2023")
    # [Dated(2022-08-02, OTHER, apart=True), Dated(2023-01-02, PUBLISHED, apart=True)]
    read_line("The mill that closed on 3 May 1994 is grinding again.")
    # [Dated(1994-05-03, PLAIN, apart=False)]

A page's dates are mostly of something else: of an event, of a picture, of what the article tells about. So a date is evidence of
publication only if a word calls it so, or if it is apart: alone, beside a byline, a place or a few words that separators part
from it, and never within a sentence. `LABELS` lists the words by language, so that a reader of the language can check them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Optional

from broadsheet.transforms.metadata.dates.date_words import FILLERS, without_accents
from broadsheet.transforms.metadata.dates.find_dates import FoundDate, find_dates
from broadsheet.transforms.metadata.names import is_introduced
from broadsheet.transforms.metadata.text.dump_view import CJK
from broadsheet.transforms.metadata.text.label_words import WEEKDAYS

PLAIN, PUBLISHED, CHANGED, OTHER, WEAK, UNKNOWN = range(6)
"""What the words at a date call it: nothing; its publication; a change; something else's date ("closing date"); only a date
("on", "Datum"); something that no list here knows ("Sighted:")."""

# fmt: off
LABELS: dict[str, dict[int, tuple[str, ...]]] = {
    "en": {
        PUBLISHED: ("published", "publish date", "publication date", "date published", "date of publication", "published online",
                    "posted", "post date", "posted on", "created", "first published", "originally published", "issued",
                    "issue date", "released", "live since", "filed", "online since", "date posted"),
        CHANGED: ("updated", "update", "last updated", "modified", "last modified", "revised", "edited", "last edited", "reviewed",
                  "last reviewed", "last changed", "corrected", "amended"),
        OTHER: ("registered", "last active", "last seen", "event", "save the date", "copyright", "©", "all rights", "until",
        "valid",
                "deadline", "born", "retrieved", "accessed", "joined", "member since", "since", "event date", "expires", "expiry",
                "says", "wrote", "comment", "today is", "received", "accepted", "submitted", "recorded", "recording date", "filmed",
                "taken", "incident", "incident date", "closing", "closing date", "opening date", "start date", "starts", "begins",
                "ends", "end date", "due", "due date", "hearing date", "effective", "effective date", "signed", "built", "founded",
                "established", "died", "birthday", "air date", "aired", "airs", "premiered", "dated", "screened", "archived",
                "scheduled", "arrived", "departed", "next", "visited", "apply by", "date of birth", "date of incident",
                "application deadline", "photo", "photograph", "photographed", "picture", "pictured", "image"),
        WEAK: ("on", "date", "time", "release date"),
    },
    "de": {
        PUBLISHED: ("veröffentlicht", "veröffentlichung", "veröffentlichungsdatum", "erschienen", "erscheinungsdatum", "erstellt",
                    "publiziert", "eingestellt", "geschrieben", "online seit", "gepostet", "erstveröffentlichung"),
        CHANGED: ("aktualisiert", "aktualisierung", "geändert", "letzte änderung", "zuletzt", "bearbeitet", "überarbeitet",
                  "update vom"),
        OTHER: ("registriert", "registriert seit", "beigetreten", "zuletzt aktiv", "kundenbewertung", "bewertung vom", "bis",
                "gültig", "geboren", "abgerufen", "mitglied seit", "seit", "termin", "schrieb", "sagt", "kommentar", "heute ist",
                "eingegangen", "eingereicht", "angenommen", "aufgenommen", "aufgezeichnet", "aufnahmedatum", "einsendeschluss",
                "bewerbungsschluss", "anmeldeschluss", "frist", "beginn", "ende", "gegründet", "gestorben", "tatzeit", "vorfall",
                "ausstrahlung", "sendung vom", "unterzeichnet", "foto", "bild", "archivbild", "aufnahme"),
        WEAK: ("vom", "am", "datum", "den", "stand"),
    },
    "fr": {
        PUBLISHED: ("publié", "publiée", "paru", "mis en ligne", "créé", "posté", "date de publication"),
        CHANGED: ("mis à jour", "mise à jour", "modifié", "modifiée", "actualisé", "dernière modification"),
        OTHER: ("inscrit le", "né le", "née le", "aujourd", "reçu", "reçue", "accepté", "acceptée", "enregistré", "date limite",
                "clôture", "début", "fin", "jusqu", "depuis", "valable", "consulté", "décédé", "signé", "fondé",
                    "photographie"),
        WEAK: ("le", "date"),
    },
    "es": {
        PUBLISHED: ("publicado", "publicada", "publicación", "creado", "fecha de publicación"),
        CHANGED: ("actualizado", "actualizada", "actualización", "modificado", "modificada", "editado"),
        OTHER: ("hoy es", "recibido", "aceptado", "grabado", "cierre", "fecha límite", "inicio", "hasta", "desde", "válido",
                "consultado", "nacido", "firmado", "fundado"),
        WEAK: ("fecha", "el", "del"),
    },
    "pt": {
        PUBLISHED: ("publicado", "publicada", "postado", "criado", "data de publicação"),
        CHANGED: ("atualizado", "atualizada", "modificado", "modificada", "última atualização"),
        OTHER: ("recebido", "aceito", "gravado", "prazo", "início", "até", "desde", "válido", "acesso em", "nascido", "assinado"),
        WEAK: ("data", "em"),
    },
    "it": {
        PUBLISHED: ("pubblicato", "pubblicata", "inserito", "scritto", "data di pubblicazione"),
        CHANGED: ("aggiornato", "aggiornata", "aggiornamento", "ultima modifica", "modificato"),
        OTHER: ("oggi", "ricevuto", "accettato", "registrato", "scadenza", "inizio", "fino al", "valido", "nato", "firmato"),
        WEAK: ("il", "del", "data"),
    },
    "ca": {PUBLISHED: ("publicat",), CHANGED: ("actualitzat", "modificat"), OTHER: ("rebut", "acceptat", "fins")},
    "ro": {PUBLISHED: ("publicat la", "publicat"), CHANGED: ("actualizat",), OTHER: ("primit", "acceptat", "până")},
    "nl": {
        PUBLISHED: ("geplaatst", "gepubliceerd", "publicatiedatum"),
        CHANGED: ("bijgewerkt", "laatst gewijzigd", "gewijzigd", "aangepast"),
        OTHER: ("vandaag", "ontvangen", "geaccepteerd", "opgenomen", "sluitingsdatum", "aanvang", "geboren", "sinds", "tot en met"),
        WEAK: ("op",),
    },
    "sv": {PUBLISHED: ("publicerad", "publicerat"), CHANGED: ("uppdaterad", "ändrad"), OTHER: ("mottagen", "inspelad", "född")},
    "no": {PUBLISHED: ("publisert",), CHANGED: ("oppdatert", "endret"), OTHER: ("mottatt", "innspilt", "født")},
    "da": {PUBLISHED: ("publiceret", "offentliggjort"), CHANGED: ("opdateret", "ændret"), OTHER: ("modtaget", "optaget", "født")},
    "fi": {PUBLISHED: ("julkaistu", "luotu"), CHANGED: ("päivitetty", "muokattu"), OTHER: ("vastaanotettu", "syntynyt")},
    "et": {PUBLISHED: ("avaldatud",), CHANGED: ("muudetud", "uuendatud")},
    "lv": {PUBLISHED: ("publicēts",), CHANGED: ("atjaunots",)},
    "lt": {PUBLISHED: ("paskelbta", "publikuota"), CHANGED: ("atnaujinta",)},
    "pl": {
        PUBLISHED: ("opublikowano", "dodano", "utworzono", "data publikacji"),
        CHANGED: ("zaktualizowano", "aktualizacja", "zmodyfikowano"),
        OTHER: ("rejestracja", "otrzymano", "przyjęto", "nagrano", "termin", "urodzony"),
        WEAK: ("dnia",),
    },
    "cs": {
        PUBLISHED: ("publikováno", "vydáno"), CHANGED: ("aktualizováno", "upraveno"), OTHER: ("přijato", "nahráno"), WEAK: ("dne",),
    },
    "sk": {PUBLISHED: ("zverejnené", "publikované"), CHANGED: ("aktualizované",), WEAK: ("dňa",)},
    "hu": {PUBLISHED: ("közzétéve", "megjelent"), CHANGED: ("frissítve", "módosítva"), OTHER: ("beérkezett", "elfogadva")},
    "sl": {PUBLISHED: ("objavljeno", "objavio"), CHANGED: ("posodobljeno",)},
    "hr": {PUBLISHED: ("objavljeno",), CHANGED: ("ažurirano", "izmenjeno", "izmijenjeno")},
    "tr": {
        PUBLISHED: ("yayınlanma", "yayın tarihi", "oluşturulma", "eklenme", "giriş"), CHANGED: ("güncelleme", "güncellenme",
        "güncellendi"), WEAK: ("tarih",),
    },
    "ru": {
        PUBLISHED: ("опубликовано", "опубликована", "дата публикации", "создано", "добавлено"),
        CHANGED: ("обновлено", "изменено", "обновлена"),
        OTHER: ("с нами с", "регистрация", "сегодня", "получено", "поступила", "принята", "записано", "срок", "до"),
        WEAK: ("дата",),
    },
    "uk": {PUBLISHED: ("опубліковано",), CHANGED: ("оновлено",), OTHER: ("сьогодні",)},
    "bg": {PUBLISHED: ("публикувано",), CHANGED: ("обновена", "обновено")},
    "sr": {PUBLISHED: ("објављено",), CHANGED: ("ажурирано",)},
    "el": {PUBLISHED: ("δημοσιεύτηκε", "δημοσίευση"), CHANGED: ("ενημερώθηκε", "ενημέρωση", "τελευταία ενημέρωση")},
    "zh": {
        PUBLISHED: ("发布", "发表", "發布", "發佈", "發表", "刊登", "刊發"),
        CHANGED: ("更新", "修改", "编辑于"),
        OTHER: ("今天", "今日", "收稿", "录用", "录制", "截止", "活动时间", "开始时间", "注册"),
        WEAK: ("時間", "时间", "日期"),
    },
    "ja": {
        PUBLISHED: ("公開", "掲載", "投稿", "配信", "発表"), CHANGED: ("更新", "最終更新", "修正"),
        OTHER: ("受付", "受理", "収録", "締切", "開催"),
    },
    "ko": {PUBLISHED: ("등록", "입력", "작성일", "게시일", "승인"), CHANGED: ("수정", "최종수정"), OTHER: ("접수", "마감")},
    "ar": {PUBLISHED: ("نشر", "تاريخ النشر", "نُشر", "نشرت"), CHANGED: ("تحديث", "آخر تحديث"), OTHER: ("اليوم",)},
    "fa": {PUBLISHED: ("تاریخ انتشار", "منتشر شده"), CHANGED: ("به‌روزرسانی",)},
    "he": {PUBLISHED: ("פורסם",), CHANGED: ("עודכן",)},
    "hi": {PUBLISHED: ("प्रकाशित",), CHANGED: ("अपडेट",)},
    "bn": {PUBLISHED: ("প্রকাশিত", "প্রকাশ"), CHANGED: ("আপডেট",)},
    "id": {PUBLISHED: ("diterbitkan", "dipublikasikan"), CHANGED: ("diperbarui",), WEAK: ("tanggal",)},
    "vi": {PUBLISHED: ("ngày đăng", "đăng ngày"), CHANGED: ("cập nhật",)},
    "th": {PUBLISHED: ("เผยแพร่", "วันที่"), CHANGED: ("อัปเดต",)},
}
# fmt: on
"""The words that papers put at dates, by language and by what they say of the date."""

_TODAY = frozenset("today heute hoy oggi hoje vandaag idag dziś dzisiaj dnes сегодня сьогодні bugün".split())
"""Words right before the date of the fetch; a word earlier, one may be a name ("by Fenland Today on 7 November 2023")."""

_WORD = re.compile(r"[^\W\d_]+|©")
_STRONG = re.compile(r"\s?[|·•●♦⋅∙‧»«›\n\t]\s?|\s[–—-]\s|\s/\s|[.;]\s|\s{2,}")
"""What parts a line into segments that say different things."""
_STRONGEST = (OTHER, CHANGED, PUBLISHED, WEAK)
_LABEL_CHARS = 40
"""Characters before a date in which its label is searched: "Zuletzt aktualisiert am Freitag, den " has 36."""
_SENTENCE_VERB = 8
"""Words after a date in which a German sentence says what happened to the article ("um 09:30 Uhr von Ann veröffentlicht")."""
_LINE_ABOVE = 40
"""Characters of a line that can be the label of the date below it."""
_AROUND_WORDS = 3
"""Words that may be beside a date in its segment without making it a sentence: a place, a section, "12 comments"."""
_SEGMENT_WORDS = 6
"""Words of another segment of the line: "Filed under local politics and roads"; more are a headline or a sentence."""
_AROUND_CJK = 10
"""The same in characters of scripts without spaces."""
_DATELINE = 40
"""Characters of a paragraph in which a date that it begins with ends ("Wednesbury, 5 March 2021 – The council ...")."""
LINE = 120
"""Characters from which a line is a paragraph: bylines and date lines of the labelled pages are shorter."""
_AFTER_DATELINE = re.compile(r"\s?(?:[–—:|•·]|-{1,2}\s|\)|\([^()]{2,20}\)\s?[–—-])")
_AFTER_OPENING = re.compile(r"\.?\s?[„“\"«(]|\.\s")
"""What follows a date that is the whole beginning of a paragraph ("31 October 2023. The council ...")."""
_OF_PICTURE = re.compile(r",?\s(?:file\s|handout\s|archive\s)?(?:photo|image|picture)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"^(?:https?://)?(?:[\w-]+\.){1,4}[a-z]{2,12}/?\s", re.IGNORECASE)
"""The site's address, which some papers put before a date ("http://lantern.example 2005-04-25 08:24:06")."""
_BRACKETED = re.compile(r"\[[^\[\]]{0,20}\]")
_OF_ENTRY = re.compile(
    r"(?:this|dieser|diese|dieses|cet|cette|este|esta|questo)\s(?:entry|post|article|page|story|beitrag|artikel|eintrag|article|"
    r"billet|note|artículo|entrada|artigo|articolo)\s(?:was\s|wurde\s|a\s été\s|fue\s|foi\s|è stato\s|"
    r"stammt\svon\s[\w .-]{1,40}und wurde\s)[^\d.!?]{0,50}$",
    re.IGNORECASE,
)
"""How blogs end ("This entry was posted on Friday, 5 March 2021 at 09:30 and is filed under ...")."""
_GLUE = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z][a-z])")
"""Where a dump glued two words together ("Ann HolmPublished: ...", "vonAnn Holm")."""
_ARTICLES = frozenset(
    """
    the a an this that his her its das die der ein eine le la les un une el los las una il lo gli i een het det den ett after before
    when
    """.split()
)
"""First words of sentences, whose nouns some languages write with capitals."""


class Dated(NamedTuple):
    """A date in a line and its setting there."""

    found: FoundDate
    label: int
    apart: bool
    """Whether it is apart from sentences."""


def _kinds() -> dict[str, int]:
    """Returns every label, as its words are found in a line; what two languages use differently has the stronger sense."""
    kinds: dict[str, int] = {}
    for kind in reversed(_STRONGEST):
        for by_kind in LABELS.values():
            kinds.update((" ".join(_WORD.findall(word.casefold())) or word, kind) for word in by_kind.get(kind, ()))
    return kinds


_KINDS = _kinds()
_UNSPACED = {word: label for word, label in _KINDS.items() if CJK.match(word) or "\u0e00" <= word[0] <= "\u0e7f"}
"""Labels of scripts that write without spaces."""
_LONGEST = max(word.count(" ") for word in _KINDS) + 1


@lru_cache(maxsize=8_192)
def label_of(words: str) -> int:
    """Returns what the words right before a date call it; of several labels the strongest counts."""
    parts = _WORD.findall(words.casefold().replace("(c)", "©"))
    if parts and parts[-1] in _TODAY:
        return OTHER
    found = {
        _KINDS.get(" ".join(parts[begin:end]), PLAIN)
        for begin in range(len(parts))
        for end in range(begin + 1, min(begin + _LONGEST, len(parts)) + 1)
    }
    if not words.isascii():
        found.update(label for word, label in _UNSPACED.items() if word in words)
    return next((label for label in _STRONGEST if label in found), PLAIN)


def label_above(text: str) -> int:
    """Returns what a line of its own calls the date below it: "Closing date", "Veröffentlicht am:"."""
    if len(text) > _LINE_ABOVE or any(char.isdigit() for char in text):
        return PLAIN
    label = label_of(text)
    words = _WORD.findall(text)
    if label != PLAIN and len(words) <= _AROUND_WORDS and not text.endswith("?"):
        return label
    return UNKNOWN if text.endswith((":", "：")) and not is_introduced(text + " x") else PLAIN


def read_line(
    text: str, *, above: str = "", day_first: Optional[bool] = None, dates: Optional[Sequence[FoundDate]] = None
) -> list[Dated]:
    """Reads the dates of a line.

    Args:
        text: One line, or the beginning of one.
        above: The line above it, which may be the label of a line that is only a date.
        day_first: How the page writes `03/04/2021`; see `find_dates`.
        dates: The line's dates if the caller has found them.
    """
    found = find_dates(text, day_first=day_first) if dates is None else dates
    read: list[Dated] = []
    end = 0
    for number, date in enumerate(found):
        start, stop = date.span
        before = _GLUE.sub(" ", _STRONG.split(text[end:start])[-1])
        before = _ADDRESS.sub("", before)
        last = number + 1 == len(found)
        following = text[stop : len(text) if last else found[number + 1].span[0]]
        label = label_of(before[-_LABEL_CHARS:])
        if number == 0 and (entry := _of_entry(before, text[stop : stop + LINE])):
            read.append(Dated(date, entry, True))
            end = stop
            continue
        if label in (PLAIN, WEAK) and last:
            label = _label_behind(following) or label
        if _OF_PICTURE.match(following):
            label = OTHER
        if label == PLAIN and not before.strip() and above:
            label = label_above(above)
        apart = _is_apart(text, before, following if last else "", date, label)
        if label == PLAIN and before.rstrip().endswith((":", "：")) and not is_introduced(before + " x") and not _is_place(before):
            label = UNKNOWN
        read.append(Dated(date, label, apart))
        end = stop
    return read


def _of_entry(before: str, following: str) -> int:
    """Returns what a sentence about the article itself calls its date, `PLAIN` if it is another sentence."""
    if not _OF_ENTRY.search(before):
        return PLAIN
    label = label_of(before)
    if label not in (PUBLISHED, CHANGED):
        label = label_of(" ".join(following.split()[:_SENTENCE_VERB]))
    return label if label in (PUBLISHED, CHANGED) else PLAIN


def _label_behind(following: str) -> int:
    """Returns what the few words after a date call it: "14.03.2024 aktualisiert", "2024-03-14 发布"."""
    segment = _STRONG.split(following.strip(" ,()"))[0] if following.strip() else ""
    words = _WORD.findall(segment)
    if 1 <= len(words) <= 2 and len(segment) <= _LABEL_CHARS // 2:
        label = label_of(segment)
        return label if label in (PUBLISHED, CHANGED) else PLAIN
    return PLAIN


def _is_apart(text: str, before: str, following: str, date: FoundDate, label: int) -> bool:
    """Tells whether a date is apart from sentences in its line."""
    if len(text) > LINE:
        if label in (PUBLISHED, CHANGED) and len(_STRONG.split(before + "x")[0]) <= _LABEL_CHARS:
            return _stands_beside(before, label)
        if date.span[0] == 0 and _AFTER_OPENING.match(following):
            return True
        return date.span[1] <= _DATELINE and _stands_beside(before, label) and bool(_AFTER_DATELINE.match(following))
    if before.strip() and date.span[1] <= _DATELINE and _AFTER_DATELINE.match(following) and before.strip(" ,").isupper():
        return True
    return _stands_beside(before, label) and _is_no_sentence(following)


def _stands_beside(before: str, label: int) -> bool:
    """Tells whether the words before a date in its segment are a label, a byline, a place, but no sentence."""
    before = before.strip(" ,(")
    if not before or is_introduced(before):
        return True
    words = [word for word in _WORD.findall(before) if not _is_small(word)]
    if label in (PUBLISHED, CHANGED, OTHER):
        return len(words) <= 2 * _AROUND_WORDS
    if CJK.search(before):
        return len(before) <= _AROUND_CJK
    if not words:
        return True
    if len(words) > _AROUND_WORDS + 1 or words[0].casefold() in _ARTICLES:
        return False
    return all(word[0].isupper() or word.lower() == word.upper() for word in words)


@lru_cache(maxsize=4_096)
def _is_small(word: str) -> bool:
    folded = without_accents(word)
    return (
        folded in FILLERS
        or folded in WEEKDAYS
        or _KINDS.get(word.casefold()) == WEAK
        or (len(word) <= 3 and word.istitle() and folded in _SHORT_DAYS)
    )


_SHORT_DAYS = frozenset("mon tue wed thu fri sat sun mo di mi do fr sa so lun mar mer jeu ven sam dim mie jue vie sab dom".split())


def _is_place(before: str) -> bool:
    """Tells whether the words before a date and a colon are a place in capitals ("LONDON:")."""
    return before.strip(" :").isupper()


def _is_no_sentence(following: str) -> bool:
    """Tells whether what follows a date are short segments, each a few words or a byline."""
    segments = [segment.strip(" ,()") for segment in _STRONG.split(_BRACKETED.sub("", following))]
    for number, segment in enumerate(segments):
        if not segment or is_introduced(segment):
            continue
        if CJK.search(segment):
            if len(segment) > 2 * _AROUND_CJK:
                return False
            continue
        words = _WORD.findall(segment)
        small = [word for word in words if word[0].islower()]
        if len(words) > (_AROUND_WORDS + 1 if number == 0 else _SEGMENT_WORDS) and (small or len(words) > _SEGMENT_WORDS):
            return False
        if number == 0 and len(words) > 1 and following[:1] in " ," and len(small) == len(words) and len(words) > _AROUND_WORDS:
            return False
    return True
