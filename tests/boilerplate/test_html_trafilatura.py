import contextlib
import socket

import pytest

from broadsheet.schemas import reasons
from broadsheet.schemas.errors import NoArticleError, RecordError
from broadsheet.schemas.records import HTML, Origin, Page
from broadsheet.transforms.boilerplate.html.trafilatura_body import HTML_CHARS, strip_html_trafilatura

STORY = """<html><head><title>Ferry back in service</title></head><body>
<nav><ul><li><a href="/">Front page</a></li><li><a href="/harbour">Harbour</a></li></ul></nav>
<article><h1>Ferry back in service</h1>
<p>The ferry between Eastholm and the mainland sailed again on Monday, eleven days after a storm had broken its ramp.</p>
<h2>Two shifts a day</h2>
<p>Welders from the yard worked in two shifts, the harbour office said, and the last bolts were tightened on Sunday night.</p>
<ul><li>The first boat leaves at six in the morning.</li><li>Lorries above twelve tonnes must wait until Thursday.</li></ul>
<blockquote><p>We had not expected to see her out there before the end of the month, said the master.</p></blockquote>
</article><footer>Eastholm Courier, all rights reserved</footer></body></html>"""


def page(html: str) -> Page:
    return Page(Origin("memory", 0), html, HTML, "utf-8", "utf-8", 0.0)


def test_an_article_is_kept_by_kind_and_its_chrome_listed_as_dropped() -> None:
    article = strip_html_trafilatura(page(STORY))
    kept = {block.text: block.reason for block in article.blocks if block.kept}
    dropped = [block.text for block in article.blocks if not block.kept]
    assert kept["Two shifts a day"] == reasons.SUBHEAD
    assert kept["The first boat leaves at six in the morning."] == reasons.LIST_ITEM
    assert any(text.startswith("We had not expected") and reason == reasons.QUOTE for text, reason in kept.items())
    assert any(text.startswith("The ferry between") and reason == reasons.PROSE for text, reason in kept.items())
    assert "Harbour" in dropped
    assert "Eastholm Courier, all rights reserved" in dropped


def test_blocks_are_numbered_in_page_order() -> None:
    article = strip_html_trafilatura(page(STORY))
    assert [block.line for block in article.blocks] == list(range(1, len(article.blocks) + 1))
    texts = [block.text for block in article.blocks]
    assert texts.index("Harbour") < texts.index("Two shifts a day") < texts.index("Eastholm Courier, all rights reserved")


def test_extraction_never_opens_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assert "ferry" in strip_html_trafilatura(page(STORY)).text


@pytest.mark.parametrize(
    "html", ["", "   ", "<html></html>", "<nav><a href=/>Home</a></nav>"], ids=["empty", "blank", "shell", "menu"]
)
def test_a_page_without_an_article_is_refused(html: str) -> None:
    with pytest.raises(NoArticleError):
        strip_html_trafilatura(page(html))


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + STORY,
        STORY.replace("ferry", "fer\x00ry \ud800"),
        "x" * 1_000_000,
        "<p>" + "One more sentence. " * 50_000,
    ],
    ids=["deep", "controls", "one word", "one paragraph"],
)
def test_hostile_html_gives_an_article_or_a_record_error(html: str) -> None:
    with contextlib.suppress(RecordError):
        assert strip_html_trafilatura(page(html)).text


def test_a_page_past_the_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(RecordError, match="at most"):
        strip_html_trafilatura(page("x" * (HTML_CHARS + 1)))
