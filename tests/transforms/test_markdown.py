"""The Markdown of a body is valid, and shows what the body says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from broadsheet.schemas import reasons
from broadsheet.schemas.records import HTML, TEXT, Article, Block, Origin, Page
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.write.markdown import escape, plain, to_markdown

_PARAGRAPHS = (
    "The bell of Oarsby hung in the tower for two hundred years before the storm of January brought it down to the ground.",
    "Nobody was hurt, the fire brigade said on Monday, because the square had been closed the evening before for the wind.",
    "The parish has asked three foundries what it would cost to cast the bell again from the metal of the old one.",
)
_PAGE = f"""<html><head><title>The bell of Oarsby</title></head><body><nav><a href="/">Home</a></nav><article>
<h1>The bell of Oarsby</h1>
<p>{_PARAGRAPHS[0].replace("Oarsby", '<a href="/oarsby (town)">Oarsby</a>')}</p>
<h2>What fell</h2>
<p>{_PARAGRAPHS[1].replace("Nobody", "<strong>Nobody</strong>").replace("Monday", "<em>Monday</em>")}</p>
<ol><li>The first offer came from the foundry in Tamsel, which cast the bell in 1811.</li>
<li>The second offer came from a foundry abroad and costs half as much.</li>
<li>The third offer will be opened by the council in the spring of next year.</li></ol>
<h3>What it costs</h3>
<blockquote>
<p>We would rather wait for a year than ring a bell that sounds like a bucket, said the sexton of the parish.</p>
</blockquote>
<table><tr><th>Foundry</th><th>Price</th><th>Weeks</th></tr><tr><td>Tamsel</td><td>48,000</td><td>30</td></tr>
<tr><td>Abroad</td><td>24,500</td><td>52</td></tr></table>
<p>{_PARAGRAPHS[2]}</p></article></body></html>"""


def _shown(markdown: str) -> list[str]:
    """Returns the lines that a renderer shows of Markdown: a paragraph, heading, item or row of a table each."""
    lines: list[str] = []
    row: list[str] | None = None
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            lines.append(" | ".join(row))
            row = None
        elif token.type == "inline":
            text = "".join(" " if child.type == "softbreak" else child.content for child in token.children or ())
            lines.append(text) if row is None else row.append(text)
    return lines


def test_a_page_keeps_its_structure() -> None:
    article = strip(Page(Origin("bell.html", 0, url="https://paper.example/bell"), _PAGE, HTML, "utf-8", "utf-8", 0.0))
    markdown = to_markdown(article)
    assert _shown(markdown) == article.text.split("\n")
    assert "[Oarsby](https://paper.example/oarsby%20%28town%29)" in markdown
    assert "## What fell" in markdown
    assert "### What it costs" in markdown
    assert "**Nobody** was hurt" in markdown
    assert "*Monday*" in markdown
    assert "\n2. The second offer" in markdown
    assert "> We would rather wait" in markdown
    assert "| Foundry | Price | Weeks |\n| --- | --- | --- |\n| Tamsel | 48,000 | 30 |" in markdown


def test_a_dump_keeps_its_headings_and_lists() -> None:
    blocks = [
        Block("What fell", 1, True, reasons.SUBHEAD),
        Block(_PARAGRAPHS[0], 3, True, reasons.PROSE),
        Block("• a rope", 5, True, reasons.LIST_ITEM),
        Block("• a beam", 6, True, reasons.LIST_ITEM),
        Block("Advertisement", 8, False, reasons.MODEL),
        Block("3. the third", 9, True, reasons.LIST_ITEM),
    ]
    article = Article(Page(Origin("bell.txt", 0), "", TEXT, "utf-8", "utf-8", 0.0), blocks)
    assert to_markdown(article) == f"## What fell\n\n{_PARAGRAPHS[0]}\n\n- a rope\n- a beam\n3. the third"


_HARD = [
    *("# no heading", "- no item", "1. no list", "* a * b *", "_x_ `y` <b> &amp; [z](http://a.example)"),
    *("---", "+ plus", "a | b", "> no", "\\"),
]
_HARDER = ["===", "~~~", "    four", "![x](y)", "<https://a.example>", "1) x", "a\\", "*", "2.", "&copy;"]
_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Zs", "Cf"])
_MARKS = st.sampled_from(" #*_-+.)[]<>&|`~\\12=")


@pytest.mark.parametrize("text", [*_HARD, *_HARDER])
def test_a_line_that_looks_like_markdown_is_shown_as_it_is(text: str) -> None:
    assert plain(escape(" ".join(text.split()))) == " ".join(text.split())


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Zs", "Cf"]) | st.sampled_from(" #*_-+.)[]<>&|`~\\12="),
        min_size=1,
    )
)
def test_any_line_is_shown_as_it_is(text: str) -> None:
    line = " ".join(text.split())
    assert line == "" or plain(escape(line)) == line


@given(
    st.lists(st.sampled_from(_HARD), min_size=1),
    st.sampled_from([reasons.PROSE, reasons.SUBHEAD, reasons.QUOTE, reasons.LIST_ITEM]),
)
def test_whatever_kind_a_block_has_its_text_is_shown(lines: list[str], reason: str) -> None:
    blocks = [Block(line, number, True, reason) for number, line in enumerate(lines)]
    article = Article(Page(Origin("a.txt", 0), "", TEXT, "utf-8", "utf-8", 0.0), blocks)
    bare = [re.sub(r"^(?:[•*–-]|\d+[.)])\s+(?=\S)", "", line) if reason == reasons.LIST_ITEM else line for line in lines]
    assert _shown(to_markdown(article)) == bare
