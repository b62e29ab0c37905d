"""The demo's week: what its publishers wrote is what the lake holds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from demo.network import SILENT, articles, html_page, text_page, week
from helpers import lakes

from broadsheet import Origin, Page, make_document

ROOT = Path(__file__).parent.parent.parent


def _bodies() -> set[str]:
    """Returns the body of every article that arrives whole, each version of a corrected one included."""
    days = list(week())
    found = set()
    for number, day in enumerate(days):
        for publisher in ("tern-post.example", "kestrel.example", "wire.example", SILENT):
            if publisher == SILENT and number >= 5:
                continue
            found |= {"\n".join(item.paragraphs) for item in articles(publisher, day.date)}
    picture = articles("kestrel.example", days[3].date)[4]
    corrected = articles("tern-post.example", days[0].date)[0]
    page = days[1].files[f"tern-post.example/{days[0].date}/lanterns.html"].decode()
    correction = page.rpartition("</p></article>")[0].rpartition("<p>")[2]
    assert correction.startswith("Correction: ")
    return found - {"\n".join(picture.paragraphs)} | {"\n".join([*corrected.paragraphs, correction])}


def _page(content: bytes, kind: str) -> Page:
    return Page(Origin("page", 0), content.decode(), kind, "utf-8", "utf-8", 0.0)


def test_the_week_has_the_same_bytes_each_time() -> None:
    assert list(week()) == list(week())


@pytest.mark.parametrize("redesigned", [False, True], ids=["old design", "new design"])
def test_a_page_is_stripped_to_what_its_publisher_wrote(redesigned: bool) -> None:
    (article, *_) = articles("tern-post.example", next(week()).date)
    document = make_document(_page(html_page(article, redesigned), "text/html"))
    assert document.text.split("\n") == list(article.paragraphs)
    assert document.title == article.title


def test_a_dump_is_stripped_to_what_its_publisher_wrote() -> None:
    (article, *_) = articles("kestrel.example", next(week()).date)
    document = make_document(_page(text_page(article), "text/plain"))
    assert document.text.split("\n") == list(article.paragraphs)


@pytest.mark.slow
def test_the_week_ends_with_each_article_once_and_a_publisher_that_is_missed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo", str(tmp_path / "demo")]
    path = os.pathsep.join([str(ROOT / "samples"), str(ROOT)])
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    bodies = [text for (text,) in lakes.by_delta(tmp_path / "demo" / "lake", "select text from documents")]
    assert set(bodies) == _bodies()
    assert len(bodies) == len(set(bodies))
    assert f"{SILENT} has gone silent" in done.stdout
    assert "<svg" in (tmp_path / "demo" / "report.html").read_text(encoding="utf-8")
    assert "<html" in (tmp_path / "demo" / "explain.html").read_text(encoding="utf-8")
    again = subprocess.run([*command[:-1], str(tmp_path)], env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=False)
    assert again.returncode == 2, "a folder that no demo has made is left alone"
