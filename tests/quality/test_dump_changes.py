"""A change to a dump that leaves its article as it is leaves the body as it is: on pages of our own, each body against itself.

Every change is applied to every dump of `samples/` and `tests/golden/` that has an article of three paragraphs. What is inserted
must not come out, what was body must. The floors only rise.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import TEXT, Article, Origin, Page
from broadsheet.transforms.boilerplate.text.text_body import strip_text

ROOT = Path(__file__).resolve().parents[2]
LONG = 60
"""Lines of so many characters are paragraphs."""

MARKERS = ("Advertisement", "Anzeige", "Story continues below", "Реклама", "Listen to this article", "0:00 / 1:23", "広告", "Close")
CAPTIONS = ("The lock keeper's house in winter. Photo: Ada Quill", "Rowers below the mill (Foto: Jon Brack)", "Ola Stern/Fjordbild")
TEASERS = ("More on this", "Nine villages vote on the new timetable", "The last ropemaker of Quayle teaches her trade")
CONSENT = (
    "Cookies on this site",
    "We store small files on your device so that the site remembers you, and our partners use them to choose advertisements.",
    "You may refuse all cookies that are not needed; some videos will then not be shown.",
    "Your choice is kept for half a year and can be changed below each page.",
    "Accept all",
    "Refuse",
)
NEXT = (
    "Bell tower gets its clock back",
    "The clock of the bell tower has returned to Orlmouth after four years in a workshop, and will strike again from Sunday.",
    "The watchmaker said that the movement had been stopped by a swallow's nest, and by nothing else.",
    "The parish paid for the repair with the sale of two hundred jars of honey from the churchyard.",
)
COMMENTS = ("3 comments", "tern_watcher", "2 days ago", "I live next door and can only agree with every word of this.", "Reply",
            "Gwen P.", "3 hours ago", "Thank you for going there and asking. Nobody else did.", "Reply")  # fmt: skip
TERMS = (
    "Read everything",
    "Four weeks for one euro, then nine euros a month; the subscription can be cancelled at any time before the month ends.",
    "Already a subscriber? Sign in with the address that you gave us.",
)


def dumps() -> dict[str, str]:
    """Returns the text of our own dumps by name."""
    found = [path for path in (ROOT / "samples" / "pages").rglob("*.txt") if "broken" not in path.parts]
    found += (ROOT / "tests" / "golden").glob("*/page.txt")
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8", errors="replace") for path in sorted(found)}


def stripped(text: str) -> Article | None:
    try:
        return strip_text(Page(Origin("page", 0), text, TEXT, "utf-8", "utf-8", 0.0))
    except NoArticleError:
        return None


@cache
def articles() -> dict[str, tuple[str, str, tuple[int, ...]]]:
    """Returns the text, the body and the paragraphs' line numbers of each dump with three paragraphs or more."""
    found = {}
    for name, text in dumps().items():
        article = stripped(text)
        places = tuple(b.line + b.lines - 1 for b in article.blocks if b.kept and len(b.text) >= LONG) if article else ()
        if article and len(places) >= 3:
            found[name] = (text, article.text, places)
    return found


def between(*lines: str, every: int = 1, blank: bool = True) -> Callable[[str, tuple[int, ...]], str]:
    """Puts lines between paragraphs."""

    def change(text: str, places: tuple[int, ...]) -> str:
        out, chosen = [], set(places[:-1:every])
        for number, line in enumerate(text.splitlines(), 1):
            out.append(line)
            if number in chosen:
                out += ["", *lines, ""] if blank else lines
        return "\n".join(out)

    return change


def mixed(text: str, places: tuple[int, ...]) -> str:
    """Puts another marker after each paragraph."""
    out = []
    for number, line in enumerate(text.splitlines(), 1):
        out.append(line)
        if number in places[:-1]:
            out += ["", MARKERS[number % len(MARKERS)], ""]
    return "\n".join(out)


def above(*lines: str) -> Callable[[str, tuple[int, ...]], str]:
    return lambda text, _: "\n\n".join(lines) + "\n\n" + text


def below(*lines: str) -> Callable[[str, tuple[int, ...]], str]:
    return lambda text, _: text.rstrip() + "\n\n" + "\n\n".join(lines) + "\n"


def wrapped(text: str, _: tuple[int, ...]) -> str:
    lines = (textwrap.wrap(line, 72, break_long_words=False, break_on_hyphens=False) for line in text.splitlines())
    return "\n".join(part for parts in lines for part in parts)


CHANGES: dict[str, Callable[[str, tuple[int, ...]], str]] = {
    "one-marker": between("Advertisement"),
    "marker-in-another-language": between("Anzeige"),
    "mixed-markers": mixed,
    "two-markers": between("Advertisement", "Story continues below"),
    "five-markers": between("Advertising", "Close", "Scroll to continue", "Share", "0:00 / 1:23"),
    "marker-after-every-third": between("Advertisement", every=3),
    "marker-without-blank-lines": between("- Advertisement -", blank=False),
    "clock-lines": between("14:05"),
    "captions": between(CAPTIONS[0]),
    "caption-in-brackets": between(CAPTIONS[1], every=2),
    "credits": between(CAPTIONS[2]),
    "teasers-once": between(*TEASERS, every=100),
    "consent-above": above(*CONSENT),
    "consent-below": below(*CONSENT),
    "another-article": below(*NEXT),
    "comments": below(*COMMENTS),
    "terms": below(*TERMS),
    "no-blank-lines": lambda text, _: "\n".join(line for line in text.splitlines() if line.strip()),
    "double-blank-lines": lambda text, _: "\n\n\n".join(line for line in text.splitlines() if line.strip()),
    "carriage-returns-and-indents": lambda text, _: "\r\n".join("    " + line for line in text.splitlines()),
    "hard-wraps": wrapped,
}


def agreement(wanted: str, found: str) -> float:
    """Returns the F1 of the words of two bodies, as multisets; a character is a word if there are no blanks to count by."""
    ours, theirs = (Counter(body.split() if body.count(" ") * 20 > len(body) else body) for body in (wanted, found))
    common = (ours & theirs).total()
    return 2 * common / max(ours.total() + theirs.total(), 1)


def test_there_are_enough_dumps_of_enough_languages() -> None:
    assert len(articles()) >= 20


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_leaves_the_article_leaves_the_body(name: str) -> None:
    scores = {}
    for dump, (text, body, places) in articles().items():
        article = stripped(CHANGES[name](text, places))
        scores[dump] = agreement(body, article.text if article else "")
    worst = min(scores, key=scores.__getitem__)
    mean, least = FLOORS.get(name, (0.99, 0.9))
    assert sum(scores.values()) / len(scores) >= mean, sorted((score, dump) for dump, score in scores.items())[:5]
    assert scores[worst] >= least, worst


FLOORS: dict[str, tuple[float, float]] = {
    "five-markers": (0.98, 0.82),
    "credits": (0.99, 0.94),
    "consent-above": (0.98, 0.8),
    "consent-below": (0.98, 0.85),
    "another-article": (0.89, 0.0),
    "terms": (0.985, 0.85),
    "double-blank-lines": (0.99, 0.9),
    "hard-wraps": (0.98, 0.9),
}
"""The mean and the worst page of changes that cost more than 0.01; none is lowered. Another article in English, longer than the
Chinese or Japanese one above it, is taken for the article."""
