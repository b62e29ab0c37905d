import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.transforms.boilerplate.html.blocks import LEAF, NAMED, TAG, split_html


def texts(html: str) -> list[str]:
    return split_html(html).texts


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One <b>bold</b> wo<i>rd</i>.<p>Two.", ["One bold word.", "Two."]),
        ("a line<br>the next<br/>and another", ["a line", "the next", "and another"]),
        ("<ul><li>first<li>second</ul>", ["first", "second"]),
        ("<table><tr><td>left<td>right</table>", ["left", "right"]),
        ("bread &amp; butter &#8212; 5&nbsp;&euro;", ["bread & butter — 5 €"]),
        ("&#99999999999999999999999999; &#x110000; &#0; x", ["; � � x"]),
        ("<P>Capital</P><DIV>tags</DIV>", ["Capital", "tags"]),
        ("2 < 3 and 5 > 4", ["2 < 3 and 5 > 4"]),
        ("<p>船は月曜日に<b>再び</b>出航した。</p>", ["船は月曜日に再び出航した。"]),
        ("<p>عادت العبّارة <a href=x>يوم</a> الاثنين</p>", ["عادت العبّارة يوم الاثنين"]),
        ("no tag at all", ["no tag at all"]),
        ("", []),
        (" \n\t<p> <br>&nbsp;</p>", []),
        ("<p>cut off <b", ["cut off"]),
    ],
)
def test_text_between_tags_that_break_a_line_is_a_block(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<script>if (a<b) document.write('<p>secret</p>')</script>",
        "<SCRIPT>var x = '<p>secret</p>';</Script>",
        "<style>p:before { content: '<p>secret' }</style>",
        "<template><p>secret</p></template>",
        "<noscript><p>secret</p></noscript>",
        "<!-- <p>secret</p> -->",
        "<svg><title>secret</title><text>secret</text></svg>",
        "<select><option>secret<option>secret</select>",
        "<textarea>secret</textarea>",
        "<div hidden>secret<div>secret</div>secret</div>",
        '<div hidden="">secret</div>',
        '<p style="display:none">secret</p>',
        '<span style="color: red; display: none">secret</span>',
        "<iframe src=x>secret</iframe>",
        '<a title="a > b <p>secret">',
        '<div data-x=\'{"y": "<p>secret</p>"}\'></div>',
    ],
)
def test_what_browsers_do_not_show_is_not_text(html: str) -> None:
    assert texts(f"<p>before</p>{html}<p>after</p>") == ["before", "after"]


@pytest.mark.parametrize(
    "html",
    [
        '<div class="hidden md:block">shown</div>',
        '<div class="a hidden b">shown</div>',
        '<body style="display:none"><p>shown</p></body>',
        '<div hidden id="S:0"><p>shown</p></div>',
        '<p title="it\'s">shown</p>',
        "<svg/><p>shown</p>",
        "<!-- never closed <p>shown</p>",
        "<select><p>shown</p>",
        '<div data-broken="<p>shown</p>',
    ],
    ids=["class", "class between", "whole page", "streamed", "apostrophe", "self-closed", "comment", "select", "quote"],
)
def test_what_only_looks_hidden_or_broken_is_kept(html: str) -> None:
    assert any("shown" in text for text in texts(html))


def test_blocks_know_their_boxes_and_leaves() -> None:
    blocks = split_html("<article class=Story><h2>Head</h2><ul><li>item</ul><div><p>text</article><p>outside")
    kinds = {text: int(blocks.kind[box]) for text, box in zip(blocks.texts, blocks.own, strict=True)}
    assert kinds == {"Head": TAG["article"], "item": TAG["ul"], "text": TAG["div"], "outside": 0}
    leaves = {text: int(leaf) for text, leaf in zip(blocks.texts, blocks.leaf, strict=True)}
    assert leaves == {"Head": LEAF["heading"], "item": LEAF["li"], "text": LEAF["p"], "outside": LEAF["p"]}
    article = blocks.kind.tolist().index(TAG["article"])
    assert (blocks.first[article], blocks.stop[article]) == (0, 3)
    assert blocks.box_named[article] == NAMED["article"]
    assert (blocks.first[0], blocks.stop[0]) == (0, 4)


def test_title_and_longest_description_are_read() -> None:
    blocks = split_html(
        "<title>A day\n at sea</title><meta name=description content='short'>"
        '<meta content="Longer &amp; better" property="og:description"><p>x'
    )
    assert blocks.title == "A day at sea"
    assert blocks.description == "longer & better"


HOSTILE = {
    "deep": "<div>" * 100_000 + "x",
    "closers": "<div>" * 50_000 + "</ul></table>" * 50_000,
    "quotes": '<a "' * 200_000,
    "open comments": "<!--" * 200_000,
    "open scripts": "<script>" * 100_000,
    "hidden": "<i hidden>" * 60_000,
    "hidden words": " hidden" * 100_000,
    "descriptions": "<meta name=description content='" * 30_000,
    "blocks": "<p>a word or two" * 200_000,
    "entities": "&" * 500_000,
    "less than": "<" * 1_000_000,
    "one line": "lorem ipsum " * 90_000,
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_pages_take_linear_time(html: str) -> None:
    started = time.process_time()
    split_html(html[: len(html) // 8])
    eighth = time.process_time() - started
    started = time.process_time()
    split_html(html)
    assert time.process_time() - started < max(24 * eighth, 1.5)  # 8 if linear, 64 if quadratic


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div hidden>",
                "</div>",
                "<td>",
                "<a href='",
                '"',
                ">",
                "<!--",
                "-->",
                "&amp;",
                "&#",
                "\x00",
                "\x03",
                "\ud800",
                "字",
                "w ",
                "<script>",
                "</script>",
            ]
        )
    )
)
def test_any_page_gives_blocks_that_fit_together(pieces: Any) -> None:
    blocks = split_html("".join(pieces))
    count = len(blocks.texts)
    assert all(text == " ".join(text.split()) and text for text in blocks.texts)
    assert len(blocks.starts) == len(blocks.own) == len(blocks.leaf) == len(blocks.row) == count
    assert all(blocks.first[box] <= place < blocks.stop[box] for place, box in enumerate(blocks.own))
    assert all(parent < box for box, parent in enumerate(blocks.parent) if box)
