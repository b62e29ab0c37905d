"""Detects the language of an article's body, and says how certain it is.

    detect("Der Stadtrat hat am Dienstag beschlossen ...")   # Language('de', 0.99..., agreed=True, [LanguageShare('de', 1.0)])
    detect("OK")                                              # Language('und', 0.0)

The first 1,000 characters of the body decide. With too few letters the answer is `und`. If their script has only one language
(`scripts`), that is the answer. Otherwise the backend decides (`backends`), on lower-case text if most of it is in capitals. Then a
second detector is asked. If it differs, the answer is kept but marked as not agreed. The confidence of one detector cannot tell a
language that it knows from one that it does not: 55 % of sentences in unknown languages score 0.99 with langdetect. The agreement
of two detectors can.

Detection uses the body and never the whole page: with 1,000 characters of English menu before a short body, 0.5 % of the answers
are right. The first 1,000 characters of the body are enough: they gave the same label as the whole text 917 times in 917.
"""

from __future__ import annotations

from resiliparse.parse.lang import detect_fast

from broadsheet.schemas.records import Language, LanguageShare
from broadsheet.transforms.language import backends, scripts
from broadsheet.transforms.language.guess import Backend, Guess, primary

UND = Language("und", 0.0)

SAMPLE = 1_000
"""Characters of the body that a backend sees: 917 of 917 real bodies got the label of their full text from them."""

SECOND_SAMPLE = 300
"""Characters that the second detector sees: on texts of 1,000 it agrees 99.7 times in 100 with these and always with all of them,
but takes a third of the time."""

VOTING_LINE = 60
"""Shorter lines do not vote: the label is wrong on 4 in 100 headlines of 20 to 60 characters, and on 1 in 100 longer sentences."""

GLANCE = 300
"""Characters of a line that the fast detector sees: resiliparse is right on 98 % of these, and not more often on longer ones."""

VOTED = 10_000
"""Characters of the body that may vote; langdetect has the same limit for a text."""

FEWEST_LETTERS = 5
"""Fewer letters of a script that several languages share prove nothing: langdetect calls "OK" Portuguese with probability 1."""

FEWEST_DISTINCT = 3
"""A text that repeats one or two letters has no language, however long it is."""

SISTERS = {"nb": "no", "nn": "no", "bs": "hr", "sr": "hr", "sh": "hr", "ms": "id", "fil": "tl"}
"""Codes that count as equal when two detectors are compared: langdetect has one profile of each of these macrolanguages of ISO
639-3 (Norwegian, Serbo-Croatian, Malay), and of Tagalog and Filipino."""


CERTAIN, AGREED, KNOWN_TO_SECOND, DISPUTED, LEAST = 0.95, 0.97, 0.98, 0.6, 0.02
"""Confidences, as the share of labelled texts on which such an answer is right. If both detectors agree, it is 99.7 % when the
first gives `CERTAIN` or more, and 97 % when it gives less; if only the second knows the language, 98 %. If they differ on a
language that both know, it is 84 % at `CERTAIN` and 40 % below it for languages with a profile, and 1 % for others. Below `LEAST`
the answer is `und`."""

FEW = 25
"""Below so many characters (a word or two) other detectors cannot outvote the first, because it is right more often."""
LONGER = 100
"""From so many characters on, two detectors that differ from the first are believed even if they differ from each other."""
_SAME_NAME = frozenset({"nb", "fil", "sh"})
"""Sisters that are the profile's language by another name."""
_SURE_SISTERS = frozenset({"nn", "sr"})
"""Sister languages that the second detector distinguishes from the profile's language: it takes 5 of 79 texts in Norwegian Bokmål
for Nynorsk, and 2 of 80 in Croatian for Serbian, but 19 for Bosnian."""
_LATIN_SLAVIC = frozenset({"hr", "sl"})


def load(backend: str = "fast") -> None:
    """Builds a backend, once per process and under a lock; called by `DoFn.setup`, so that the first document does not wait for it.

    Raises:
        ConfigError: There is no such backend, or what it needs is not installed.
    """
    backends.get(backend)
    backends.get(_second(backend))
    scripts.take("")


def detect(text: str, backend: str = "fast", declared: str | None = None) -> Language:
    """Names the language of a body.

    Args:
        text: The body, one paragraph per line. Any `str` is accepted, however long or broken.
        backend: A name in `backends.BACKENDS`.
        declared: The language that the page says it is in, as BCP 47. It decides between detectors, and is never enough alone.

    Returns:
        Its language as BCP 47, or `und` if there is too little evidence. The confidence is the share of labelled texts on which
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
    """Returns the second detector's language if the first has no profile of it and a third witness names it, too.

    A detector that does not know Zulu calls it Swahili with a probability of 1. The third witness is the page, or a fast detector;
    on longer texts it is enough if that one does not agree with the first. This overrules the first detector on 2 of 4,400 labelled
    texts in languages that it knows.
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
    """Returns which of a profile's sister languages the page declares or the second detector names."""
    wanted = primary(declared).lower() if declared else None
    if wanted and wanted in SISTERS and same(wanted, language) and wanted not in _SAME_NAME:
        return _written(wanted, language)
    if other in _SURE_SISTERS and not (wanted and same(wanted, language)):
        return _written(other, language)
    return language


def _written(language: str, guess: str) -> str:
    """Returns a language with its script if that is not the usual one: Serbian that looked like Croatian is in Latin letters."""
    return "sr-Latn" if language == "sr" and guess in _LATIN_SLAVIC else language


def _calibrated(confidence: float, agreed: bool) -> float:
    """Returns how often such an answer is right, on the labelled texts in known and unknown languages together."""
    certain = confidence >= CERTAIN
    if agreed:
        return confidence if certain else AGREED
    return DISPUTED if certain else min(confidence, 1.0) * DISPUTED


def same(one: str, other: str) -> bool:
    """Returns whether two codes name one language, as far as detectors distinguish languages."""
    one, other = primary(one), primary(other)
    return SISTERS.get(one, one) == SISTERS.get(other, other)


def _second(backend: str) -> str:
    """Returns the name of the second detector: pycld2 was made from other texts, by other means, and knows 160 languages."""
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
    """Counts the votes of the long lines, weighted by their length.

    Most lines are in the body's language, and a fast detector confirms it (resiliparse, 7 microseconds per thousand characters).
    The others go to both detectors, and vote for another language only if both name it.
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
