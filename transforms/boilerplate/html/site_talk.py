"""Sets apart what a site says about itself: consent dialogs, terms of use, offers to subscribe.

    apart = site_talk(blocks)        # {3: "disclaimer", 4: "disclaimer", ...}

Such text is prose, often more of it than the article has, and the name of its box says nothing. What gives it away is a box of its
own that talks of little else: cookies, consent and partners, in many languages. The network never sees it, so the article is judged
as if the dialog were not there. A page that is about cookies (its title says so) or has no other prose is left alone.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.html.blocks import LINK_MARK, TAG, Blocks
from broadsheet.transforms.boilerplate.html.byte_search import gram_hashes, grams_of


class Talk(NamedTuple):
    """A subject that sites talk of."""

    reason: str
    strong: tuple[str, ...]
    """Beginnings of words, lower case, that only this subject has; one of them is needed."""
    weak: tuple[str, ...]
    """Words that go with them."""
    least: float
    """The share of a box's text that must be in blocks with such a word."""
    most_chars: int
    """A larger box is a page's main text."""


_CONSENT = Talk(
    reasons.DISCLAIMER,
    strong=(
        "cookie", "kakor", "eväste", "küpsis", "slapuk", "sīkdat", "sīkfail", "kolačić", "piškotk", "ciasteczk", "informasjonskaps",
        "süti", "çerez", "galetes", "vafrak", "fianán", "cwcis", "куки", "кукі", "бисквитк", "колачић", "колачињ", "クッキー",
        "쿠키",
        "legitimate interest", "withdraw your consent", "geolocation data", "intérêt légitime", "berechtigtes interesse",
        "berechtigten interesse", "interés legítimo", "interesse legittimo", "legítimo interesse", "gerechtvaardigd belang",
        "uzasadniony interes", "законный интерес", "законного интереса", "berättigat intresse", "legitim interesse",
        "کوکی", "עוגיות", "ملفات تعريف الارتباط", "الكوكيز", "कुकी", "কুকি", "คุกกี้",
    ),
    weak=(
        "gdpr", "rgpd", "dsgvo", "consent", "partner", "privacy", "personal data", "personal information", "advertis",
        "analytics", "third part", "your choice",
        "preferences", "our site", "this site", "website", "einwillig", "zustimm", "datenschutz", "personenbezogen", "werbung",
        "webs", "consentement", "données", "vie privée", "confidentialité", "publicité", "tiers", "consentimiento", "privacidad",
        "datos personales", "publicidad", "terceros", "consenso", "dati personali", "pubblicità", "terze parti", "toestemming",
        "gegevens", "reclame", "advertent", "samtyck", "samtykk", "personuppgift", "personoplysning", "suostum", "henkilötie",
        "mainon", "zgod", "danych", "reklam", "prywatno", "souhlas", "údaj", "súhlas", "soukrom", "hozzájárul", "adatvédel",
        "adatkezel",
        "hirdet", "согласи", "персональн", "конфиденциальн", "партнер", "партнёр", "реклам", "сайт", "згод", "cons", "gizlilik",
        "kişisel ver", "izin", "個人情報", "同意", "プライバシー", "広告", "サイト", "隐私", "隱私", "广告", "廣告", "网站",
        "網站", "개인정보", "동의", "광고",
        "الخصوصية", "موافق", "البيانات الشخصية", "الإعلان", "συγκατάθεσ", "απορρήτου", "προσωπικ", "διαφήμισ", "ιστοσελίδα",
        "ιστότοπ",
    ),
    least=0.6,
    most_chars=12_000,
)  # fmt: skip

