"""Learning boilerplate from pages, and stripping with it, from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.command import broadsheet, ingest
from helpers.lakes import by_delta
from helpers.pages import dump, write

from broadsheet.transforms.lake.index.learned_templates import newest, template_of
from broadsheet.transforms.lake.protocol.files import Lake

PLEA = "Readers like you keep the Quillan Mercury afloat, and we thank every one of you with all our heart for it, every day."


def pages(folder: Path, count: int = 4) -> Path:
    titles = ("Pier", "Quay", "Ferry", "Crab", "Gull", "Net")[:count]
    return write(folder, {f"source=mercury.example/{title}.txt": dump(title, (*sentences(title), PLEA)) for title in titles})


def sentences(title: str) -> tuple[str, ...]:
    numbers = ("one", "two", "three", "four", "five")
    return tuple(f"{title} sentence {number} tells of the {title.lower()} and of nothing else in this world." for number in numbers)


def test_learn_then_ingest_drops_what_all_pages_share(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake, folder = tmp_path / "lake", pages(tmp_path / "in")
    assert broadsheet("learn", folder, "--lake", lake) == 0
    assert "1 sources" in capsys.readouterr().out
    ingest(lake, folder)
    texts = [text for (text,) in by_delta(lake, "select text from documents")]
    assert len(texts) == 4
    assert not any(PLEA in text for text in texts)
    assert all("sentence five" in text for text in texts)


def test_ingest_learns_in_one_go_and_explain_says_in_how_many_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake, folder = tmp_path / "lake", pages(tmp_path / "in")
    ingest(lake, folder, "--learn")
    assert not any(PLEA in text for (text,) in by_delta(lake, "select text from documents"))
    capsys.readouterr()
    assert broadsheet("explain", folder / "source=mercury.example/Pier.txt", "--lake", lake, "--json") == 0
    blocks = json.loads(capsys.readouterr().out)["blocks"]
    assert [block["note"] for block in blocks if block["text"] == PLEA] == ["in 4 of 4 pages of mercury.example"]


def test_a_second_learning_replaces_its_sources_and_keeps_the_others(tmp_path: Path) -> None:
    lake, folder = tmp_path / "lake", pages(tmp_path / "in")
    other = write(tmp_path / "other", {f"source=gazette.example/{n}.txt": dump(f"Title {n}") for n in range(3)})
    assert broadsheet("learn", folder, "--lake", lake) == 0
    assert broadsheet("learn", other, "--lake", lake) == 0
    version = newest(Lake.at(str(lake)))
    assert version is not None
    assert version.startswith("000002-")
    templates = [template_of(Lake.at(str(lake)), version, source) for source in ("mercury.example", "gazette.example")]
    assert [template and template.documents for template in templates] == [4, 3]


def test_without_learning_a_repeated_sentence_stays(tmp_path: Path) -> None:
    ingest(tmp_path / "lake", pages(tmp_path / "in"))
    assert any(PLEA in text for (text,) in by_delta(tmp_path / "lake", "select text from documents"))


OWN = ("Quillan Mercury online", "Tide tables today", "Letters to the Mercury", "Advertise in the Mercury", "Ferry times and fares")


def test_a_page_that_does_not_say_whose_it_is_is_known_by_its_chrome(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    titles = {
        "Pier": "source=mercury.example/",
        "Quay": "source=mercury.example/",
        "Ferry": "source=mercury.example/",
        "Crab": "stray/",
    }
    texts = {f"{folder}{title}.txt": "\n".join((*OWN, "", dump(title, sentences(title)))) for title, folder in titles.items()}
    stranger = {"stray/Gull.txt": "\n".join((*OWN[:2], "", dump("Gull", sentences("Gull"))))}
    folder = write(tmp_path / "in", texts | stranger)
    assert broadsheet("learn", folder, "--lake", lake) == 0
    ingest(lake, folder / "stray")
    rows = dict(by_delta(lake, "select title, source || ' by ' || source_basis from documents"))
    assert rows == {"Crab": "mercury.example by template match", "Gull": "unknown by unknown"}


def test_pages_that_are_left_out_teach_nothing(tmp_path: Path) -> None:
    """Of six pages three are reserved or blocked: the plea is on too few of what is left to be boilerplate."""
    noai = '<meta name="robots" content="noai">'
    heads = {"Pier": noai, "Quay": noai, "Ferry": "", "Crab": noai, "Gull": "", "Net": noai}

    def html(title: str) -> str:
        paragraphs = "".join(f"<p>{line}</p>" for line in (*sentences(title), PLEA))
        return f"<html><head>{heads[title]}</head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"

    folder = write(tmp_path / "in", {f"source=mercury.example/{title}.html": html(title) for title in heads})
    (tmp_path / "list.txt").write_text("mercury.example\n")
    learned: dict[str, Any] = {}
    ways: dict[str, list[Any]] = {"all": [], "reserved": ["--respect-opt-out"], "blocked": ["--blocklist", tmp_path / "list.txt"]}
    for name, flags in ways.items():
        lake = Lake.at(str(tmp_path / name))
        assert broadsheet("learn", folder, "--lake", lake.root, *flags) == 0
        template = template_of(lake, newest(lake), "mercury.example")
        learned[name] = template.documents if template else 0
        ingest(tmp_path / f"ingest {name}", folder, "--learn", *flags)
        kept = [PLEA in text for (text,) in by_delta(tmp_path / f"ingest {name}", "select text from documents")]
        learned[name] = (learned[name], any(kept), len(kept))
    assert learned == {"all": (6, False, 6), "reserved": (0, True, 2), "blocked": (0, False, 0)}
