"""Replay and reprocess read records again, replace former rows by today's, and touch nothing else."""

import gzip
import io
import json
import shutil
import tarfile
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet, ingest
from helpers.containers import PACKERS
from helpers.pages import article, dump, write

from broadsheet.schemas.records import PAYLOAD_BYTES

_ROWS = "select doc_id, uri, record, source, date, text from documents order by doc_id"


_STORY = (
    " was built of oak and stone by the people of the town, and it has stood in the harbour for many years, the warden said.\n"
    "It will be closed for repairs until the summer, and boats are asked to use the northern basin instead until then."
)


def _records(*bodies: str) -> str:
    return "".join(
        json.dumps({"text": body, "url": f"https://paper.example/{number}"}) + "\n" for number, body in enumerate(bodies)
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of two sources; one file has three records, two of which are longer than they may be."""
    folder = tmp_path_factory.mktemp("again")
    long = dump("The Bell") + "The bell rang once more over the bay that evening.\n" * 40
    pages = {
        "mixed.jsonl": _records(dump("The Pier"), long, long.replace("bell", "horn").replace("Bell", "Horn")),
        "source=other.example/gull.txt": dump("The Gull"),
        "source=other.example/heron.txt": dump("The Heron"),
        "empty.txt": "",
    }
    ingest(folder / "lake", write(folder / "pages", pages), "--limit", "record-mb=0.002")
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """The same lake for each test; the inputs are shared, because a lake knows them by their paths."""
    return Path(shutil.copytree(made / "lake", tmp_path / "lake"))


def _said(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, str]:
    capsys.readouterr()
    assert broadsheet(*arguments) == 0
    said = capsys.readouterr().out
    return {"all": said, **{line.rpartition("  ")[0].strip(): line.rpartition(" ")[2] for line in said.splitlines()}}


def _is_in_order(lake: Path) -> bool:
    return broadsheet("verify", "--lake", lake, "--deep") == 0 and not lakes.leftovers(lake)


def test_rejects_counts_and_lists(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("rejects", "--lake", place, "--format", "json") == 0
    counts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(row["reason"], row["rows"]) for row in counts} == {("record_too_large", 2), ("empty", 1)}
    assert broadsheet("rejects", "--lake", place, "--list", "--reason", "record_too_large", "--format", "json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(Path(row["uri"]).name, row["record"], row["attempts"]) for row in rows] == [
        ("mixed.jsonl", 1, 1),
        ("mixed.jsonl", 2, 1),
    ]


def test_dead_letters_become_documents_and_end_in_one_batch(made: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, versions = lakes.by_delta(place, _ROWS), lakes.versions(place)
    said = _said(capsys, "replay", "--lake", place, "--reason", "record_too_large")
    assert (said["records read again"], said["now documents"], said["now dead"]) == ("2", "2", "0")
    after = lakes.by_delta(place, _ROWS)
    assert set(before) < set(after)
    assert len(after) == len(before) + 2
    assert lakes.by_delta(place, "select reason from rejects") == [("empty",)]
    assert lakes.by_glob(place, "rejects", "select reason from rows") == [("empty",)]
    assert lakes.versions(place) == {name: version + 1 for name, version in versions.items()}
    bytes_read = sum(path.stat().st_size for path in (made / "pages").rglob("*") if path.is_file())
    assert lakes.by_delta(place, "select sum(bytes) from inputs") == [(bytes_read,)]
    assert lakes.books(place) == {"records": 6, "documents": 5, "duplicates": 0, "filtered": 0, "dead": 1}
    assert _is_in_order(place)


def test_what_fails_again_stays_with_one_attempt_more(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = _said(capsys, "replay", "--lake", place, "--limit", "record-mb=0.002")
    assert (said["records read again"], said["now documents"], said["now dead"]) == ("3", "0", "3")
    _said(capsys, "replay", "--lake", place, "--limit", "record-mb=0.002", "--where", "reason = 'empty'")
    attempts = lakes.by_delta(place, "select reason, attempts from rejects order by all")
    assert attempts == [("empty", 3), ("record_too_large", 2), ("record_too_large", 2)]
    assert lakes.books(place)["dead"] == 3
    assert _is_in_order(place)


def test_a_changed_input_is_not_read_by_the_ordinals_of_the_former_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "pages" / "cut.html.gz"
    page.parent.mkdir()
    page.write_bytes(gzip.compress(b"<p>" + dump("The Pier").encode())[:-20])
    ingest(tmp_path / "lake", page)
    page.write_bytes(gzip.compress(b"<p>another page"))
    said = _said(capsys, "replay", "--lake", tmp_path / "lake")
    assert said["records read again"] == "0"
    assert "is another than the one that was read" in said["all"]
    assert lakes.by_delta(tmp_path / "lake", "select count(*) from rejects") == [(1,)]


def test_reprocess_goes_on_if_a_file_that_was_changed_in_place_does_not_give_its_records_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake, pages = tmp_path / "lake", tmp_path / "pages"
    pages.mkdir()
    for name in "abc":
        (pages / f"{name}.jsonl").write_text(_records(f"The {name} Pier{_STORY}", f"The {name} Quay{_STORY[::-1]}"))
    ingest(lake, pages)
    (pages / "b.jsonl").write_text(_records(f"A Mole{_STORY}"))  # its second record is not there any more
    ingest(lake, pages)
    rows = lakes.by_delta(lake, _ROWS)
    for _ in range(2):  # a schedule goes on, and does not try for ever
        said = _said(capsys, "reprocess", "--lake", lake, "--where", "true")
        assert (said["rows chosen"], said["records read again"]) == ("7", "4")
        assert "left as they are: 3, its input does not give it again" in said["all"]
        assert lakes.by_delta(lake, _ROWS) == rows
        assert _is_in_order(lake)


def test_what_was_kept_of_a_record_is_used_where_its_input_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = f"<title>The Pier</title><p>{dump('The Pier')}"
    nested = f"{'<div>' * 300}{page}"
    longer = nested + "<p>" + "no end to this page " * (PAYLOAD_BYTES // 10)
    archive = tmp_path / "pages.tar"
    with tarfile.open(archive, "w") as tar:
        for name, text in (("a.html", nested), ("b.html", longer)):
            data = text.encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    lake = tmp_path / "lake"
    ingest(lake, archive, "--limit", "html-depth=100")
    archive.unlink()
    said = _said(capsys, "replay", "--lake", lake)
    assert (said["rows chosen"], said["records read again"], said["now documents"]) == ("2", "1", "1")
    assert "its input is not there any more" in said["all"]
    assert lakes.by_delta(lake, "select title from documents") == [("The Pier",)]
    assert _is_in_order(lake)


def test_reprocess_makes_the_same_rows_if_nothing_has_changed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = lakes.by_delta(place, _ROWS)
    said = _said(capsys, "reprocess", "--lake", place, "--where", "source = 'other.example' and date >= '2024-01-01'")
    assert (said["rows chosen"], said["now documents"]) == ("2", "2")
    assert lakes.by_delta(place, _ROWS) == before
    assert lakes.by_glob(place, "documents", "select count(*) from rows") == [(len(before),)]
    assert _is_in_order(place)


def test_reprocess_replaces_what_was_chosen_and_nothing_else(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _said(capsys, "replay", "--lake", place, "--reason", "record_too_large")
    before = lakes.by_delta(place, _ROWS)
    said = _said(capsys, "reprocess", "--lake", place, "--where", "record = 1", "--source", "new.example")
    assert (said["rows chosen"], said["now documents"]) == ("1", "1")
    after = lakes.by_delta(place, _ROWS)
    assert {row for row in after if row[3] != "new.example"} == {row for row in before if row[2] != 1}
    assert [(row[2], row[5]) for row in after if row[3] == "new.example"] == [(row[2], row[5]) for row in before if row[2] == 1]
    assert _is_in_order(place)


def test_what_becomes_a_duplicate_is_booked_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = tmp_path / "lake"
    first, second = (write(tmp_path / name, {"page.txt": dump("The Pier")}) for name in "ab")
    ingest(lake, first, "--source", "a.example")
    ingest(lake, second, "--source", "b.example")
    said = _said(capsys, "reprocess", "--lake", lake, "--where", "source = 'b.example'", "--source", "a.example")
    assert (said["now documents"], said["now duplicates"]) == ("0", "1")
    assert lakes.books(lake) == {"records": 2, "documents": 1, "duplicates": 1, "filtered": 0, "dead": 0}
    assert _is_in_order(lake)


def test_a_document_does_not_lose_the_source_that_it_was_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(tmp_path / "lake", write(tmp_path / "pages", {"page.txt": dump("The Pier")}), "--source", "a.example")
    assert broadsheet("reprocess", "--lake", tmp_path / "lake", "--where", "true") == 2
    assert "were ingested with --source a.example: give it again" in capsys.readouterr().err


def test_a_condition_that_is_none_is_wrong_usage(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("reprocess", "--lake", place, "--where", "nonsense = 1") == 2
    assert "nonsense" in capsys.readouterr().err
    assert broadsheet("replay", "--lake", place.parent / "none") == 2


def test_a_replay_that_was_interrupted_before_its_commit_is_ended_by_the_next_run(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from broadsheet.transforms.lake.protocol import batches

    def full(*_: object, **__: object) -> bool:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(batches, "replace_parts", full)
        assert broadsheet("replay", "--lake", place, "--quiet") == 1
    assert lakes.leftovers(place)
    said = _said(capsys, "replay", "--lake", place)
    assert said["records read again"] == "1"  # the two others were, before
    assert lakes.by_delta(place, "select reason, attempts from rejects") == [("empty", 3)]
    assert _is_in_order(place)


def test_a_reprocess_that_fails_after_its_commit_says_so_and_is_ended_by_the_next_run(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from broadsheet.transforms.lake.maintenance import compaction

    def broken(*_: object) -> None:
        raise OSError("the disk is broken")

    with monkeypatch.context() as patch:
        patch.setattr(compaction, "remove_unknown", broken)
        assert broadsheet("reprocess", "--lake", place, "--where", "source = 'other.example'", "--quiet") == 1
    assert "the disk is broken" in capsys.readouterr().err
    assert lakes.leftovers(place)
    _said(capsys, "reprocess", "--lake", place, "--where", "source = 'other.example'")
    assert _is_in_order(place)


def test_members_of_archives_within_each_other_are_replayed_and_reprocessed_one_by_one(tmp_path: Path) -> None:
    html = f"<html>{article('The Pier')}</html>".encode()
    pages = {"a.html": html, "b.txt": bytes(range(256)) * 40, "c.txt": dump("The Heron").encode()}
    archive, lake = tmp_path / "all.tar", tmp_path / "lake"
    archive.write_bytes(PACKERS[".tar"]({"inner.zip": PACKERS[".zip"](pages)}))
    told = ("--source", "paper.example", "--quiet")
    assert broadsheet("ingest", archive, "--lake", lake, *told, "--limit", "page-chars=300") == 0
    reasons = "select record, reason from rejects order by record"
    assert lakes.by_delta(lake, reasons) == [(0, "text_too_long"), (1, "binary"), (2, "text_too_long")]
    assert broadsheet("replay", "--lake", lake, *told) == 0
    assert lakes.by_delta(lake, reasons) == [(1, "binary")]
    assert broadsheet("reprocess", "--lake", lake, "--where", "record = 0", "--source", "other.example", "--quiet") == 0
    found = lakes.by_delta(lake, "select record, source, title from documents order by record")
    assert found == [(0, "other.example", "The Pier"), (2, "paper.example", "The Heron")]
