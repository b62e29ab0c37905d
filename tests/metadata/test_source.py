"""The order in which a page's publisher is believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import HTML, TEXT, Article, Block, Metadata, Origin, Page, RawRecord
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.metadata.extract_metadata import extract, extract_source
from broadsheet.transforms.metadata.source import name_in_text, registered_domain, resolve_source, safe_name


def page(text: str = "", *, media_type: str = TEXT, **known: str) -> Page:
    return Page(Origin("/in/a.txt", 0, **known), text, media_type, "utf-8", "utf-8", 0.0)  # type: ignore[arg-type]


SAID = Metadata(canonical_url="https://www.rheintalbote.example/a", site_name="Rheintal Bote", agency="APX")


def test_a_given_source_is_believed_before_everything() -> None:
    given = page("Comment via Other", url="https://a.example/", source="My Paper", source_basis="flag")
    assert resolve_source(given, SAID)[:2] == ("My Paper", "flag")


@pytest.mark.parametrize(
    ("metadata", "text", "expected"),
    [
        (SAID, "Comment via The Ferry", ("rheintalbote.example", "canonical")),
        (SAID._replace(canonical_url=None), "Comment via The Ferry", ("rheintal bote", "site name")),
        (Metadata(agency="APX"), "Comment via The Ferry", ("the ferry", "text")),
        (Metadata(agency="APX"), "A story.", ("apx", "agency")),
        (Metadata(), "A story.", ("unknown", "unknown")),
    ],
    ids=["canonical", "site name", "text before agency", "agency", "unknown"],
)
def test_without_an_address_the_page_itself_is_asked_in_order(metadata: Metadata, text: str, expected: tuple[str, str]) -> None:
    assert resolve_source(page(text), metadata)[:2] == expected


def test_the_address_it_was_fetched_from_is_believed_before_the_canonical_one() -> None:
    assert resolve_source(page(url="https://news.courrier.co.uk/x"), SAID) == (
        "courrier.co.uk",
        "url",
        "https://news.courrier.co.uk/x",
    )


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.Example.ORG/a?b", "example.org"),
        ("http://alice.github.io/post", "alice.github.io"),
        ("http://10.0.0.1:8080/", "10.0.0.1"),
        ("http://localhost/x", "localhost"),
        ("http://[broken", None),
        ("mailto", None),
        ("", None),
    ],
)
def test_registered_domains(url: str, domain: str | None) -> None:
    assert registered_domain(url) == domain


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Comment via FacebookComment via Ferrypost", "ferrypost"),
        ("Help us. Support The Lantern on Patreon!", "the lantern"),
        ("The views in this column do not necessarily represent those of The Lantern.", "the lantern"),
        ("Copyright © 2019 Harbour Courier. All rights reserved.", "harbour courier"),
        ("© 2011-2021 Harbour Courier Ltd", "harbour courier"),
        ("© APX Photo / Ines Moreau", None),
        ("The minister told Ferrypost on Tuesday.", None),
        ("Comment via Facebook", None),
        ("These are solely those of the author and do not reflect the views of the publisher", None),
    ],
)
def test_a_site_is_named_only_by_words_its_own_pages_carry(line: str, name: str | None) -> None:
    said = name_in_text(f"A first line of the story.\n{line}\n")
    assert (said and said[0]) == name
    assert said is None or said[1] in line


def test_html_is_read_without_its_tags() -> None:
    assert resolve_source(page("<p>x</p><p>&copy; x</p><footer>© 2020 Harbour Courier</footer>", media_type=HTML), Metadata()) == (
        "harbour courier",
        "text",
        "© 2020 Harbour Courier",
    )


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "etc passwd"), ("A\x00B\nC", "a b c"), ("...", None), ("x" * 81, None), ("\u202eevil\ud800", "evil")],
)
def test_a_name_can_never_leave_its_folder(name: str, safe: str | None) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    "text",
    ["A" * 1_000_000, "© 2020 " * 100_000, "x\n" * 500_000, "comment via A" * 80_000],
    ids=["one word", "one line", "lines", "notes"],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    name_in_text(text)


def test_a_notice_within_a_script_names_its_maker_and_not_the_site() -> None:
    script = "<p>x</p><script>/* © 2015 Widget Makers */ x = 1 < 2;</script><footer>© 2020 Harbour Courier</footer>"
    assert name_in_text(script, tags=True) == ("harbour courier", "© 2020 Harbour Courier")
    assert name_in_text('<p title="© 2020 Somebody Else">A story</p>', tags=True) is None


SAMPLES = sorted(path for path in (Path(__file__).parents[2] / "samples" / "pages").rglob("*") if path.suffix in (".txt", ".html"))
GIVEN = '{"agency": ["Ferry Wire", "manifest"]}'


@pytest.mark.parametrize("given", ["", GIVEN], ids=["nothing given", "agency given"])
@pytest.mark.parametrize("url", [None, "https://news.example.org/a"], ids=["no address", "address"])
def test_the_source_alone_is_what_all_metadata_says(url: str | None, given: str) -> None:
    bases = set()
    for path in SAMPLES:
        media_type = HTML if path.suffix == ".html" else TEXT
        try:
            article = strip(decode(RawRecord(Origin(str(path), 0, url=url, given=given), path.read_bytes(), media_type)))
        except RecordError:  # some samples are there to be refused
            continue
        metadata, source = extract(article), extract_source(article)
        assert (source.name, source.basis) == (metadata.source, metadata.source_basis), path
        bases.add(source.basis)
    assert bases == {"url"} if url else len(bases) > 2


def test_an_agency_in_a_dateline_is_the_source_of_a_dump_that_names_no_other() -> None:
    blocks = [Block("HARBOUR CITY (Ferry Wire) - The bridge opens again.", 1, True, "prose")]
    article = Article(Page(Origin("dump", 0), blocks[0].text, TEXT, "utf-8", "utf-8", 0.0), blocks)
    assert extract_source(article).name == extract(article).source == "ferry wire"
