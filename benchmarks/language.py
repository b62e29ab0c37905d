"""How right and how fast the language backends are, side by side in one run.

    python -m benchmarks.language                               # fast and langdetect on the labelled texts and bodies
    python -m benchmarks.language --backends fast pycld2 lingua # whatever is installed

Right: `score.py`'s accuracy for each set of dev.lang (with the headlines once more in capitals), and what the second opinion is
worth: how many sentences in known languages are agreed, and how many in unknown ones are passed off as known although agreed.
Fast: milliseconds a body of the labelled articles, the best of some rounds; langdetect as shipped on the whole body beside. All
times are the processor's, so that other work on the machine counts little.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import langdetect

from benchmarks import bench
from broadsheet.schemas.records import Language
from broadsheet.transforms.language import backends
from broadsheet.transforms.language.identify import VOTING_LINE, detect, load, same

Labelled = dict[str, Any]


def labelled() -> list[Labelled]:
    """Returns the texts of dev.lang, and its headlines in known languages once more in capitals."""
    texts = list(bench.read(bench.dev_set("lang")))
    capitals = [
        {**text, "id": f"{text['id']}-capitals", "set": "capitals", "text": text["text"].upper()}
        for text in texts
        if text["set"] == "headline"
    ]
    return texts + capitals


def bodies() -> list[str]:
    """Returns the labelled bodies of real articles."""
    return [record["body"] for name in ("sh", "tj", "daniel") for record in bench.read(bench.dev_set(name)) if record.get("body")]


def accuracy(texts: Sequence[Labelled], languages: Sequence[str]) -> dict[str, float]:
    """Asks `score.py` for the share of right labels in each set."""
    with tempfile.TemporaryDirectory() as folder:
        gold, predicted = Path(folder, "gold.jsonl"), Path(folder, "predicted.jsonl")
        gold.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
        rows = ({"id": text["id"], "language": language} for text, language in zip(texts, languages, strict=True))
        predicted.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            bench.score().main(str(gold), str(predicted))
    return {name: row["share"] for name, row in json.loads(printed.getvalue())["language"].items()}


def agreement(texts: Sequence[Labelled], answers: Sequence[Language]) -> dict[str, float]:
    """Returns the share of sentences that are agreed, and of those in unknown languages that are agreed on a wrong name."""
    known = [answer for text, answer in zip(texts, answers, strict=True) if text["set"] == "sent"]
    unknown = [(text, answer) for text, answer in zip(texts, answers, strict=True) if text["set"] == "sent-unknown"]
    passed = [answer for text, answer in unknown if answer.agreed and not same(answer.language, text["language"])]
    return {"known_agreed": sum(bool(answer.agreed) for answer in known) / len(known), "unknown_passed": len(passed) / len(unknown)}


def mixed_pages(texts: Sequence[Labelled], pages: int = 300) -> dict[str, float]:
    """Returns how often the vote of lines finds both languages of a mixed page, and how often it invents a second one.

    The pages are eight labelled sentences each, four of each of two languages or all of one, drawn with a fixed seed.
    """
    by_language: dict[str, list[str]] = {}
    for text in texts:
        if text["set"] in ("sent", "udhr_para") and len(text["text"]) >= VOTING_LINE:
            by_language.setdefault(text["language"], []).append(text["text"])
    names = sorted(by_language)
    draw = random.Random(0)
    found = invented = 0
    for _ in range(pages):
        pair = draw.sample(names, 2)
        lines = [line for name in pair for line in draw.sample(by_language[name], 4)]
        shares = detect("\n".join(lines)).languages
        found += all(any(same(share.language, name) for share in shares) for name in pair)
        name = draw.choice(names)
        shares = detect("\n".join(draw.sample(by_language[name], 8))).languages
        invented += any(not same(share.language, name) for share in shares)
    return {"both_found": found / pages, "invented": invented / pages}


def milliseconds(function: Callable[[str], object], texts: Sequence[str], rounds: int) -> float:
    """Returns the mean time for one text, in the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for text in texts:
            function(text)
        best = min(best, time.process_time() - start)
    return best / len(texts) * 1000


def table(backends_asked: Sequence[str], limit: int | None = None) -> list[str]:
    """Measures some backends, and langdetect as shipped on whole bodies; returns a table.

    Args:
        backends_asked: Names in `backends.BACKENDS`.
        limit: So many texts of each set, and so many bodies.
    """
    texts, articles = _first_of_each(labelled(), limit), bodies()[:limit]
    sets = ("sent", "headline", "capitals", "doc300", "doc1000", "udhr_para")
    lines = [
        f"| backend | {' | '.join(sets)} | known agreed | unknown passed off | ms per body |",
        "|---|" + "---|" * (len(sets) + 3),
    ]
    for name in backends_asked:
        load(name)
        answers = [detect(text["text"], name) for text in texts]
        shares = accuracy(texts, [answer.language for answer in answers])
        agreed = agreement(texts, answers)
        cells = [f"{shares[group]:.3f}" for group in sets]
        cells += [f"{agreed['known_agreed']:.3f}", f"{agreed['unknown_passed']:.4f}"]
        speed = milliseconds(functools.partial(detect, backend=name), articles, 3)
        lines.append(f"| {name} | {' | '.join(cells)} | {speed:.2f} |")
    langdetect.DetectorFactory.seed = 0
    langdetect.detect(articles[0])  # loads its profiles
    shipped = milliseconds(langdetect.detect, articles, 1)
    lines.append(f"| langdetect as shipped, whole body | {' | '.join('-' for _ in range(len(sets) + 2))} | {shipped:.2f} |")
    return lines


def _first_of_each(texts: Sequence[Labelled], limit: int | None) -> list[Labelled]:
    seen: Counter[str] = Counter()
    chosen = []
    for text in texts:
        seen[text["set"]] += 1
        if limit is None or seen[text["set"]] <= limit:
            chosen.append(text)
    return chosen


def main(argv: Sequence[str] | None = None) -> None:
    """Prints one JSON object a backend, then the speeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backends", nargs="+", default=["fast", "langdetect"], choices=sorted(backends.BACKENDS))
    parser.add_argument("--rounds", type=int, default=5, help="rounds of which the fastest counts")
    options = parser.parse_args(argv)
    texts = labelled()
    for name in options.backends:
        start = time.process_time()
        load(name)
        loaded = time.process_time() - start
        answers = [detect(text["text"], name) for text in texts]
        shares = accuracy(texts, [answer.language for answer in answers])
        result = {"backend": name, "load_s": loaded, **agreement(texts, answers), **shares}
        print(json.dumps({key: round(value, 4) if isinstance(value, float) else value for key, value in result.items()}))
    print(json.dumps({"mixed pages": mixed_pages(texts)}))
    articles = bodies()
    langdetect.DetectorFactory.seed = 0
    contestants: dict[str, Callable[[str], object]] = {"langdetect as shipped, whole body": langdetect.detect}
    contestants |= {f"detect, {name}": functools.partial(detect, backend=name) for name in options.backends}
    print(f"{len(articles)} bodies of {sum(map(len, articles)) / len(articles):.0f} characters in the mean")
    for label, function in contestants.items():
        rounds = 1 if "langdetect" in label else options.rounds
        print(f"{milliseconds(function, articles, rounds):8.3f} ms a body: {label}")


if __name__ == "__main__":
    main()
