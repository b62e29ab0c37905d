"""Screen: reserved pages and blocked domains are left out, and nothing of them is kept."""

from pathlib import Path

import pytest
from helpers.command import broadsheet
from helpers.lakes import books, by_delta
from helpers.pages import article, dump, write
from helpers.runaway import no_runaway
from helpers.warcs import http, record
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.schemas.errors import UnwantedError
from broadsheet.schemas.records import HTML, TEXT, Origin, Page
from broadsheet.transforms.filters.opt_outs import opt_out_of_headers, opt_out_of_metas
from broadsheet.transforms.filters.screen_pages import is_blocked, no_domains, parse_blocklist, screen


def _page(text: str, url: str | None = None, source: str | None = None, media_type: str = HTML) -> Page:
    return Page(Origin("page.html", 0, url=url, source=source), text, media_type, "utf-8", "utf-8", 0.0)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([("X-Robots-Tag", "noindex, NoAI")], "X-Robots-Tag: noai"),
        ([("x-robots-tag", "noindex"), ("x-robots-tag", "noml")], "X-Robots-Tag: noml"),
        ([("X-Robots-Tag", "noai, unavailable_after: 25 Jun 2030")], "X-Robots-Tag: noai"),
        ([("TDM-Reservation", " 1 ")], "tdm-reservation: 1"),
        ([("X-Robots-Tag", "otherbot: noai, noml")], None),
        ([("X-Robots-Tag", "noimageai, noindex")], None),
        ([("TDM-Reservation", "0")], None),
        ([("X-Robots", "noai")], None),
        ([], None),
    ],
    ids=["among others", "the second", "before a date", "tdm", "for another", "pictures", "not reserved", "another header", "none"],
)
def test_headers_that_reserve_a_page_are_known(headers: list[tuple[str, str]], words: str | None) -> None:
    assert opt_out_of_headers(headers) == words


@pytest.mark.parametrize(
    ("metas", "words"),
    [
        ({"robots": ["index, follow", "noindex NOAI"]}, "meta robots: noai"),
        ({"robots": ["notdatamining"]}, "meta robots: notdatamining"),
        ({"tdm-reservation": ["1"]}, "meta tdm-reservation: 1"),
        ({"tdm-reservation": ["0"], "robots": ["noindex"], "description": ["noai"]}, None),
    ],
    ids=["the second", "data mining", "tdm", "none"],
)
def test_metas_that_reserve_a_page_are_known(metas: dict[str, list[str]], words: str | None) -> None:
    assert opt_out_of_metas(metas) == words


def test_a_reserved_page_is_left_out_only_if_that_is_wanted() -> None:
    page = _page("<html><head><META content='noai' name=Robots></head><body>Gulls.</body></html>")
    assert screen(page, False, no_domains) is page
    with pytest.raises(UnwantedError) as refused:
        screen(page, True, no_domains)
    assert refused.value.reason == "opted_out"


def test_what_an_article_says_about_opting_out_reserves_nothing() -> None:
    text = "<body><p>Write &lt;meta name=robots content=noai&gt; in your pages.</p><!-- <meta name=robots content=noai> --></body>"
    for page in (_page(text), _page("<meta name=robots content=noai>", media_type=TEXT)):
        assert screen(page, True, no_domains) is page


def test_a_blocklist_has_a_domain_a_line() -> None:
    lines = ["# papers", "", "Paper.example  # the heron's", "*.wire.example", ".gull.example", "Möwe.example"]
    assert parse_blocklist(lines) == {"paper.example", "wire.example", "gull.example", "xn--mwe-sna.example"}


@pytest.mark.parametrize("line", ["https://paper.example/", "paper.example/a", "two words", "a@b.example", "x" * 300, "*", "a..ü"])
def test_a_line_that_is_not_a_domain_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        parse_blocklist(["paper.example", line])


@pytest.mark.parametrize(
    ("host", "blocked"),
    [
        ("paper.example", True),
        ("www.Paper.example.", True),
        ("newspaper.example", False),
        ("example", False),
        ("paper.example.net", False),
        ("möwe.example", True),
        ("", False),
        (None, False),
    ],
)
def test_a_domain_blocks_what_is_below_it_and_nothing_beside(host: str | None, blocked: bool) -> None:
    assert is_blocked(host, frozenset({"paper.example", "xn--mwe-sna.example"})) is blocked


