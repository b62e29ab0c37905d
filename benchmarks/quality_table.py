"""Writes docs/quality.md: our figures, our peers' and where the time goes, measured in one run: bodies, metadata, language.

    python -m benchmarks.quality_table                     # half an hour; writes docs/quality.md
    python -m benchmarks.quality_table --limit 20 --out /tmp/quality.md     # the first pages of each set: whether it works

Each extractor reads each set in a process of its own, so that the peak of memory is its own. Speeds are megabytes of input by
seconds of *CPU* time of that process, so that what else the machine does counts little.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import logging
import os
import platform
import pstats
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from benchmarks import bench, language, metadata
from benchmarks.extractors import PEERS, installed
from benchmarks.quality import page_of, predict_body
from benchmarks.text_stress import stress
from broadsheet.schemas.errors import RecordError
from broadsheet.transforms.boilerplate.html import page_judge as html_page_judge
from broadsheet.transforms.boilerplate.text import model as text_model
from broadsheet.transforms.boilerplate.text import page_judge as text_page_judge

OUT = Path(__file__).resolve().parents[1] / "docs" / "quality.md"
SETS = ("sh", "tj", "daniel", "fundus", "aed", "misinfo", "chaos", "tjx")
STRESSED = ("sh", "tj")
"""The sets whose pages are changed."""
OURS = "broadsheet"
STAGES = {
    "html": {
        ("html/tags", "find_tags"): "find the tags",
        ("html/tags", "names_given"): "read what boxes are called",
        ("html/blocks", "_gather"): "gather the text between them",
        ("html/blocks", "_arrange"): "blocks and boxes",
        ("html/features", "block_features"): "features",
        ("html/model", "scores_of"): "network",
    },
    "text": {
        ("text/lines", "split"): "cut and join lines",
        ("text/features", "__init__"): "lines as arrays",
        ("text/line_rules", "name"): "named rules",
        ("text/features", "features"): "features",
        ("text/lexicon", "entries"): "hashes of words and pairs",
        ("text/lexicon", "leaning_columns"): "how the words lean",
        ("text/model", "forward"): "networks",
        ("text/line_roles", "roles"): "roles",
    },
}
"""Functions of our two extractors, by module, of which none calls another of its list, and what each is for."""


def extractor(field: str, name: str) -> Callable[[str], str]:
    """Returns an extractor as a function from a page's text to its body; a page that is refused has none.

    Args:
        field: `html` or `text`.
        name: `broadsheet` or one of `PEERS`.
    """
    if name != OURS:
        return PEERS[field][name]()

    def ours(text: str) -> str:
        try:
            return str(predict_body(page_of({"id": "", field: text}, field))["body"])
        except RecordError:
            return ""

    return ours


def measure(field: str, name: str, set_name: str, limit: int | None) -> dict[str, float]:
    """Measures an extractor on a set, in this process.

    Returns:
        F1, precision and recall by `score.py`; MB by second of CPU; the peak of resident memory, and that before the first page.
    """
    extract = extractor(field, name)
    labelled = (record for record in bench.read(bench.dev_set(set_name)) if record.get("body") and record.get(field))
    records = [(record[field], record["body"]) for record in islice(labelled, limit)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    extract(records[0][0])
    started = time.process_time()
    bodies = [extract(source) for source, _ in records]
    seconds = time.process_time() - started
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = sum(len(source.encode("utf-8", "replace")) for source, _ in records)
    body = bench.score().body([(gold, found) for (_, gold), found in zip(records, bodies, strict=True)])
    figures = {key: round(body[key], 4) for key in ("f1", "precision", "recall")}
    return {**figures, "mb_per_s": size / seconds / 1e6, "peak_mb": after / 1024, "grown_mb": (after - before) / 1024}


def measure_apart(field: str, name: str, set_name: str, limit: int | None) -> dict[str, float]:
    """Measures in a process of its own, on one thread."""
    task = json.dumps([field, name, set_name, limit])
    one_thread = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    command = [sys.executable, "-m", "benchmarks.quality_table", "--task", task]
    done = subprocess.run(command, env={**os.environ, **one_thread}, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def table(field: str, limit: int | None) -> list[str]:
    """Measures us and our peers on all sets; returns a table."""
    lines = [
        "| extractor | set | F1 | precision | recall | MB/s | peak memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in (OURS, *(name for name in PEERS[field] if installed(name))):
        for set_name in SETS:
            got = measure_apart(field, name, set_name, limit)
            lines.append(
                f"| {name} | {set_name} | {got['f1']:.3f} | {got['precision']:.3f} | {got['recall']:.3f} | {got['mb_per_s']:.1f} "
                f"| {got['peak_mb']:.0f} MB ({got['grown_mb']:+.0f}) |"
            )
            print(lines[-1], file=sys.stderr, flush=True)
    return lines


def unseen_figures() -> list[str]:
    """Returns a table of what the models did on sites that they had not seen, from their own files."""
    html = json.loads(html_page_judge.WEIGHTS.read_text(encoding="utf-8"))["provenance"]["bodies"]["as shipped"]
    text = text_model.load().provenance["unseen_sites_two_of_five_parts_one_network"]
    lines = ["| model, tested on | " + " | ".join(SETS) + " |", "|---|" + "---|" * len(SETS)]
    for title, figures in (("HTML", html), ("text dumps", text)):
        poor = {
            name: row.get("below half", 0) / row["pages"] if "pages" in row else row["below_half"] for name, row in figures.items()
        }
        cells = [f"{figures[name]['f1']:.3f}" if name in figures else "-" for name in SETS]
        lines.append(f"| {title}: F1 | " + " | ".join(cells) + " |")
        cells = [f"{poor[name]:.1%}" if name in poor else "-" for name in SETS]
        lines.append(f"| {title}: bodies with an F1 below 0.5 | " + " | ".join(cells) + " |")
    return lines


def stressed(field: str, limit: int | None) -> list[str]:
    """Changes the pages of some sets in ways that leave the right body as it is; returns a table of what each change costs."""
    extract = extractor(field, OURS)
    changes = stress().TEXT if field == "text" else stress().HTML
    found: dict[str, dict[str, float]] = {name: {} for name in changes}
    for set_name in STRESSED:
        labelled = [record for record in bench.read(bench.dev_set(set_name)) if record.get("body") and record.get(field)]
        records = [record for record in labelled if len(stress().body_lines(record)) >= 3][:limit]
        for name, change in changes.items():
            found[name][set_name] = bench.score().body([(record["body"], extract(change(record))) for record in records])["f1"]
    lines = ["| change | " + " | ".join(STRESSED) + " |", "|---|" + "---|" * len(STRESSED)]
    for name, by_set in found.items():
        cells = [
            f"{by_set[set_name]:.3f}" if name == "control" else f"{by_set[set_name] - found['control'][set_name]:+.3f}"
            for set_name in STRESSED
        ]
        title = "none (F1)" if name == "control" else name.replace("article-behind", "article-after")
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return lines


def reliability() -> list[str]:
    """Returns how well `text_confidence` is calibrated, from the files of the models that estimate it."""
    lines = []
    for title, path in (("HTML", html_page_judge.WEIGHTS), ("text dumps", text_page_judge.WEIGHTS)):
        known = json.loads(path.read_text(encoding="utf-8"))["provenance"]
        lines += [_RELIABILITY.format(title=title, ece=known["ece"])]
        lines += ["| mean `text_confidence` | share of bodies that are right | pages |", "|---|---|---|"]
        lines += [f"| {said:.3f} | {was:.3f} | {count} |" for said, was, count in known["reliability"]]
    return lines


def profile(field: str, limit: int | None) -> list[str]:
    """Returns a table of where one of our extractors' time goes, over all sets."""
    pages = [record[field] for name in SETS for record in islice(bench.read(bench.dev_set(name)), limit) if record.get(field)]
    ours = extractor(field, OURS)
    ours(pages[0])
    profiler = cProfile.Profile()
    profiler.enable()
    for source in pages:
        ours(source)
    profiler.disable()
    stats = pstats.Stats(profiler)
    spent: Counter[tuple[str, str]] = Counter()
    for (file, _, function), (_, _, _, cumulative, _) in stats.stats.items():  # type: ignore[attr-defined]
        spent["/".join(Path(file).with_suffix("").parts[-2:]), function] += cumulative
    whole = spent[_WHOLE[field]]
    shares = {title: spent[function] / whole for function, title in STAGES[field].items()}
    shares["the rest: reasons, blocks, the article"] = 1 - sum(shares.values())
    return ["| part | share |", "|---|---|", *(f"| {title} | {share:.0%} |" for title, share in shares.items())]