_TERMS = Talk(
    reasons.DISCLAIMER,
    strong=(
        "terms and conditions", "terms of use", "terms of service", "these terms", "nutzungsbedingungen", "geschäftsbedingungen",
        "conditions d'utilisation", "conditions d’utilisation", "conditions générales", "condiciones de uso",
        "términos y condiciones",
        "termini e condizioni", "condizioni d'uso", "condizioni generali", "algemene voorwaarden", "gebruiksvoorwaarden",
        "termos de uso", "termos e condições", "användarvillkor", "brukervilkår", "regulamin", "käyttöehdot", "podmínky použ",
        "условия использования", "пользовательско", "利用規約", "使用条款", "使用條款", "이용약관", "kullanım koşul",
        "όροι χρήσης", "شروط الاستخدام",
    ),
    weak=(
        "website", "this site", "liab", "jurisdiction", "provision", "governed", "warrant", "webs", "haftung", "bestimmung",
        "recht",
        "site", "responsab", "juridiction", "sitio", "jurisdic", "sito", "aansprakelijk", "ansvar", "odpowiedzialno", "vastuu",
        "odpovědnost", "сайт", "ответственност", "サイト", "責任", "网站", "网站", "責", "责任", "사이트", "책임", "sorumlu",
        "ευθύν", "الموقع", "مسؤول",
    ),
    least=0.7,
    most_chars=30_000,
)  # fmt: skip

_OFFER = Talk(
    reasons.NEWSLETTER,
    strong=(
        "subscri", "newsletter", "abonn", "abbonat", "abbonamento", "suscrib", "suscrip", "subscrev", "assinant", "assinatura",
        "prenumer",
        "předplat", "predplat", "tilaaja", "tilaus", "подписк", "подпиш", "підпис", "előfizet", "abone", "購読", "有料会員",
        "订阅", "訂閱", "구독",
        "συνδρομ", "اشترك", "اشتراك",
    ),
    weak=(
        "unlimited", "access", "cancel", "sign in", "log in", "sign up", "digital", "€", "£", "$", "per month", "a month", "a week",
        "weeks for", "inbox", "special offer", "unbegrenzt", "zugang", "kündbar", "anmelden", "monat", "kostenlos", "illimité",
        "accès",
        "par mois", "résili", "gratuit", "ilimitad", "acceso", "acesso", "al mes", "illimitat", "accesso", "al mese", "onbeperkt",
        "toegang", "per maand", "opzeg", "obegräns", "ubegrens", "tilgang", "tillgång", "måned", "månad", "dostęp", "miesi",
        "neomezen",
        "přístup", "měsí", "безлимит", "доступ", "в месяц", "бесплатн", "無料", "解約", "免费", "無限", "무료", "premium",
        "already a",
    ),
    least=0.8,
    most_chars=1_500,
)  # fmt: skip

_TALKS = (_CONSENT, _TERMS, _OFFER)

_LONG = 40
"""Characters of a block that counts as text; shorter ones are buttons and headings."""
_STRONG_SHARE = 0.2
"""A consent dialog of six paragraphs names cookies in two at least."""
_PARTS = tuple(TAG[name] for name in ("ul", "ol", "dl", "td", "table", "blockquote", "figure"))
"""Boxes that are part of a text, never a text of their own: an article's list may talk of cookies."""
_MOST = 400
"""Blocks of a box, and telling blocks of a page, that are looked at, so that time stays bounded."""


def site_talk(blocks: Blocks) -> dict[int, str]:
    """Finds blocks in boxes where the site talks about itself.

    Args:
        blocks: The page's blocks.

    Returns:
        Their ordinals, and the reason of each. Empty if nothing else would be left.
    """
    joined = blocks.lowered
    has = grams_of(joined.encode("utf-8", "replace"))
    headed = f"{blocks.title}\n{blocks.description}".lower()
    found: dict[int, str] = {}
    for talk in _TALKS:
        stems = [stem for stem in _possible(talk.strong, has) if stem in joined]
        if stems and not any(stem in headed for stem in stems):
            lowered = joined.split("\n")
            for first, stop in _boxes(
                _Subject(talk, blocks, lowered, [*stems, *_possible(talk.weak, has)]), _blocks_with(stems, joined, lowered)
            ):
                found.update(dict.fromkeys(range(first, stop), talk.reason))
    if found and not any(_size(text) >= 2 * _LONG for block, text in enumerate(blocks.texts) if block not in found):
        return {}
    return found


