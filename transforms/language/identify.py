"""Names the language of an article's body, and admits doubt.

    detect("Der Stadtrat hat am Dienstag beschlossen ...")   # Language('de', 0.99..., agreed=True, [LanguageShare('de', 1.0)])
    detect("OK")                                              # Language('und', 0.0)

The way of a body: its first 1,000 characters; `und` where they hold too few letters; the language of their script where it has only
one (`scripts`); else what the backend says (`backends`), asked in small letters where the text shouts. Then a second detector is
asked. Where it differs, the answer stands but is not agreed: no confidence of one detector alone tells a language it knows from one
it does not (55 % of sentences in unknown languages score 0.99 with langdetect), the agreement of two does.

Detection runs on the body and never on the page: 1,000 characters of English menu before a short body leave 0.5 % of the answers
right. The first 1,000 characters of the body are enough: they gave the whole text's label 917 times of 917.
"""

from __future__ import annotations

from resiliparse.parse.lang import detect_fast

from broadsheet.schemas.records import Language, LanguageShare
from broadsheet.transforms.language import backends, scripts
from broadsheet.transforms.language.guess import Backend, Guess, primary

UND = Language("und", 0.0)

SAMPLE = 1_000
"""Characters of the body a backend sees: 917 of 917 real bodies got the label of their full text from them."""

SECOND_SAMPLE = 300
"""Characters the second detector sees: on texts of 1,000 it agrees 99.7 times of 100 by these and always by all,
in a third of the time."""

VOTING_LINE = 60
"""Shorter lines do not vote: headlines of 20 to 60 characters are wrong 4 times in 100, sentences of 60 and more once."""

GLANCE = 300
"""Characters of a line that the fast look at it takes: resiliparse is right on 98 % of these, and no more on longer ones."""

VOTED = 10_000
"""Characters of the body that may vote; langdetect's own bound for a text."""

FEWEST_LETTERS = 5
"""Fewer letters of a script that several languages share say nothing: langdetect calls "OK" Portuguese with probability 1."""

FEWEST_DISTINCT = 3
"""A text that repeats one or two letters is in no language, however long."""

SISTERS = {"nb": "no", "nn": "no", "bs": "hr", "sr": "hr", "sh": "hr", "ms": "id", "fil": "tl"}
"""Codes that count as one where two detectors are compared: langdetect has one profile of each of these macrolanguages of ISO 639-3
(Norwegian, Serbo-Croatian, Malay), and of Tagalog and Filipino."""


def load(backend: str = "fast") -> None:
    """Builds a backend, once a process and under a lock. For `DoFn.setup`, so that the first document does not wait for it.

    Raises:
        ConfigError: There is no such backend, or what it needs is not installed.
    """
    backends.get(backend)
    backends.get(_second(backend))
    scripts.take("")


def detect(text: str, backend: str = "fast") -> Language:
    """Names the language of a body.

    Args:
        text: The body, one paragraph a line. Any `str` will do, however long or broken.
        backend: A name in `backends.BACKENDS`.

    Returns:
        Its language, or `und` where there is too little to go by.
    """
    first, second = backends.get(backend), backends.get(_second(backend))
    sample = text[:SAMPLE]
    guess = _guess(sample, first)
    if guess is None:
        return UND
    opinion = second.guess(sample[:SECOND_SAMPLE])
    agreed = opinion is not None and same(opinion.language, guess.language)
    return Language(guess.language, round(guess.confidence, 6), agreed, _shares(text, guess.language, first, second))


def same(one: str, other: str) -> bool:
    """Whether two codes name one language, as far as detectors tell languages apart."""
    one, other = primary(one), primary(other)
    return SISTERS.get(one, one) == SISTERS.get(other, other)


def _second(backend: str) -> str:
    """Whose opinion to ask: pycld2's, made apart from langdetect, from other texts by other means, and with 160 languages."""
    return "pycld2" if backend != "pycld2" else "fast"


def _guess(sample: str, backend: Backend) -> Guess | None:
    census = scripts.take(sample)
    if _too_little(census):
        return None
    ruled = scripts.ruled(census)
    if ruled == "und":
        return None
    if ruled is not None:
        return Guess(ruled, 1.0)
    # langdetect skips words in capitals: it is right on 29 % of headlines in capitals, and on 95 % of them lowered.
    return backend.guess(sample.lower() if 2 * census.uppers > census.letters else sample)


def _too_little(census: scripts.Census) -> bool:
    if census.letters < FEWEST_LETTERS:
        return not census.letters or census.script in scripts.SHARED
    return census.distinct < FEWEST_DISTINCT


def _shares(text: str, language: str, first: Backend, second: Backend) -> list[LanguageShare]:
    """Lets the long lines vote, each with its length.

    Most lines are in the body's language, and a fast look (resiliparse's, 7 microseconds a thousand characters) says so. The others
    are asked about again, and speak for another language only where both detectors name it.
    """
    votes = {language: 0}
    expected = {code for code in (language, primary(language), *SISTERS) if same(code, language)}
    for line in text[:VOTED].splitlines():
        if len(line) >= VOTING_LINE:
            name = language if detect_fast(line[:GLANCE])[0] in expected else _vote(line[:SAMPLE], language, first, second)
            votes[name] = votes.get(name, 0) + len(line)
    total = sum(votes.values())
    if not total:
        return [LanguageShare(language, 1.0)]
    ranked = sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))
    return [LanguageShare(name, weight / total) for name, weight in ranked if weight]


def _vote(line: str, language: str, first: Backend, second: Backend) -> str:
    opinion = second.guess(line)
    if opinion is None or same(opinion.language, language):
        return language
    guess = _guess(line, first)
    return guess.language if guess is not None and same(guess.language, opinion.language) else language
