"""The article of a plain-text dump: which of a page's lines are its body, and what the others are.

    lines ─ named rules ─ the run of prose ─ roles of what is left ─► one Block a line

Some lines say themselves what they are ("READ MORE: …", "© AP Photo / …": `text_rules`). Of the rest the article is the densest
run of lines that read as prose, subheads and all; what stands before it holds title, subtitle and captions, what stands after it
related headlines and comments (`text_roles`).

    article = strip_text(page)
    print(article.text)
"""

from __future__ import annotations

from schemas import reasons
from schemas.errors import NoArticleError
from schemas.records import Article, Block, Page
from transforms.boilerplate.lines import split
from transforms.boilerplate.text_prose import densest_run
from transforms.boilerplate.text_roles import roles
from transforms.boilerplate.text_rules import chrome


def strip_text(page: Page) -> Article:
    """Takes a text dump apart.

    Returns:
        The article: each line of the page in exactly one block, in order, kept or dropped, with the reason.

    Raises:
        NoArticleError: No line of the page is an article's body (`no_article`), or it has no text at all (`empty`).
    """
    lines = split(page.text)
    shown = [index for index, line in enumerate(lines) if line.text]
    if not shown:
        raise NoArticleError("empty", f"{page.uri} record {page.record} has no text.")
    texts = [lines[index].text for index in shown]
    named = [chrome(text) for text in texts]
    start, end = densest_run(texts, named)
    if start == end:
        raise NoArticleError(
            "no_article", f"None of the {len(texts)} lines of {page.uri} record {page.record} reads as an article."
        )
    body = [start <= index < end and reason is None for index, reason in enumerate(named)]
    verdicts = dict(zip(shown, roles(texts, named, body), strict=True))
    blocks = []
    for index, line in enumerate(lines):
        reason = verdicts.get(index, reasons.EMPTY)
        blocks.append(Block(line.text, line.first, reason in reasons.KEPT, reason, line.covers))
    return Article(page, blocks)
