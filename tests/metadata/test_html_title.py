"""Which of a page's many names for itself is the headline."""

from __future__ import annotations

import pytest
from helpers.html_pages import HEADLINE, PROSE, json_ld, page, read


def title(source: str) -> tuple[str | None, str | None]:
    found = read(source, "https://www.lantern.example/pier")
    return found.title, found.basis("title")


def bare(head: str, body: str) -> str:
    return f"<html><head>{head}</head><body>{body}{PROSE}</body></html>"


OG = '<meta property="og:title" content="{}">'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (page(title=f"{HEADLINE} | The Quillan Lantern"), (HEADLINE, "heading")),
        (bare(f"<title>{HEADLINE} - Lantern</title>", f"<h1>The Quillan Lantern</h1><h2>{HEADLINE}</h2>"), (HEADLINE, "heading")),
        (bare(json_ld(), "<p>x</p>"), (HEADLINE, "json-ld")),
        (bare(OG.format(HEADLINE), "<p>x</p>"), (HEADLINE, "og")),
        (bare(f'<meta name="twitter:title" content="{HEADLINE}">', "<p>x</p>"), (HEADLINE, "twitter")),
        (bare(f"<title>{HEADLINE} | lantern.example</title>", "<p>x</p>"), (HEADLINE, "title element")),
        (bare("<title>Home</title>", f"<h1>{HEADLINE}</h1>"), (HEADLINE, "heading")),
        (bare("", "<p>x</p>"), (None, None)),
    ],
    ids=["h1", "h2 under the site's name", "json-ld", "og", "twitter", "title element", "h1 alone", "nothing"],
)
def test_each_kind_of_title_is_read_with_its_basis(source: str, expected: tuple[str | None, str | None]) -> None:
    assert title(source) == expected


def test_the_heading_that_the_head_confirms_wins_over_the_first_one() -> None:
    head = OG.format(HEADLINE) + '<meta property="og:site_name" content="The Quillan Lantern">'
    assert title(bare(head, f"<h1>The Quillan Lantern</h1><h1>Tides today</h1><h1>{HEADLINE}</h1>"))[0] == HEADLINE


@pytest.mark.parametrize("separator", [" | ", " - ", " – ", " — ", " » ", " :: "])
def test_the_sites_name_is_taken_off_a_titles_end(separator: str) -> None:
    head = f'<meta property="og:site_name" content="Quillan Lantern"><title>{HEADLINE}{separator}Quillan Lantern</title>'
    assert title(bare(head, "<p>x</p>"))[0] == HEADLINE


def test_a_dash_within_a_headline_stays() -> None:
    assert title(bare("<title>Pier closed – for a month at least</title>", "<p>x</p>"))[0] == "Pier closed – for a month at least"


def test_a_kicker_set_apart_in_the_heading_goes_where_the_head_does_without_it() -> None:
    heading = f'<h1><span class="kicker">Quillan Bay</span> <span>{HEADLINE}</span></h1>'
    assert title(bare(OG.format(HEADLINE), heading))[0] == HEADLINE


def test_words_run_through_inline_tags_and_entities_are_resolved() -> None:
    heading = "<h1>Ferries &amp; piers: the <em>Heron</em>&#8217;s la<b>st</b> day</h1>"
    assert (
        title(bare("<title>Ferries &amp; piers: the Heron’s last day</title>", heading))[0]
        == "Ferries & piers: the Heron’s last day"
    )


@pytest.mark.parametrize(
    "text", ["码头因裂缝关闭一个月", "إغلاق الرصيف بعد العثور على شقوق", "Пирс закрыт после обнаружения трещин"]
)
def test_headlines_of_other_scripts_are_read(text: str) -> None:
    assert title(page(headline=text, title=f"{text} | Lantern")) == (text, "heading")


HOME = '<header><a class="logo" href="/">The Quillan Lantern</a></header>'


@pytest.mark.parametrize("title", [f"{HEADLINE} - The Quillan Lantern", f"The Quillan Lantern | {HEADLINE}"])
def test_the_name_on_the_link_to_the_first_page_is_the_sites_and_no_title(title: str) -> None:
    source = (
        f"<html><head><title>{title}</title></head><body>{HOME}<p class='h'>{HEADLINE}</p><p>The pier is shut.</p></body></html>"
    )
    assert read(source).title == HEADLINE


@pytest.mark.parametrize("kicker", ["<span>Harbours</span><br>", "<span class='visually-hidden'>Exclusive article:</span> "])
def test_a_kicker_in_the_heading_is_not_part_of_the_title(kicker: str) -> None:
    source = (
        f"<html><head><title>{HEADLINE} | The Quillan Lantern</title></head><body>{HOME}<h1>{kicker}{HEADLINE}</h1></body></html>"
    )
    assert read(source).title == HEADLINE
