"""The commands that chaos is made of, each with the lake that it begins with. All small: a night is 27 files in two batches."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from benchmarks.generate import generate
from broadsheet.pipelines.cli.main import main
from helpers.chaos import Case

_PAGES, _PARTITIONS = 16, 4
_BATCHES = ("--batch-mb", "0.07", "--quiet")
"""Two batches a night."""
_SHORT = ("--limit", "record-mb=0.0018")
"""Makes dead letters of about half of the pages."""


def make_pages(folder: Path, night: int, pages: int = _PAGES) -> None:
    """Writes a night's pages: articles, some of them twice in one source and in two, and files of which none can be made."""
    generate(str(folder), pages, _PARTITIONS, seed=night, body_bytes=800)
    for path in sorted(folder.rglob("page-*.txt"))[:4]:
        twice = folder / "again" / path.relative_to(folder)
        elsewhere = folder / "other" / f"source=other.example/{path.name}"
        for copy in (twice, elsewhere):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    broken = folder / "source=broken.example"
    broken.mkdir()
    (broken / "empty.txt").write_bytes(b"")
    (broken / "cut.html.gz").write_bytes(gzip.compress(b"<p>A page that ends early, like its file." * 40)[:-20])
    (broken / "menu.txt").write_text("Home\nNews\nWeather\n")


def _run(*arguments: object) -> None:
    code = main([str(argument) for argument in arguments])
    if code:
        raise AssertionError(f"{arguments[0]} ended with {code}")


def _ingest(lake: Path, inputs: Path, nights: int, *more: str) -> None:
    for night in range(nights):
        make_pages(inputs / f"night-{night}", night)
        _run("ingest", inputs / f"night-{night}", "--lake", lake, "--batch-mb", "9", "--quiet", *more)


def _first_night(_lake: Path, inputs: Path) -> None:
    make_pages(inputs, 0)


def _second_night(lake: Path, inputs: Path) -> None:
    _ingest(lake, inputs, 1)
    make_pages(inputs / "night-1", 1)


def _three_nights(lake: Path, inputs: Path) -> None:
    _ingest(lake, inputs, 3)


def _two_nights_and_one_more(lake: Path, inputs: Path) -> None:
    _ingest(lake, inputs, 2)
    make_pages(inputs / "killed", 9)


def _litter(lake: Path) -> None:
    """Adds what vacuum removes: half a file, a part file that no commit knows."""
    (lake / "_staging" / "half").write_bytes(b"half a fi")
    part = min((lake / "documents").rglob("part-*.parquet"))
    shutil.copy(part, part.with_name("part-aaaaaaaaaaaa-00000-0123456789abcdef.parquet"))


def _lose(lake: Path) -> None:
    """Takes a file of documents away, and cuts another off."""
    gone, cut, *_ = sorted((lake / "documents").rglob("*.parquet"))
    gone.unlink()
    cut.write_bytes(cut.read_bytes()[:-9])


def _two_nights(lake: Path, inputs: Path) -> None:
    _ingest(lake, inputs, 2)


def _dead_letters(lake: Path, inputs: Path) -> None:
    _ingest(lake, inputs, 2, *_SHORT)


CASES: dict[str, Case] = {
    "ingest, a new lake": Case(("ingest", "INPUTS", *_BATCHES), _first_night),
    "ingest, a second night": Case(("ingest", "INPUTS", *_BATCHES), _second_night),
    "replay": Case(("replay", *_BATCHES), _dead_letters, same_files=False),
    "reprocess": Case(("reprocess", "--where", "source like 'paper%'", *_BATCHES, *_SHORT), _two_nights, same_files=False),
    "compact": Case(("compact", "--target-mb", "0.1"), _three_nights),
    "compact --remove-replaced": Case(("compact", "--target-mb", "0.1", "--remove-replaced"), _three_nights),
    "vacuum": Case(
        ("vacuum", "--retention-days", "0"),
        _two_nights_and_one_more,
        killed=("killed", "rename _plans/N.manifest"),
        harm=_litter,
    ),
    "verify --repair": Case(
        ("verify", "--repair", "--deep"),
        _two_nights_and_one_more,
        killed=("killed", "linkat inputs/_delta_log/N.json"),
        harm=_lose,
        is_sound=False,
    ),
}

ON_S3 = {
    **{f"{name} on S3": CASES[name] for name in ("ingest, a new lake", "replay", "reprocess", "compact")},
    "vacuum on S3": CASES["vacuum"]._replace(prepare=_three_nights, killed=("", "")),  # without a lock it leaves batches for a day
}
"""The same with the lake on S3, and of `ingest` the inputs too."""
