"""Pages that are hardly articles: their content is kept, not one paragraph of it."""

from broadsheet.schemas.records import HTML, Origin, Page
from broadsheet.transforms.boilerplate.html import html_body
from broadsheet.transforms.boilerplate.html.html_body import strip_html

_POSTS = (
    "My lathe hums at low speed since I moved it to the cellar. The belt is new and the bearings were greased in May.",
    "Did you check whether the floor is level? Mine did the same until I put a strip of rubber below the left foot.",
    "It is level within a millimetre. I will try the rubber tonight and report back.",
    "The hum could also come from the motor mount. Loosen the four bolts, let it settle, and tighten them crosswise.",
    "It was the mount! Two bolts were loose. Thanks to both of you, it runs as quietly as on the first day.",
)


def _forum() -> str:
    posts = "".join(
        f'<div class="post" id="p{number}"><div class="user"><a href="/u/{name}">{name}</a> Member, 214 posts</div>'
        f'<div class="when">Yesterday at 10:{number}4</div><div class="message">{text}</div>'
        f'<a href="#reply">Reply</a> <a href="#quote">Quote</a></div>'
        for number, (name, text) in enumerate(zip(("anvil", "turner42", "anvil", "brass_rat", "anvil"), _POSTS, strict=True))
    )
    menu = "".join(
        f'<li><a href="/{word}">{word}</a></li>' for word in ("Home", "Forums", "New posts", "Members", "Log in", "Register")
    )
    return (
        '<html><head><title>Lathe hums at low speed | Workshop Forums</title><script type="application/ld+json">'
        '{"@type": "DiscussionForumPosting", "headline": "Lathe hums at low speed"}</script></head><body>'
        f"<nav><ul>{menu}</ul></nav><h1>Lathe hums at low speed</h1><div class='thread'>{posts}</div>"
        "<form>You must log in to reply here. <button>Log in</button></form>"
        "<footer>Workshop Forums, all rights reserved</footer></body></html>"
    )


def test_all_posts_of_a_forum_are_its_body() -> None:
    article = strip_html(Page(Origin("forum.html", 0), _forum(), HTML, "utf-8", "utf-8", 0.0))
    assert article.page_type == "forum"
    assert [post for post in _POSTS if post not in article.text] == []
    assert "Log in" not in article.text
    assert "rights reserved" not in article.text


def test_a_sure_article_is_never_judged_again() -> None:
    assert html_body.is_settled(article_score=0.9, confidence=0.1)
    assert html_body.is_settled(article_score=0.01, confidence=0.9)
    assert not html_body.is_settled(article_score=0.01, confidence=0.1)


def test_a_table_that_lays_out_the_page_is_not_dropped_with_its_article() -> None:
    story = "".join(
        f"<p>The ferry across the sound was stopped for the {word} time this winter because the ice had damaged its rudder.</p>"
        for word in ("first", "second", "third", "fourth")
    )
    cells = "".join(f"<tr><td><a href='/{n}'>Section {n}</a></td><td><a href='/x{n}'>Service {n}</a></td></tr>" for n in range(14))
    table = f"<table>{cells}<tr><td>{story}</td><td><a href='/'>Top</a></td></tr></table>"
    page = f"<html><head><title>Ferry stopped again</title></head><body>{table}</body></html>"
    article = strip_html(Page(Origin("layout.html", 0), page, HTML, "utf-8", "utf-8", 0.0))
    assert article.text.count("ferry across the sound") == 4
