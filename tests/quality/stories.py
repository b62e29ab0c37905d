"""Agency stories of our own making in seven languages, what newspapers make of them, and other stories that look alike.

STORIES["en"].body, .lead (another newspaper's), .addition (its own paragraph), .sibling (another story of the same event)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Story(NamedTuple):
    """One agency story; paragraphs a line each, the headline first."""

    body: str
    headline: str
    """Another newspaper's."""
    lead: str
    """Another newspaper's opening instead of the first paragraph."""
    addition: str
    """What a local newspaper puts below it."""
    sibling: str
    """Another story of the same event, in words of its own."""


_TEXTS = json.loads(Path(__file__).with_name("stories.json").read_text(encoding="utf-8"))

STORIES = {
    language: Story(**{field: "\n".join(text) if isinstance(text, list) else text for field, text in fields.items()})
    for language, fields in _TEXTS["stories"].items()
}


def reports(language: str) -> list[str]:
    """Returns six weather reports of one template, each of another place, day and weather."""
    template, words = "\n".join(_TEXTS["reports"][language]["template"]), _TEXTS["reports"][language]["words"]
    made = []
    for index in range(6):
        chosen = {name: values[index] for name, values in words.items()}
        numbers = {
            "high": 3 + 5 * index,
            "low": 2 * index - 4,
            "speed": 9 + 7 * index,
            "cold": index - 7,
            "tide": f"{4 + index}:0{index}",
        }
        made.append(template.format(**chosen, **numbers))
    return made


def rewrites(story: Story) -> Iterator[tuple[str, str]]:
    """Yields what newspapers make of an agency story: (how, body)."""
    headline, first, *rest = story.body.split("\n")
    yield "another headline", "\n".join([story.headline, first, *rest])
    yield "no headline", "\n".join([first, *rest])
    yield "another lead", "\n".join([story.headline, story.lead, *rest])
    yield "a paragraph more", "\n".join([headline, first, *rest, story.addition])
    yield "two paragraphs less", "\n".join([headline, first, *rest[:-2]])
    yield "cut to five paragraphs", "\n".join([headline, first, *rest[:4]])
    yield "cut in the middle", "\n".join([headline, first, *rest[:2], *rest[4:]])
    yield "another order", "\n".join([headline, first, *rest[3:], *rest[:3]])
    yield "another lead, cut, a paragraph more", "\n".join([story.headline, story.lead, *rest[:5], story.addition])
