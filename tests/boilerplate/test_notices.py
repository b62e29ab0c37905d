"""Notices and comments are named for what they are, and articles about the same things are not."""

import pytest

from broadsheet.schemas import reasons
from broadsheet.schemas.records import TEXT, Origin, Page
from broadsheet.transforms.boilerplate.text.comments import name_comments
from broadsheet.transforms.boilerplate.text.features import Lines
from broadsheet.transforms.boilerplate.text.line_rules import name
from broadsheet.transforms.boilerplate.text.notices import name_notices
from broadsheet.transforms.boilerplate.text.text_body import strip_text

ARTICLE = [
    "The council voted on Tuesday to reopen the old quarry road, which had been closed since the landslide of last spring.",
    "Masons had rebuilt the wall above it stone by stone, the mayor said, and the last of the nets was hung in the rain on Monday.",
]
NOTICES = {
    "english": [
        "We and our partners store cookies on your device to show you advertising that fits your interests.",
        "You can withdraw your consent at any time in the privacy settings of this site.",
    ],
    "german": [
        "Wir und unsere Partner speichern Cookies auf Ihrem Gerät, um Werbung auf Sie zuzuschneiden.",
        "Ihre Einwilligung können Sie jederzeit in den Einstellungen zum Datenschutz widerrufen.",
    ],
    "french": [
        "Nous et nos partenaires utilisons des cookies pour mesurer l'audience et financer ce site par la publicité.",
        "Vous pouvez refuser ou accepter dans les paramètres de confidentialité de votre navigateur.",
    ],
    "french, of legitimate interest": [
        "Avec nos partenaires, nous utilisons des cookies et d'autres traceurs pour stocker des données personnelles.",
        "Certains traitements peuvent se fonder sur l'intérêt légitime de nos partenaires, auquel vous pouvez vous opposer.",
    ],
    "subscription": [
        "Subscribe to our newsletter and get unlimited access to this site for four weeks on trial.",
        "Your subscription renews at the end of the trial unless you cancel it in your settings before.",
    ],
}


def notices(lines: list[str]) -> list[str | None]:
    at = Lines(lines)
    named = name(lines, at)
    name_notices(named, at)
    return named


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES.keys())
@pytest.mark.parametrize("first", [True, False], ids=["above", "below"])
def test_a_notice_is_not_body_however_short_the_article(notice: list[str], first: bool) -> None:
    lines = [*notice * 3, *ARTICLE] if first else [*ARTICLE, *notice * 3]
    text = strip_text(Page(Origin("page", 0), "\n\n".join(lines), TEXT, "utf-8", "utf-8", 0.0)).text
    assert text == "\n".join(ARTICLE)


@pytest.mark.parametrize(
    "lines",
    [
        NOTICES["english"],
        ["The court said that consent to cookies must be free, and that a site may not hide the way to reject them.", *ARTICLE],
        ["Sprinkle the cookies with sugar while they are warm, and store them in a tin for up to two weeks.", *ARTICLE],
        ["Customers give their data to partners whose terms nobody reads, the report says; browsers could help.", *ARTICLE],
    ],
    ids=["nothing-else", "ruling", "recipe", "report"],
)
def test_a_text_about_consent_is_not_a_notice(lines: list[str]) -> None:
    assert reasons.DISCLAIMER not in notices(lines)


COMMENTS = [
    "5 comments",
    "tern_watcher 2 days ago",
    "I live next door and can only agree with every word of this.",
    "Reply",
    "Gwen P.",
    "3 hours ago",
    "Thank you for going there and asking. Nobody else did.",
    "Reply Report",
]


def test_comments_are_named_from_the_first_head_to_the_last_answer() -> None:
    lines = [*ARTICLE, *COMMENTS]
    named = name(lines)
    name_comments(lines, named, Lines(lines))
    assert named[:2] == [None, None]
    assert [named[lines.index(comment)] for comment in COMMENTS if len(comment) > 40] == [reasons.COMMENT] * 2


def test_a_word_to_answer_by_between_paragraphs_makes_no_comments_of_them() -> None:
    lines = [line for paragraph in ARTICLE * 3 for line in (paragraph, "Reply")]
    named = name(lines)
    name_comments(lines, named, Lines(lines))
    assert reasons.COMMENT not in named
