"""The author's biography after an article is not part of its body."""

import pytest

from broadsheet.schemas import reasons
from broadsheet.schemas.records import HTML, TEXT, Block, Origin, Page
from broadsheet.transforms.boilerplate.author_biography import without_author_biography
from broadsheet.transforms.boilerplate.strip_boilerplate import strip

ARTICLE = [
    "The town council of Oarsby voted on Tuesday to close the old ferry slip for the winter, ending a service that began in 1911.",
    "Councillor Ada Finch said that engineers had found cracks in two of the three timber piers that hold the landing stage.",
    "The ferry carries about 400 passengers a day in summer, most of them on their way to the glassworks across the estuary.",
    "A bus will run every half hour from the market square until the repairs are finished, and fares will not change.",
]
ABOUT = {
    "in English": (
        "By Miriam Holt",
        "Miriam Holt is a reporter who covers transport. She joined the paper in 2016.",
    ),
    "in German": (
        "Von Jorun Amsel",
        "Jorun Amsel ist seit 2009 Redakteurin und schreibt am liebsten über Fähren.",
    ),
    "with a role in the byline": ("By Miriam Holt, Transport Editor", "Miriam Holt has written about ferries for two decades."),
}


def _dump(*lines: str) -> str:
    return strip(Page(Origin("dump", 0), "\n\n".join(lines), TEXT, "utf-8", "utf-8", 0.0)).text


@pytest.mark.parametrize(("byline", "about"), ABOUT.values(), ids=ABOUT.keys())
def test_a_paragraph_about_the_author_is_dropped_from_a_dump(byline: str, about: str) -> None:
    text = _dump("Home", "News", "Ferry slip to close", byline, "14 March 2024", *ARTICLE, about, "Contact us")
    assert about not in text
    assert ARTICLE[-1] in text


def test_a_paragraph_about_the_author_is_dropped_from_html() -> None:
    byline, about = ABOUT["in English"]
    paragraphs = "".join(f"<p>{line}</p>" for line in (*ARTICLE, about))
    source = f"<html><body><article><h1>Ferry slip to close</h1><p class=byline>{byline}</p>{paragraphs}</article></body></html>"
    text = strip(Page(Origin("page", 0), source, HTML, "utf-8", "utf-8", 0.0)).text
    assert about not in text
    assert ARTICLE[-1] in text


def test_a_paragraph_about_someone_else_ends_the_article() -> None:
    about = "Ada Finch is a councillor for the harbour ward, and she has promised to find the money for the piers by the spring."
    assert about in _dump("Home", "News", "Ferry slip to close", "By Miriam Holt", "14 March 2024", *ARTICLE, about, "Contact us")


def test_prose_without_a_byline_is_kept_whole() -> None:
    assert _dump(*ARTICLE, ABOUT["in English"][1]).endswith(ABOUT["in English"][1])


def test_a_paragraph_below_the_name_that_it_begins_with_is_dropped_with_it() -> None:
    about = "Solveig Aune has written about the sea and about those who live by it since she was sixteen."
    text = _dump("Home", "News", "Ferry slip to close", "14 March 2024", *ARTICLE, "Solveig Aune", about, "Contact us")
    assert "Solveig" not in text
    assert ARTICLE[-1] in text


def test_the_last_of_several_portraits_stays() -> None:
    names = ("Solveig Aune", "Jon Vik", "Marit Lie")
    blocks = [
        Block(text, line, True, reasons.PROSE)
        for line, text in enumerate(
            line for name in names for line in (name, f"{name} has kept the light on the outer skerry for longer than a decade.")
        )
    ]
    assert without_author_biography(blocks) is blocks
