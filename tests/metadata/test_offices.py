"""A line that says whose it is and what they do for the paper names its writer."""

import pytest

from broadsheet.schemas.records import HTML, TEXT, Origin, Page
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.metadata.extract_metadata import extract
from broadsheet.transforms.metadata.offices import name_before_office

_TITLE = "Ferry across the sound stopped by ice"
_BODY = (
    "The ferry across the sound was stopped on Monday because the ice had damaged its rudder, the harbour master said.",
    "Passengers were taken across by a smaller boat, which can carry no cars, and the council will meet again in March.",
)


def _html(line: str) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in _BODY)
    return f"<html><head><title>{_TITLE}</title></head><body><h1>{_TITLE}</h1><div>{line}</div>{body}</body></html>"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ines Moreau, Staff Writer", "Ines Moreau"),
        ("Ines Moreau – senior reporter", "Ines Moreau"),
        ("Pieter de Vries, redacteur", "Pieter de Vries"),
        ("Jan Kowalski, dziennikarz", "Jan Kowalski"),
        ("Matti Virtanen, toimittaja", "Matti Virtanen"),
        ("Hans Müller, dpa", "Hans Müller"),
        ("Иван Петров, корреспондент", "Иван Петров"),
    ],
)
def test_the_name_before_an_office_is_the_writers(line: str, name: str) -> None:
    assert name_before_office(line) == name
    html = _html(line)
    assert extract(strip(Page(Origin("a.html", 0), html, HTML, "utf-8", "utf-8", 0.0))).authors == [name]


@pytest.mark.parametrize(
    "line",
    [
        "Ines Moreau, CEO of Harbour Ltd",
        "Ines Moreau, photographer",
        "Harbour news, reporter wanted",
        "Ines Moreau, who wrote a book",
        "Oslo, Norway",
    ],
)
def test_other_lines_name_nobody(line: str) -> None:
    assert name_before_office(line) is None


@pytest.mark.parametrize("line", ["Story by Ines Moreau | Photos by Ann Holm", "Ein Bericht von Ines Moreau"])
@pytest.mark.parametrize("media_type", [HTML, TEXT])
def test_a_story_by_somebody_names_who_wrote_it(line: str, media_type: str) -> None:
    html = _html(line)
    text = html if media_type == HTML else "\n\n".join(["Home News", _TITLE, line, *_BODY])
    assert extract(strip(Page(Origin("a", 0), text, media_type, "utf-8", "utf-8", 0.0))).authors == ["Ines Moreau"]
