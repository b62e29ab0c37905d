"""Explain shows what the pipeline makes of a file, in a terminal, to a program and to a browser."""

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet, ingest
from helpers.pages import dump, write
from helpers.warcs import crawl

_ARTICLE = "".join(f"<p>{paragraph}</p>" for paragraph in dump("The Crab").split("\n\n")[3:8])
_HTML = f"""<!doctype html><html lang=en><head><title>The Crab</title>
<meta property="article:published_time" content="2024-05-14T06:12:00Z"></head>
<body><nav><a href=/>Home</a></nav><article><h1>The Crab</h1>{_ARTICLE}</article></body></html>"""


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    evil = dump("The \x1b[31mPier <script>alert(1)</script>")
    return write(tmp_path / "pages", {"pier.txt": dump("The Pier"), "crab.html": _HTML, "menu.txt": "Home\n", "evil.txt": evil})


def _explained(path: Path, capsys: pytest.CaptureFixture[str]) -> dict:
    assert broadsheet("explain", path, "--json") == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", ["pier.txt", "crab.html"])
def test_what_is_explained_is_what_is_ingested(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    explained = _explained(pages / name, capsys)
    ingest(tmp_path / "lake", pages / name)
    names = ["title", "language", "source", "date_basis", "doc_id", "text"]
    (row,) = lakes.by_delta(tmp_path / "lake", f"select {', '.join(names)} from documents")
    fields = explained["fields"]
    kept = "\n".join(block["text"] for block in explained["blocks"] if block["kept"])
    shown = [fields["title"]["value"], fields["language"]["value"], fields["source"]["value"]]
    assert row == (*shown, fields["date"]["basis"], fields["doc_id"]["value"], kept)


def test_every_line_has_its_verdict_and_reason(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = _explained(pages / "pier.txt", capsys)["blocks"]
    assert "".join(block["text"] for block in blocks) == dump("The Pier").replace("\n", "")
    verdicts = {block["text"]: (block["kept"], block["reason"]) for block in blocks}
    assert verdicts["The Pier"] == (False, "title")
    assert verdicts["READ MORE: The Heron Is Back"] == (False, "read_more")
    assert [block["line"] for block in blocks] == sorted(block["line"] for block in blocks)


def test_a_field_shows_the_very_words_it_was_read_from(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = _explained(pages / "pier.txt", capsys)["fields"]
    assert fields["published_at"]["value"] == "2024-05-14 06:12:00+00:00"
    assert fields["published_at"]["words"] in "Published: 0612 GMT May 14, 2024"
    assert "0612 GMT" in fields["published_at"]["words"]


def test_a_refused_page_says_by_which_stage_and_why(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    explained = _explained(pages / "menu.txt", capsys)
    assert (explained["stage"], explained["reason"]) == ("strip", "no_article")
    assert broadsheet("explain", pages / "menu.txt") == 0
    assert "refused by strip: no_article" in capsys.readouterr().out


def test_no_page_gives_orders_to_the_terminal(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("explain", pages / "evil.txt") == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "The \ufffd[31mPier" in said


def test_the_page_for_a_browser_runs_nothing_of_the_input_and_loads_nothing(
    pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert broadsheet("explain", pages / "evil.txt", "--html") == 0
    tags: list[tuple[str, dict]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append((tag, dict(attrs)))  # type: ignore[method-assign]
    said = capsys.readouterr().out
    parser.feed(said)
    assert {"script", "link", "img", "iframe"}.isdisjoint(tag for tag, _ in tags)
    assert not any(name in ("src", "href") for _, attrs in tags for name in attrs)
    assert "with a drawing of them." in said


@pytest.mark.parametrize("name", ["pier.txt", "crab.html"])
def test_the_page_for_a_browser_has_every_line_once_in_order_and_each_candidate(
    pages: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    explained = _explained(pages / name, capsys)
    assert broadsheet("explain", pages / name, "--html") == 0
    said = capsys.readouterr().out
    lines = re.findall(r'<div class="line (kept|dropped)"><div class="text[^>]*>(.*?)</div>', said, re.DOTALL)
    wanted = [(block["kept"], block["text"]) for block in explained["blocks"] if block["text"]]
    assert [(verdict == "kept", html.unescape(text)) for verdict, text in lines] == wanted
    candidates = [item for field in explained["fields"].values() for item in field.get("candidates", [])]
    assert candidates
    assert said.count("<tr><td") + said.count('<tr class="chosen"><td') == len(candidates)
    assert 'class="chosen"' in said


def test_one_record_of_a_container_is_explained_as_it_is_ingested(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "crawl.warc"
    path.write_bytes(b"".join(crawl({"https://paper.example/crab": _HTML, "https://paper.example/menu": "<html><p>Home</html>"})))
    ingest(tmp_path / "lake", path)
    ((number, doc_id),) = lakes.by_delta(tmp_path / "lake", "select record, doc_id from documents")
    capsys.readouterr()
    assert broadsheet("explain", path, "--record", number, "--json") == 0
    explained = json.loads(capsys.readouterr().out)
    assert (explained["record"], explained["fields"]["doc_id"]["value"]) == (number, doc_id)
    assert broadsheet("explain", path, "--record", 99) == 2
    assert "--record 99" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "stage", "reason"),
    [
        (["--respect-opt-out"], "screen", "opted_out"),
        (["--blocklist", "blocked.txt"], "screen", "blocked"),
        (["--limit", "page-chars=100"], "decode", "text_too_long"),
        (["--limit", "html-tags=3"], "strip", "too_many_tags"),
        (["--limit", "record-mb=0.0001"], "read", "record_too_large"),
    ],
    ids=["opt-out", "blocklist", "characters", "tags", "reading"],
)
def test_explain_heeds_the_flags_of_ingest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], stage: str, reason: str
) -> None:
    page = _HTML.replace("<head>", '<head><meta name=robots content=noai><link rel=canonical href="https://paper.example/a">')
    write(tmp_path, {"a.html": page, "blocked.txt": "paper.example"})
    flags = [str(tmp_path / flag) if flag == "blocked.txt" else flag for flag in flags]
    assert broadsheet("explain", tmp_path / "a.html", "--json", *flags) == 0
    explained = json.loads(capsys.readouterr().out)
    assert (explained["stage"], explained["reason"]) == (stage, reason)
    ingest(tmp_path / "lake", tmp_path / "a.html", *flags)
    assert lakes.by_delta(tmp_path / "lake", "select stage, reason from rejects") == [(stage, reason)]
