"""Thirty nights of arriving files: new, changed, late, crawled again, broken, mended; a paper that falls silent; idle nights.

Every version of every file is kept in an archive too, so that the nights can be compared with one run over everything.
"""

import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from helpers.pages import compress
from helpers.warcs import response

FIRST = dt.date(2024, 1, 1)
SILENT_FROM = 26
"""The night from which on gull.example sends nothing."""
IDLE = (8, 20)
"""Nights on which nothing arrives."""

_WHO = (
    "the harbour master",
    "a retired pilot",
    "the council of Quillan Bay",
    "two schoolchildren",
    "the keeper of the light",
    "a ferryman",
)
_DID = (
    "closed",
    "measured",
    "painted",
    "argued about",
    "photographed",
    "reopened",
    "counted the planks of",
    "wrote a letter about",
)
_WHAT = (
    "the outer pier",
    "the old coal quay",
    "the tide gauge",
    "a row of bathing huts",
    "the fog bell",
    "the eel weir",
    "the salt road",
)
_WHEN = (
    "before the ferry left",
    "in the rain of Tuesday",
    "without asking anybody",
    "for the first time in years",
    "and went home for tea",
)
_WHY = (
    "because the cracks below the water line had grown since autumn",
    "although nobody on the island had asked for it",
    "which the inspectors will look at when the spring tide is over",
    "and the bill will be larger than the one for the lighthouse",
    "as the log of the harbour shows for every winter since the war",
)


class Night(NamedTuple):
    """What arrived in one night."""

    number: int
    day: dt.date
    arrived: dict[str, bytes]
    """Path relative to the inbox to bytes; a path that was there before has changed."""


def article(rng: random.Random, title: str, day: dt.date) -> str:
    """Returns a text dump of an invented article with chrome around it."""
    sentences = [
        f"{rng.choice(_WHO).capitalize()} {rng.choice(_DID)} {rng.choice(_WHAT)} {rng.choice(_WHEN)}, {rng.choice(_WHY)}."
        for _ in range(rng.randint(4, 12))
    ]
    first = f"{title} was what the town talked about, said {rng.choice(_WHO)} to {rng.randint(3, 900)} people who had come."
    body = "\n\n".join([first, *sentences])
    top = f"Home\nNews\nWeather\n\n{title}\n\nPublished: 0612 GMT {day:%B} {day.day}, {day.year}\n\n"
    return f"{top}{body}\n\nREAD MORE: The Heron Is Back\n\nLeave a Reply\n"


def nights(count: int = 30, seed: int = 1, records: int = 20) -> Iterator[Night]:
    """Yields the nights in order, always the same ones.

    Args:
        count: How many.
        seed: Of what arrives.
        records: Records in the wire's file of each night.
    """
    rng = random.Random(seed)
    late: list[tuple[int, str, bytes]] = []
    texts: dict[str, str] = {}
    crawled: dict[str, bytes] = {}
    broken: list[tuple[str, bytes]] = []
    for number in range(1, count + 1):
        day = FIRST + dt.timedelta(days=number - 1)
        arrived: dict[str, bytes] = {}
        if number not in IDLE:
            for place in range(rng.randint(3, 5)):
                name = f"source=harbour.example/{day}/{place}.txt"
                texts[name] = article(rng, f"The Harbour of Night {number}, Part {place}", day)
                if rng.random() < 0.15:
                    late.append((number + rng.randint(2, 6), name, texts[name].encode()))
                else:
                    arrived[name] = texts[name].encode()
            lines = [{"text": article(rng, f"Wire {number}.{line}", day), "source": "wire.example"} for line in range(records)]
            arrived[f"wire/{day}.jsonl.gz"] = compress("\n".join(map(json.dumps, lines)).encode(), ".gz")
            if number < SILENT_FROM:
                gulls = [{"text": article(rng, f"Gull {number}.{line}", day)} for line in range(6)]
                arrived[f"source=gull.example/{day}.jsonl"] = "\n".join(map(json.dumps, gulls)).encode()
            arrived |= _crawl(rng, number, day, crawled)
            arrived |= _changed(rng, texts, day)
            arrived |= {name: page for due, name, page in late if due == number}
            if number % 4 == 0:
                page = compress(article(rng, f"The Broken Bell of {number}", day).encode(), ".gz")
                arrived[f"source=harbour.example/{day}/cut.txt.gz"] = page[:-60]
                arrived[f"source=harbour.example/{day}/empty.txt"] = b""
                arrived[f"source=harbour.example/{day}/image.txt"] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4
                broken.append((f"source=harbour.example/{day}/cut.txt.gz", page))
            if number % 4 == 2 and broken:
                arrived.update([broken.pop(0)])  # mended
        yield Night(number, day, arrived)


def _crawl(rng: random.Random, number: int, day: dt.date, crawled: dict[str, bytes]) -> dict[str, bytes]:
    """Returns one night's crawl: two new pages, and up to three of former nights again, some of them changed."""
    pages = {
        f"https://marsh.example/{number}/{place}": article(rng, f"The Marsh {number}.{place}", day).encode() for place in range(2)
    }
    for url in rng.sample(sorted(crawled), min(3, len(crawled))):
        pages[url] = crawled[url] if rng.random() < 0.7 else crawled[url].replace(b"said", b"shouted")
    crawled.update(pages)
    return {f"crawl/{day}.warc": b"".join(response(url, page, "text/plain") for url, page in pages.items())}


def _changed(rng: random.Random, texts: dict[str, str], day: dt.date) -> dict[str, bytes]:
    """Returns a page of a former night with one more paragraph."""
    names = sorted(name for name in texts if str(day) not in name)
    if not names or rng.random() < 0.4:
        return {}
    name = rng.choice(names)
    texts[name] = texts[name].replace(
        "\n\nREAD MORE", f"\n\nThis article was corrected on {day}: the pier is longer than was said.\n\nREAD MORE"
    )
    return {name: texts[name].encode()}


def deliver(night: Night, inbox: Path, archive: Path) -> None:
    """Writes a night's files into the inbox, over former versions, and each version into the archive under the night's name."""
    for name, page in night.arrived.items():
        for path in (inbox / name, archive / f"night-{night.number:02d}" / name):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(page)
