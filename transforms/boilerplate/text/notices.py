# ruff: noqa: E501 - a language is one line
"""Names paragraphs in which a site speaks of consent, terms and subscriptions.

    name_notices(named, at)       # fills `named` if no rule has spoken

Such paragraphs are prose: six of them beside two of an article look like the article. What gives them away is what they are about, and
that the site speaks of itself ("we", "this site") to its reader ("you"). They are together, so a line needs another one beside it.
Word lists, not the model: that has seen too few of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.text.features import Lines
from broadsheet.transforms.boilerplate.text.rule_prefilter import HashSet

_SUBJECTS = """
    cookie cookies consent gdpr ccpa einwilligung datenschutzerklärung consentement confidentialité consentimiento privacidad
    куки кукис κούκις çerez çerezler クッキー abonnement subscription subscriptions subscriber subscribers abonnés suscripción
"""
"""Words about consent and subscriptions; each counts twice."""

_TOPICS = """
    privacy partners vendors advertising adverts analytics preferences settings browser device data personal personalised personalized
    opt withdraw legitimate reject decline accept essential necessary measure measurement identifiers policy notice footer choice
    terms conditions liability governed law laws unenforceable disclaimer provision provisions warranties revise material
    subscribe cancel renews trial unlimited newsletter inbox offer billed refund embedded stored
    partner berechtigtes berechtigten werbung anzeigen einstellungen gerät daten personenbezogene nutzung widerrufen ablehnen akzeptieren anbieter geschäftsbedingungen
    abo kündbar kündigen datenschutz speichern
    partenaires légitime publicité publicités données personnelles paramètres appareil refuser accepter audience navigateur résilier
    socios legítimo publicidad datos personales configuración dispositivo rechazar aceptar navegador
    pubblicità legittimo dati personali impostazioni rifiutare accettare abbonamento preferenze consenso
    publicidade dados pessoais definições rejeitar aceitar assinatura
    partnerzy partnerami reklamy reklam danych osobowych ustawienia urządzeniu zgoda zgodę subskrypcja przeglądarki plików
    рекламы рекламу данных данные согласие настройки персональных партнеры партнёры подписка браузера файлы
    gegevens toestemming instellingen advertenties voorkeuren apparaat
"""

_SITES = """
    site website webseite seite sito sitio strona strony stronie сайт сайта сайте
"""
"""What a site calls itself from outside."""

_PUBLISHERS = """
    we our us wir uns unser unsere unserer unseren nous notre
    nos nosotros nuestro nuestra nuestros noi nostro nostri nós nosso nossos nasz nasi nasze naszych мы наш наши нашего onze wij
"""
"""What it calls itself: these alone make a notice of a single line."""

_READERS = """
    you your ihr ihre ihrer ihrem ihren sie vous votre vos usted su sus tuo tua tuoi você seu sua twoje twojej państwa вы вас ваш ваши u uw
    jouw
"""

_LEAST_WORDS, _MOST_WORDS = 7, 120
"""Shorter lines are buttons and headings, which other rules and the model know."""

_SURE, _LIKELY = 4, 2
"""Words about the subject that a notice has, words of `_SUBJECTS` counting twice, and those that a line beside one has."""

_OTHER_WORDS = 25
"""So many words of other sentences must be on the page: a page about consent alone is not a notice."""

_SUBJECT, _TOPIC, _SITE, _READER, _PUBLISHER = _ALL = range(5)
_KINDS = {
    hashed: kind
    for kind, words in ((_READER, _READERS), (_PUBLISHER, _PUBLISHERS), (_SITE, _SITES), (_TOPIC, _TOPICS), (_SUBJECT, _SUBJECTS))
    for hashed in Lines(words.split()).token_hash.tolist()
}
_KNOWN = HashSet(np.array(list(_KINDS), np.uint64))


def name_notices(named: list[str | None], at: Lines) -> set[int]:
    """Names the paragraphs of a page that are notices, if there is other prose on it.

    Args:
        named: For each line the reason a rule gave, or `None`; filled in place.
        at: The page's lines as arrays.

    Returns:
        The notices' lines.
    """
    hits = np.flatnonzero(_KNOWN.among(at.token_hash))
    if len(hits) < _SURE:
        return set()
    kinds = np.fromiter(map(_KINDS.__getitem__, at.token_hash[hits].tolist()), np.int64, len(hits))
    counts = np.bincount(at.token_line[hits] * len(_ALL) + kinds, minlength=len(_ALL) * at.n).reshape(-1, len(_ALL))
    about = 2 * counts[:, _SUBJECT] + counts[:, _TOPIC]
    if about.max() < _SURE:
        return set()
    speaks = counts[:, [_SITE, _PUBLISHER]].any(1) | ((counts[:, _READER] > 0) & (counts[:, _SUBJECT] > 0))
    prose = np.flatnonzero((at.words >= _LEAST_WORDS) & (at.words <= _MOST_WORDS))
    dense = 12 * about[prose] >= at.words[prose]
    sure = speaks[prose] & dense & (about[prose] >= _SURE)
    likely = (counts[prose][:, [_SITE, _READER, _PUBLISHER]].any(1) & (about[prose] >= _LIKELY)) | (
        dense & (about[prose] >= _LIKELY)
    )
    notice = (sure & (_beside(sure) | _beside(likely))) | (sure & (counts[prose, _SUBJECT] > 0) & (counts[prose, _PUBLISHER] > 0))
    for _ in range(2):
        notice |= likely & _beside(notice)
    chosen = set(prose[notice].tolist())
    if not chosen:
        return chosen
    others = [index for index in np.flatnonzero((at.words >= _LEAST_WORDS) & (at.sentences > 0)).tolist() if index not in chosen]
    if sum(float(at.words[index]) for index in others if named[index] is None) < _OTHER_WORDS:
        return set()
    for index in chosen:
        named[index] = named[index] or reasons.DISCLAIMER
    return chosen


def _beside(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which lines have a flagged one right above or below."""
    found = np.zeros_like(flags)
    found[1:] |= flags[:-1]
    found[:-1] |= flags[1:]
    return found