def _possible(stems: tuple[str, ...], has: NDArray[np.bool_]) -> list[str]:
    """Returns the stems that a text may have in it, by the hashes of `grams_of` that it has."""
    hashes, owners = _fours(stems)
    possible = np.ones(len(stems), bool)
    possible[owners[~has[hashes]]] = False
    return [stems[place] for place in np.flatnonzero(possible).tolist()]


@cache
def _fours(stems: tuple[str, ...]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Returns the hashes of all stems in UTF-8, and the place of the stem that each is of."""
    hashes = [gram_hashes(stem.encode()) for stem in stems]
    return np.concatenate(hashes), np.repeat(np.arange(len(stems)), [len(some) for some in hashes])


def _size(text: str) -> float:
    """Returns a text's length in Latin letters: characters of scripts that need more bytes say more."""
    return len(text) if text.isascii() else (len(text.encode("utf-8")) + len(text)) / 2


def _blocks_with(stems: list[str], joined: str, lowered: list[str]) -> list[int]:
    """Returns the blocks that have one of some stems in them, in order.

    Args:
        stems: Lower case.
        joined: The blocks' texts, one per line, lower case.
        lowered: The same as a list.
    """
    places: list[int] = []
    for stem in stems:
        place = joined.find(stem)
        while place >= 0:
            places.append(place)
            place = joined.find(stem, place + len(stem))
    ends = np.cumsum([len(text) + 1 for text in lowered]) - 1
    return np.unique(np.searchsorted(ends, places)).tolist()


class _Subject:
    """What the blocks of a page have to do with a talk; each block is looked at when it is asked for."""

    def __init__(self, talk: Talk, blocks: Blocks, lowered: list[str], stems: list[str]) -> None:
        self.talk = talk
        self._stems = stems  # those of the talk that the page may have
        self.blocks = blocks
        self._lowered = lowered
        self._known: dict[int, tuple[float, bool]] = {}

    def of(self, block: int) -> tuple[float, bool]:
        """Returns a block's size, 0 if it is too short to count, and whether one of the talk's words is in it."""
        if block not in self._known:
            size = _size(self.blocks.texts[block])
            words = self._lowered[block]
            about = size >= _LONG and any(stem in words for stem in self._stems)
            self._known[block] = (size, about)
        return self._known[block]

    def is_all_of(self, box: int, strong: set[int]) -> bool:
        """Whether a box talks of little else; the box with the page's main heading is the article."""
        blocks, talk = self.blocks, self.talk
        first, stop = int(blocks.first[box]), int(blocks.stop[box])
        if stop - first > _MOST:
            return False
        sizes = {block: self.of(block)[0] for block in range(first, stop)}
        if sum(sizes.values()) > talk.most_chars:
            return False
        text = {block: size for block, size in sizes.items() if size >= _LONG}
        whole = sum(text.values())
        if not whole or sum(size for block, size in text.items() if block in strong) < _STRONG_SHARE * whole:
            return False
        if sum(size for block, size in text.items() if self.of(block)[1]) < talk.least * whole:
            return False
        if talk is _OFFER and not (blocks.codes[blocks.starts[first] : _end(blocks, stop)] == _LINK).any():
            return False
        return not (blocks.tag[first:stop] == TAG["h1"]).any()


def _boxes(subject: _Subject, strong: list[int]) -> set[tuple[int, int]]:
    """Returns the ranges of blocks of the largest boxes that talk of little else.

    Args:
        subject: What the page's blocks have to do with the talk.
        strong: Blocks with a word that only this talk has.
    """
    blocks, among = subject.blocks, set(strong)
    ranges: set[tuple[int, int]] = set()
    judged: dict[int, bool] = {0: False}
    for block in strong[:_MOST]:
        box, best = int(blocks.own[block]), 0
        while box:
            if int(blocks.kind[box]) not in _PARTS:
                if box not in judged:
                    judged[box] = subject.is_all_of(box, among)
                if not judged[box]:
                    break
                best = box
            box = int(blocks.parent[box])
        if best:
            ranges.add((int(blocks.first[best]), int(blocks.stop[best])))
    return ranges


def _end(blocks: Blocks, stop: int) -> int:
    return int(blocks.starts[stop]) if stop < len(blocks.starts) else len(blocks.codes)


_LINK = ord(LINK_MARK)
