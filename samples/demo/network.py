"""Invents a network of four publishers and what each day of a week adds to their inbox.

Nothing here depends on the clock or on a random state outside: the same week has the same bytes.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

MONDAY = dt.date(2025, 3, 3)
SILENT = "sandpiper.example"
"""The publisher that sends nothing from Saturday on."""

PAGES_PER_DAY = 6
"""Pages per publisher and day. A report calls a publisher silent only if it used to bring five or more per run."""

_WHO = ("the ferry captain", "a beekeeper", "the night librarian", "two bakers", "the bridge warden", "an apprentice tuner")
_DID = ("repaired", "measured", "defended", "drew a map of", "wrote a song about", "raised money for", "opened the doors of")
_WHAT = ("the tide mill", "the paper bridge", "the old observatory", "the snow school", "a choir of bells", "the glass orchard")
_WHEN = ("before the first tram", "during the long rain", "on the evening of the fair", "after nine years of waiting")
_WHY = (
    "because the roof had begun to sing in the wind",
    "although the council had asked for one more report",
    "and neighbours brought soup, ladders and a borrowed crane",
    "which the school will visit as soon as the road is dry",
    "so that the harbour can be lit without a single lamp",
)
_TITLES = ("Lanterns", "Millstones", "Ferries", "Orchards", "Bells", "Bridges")


class Day(NamedTuple):
    """What arrives in the inbox on one day."""

    date: dt.date
    events: tuple[str, ...]
    """What a person would say about the day, one sentence each."""
    files: dict[str, bytes]
    """Path relative to the inbox to content; a path of a former day is overwritten."""


class Article(NamedTuple):
    """One article before a publisher wraps it in a page."""

    publisher: str
    title: str
    date: dt.date
    paragraphs: tuple[str, ...]


def articles(publisher: str, date: dt.date) -> list[Article]:
    """Returns the articles that a publisher writes on one day."""
    rng = random.Random(f"{publisher} {date}")
    return [
        Article(publisher, f"{title} of {publisher.split('.')[0].title()}, {date:%A}", date, _paragraphs(rng))
        for title in _TITLES[:PAGES_PER_DAY]
    ]


def _paragraphs(rng: random.Random) -> tuple[str, ...]:
    return tuple(" ".join(_sentence(rng) for _ in range(rng.randint(2, 4))) for _ in range(rng.randint(4, 6)))


def _sentence(rng: random.Random) -> str:
    what = f"{rng.choice(_DID)} {rng.choice(_WHAT)} {rng.choice(_WHEN)}"
    return f"{rng.choice(_WHO).capitalize()} {what}, {rng.choice(_WHY)}, at number {rng.randint(2, 999)}."


def html_page(article: Article, redesigned: bool = False) -> bytes:
    """Returns an article as a web page with a menu, related headlines and a footer."""
    title, body = escape(article.title), "".join(f"<p>{escape(text)}</p>" for text in article.paragraphs)
    about = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.title,
            "datePublished": f"{article.date}T06:00:00Z",
        }
    )
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="canonical" href="https://{article.publisher}/{article.date}/{_slug(article)}">'
        f'<script type="application/ld+json">{about}</script></head>'
    )
    links = "".join(f'<li><a href="/{word.lower()}">{word}</a></li>' for word in ("Home", "Town", "Weather", "Letters", "Archive"))
    related = "".join(f'<li><a href="/r/{number}">What became of {word.lower()}</a></li>' for number, word in enumerate(_TITLES))
    if redesigned:
        page = (
            f'<body><header class="bar"><ul>{links}</ul></header><main><section class="c-17"><h1>{title}</h1>'
            f'<div class="c-18">{body}</div></section><aside><h2>More like this</h2><ul>{related}</ul></aside></main>'
        )
    else:
        page = (
            f'<body><div id="nav"><ul>{links}</ul></div><article><h1>{title}</h1>{body}</article>'
            f'<div class="related"><h3>Related</h3><ul>{related}</ul></div>'
        )
    return f"{head}{page}<footer>All rights reserved. Terms of use. Privacy.</footer></body></html>".encode()


def text_page(article: Article) -> bytes:
    """Returns an article as a text dump of its page."""
    date = article.date
    top = f"Home\nTown\nWeather\nLetters\n\n{article.title}\n\nPublished: 0600 GMT {date:%B} {date.day}, {date.year}\n\n"
    return (top + "\n\n".join(article.paragraphs) + "\n\nREAD MORE: The Heron Is Back\n\nLeave a Reply\n").encode()


def wire_file(date: dt.date) -> bytes:
    """Returns the wire's compressed JSON lines of one day; gzip's header holds no time, so the bytes repeat."""
    records = [
        {"source": "wire.example", "url": f"https://wire.example/{date}/{_slug(item)}", "text": text_page(item).decode()}
        for item in articles("wire.example", date)
    ]
    return gzip.compress("\n".join(map(json.dumps, records)).encode(), mtime=0)


def _slug(article: Article) -> str:
    return article.title.split()[0].lower()


def week() -> Iterator[Day]:
    """Yields the seven days in order."""
    for number in range(7):
        date = MONDAY + dt.timedelta(days=number)
        files = _usual(date, redesigned=number >= 5)
        events = _EVENTS[number](date, files)
        if number >= 5:
            files = {name: content for name, content in files.items() if SILENT not in name}
        yield Day(date, events, files)


def _usual(date: dt.date, redesigned: bool) -> dict[str, bytes]:
    files = {f"wire/{date}.jsonl.gz": wire_file(date)}
    for item in articles("tern-post.example", date):
        files[f"tern-post.example/{date}/{_slug(item)}.html"] = html_page(item, redesigned)
    for item in articles(SILENT, date):
        files[f"{SILENT}/{date}/{_slug(item)}.html"] = html_page(item)
    for item in articles("kestrel.example", date):
        files[f"source=kestrel.example/{date}/{_slug(item)}.txt"] = text_page(item)
    return files


def _nothing_special(_date: dt.date, _files: dict[str, bytes]) -> tuple[str, ...]:
    return ("Four publishers send their first pages.",)


def _corrects(date: dt.date, files: dict[str, bytes]) -> tuple[str, ...]:
    before = date - dt.timedelta(days=1)
    item = articles("tern-post.example", before)[0]
    correction = "Correction: an earlier version of this article gave the wrong length of the paper bridge; it is longer."
    files[f"tern-post.example/{before}/{_slug(item)}.html"] = html_page(item._replace(paragraphs=(*item.paragraphs, correction)))
    return ("tern-post.example corrects a page of Monday.",)


def _kills(_date: dt.date, _files: dict[str, bytes]) -> tuple[str, ...]:
    return ("The run is killed (kill -9) in the middle of its batch, and systemd starts it again.",)


def _breaks(date: dt.date, files: dict[str, bytes]) -> tuple[str, ...]:
    whole = gzip.compress(files.pop(f"tern-post.example/{date}/lanterns.html"), mtime=0)
    files[f"tern-post.example/{date}/lanterns.html.gz"] = whole[: len(whole) // 2]
    files[f"source=kestrel.example/{date}/bells.txt"] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4
    return ("The crawler's disk is full: one page is cut short.", "kestrel.example serves a picture under the name of a page.")


def _mends(date: dt.date, files: dict[str, bytes]) -> tuple[str, ...]:
    before = date - dt.timedelta(days=1)
    whole = html_page(articles("tern-post.example", before)[0])
    files[f"tern-post.example/{before}/lanterns.html.gz"] = gzip.compress(whole, mtime=0)
    return ("The page that was cut short on Thursday arrives whole.",)


def _redesigns(_date: dt.date, _files: dict[str, bytes]) -> tuple[str, ...]:
    return ("tern-post.example has a new design.", f"{SILENT} falls silent.")


def _repeats(date: dt.date, files: dict[str, bytes]) -> tuple[str, ...]:
    before = date - dt.timedelta(days=1)
    files[f"wire/{before}-again.jsonl.gz"] = wire_file(before)
    return ("The wire sends Saturday's file again under another name.",)


_EVENTS = (_nothing_special, _corrects, _kills, _breaks, _mends, _redesigns, _repeats)
"""What happens on each day beside the usual, Monday first; each may change the day's files."""
