"""Lists the candidates of a page's fields with their scores, so that a wrong answer can be understood.

scored_candidates(article, latest)["published_at"]    # [Scored("2024-03-14", 3.1, "json-ld, time element"), ...]
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from broadsheet.schemas.records import HTML, Article
from broadsheet.transforms.metadata.html import html_metadata
from broadsheet.transforms.metadata.html import publication_dates as html_dates
from broadsheet.transforms.metadata.text import authors, title
from broadsheet.transforms.metadata.text import publication_dates as text_dates
from broadsheet.transforms.metadata.text.candidate_ranker import ranker
from broadsheet.transforms.metadata.text.dump_view import view


class Scored(NamedTuple):
    """A candidate, what its signs weigh together, and what they are."""

    value: str
    score: float
    """To be chosen it must be higher than that of *none*, which is 0 here."""
    signs: str


def scored_candidates(article: Article, latest: dt.datetime) -> dict[str, list[Scored]]:
    """Returns by field the candidates that tables weigh, the best first; fields that rules decide are not among them."""
    found: dict[str, list[Scored]] = {}

    def weigh(
        field: str, task: str, slots: tuple[str, ...], values: list[tuple[str, str]], features: list[tuple[int, ...]]
    ) -> None:
        table = ranker(task, slots)
        scored: list[Scored] = []
        for (value, signs), known in zip(values, features, strict=True):
            scored.append(Scored(value, round(table.score(known) - (table.none or 0.0), 2), signs))
        found[field] = sorted(scored, key=lambda item: -item.score)

    if article.page.media_type == HTML:
        days, features = html_dates.candidates(html_metadata.read(article).scene, latest, far=True)
        bases = [", ".join(dict.fromkeys(kind.basis for kind, _ in day.signs)) for day in days]
        dates = [(day.date.isoformat(), basis) for day, basis in zip(days, bases, strict=True)]
        weigh("published_at", "html_date", html_dates.SLOTS, dates, features)
        return found
    page = view(article)
    place = title.text_title(page)[0]
    lines, features = title.candidates(page)
    weigh("title", "title", title.SLOTS, [(page.blocks[i].text, f"line {page.blocks[i].line}") for i in lines], features)
    items, features = text_dates.candidates(page, place, latest)
    dated = [(item.found.date.isoformat(), page.blocks[item.line].text) for item in items]
    weigh("published_at", "date", text_dates.SLOTS, dated, features)
    bylines, features = authors.candidates(page, place)
    named = [(", ".join(item.names), page.blocks[item.line].text) for item in bylines]
    weigh("authors", "authors", authors.SLOTS, named, features)
    return found