_WHOLE = {"html": ("html/html_body", "strip_html"), "text": ("text/text_body", "strip_text")}


def page(limit: int | None) -> str:
    """Measures everything; returns docs/quality.md."""
    parts: Iterable[str] = (
        _HEAD.format(python=platform.python_version(), cores=os.cpu_count()),
        "## HTML\n",
        *table("html", limit),
        "\n## Text dumps\n",
        *table("text", limit),
        _UNSEEN,
        *unseen_figures(),
        _STRESSED,
        "HTML:\n",
        *stressed("html", limit),
        "\nText dumps:\n",
        *stressed("text", limit),
        *reliability(),
        *metadata.sections(limit),
        _LANGUAGE,
        *language.table(("fast", "langdetect"), limit),
        _PROFILE,
        *profile("html", limit),
        "\nThe same of our extractor for text dumps:\n",
        *profile("text", limit),
    )
    return "\n".join(parts) + "\n"


_HEAD = """# Quality

`python -m benchmarks.quality_table` made these tables (Python {python}, {cores} shared cores). broadsheet and its peers ran in
one run, with one thread each. F1, precision and recall are means over pages of shingles of four tokens. MB/s are megabytes of
input per second of CPU. The brackets show how far memory grew beyond what was used before the first page (by the whole set and
the code).

Our models have learned from these labelled pages (except chaos), so our figures here are too high.
[Below](#on-sites-that-the-models-have-not-seen) are the figures for sites that the models have not seen; the peers have no such
second figure. The gold bodies of daniel begin with the title. Ours never do, because the title is a column of its own. That alone
costs us 1.3 points of F1 there. The pages of tjx are not articles: forums, products, listings, documentation and services.
"""
_UNSEEN = """
## On sites that the models have not seen

Body F1, from the files of the models, which record it at training. No site was in training and test at once: HTML is
cross-validated over five parts of the sites, text dumps were tested on two of the five with one of the three networks.
"""
_STRESSED = """
## If a page changes in ways that no reader would notice

F1 of the body on pages as they are, and what each change adds or costs. The pages have at least three paragraphs between which
something can be put.
"""
_RELIABILITY = """
## How far to trust `text_confidence` ({title})

`text_confidence` is the estimated probability that a body's F1 is at least 0.9. Each row is a tenth of the labelled pages;
neither the networks nor the estimate had seen their sites. Expected calibration error: {ece:.3f}.
"""
_LANGUAGE = """
## Language

The share of correct labels on headlines (once more in capitals), on sentences in known languages that two detectors agree on, and
the share of sentences in unknown languages for which both give the same wrong label. The backend `langdetect` is measured with
our rules around it and with the second opinion. `python -m benchmarks.language --backends ...` measures the others.
"""
_PROFILE = """
## Where the time goes

Of our HTML extractor, by `cProfile` over all sets; it makes Python's loops look slower than they are, and numpy's faster.
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality_table", description=(__doc__ or "").split("\n")[0], allow_abbrev=False
    )
    parser.add_argument("--limit", type=int, help="so many pages of each set")
    parser.add_argument("--out", type=Path, default=OUT, help="where the page goes")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.task:
        logging.disable(logging.CRITICAL)  # trafilatura's, of pages on which it finds nothing
        print(json.dumps(measure(*json.loads(options.task))))
        return 0
    options.out.write_text(page(options.limit), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
