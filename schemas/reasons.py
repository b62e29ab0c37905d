"""Names why a block was kept or dropped: the fixed vocabulary of `explain` and of the metadata rules.

A reason is a name a user can read and count by. Rules and models may only answer with one of these.
"""

from __future__ import annotations

# Kept: the block is body.
PROSE = "prose"
SUBHEAD = "subhead"
LIST_ITEM = "list_item"
QUOTE = "quote"
TABLE = "table"

# Dropped, but the metadata rules read it.
TITLE = "title"
DUPLICATE_TITLE = "duplicate_title"
SUBTITLE = "subtitle"
BYLINE = "byline"
DATE_LINE = "date_line"
"""A line with only a date or a time, labelled or not."""
PAGE_CLOCK = "page_clock"
CAPTION = "caption"
CREDIT = "credit"
TAGS = "tags"
SECTION = "section"
BREADCRUMB = "breadcrumb"
RECORD_ID = "record_id"

# Dropped: chrome.
READ_MORE = "read_more"
RELATED = "related"
NAVIGATION = "navigation"
SHARE = "share"
COMMENT = "comment"
COMMENT_FORM = "comment_form"
NEWSLETTER = "newsletter"
DISCLAIMER = "disclaimer"
BIOGRAPHY = "biography"
"""What a site says about the author after the article."""
PAGE_GENERATION = "page_generation"
SOURCE_LINK = "source_link"
RESIDUE = "residue"
"""What a converter left behind: scripts, style rules, stray tags."""
TEMPLATE = "template"
"""Text that many documents of its source share."""
EMPTY = "empty"
SHORT = "short"
"""Not prose, and no rule says what it is."""
OUTSIDE = "outside"
"""Prose, but outside the article's run of prose."""
MODEL = "model"
"""The classifier decided that it is not body; its score says how sure it was."""

KEPT = frozenset({PROSE, SUBHEAD, LIST_ITEM, QUOTE, TABLE})
DROPPED = frozenset(
    {
        TITLE, DUPLICATE_TITLE, SUBTITLE, BYLINE, DATE_LINE, PAGE_CLOCK, CAPTION, CREDIT, TAGS, SECTION, BREADCRUMB, RECORD_ID,
        READ_MORE, RELATED, NAVIGATION, SHARE, COMMENT, COMMENT_FORM, NEWSLETTER, DISCLAIMER, BIOGRAPHY, PAGE_GENERATION,
        SOURCE_LINK, RESIDUE, TEMPLATE, EMPTY, SHORT, OUTSIDE, MODEL,
    }
)  # fmt: skip
