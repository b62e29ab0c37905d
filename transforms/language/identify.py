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


CERTAIN, AGREED, KNOWN_TO_SECOND, DISPUTED, LEAST = 0.95, 0.97, 0.98, 0.6, 0.02
"""Of labelled texts the answer is right on 99.7 of 100 if both detectors agree and the first gives it `CERTAIN` or more, on 97 if
it gives less, and on 98 if only the second knows the language. If they differ on a language that both know, it is right on 84 of
100 at `CERTAIN`, and on 40 below, in languages that have a profile, and on 1 of 100 in others. Less than `LEAST` is `und`."""

FEW = 25
"""Characters below which, a word or two, no detectors together outweigh the first: it is right on more of them."""
LONGER = 100
"""Characters from which two detectors that differ from the first are believed though they differ from each other."""
_SAME_NAME = frozenset({"nb", "fil", "sh"})
"""Sisters that are the profile's language by another name."""
_SURE_SISTERS = frozenset({"nn", "sr"})
"""Sisters that the second detector tells from the profile's language: of 79 texts in Norwegian Bokmål it takes 5 for Nynorsk, of 80
in Croatian 2 for Serbian, but 19 for Bosnian."""
_LATIN_SLAVIC = frozenset({"hr", "sl"})


def load(backend: str = "fast") -> None:
    """Builds a backend, once a process and under a lock. For `DoFn.setup`, so that the first document does not wait for it.

    Raises:
        ConfigError: There is no such backend, or what it needs is not installed.
    """
    backends.get(backend)
    backends.get(_second(backend))
    scripts.take("")


def detect(text: str, backend: str = "fast", declared: str | None = None) -> Language:
    """Names the language of a body.

    Args:
        text: The body, one paragraph a line. Any `str` will do, however long or broken.
        backend: A name in `backends.BACKENDS`.
        declared: The language that the page says it is in, as BCP 47. It decides between detectors, and is never taken alone.

    Returns:
        Its language as BCP 47, or `und` if there is too little to go by. The confidence is the share of labelled texts on which
        such an answer is right.
    """
    first, second = backends.get(backend), backends.get(_second(backend))
    sample = text[:SAMPLE]
    guess = _guess(sample, first)
    if guess is None:
        return UND
    opinion = second.guess(sample[:SECOND_SAMPLE])
    other = opinion.language if opinion else None
    agreed = other is not None and same(other, guess.language)
    name = _finer(guess.language, other, declared) if agreed else _unprofiled(sample, guess, other, declared, first)
    if name is not None and not agreed:
        return Language(name, KNOWN_TO_SECOND, True, _shares(text, name, first, second))
    confidence = _calibrated(guess.confidence, agreed)
    if confidence < LEAST:
        return UND
    language = name or guess.language
    return Language(language, confidence, agreed, _shares(text, language, first, second))


def _unprofiled(sample: str, guess: Guess, other: str | None, declared: str | None, first: Backend) -> str | None:
    """Returns the second detector's language if the first has no profile of it and somebody else names it, too.

    Zulu is Swahili to a detector that does not know it, with a probability of 1. Somebody else is the page, or a third and fast
    detector, which need only not side with the first on a longer text. Of labelled texts that are taken from the first so, 2 of
    4,400 are in a language of its own.
    """
    profiled = getattr(first, "languages", None)
    if other is None or profiled is None or other in profiled:
        return None
    if declared and (same(declared, other) or same(declared, guess.language)):
        return _written(other, guess.language) if same(declared, other) else None
    if len(sample) < FEW:
        return None
    third = detect_fast(sample[:GLANCE])[0]
    sided = same(third, other) if len(sample) < LONGER else not same(third, guess.language)
    return _written(other, guess.language) if sided else None


def _finer(language: str, other: str | None, declared: str | None) -> str:
    """Returns the one of the sister languages of a profile that the page declares or the second detector names."""
    wanted = primary(declared).lower() if declared else None
    if wanted and wanted in SISTERS and same(wanted, language) and wanted not in _SAME_NAME:
        return _written(wanted, language)
    if other in _SURE_SISTERS and not (wanted and same(wanted, language)):
        return _written(other, language)
    return language


def _written(language: str, guess: str) -> str:
    """Returns a language with its script if it is not the usual one: Serbian that was taken for Croatian is in Latin letters."""
    return "sr-Latn" if language == "sr" and guess in _LATIN_SLAVIC else language


def _calibrated(confidence: float, agreed: bool) -> float:
    """Returns how often such an answer is right, on the labelled texts in known and unknown languages together."""
    certain = confidence >= CERTAIN
    if agreed:
        return confidence if certain else AGREED
    return DISPUTED if certain else min(confidence, 1.0) * DISPUTED


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
