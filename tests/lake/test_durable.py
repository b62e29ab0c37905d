"""Files of a local lake through a loss of power: the old state or the new one, in every outcome of the model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from helpers.power import OUTCOMES, State, Step, Trace, crash_states, record
from helpers.syscalls import unsupported

from broadsheet.schemas.errors import ConfigError
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.lake.protocol import durable, files
from broadsheet.transforms.lake.protocol.delta_tables import create_tables, open_table
from broadsheet.transforms.lake.protocol.files import Lake

_UNSUPPORTED = unsupported()
watched = pytest.mark.skipif(_UNSUPPORTED is not None, reason=str(_UNSUPPORTED))


def _states(folder: Path, act: object, output: Path) -> list[State]:
    ended, trace = record(lambda: act() or 0, folder, str(output))  # type: ignore[operator]
    assert ended.code == 0, ended.said
    return list(crash_states(trace))


@watched
def test_a_file_that_is_put_is_the_old_one_or_the_new_one_at_every_point(tmp_path: Path) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    files.put(lake, "_plans/a.plan", b"old" * 9000)
    states = _states(tmp_path / "lake", lambda: files.put(lake, "_plans/a.plan", b"new" * 9000), tmp_path / "said")
    assert {state.files.get("_plans/a.plan") for state in states} == {b"old" * 9000, b"new" * 9000}
    assert all(state.files["_plans/a.plan"] == b"new" * 9000 for state in states[-len(OUTCOMES) :])


@watched
def test_a_new_file_in_new_folders_is_there_once_it_was_put(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    lake = Lake.at(str(tmp_path / "world" / "lake"))
    states = _states(tmp_path / "world", lambda: files.put(lake, "a/b/c.json", b"{}"), tmp_path / "said")
    assert {state.files.get("lake/a/b/c.json") for state in states} == {None, b"{}"}
    assert all(state.files.get("lake/a/b/c.json") == b"{}" for state in states[-len(OUTCOMES) :])


@watched
def test_nothing_is_removed_before_what_replaces_it_is_on_the_disk(tmp_path: Path) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    files.put(lake, "old", b"rows")

    def replace() -> None:
        Path(lake.path("new")).write_bytes(b"rows")  # as delta-rs writes: without a flush
        files.remove(lake, "old")

    states = _states(tmp_path / "lake", replace, tmp_path / "said")
    assert all(b"rows" in (state.files.get("old"), state.files.get("new")) for state in states)
    assert all("old" not in state.files for state in states[-len(OUTCOMES) :])


@watched
def test_what_is_set_aside_is_at_one_of_both_places_at_every_point(tmp_path: Path) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    files.put(lake, "documents/part.parquet", b"half", flush=False)
    states = _states(tmp_path / "lake", lambda: files.set_aside(lake, "documents/part.parquet") and None, tmp_path / "said")
    places = ("documents/part.parquet", "_lost/documents/part.parquet")
    assert all(b"half" in [state.files.get(place) for place in places] for state in states if state.outcome != "adverse")
    assert all(state.files.get(places[1]) == b"half" for state in states[-len(OUTCOMES) :])


def test_what_is_set_aside_twice_is_kept_twice(tmp_path: Path) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    kept = []
    for data in (b"one", b"two"):
        files.put(lake, "documents/part.parquet", data)
        kept.append(files.set_aside(lake, "documents/part.parquet"))
    assert [files.get(lake, path) for path in kept] == [b"one", b"two"]


def test_an_empty_file_is_set_aside(tmp_path: Path) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    durable.make_folder(lake.path("documents"))
    Path(lake.path("documents/empty.parquet")).touch()
    assert os.path.getsize(lake.path(files.set_aside(lake, "documents/empty.parquet"))) == 0


def test_a_disk_that_fails_to_flush_keeps_what_was_to_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    files.put(lake, "old", b"rows")

    def fail(_folder: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(durable, "flush_disk", fail)
    with pytest.raises(OSError, match="Input/output"):
        files.remove(lake, "old")
    assert files.get(lake, "old") == b"rows"


def _after(outcome: str, *steps: Step) -> dict[str, bytes | None]:
    trace = Trace({"": None, "old": b"old"}, list(steps), {})
    (state,) = crash_states(trace, wanted=lambda step, name: (step, name) == (len(steps), outcome))
    return state.files


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("adverse", {}),
        ("strict", {"old": b"old"}),
        ("empty", {"new": b""}),
        ("zeroed", {"new": b"\0\0\0\0"}),
        ("torn", {"new": b"da"}),
    ],
)
def test_the_model_loses_what_was_not_flushed(outcome: str, expected: dict[str, bytes]) -> None:
    steps = [Step("create", "new"), Step("write", "new", data=b"data"), Step("unlink", "old")]
    assert _after(outcome, *steps) == expected


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_model_keeps_what_was_flushed(outcome: str) -> None:
    steps = [Step("create", "new"), Step("write", "new", data=b"data"), Step("flush", "new"), Step("flush", "")]
    assert _after(outcome, *steps) == {"old": b"old", "new": b"data"}
    assert _after(outcome, *steps[:2], Step("flush all", "")) == {"old": b"old", "new": b"data"}


def test_the_model_knows_a_flush_of_a_file_from_one_of_its_name() -> None:
    steps = [Step("create", "new"), Step("write", "new", data=b"data"), Step("flush", "new"), Step("rename", "new", "old")]
    assert _after("strict", *steps) == {"old": b"old"}
    assert _after("empty", *steps) == {"old": b"data"}


@pytest.mark.parametrize("name", ["a%20b", "a%41b", "a\nb", "a\tb", "a\\b"])
def test_a_path_that_delta_would_look_for_elsewhere_is_refused_before_anything_is_made(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="percent signs"):
        Lake.at(str(tmp_path / name))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a b", "a#b", "a?b", "a%b", "100 %", "Ä"])
def test_a_path_that_only_looks_odd_holds_a_lake(tmp_path: Path, name: str) -> None:
    lake = Lake.at(str(tmp_path / name))
    create_tables(lake)
    assert DOCUMENTS.name in os.listdir(tmp_path / name)
    assert open_table(lake, DOCUMENTS).version() == 0