@pytest.mark.parametrize(
    ("page", "blocked"),
    [
        (_page("", "https://news.paper.example:8080/a"), True),
        (_page("", "paper.example/a"), True),
        (_page("", "https://other.example/?u=paper.example"), False),
        (_page("", "https://paper.example@other.example/"), False),
        (_page("", "http://[paper.example/"), False),
        (_page("<link rel=canonical href='https://paper.example/a'>"), True),
        (_page("<link rel=canonical href='https://paper.example/a'>", "https://other.example/a"), False),
        (_page("", source="paper.example"), True),
        (_page("", source="The Paper"), False),
    ],
    ids=["url", "no scheme", "a query", "a user", "a broken url", "canonical", "url first", "source", "a name"],
)
def test_a_page_is_on_the_host_it_was_fetched_from(page: Page, blocked: bool) -> None:
    domains = frozenset({"paper.example"})
    if not blocked:
        assert screen(page, False, lambda: domains) is page
        return
    with pytest.raises(UnwantedError) as refused:
        screen(page, False, lambda: domains)
    assert refused.value.reason == "blocked"


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_url_or_line_is_an_accident(url: str, line: str) -> None:
    is_blocked(url, frozenset({"paper.example"}))
    opt_out_of_headers([("X-Robots-Tag", line)])
    try:
        parse_blocklist([line])
        screen(_page(line, url), True, lambda: frozenset({"paper.example"}))
    except (ValueError, UnwantedError):
        pass


def test_a_megabyte_of_dots_is_not_a_host_and_takes_no_time() -> None:
    with no_runaway():
        assert not is_blocked("a." * 500_000, frozenset({"paper.example"}))
        assert opt_out_of_headers([("X-Robots-Tag", ", " * 500_000)]) is None


def test_unwanted_pages_are_counted_and_none_of_their_words_in_the_lake(tmp_path: Path) -> None:
    def html(title: str, head: str = "") -> str:
        return f"<html><head>{head}</head><body>{article(title)}</body></html>"

    pages: dict[str, str | bytes] = {
        "reserved.html": html("The Secret", "<meta name='tdm-reservation' content='1'>"),
        "source=blocked.example/a.html": html("The Secret Too"),
        "open.html": html("The Gull"),
        "crawl.warc": record(
            "response", http(html("The Secret Pier").encode(), content_type="text/html", x_robots_tag="noai"), "https://a.example/"
        ),
    }
    inputs = write(tmp_path / "pages", pages)
    (tmp_path / "list.txt").write_text("blocked.example\n")
    lake, all_in = tmp_path / "lake", tmp_path / "all"
    flags = ["--respect-opt-out", "--blocklist", tmp_path / "list.txt"]
    assert broadsheet("ingest", inputs, "--lake", lake, "--quiet", *flags) == 0
    assert books(lake) == {"records": 4, "documents": 1, "duplicates": 0, "filtered": 3, "dead": 0}
    refused = by_delta(lake, "select stage, reason, kind, octet_length(payload) from rejects order by 1, 2")
    assert refused == [
        ("read", "opted_out", "filtered", 0),
        ("screen", "blocked", "filtered", 0),
        ("screen", "opted_out", "filtered", 0),
    ]
    assert broadsheet("verify", "--lake", lake) == 0
    assert broadsheet("ingest", inputs, "--lake", all_in, "--quiet") == 0
    assert books(all_in)["documents"] == 4


def test_a_blocklist_that_is_none_is_an_error_before_anything_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inputs = write(tmp_path / "pages", {"a.txt": dump("The Pier")})
    (tmp_path / "list.txt").write_text("paper.example\nnot a domain\n")
    assert broadsheet("ingest", inputs, "--lake", tmp_path / "lake", "--blocklist", tmp_path / "list.txt") == 2
    assert "line 2" in capsys.readouterr().err
    assert broadsheet("ingest", inputs, "--lake", tmp_path / "lake", "--blocklist", tmp_path / "gone.txt") == 2
    assert not (tmp_path / "lake").exists()
