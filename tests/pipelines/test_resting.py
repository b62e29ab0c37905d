"""Which files are whole: a writer that is still at work is never read."""

import os
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from helpers.pages import dump, write

from broadsheet.pipelines.inputs.ledger import as_table
from broadsheet.pipelines.inputs.match_inputs import match_inputs
from broadsheet.pipelines.inputs.stable_files import at_rest


def _listed(folder: Path) -> pa.Table:
    return as_table(match_inputs([str(folder)], Counter()))


def _names(table: pa.Table) -> set[str]:
    return {Path(uri).name for uri in table["uri"].to_pylist()}


def _age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_a_file_that_grows_meanwhile_waits_and_one_that_rests_does_not(tmp_path: Path) -> None:
    write(tmp_path, {"growing.txt": dump("The Pier")[:100], "fresh.txt": dump("The Bell"), "old.txt": dump("The Gull")})
    _age(tmp_path / "old.txt", 60)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        (tmp_path / "growing.txt").write_text(dump("The Pier"))

    assert _names(at_rest(_listed(tmp_path), time.time(), 1.0, "", pause)) == {"fresh.txt", "old.txt"}
    assert pauses == [1.0]


def test_a_file_that_grew_while_a_listing_took_its_time_is_looked_at_twice(tmp_path: Path) -> None:
    write(tmp_path, {"growing.txt": dump("The Pier")[:100]})
    began = time.time()
    listed = _listed(tmp_path)
    time.sleep(0.3)  # as a folder of a million files takes ten seconds
    assert _names(at_rest(listed, began, 0.2, "", lambda _: None)) == {"growing.txt"}

    def grow(_seconds: float) -> None:
        write(tmp_path, {"growing.txt": dump("The Pier")})

    assert not _names(at_rest(listed, began, 0.2, "", grow))


def test_a_file_that_is_gone_after_the_pause_is_none(tmp_path: Path) -> None:
    write(tmp_path, {"passing.txt": dump("The Pier"), "fresh.txt": dump("The Bell")})
    assert _names(at_rest(_listed(tmp_path), time.time(), 1.0, "", lambda _: (tmp_path / "passing.txt").unlink())) == {"fresh.txt"}


def test_old_files_and_no_files_cost_no_pause(tmp_path: Path) -> None:
    write(tmp_path, {"old.txt": dump("The Gull")})
    _age(tmp_path / "old.txt", 60)

    def no_pause(_seconds: float) -> None:
        pytest.fail("nothing was to be waited for")

    assert _names(at_rest(_listed(tmp_path), time.time(), 1.0, "", no_pause)) == {"old.txt"}
    assert at_rest(as_table([]), time.time(), 1.0, "", no_pause).num_rows == 0
    assert at_rest(as_table([]), time.time(), 1.0, ".done", no_pause).num_rows == 0


def test_a_file_from_the_future_is_taken_once_it_rests(tmp_path: Path) -> None:
    write(tmp_path, {"ahead.txt": dump("The Gull")})
    _age(tmp_path / "ahead.txt", -3600)
    assert _names(at_rest(_listed(tmp_path), time.time(), 1.0, "", lambda _: None)) == {"ahead.txt"}


def test_with_markers_only_marked_files_are_whole(tmp_path: Path) -> None:
    write(tmp_path, {"marked.txt": dump("The Pier"), "marked.txt.done": "", "unmarked.txt": dump("The Bell")})
    _age(tmp_path / "unmarked.txt", 3600)
    assert _names(at_rest(_listed(tmp_path), time.time(), 1.0, ".done", lambda _: None)) == {"marked.txt"}
