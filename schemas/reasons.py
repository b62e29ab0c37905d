"""Why a block was kept or dropped: the closed vocabulary of `explain` and of the metadata rules.

A reason is a name a user can read and count by. Rules and models may only answer with one of these.
"""

from __future__ import annotations

# Kept: the block is body.
PROSE = "prose"
SUBHEAD = "subhead"
LIST_ITEM = "list_item"
QUOTE = "quote"
TABLE = "table"

# Dropped, but somebody reads it: metadata rules look here.
TITLE = "title"
DUPLICATE_TITLE = "duplicate_title"
SUBTITLE = "subtitle"
BYLINE = "byline"
DATE_LINE = "date_line"
"""A line that is nothing but a date or a time, labelled or not."""
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
PAGE_GENERATION = "page_generation"
SOURCE_LINK = "source_link"
RESIDUE = "residue"
"""What a converter left behind: scripts, style rules, stray tags."""
TEMPLATE = "template"
"""Stands in many documents of its source."""
EMPTY = "empty"
SHORT = "short"
"""No prose, and no rule knows it better."""
OUTSIDE = "outside"
"""Prose, but outside the article's run of prose."""
MODEL = "model"
"""The classifier found it no body; its score says how sure it was."""

KEPT = frozenset({PROSE, SUBHEAD, LIST_ITEM, QUOTE, TABLE})
DROPPED = frozenset(
    {
        TITLE, DUPLICATE_TITLE, SUBTITLE, BYLINE, DATE_LINE, PAGE_CLOCK, CAPTION, CREDIT, TAGS, SECTION, BREADCRUMB, RECORD_ID,
        READ_MORE, RELATED, NAVIGATION, SHARE, COMMENT, COMMENT_FORM, NEWSLETTER, DISCLAIMER, PAGE_GENERATION, SOURCE_LINK, RESIDUE,
        TEMPLATE, EMPTY, SHORT, OUTSIDE, MODEL,
    }
)  # fmt: skip
