"""Title and subtitle of a dump."""

from __future__ import annotations

from typing import Optional

from schemas import reasons
from schemas.records import Article, Block
from transforms.metadata.text_labels import Labelled

_SUBTITLE_WORDS = range(6, 41)
"""A deck is a clause at least and no paragraph."""


def text_title(article: Article) -> tuple[Optional[Labelled], Optional[Labelled]]:
    """Returns title and subtitle."""
    shown = [block for block in article.blocks if block.text]
    place = next((index for index, block in enumerate(shown) if block.reason == reasons.TITLE), None)
    if place is None:
        return None, None
    title = Labelled(shown[place].text, "title line", shown[place].text)
    return title, _subtitle(shown, place)


def _subtitle(shown: list[Block], place: int) -> Optional[Labelled]:
    """A block named so, or the line right under the title that is a clause without a full stop, where prose follows."""
    named = next((block for block in shown if block.reason == reasons.SUBTITLE), None)
    if named is not None:
        return Labelled(named.text, "subtitle line", named.text)
    if place + 2 >= len(shown):
        return None
    under, after = shown[place + 1 : place + 3]
    clause = under.text[-1] not in ".!?…:;。！？" and len(under.text.split()) in _SUBTITLE_WORDS
    if clause and after.kept and len(after.text) > len(under.text) and under.text.casefold() != shown[place].text.casefold():
        return Labelled(under.text, "line under the title", under.text)
    return None
