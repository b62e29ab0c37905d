"""Sets apart what a site says about itself: consent dialogs, terms of use, offers to subscribe.

    apart = site_talk(blocks)        # {3: "disclaimer", 4: "disclaimer", ...}

Such text is prose, often more of it than the article has, and no name of a box can be relied on. What gives it away is that a box
of
its own talks of little else: cookies, consent and partners, in whatever language. It is taken out before the network sees the page,
so that the article is judged as if the dialog were not there. A page that is about cookies (its title says so) or has no other
prose
is left alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.html.blocks import LINK_MARK, TAG, Blocks

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


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
    joined = "\n".join(blocks.texts).lower()
    talks = [(talk, stems) for talk in _TALKS if (stems := [stem for stem in talk.strong if stem in joined])]
    if not talks:
        return {}
    headed = f"{blocks.title}\n{blocks.description}".lower()
    sizes = np.array([len(text) if text.isascii() else (len(text.encode("utf-8")) + len(text)) / 2 for text in blocks.texts])
    breaks = np.flatnonzero(np.frombuffer(joined.encode("utf-32-le", "replace"), "<u4") == ord("\n"))
    found: dict[int, str] = {}
    for talk, stems in talks:
        if any(stem in headed for stem in stems):
            continue
        strong = _blocks_with(stems, joined, breaks)
        if sizes[strong].max() < _LONG:
            continue
        weak = _blocks_with([stem for stem in talk.weak if stem in joined], joined, breaks)
        about = np.zeros((2, len(sizes)), bool)
        about[0, strong] = about[1, strong] = about[1, weak] = True
        for first, stop in _boxes(blocks, strong, about, sizes, talk):
            found.update(dict.fromkeys(range(first, stop), talk.reason))
    if found and np.delete(sizes, list(found)).max(initial=0) < 2 * _LONG:
        return {}
    return found


def _blocks_with(stems: list[str], joined: str, breaks: Ints) -> list[int]:
    """Returns the blocks that have one of some stems in them, in order.

    Args:
        stems: Lower case.
        joined: The blocks' texts, a line each, lower case.
        breaks: Where its line breaks are.
    """
    places: list[int] = []
    for stem in stems:
        place = joined.find(stem)
        while place >= 0:
            places.append(place)
            place = joined.find(stem, place + len(stem))
    return np.unique(np.searchsorted(breaks, places)).tolist() if places else []


def _boxes(blocks: Blocks, strong: list[int], about: Flags, sizes: NDArray[np.float64], talk: Talk) -> set[tuple[int, int]]:
    """Returns the ranges of blocks of the largest boxes that talk of little else.

    Args:
        blocks: The page's blocks.
        strong: Blocks with a word that only this subject has.
        about: Of each block whether it is one of them, and whether it is one of them or has a word that goes with them.
        sizes: Characters of each block.
        talk: The subject.
    """
    ranges: set[tuple[int, int]] = set()
    judged: dict[int, bool] = {0: False}
    for block in strong[:_MOST]:
        box, best = int(blocks.own[block]), 0
        while box:
            if int(blocks.kind[box]) not in _PARTS:
                if box not in judged:
                    judged[box] = _talks(blocks, box, about, sizes, talk)
                if not judged[box]:
                    break
                best = box
            box = int(blocks.parent[box])
        if best:
            ranges.add((int(blocks.first[best]), int(blocks.stop[best])))
    return ranges


def _talks(blocks: Blocks, box: int, about: Flags, sizes: NDArray[np.float64], talk: Talk) -> bool:
    """Whether a box talks of little but one subject; the box with the page's main heading is the article."""
    first, stop = int(blocks.first[box]), int(blocks.stop[box])
    inside = sizes[first:stop]
    if stop - first > _MOST or inside.sum() > talk.most_chars:
        return False
    text = np.where(inside >= _LONG, inside, 0)
    all_text = text.sum()
    if not all_text or text[about[0, first:stop]].sum() < _STRONG_SHARE * all_text:
        return False
    if text[about[1, first:stop]].sum() < talk.least * all_text:
        return False
    if talk is _OFFER and not (blocks.codes[blocks.starts[first] : _end(blocks, stop)] == _LINK).any():
        return False
    return not (blocks.tag[first:stop] == TAG["h1"]).any()


def _end(blocks: Blocks, stop: int) -> int:
    return int(blocks.starts[stop]) if stop < len(blocks.starts) else len(blocks.codes)


_LINK = ord(LINK_MARK)
