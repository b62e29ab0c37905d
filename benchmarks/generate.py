"""Generated pages for load, crash and memory tests: `python -m benchmarks.generate FOLDER --documents 20000 --partitions 100`.

Text dumps with chrome around an article of about 5 kB, each different from all others, spread evenly over partitions (a source
and a day each). The same arguments give the same files, modification times apart.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
from collections.abc import Iterator

_WORDS = """
the a of to and in that it was for on with as at by from this council river harbour bridge winter market
school train minister village company farmers report people years week morning night plan water road money
vote letter family doctor engineer island said told asked opened closed built moved found lost wrote paid
waited agreed refused returned began ended carried counted kept small large old new early late local public
quiet cold bright narrow heavy long short first second last several many few every because while after before
although where when which who under over between against without during through across behind near
""".split()
_MENU = ("Home", "News", "Weather", "Listen Live", "Subscribe", "Contact us")
FIRST_DAY = dt.date(2024, 1, 1)
DAYS = 50
"""Days a source has: partitions are sources times days."""


def generate(folder: str, documents: int, partitions: int, seed: int = 0, body_bytes: int = 5000) -> None:
    """Writes text dumps below a folder, at most a thousand per folder.

    Args:
        folder: Where; made if it does not exist.
        documents: How many files.
        partitions: Over how many (source, day) pairs they are spread.
        seed: Other seeds give other texts.
        body_bytes: About how long an article's body is.
    """
    for index in range(documents):
        source, day = divmod(index % partitions, DAYS)
        path = os.path.join(folder, f"source={source_of(source)}", f"{index // 1000:05d}", f"page-{index:08d}.txt")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(page(random.Random(f"{seed}/{index}"), index, FIRST_DAY + dt.timedelta(days=day), body_bytes))


def source_of(number: int) -> str:
    """Returns a source's name."""
    return f"paper-{number:04d}.example"


def page(rng: random.Random, index: int, day: dt.date, body_bytes: int) -> str:
    """Returns one text dump."""
    title = _sentence(rng, 8).rstrip(".").title()
    clock = f"{rng.randrange(24):02d}{rng.randrange(60):02d}"
    lines = [*_MENU, "", f"News ID: {index}", f"Published: {clock} GMT {day:%B %d, %Y}", "", title, ""]
    lines += [line for paragraph in _paragraphs(rng, body_bytes) for line in (paragraph, "")]
    lines += ["READ MORE: " + _sentence(rng, 7), "", "Leave a Reply", "Your email address will not be published."]
    return "\n".join(lines)


def _paragraphs(rng: random.Random, size: int) -> Iterator[str]:
    while size > 0:
        paragraph = " ".join(_sentence(rng, rng.randrange(8, 22)) for _ in range(rng.randrange(2, 5)))
        size -= len(paragraph)
        yield paragraph


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_WORDS, k=words)).capitalize() + "."


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--partitions", type=int, default=100)
    parser.add_argument("--body-bytes", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    generate(options.folder, options.documents, options.partitions, options.seed, options.body_bytes)


if __name__ == "__main__":
    main()
