"""What a lake holds, and how it differs from what it should hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from helpers import lakes

_CONTENT = {
    "documents": "select * from documents",
    "rejects": "select * exclude (reject_id, attempts) from rejects",
    "inputs": "select uri, sum(columns(* exclude (uri, fingerprint, batch_id, committed_at))) from inputs group by uri",
}


class State(NamedTuple):
    """A lake's content: rows by table, and data files with their digests."""

    rows: dict[str, list[str]]
    files: dict[str, str]


def state_of(lake: Path) -> State:
    """Returns a lake's content, without when and by which batch it came in, and how often that was tried."""
    rows = {table: sorted(repr(row) for row in lakes.by_delta(lake, _CONTENT[table])) for table in lakes.TABLES}
    return State(rows, lakes.data_files(lake))


def find_double(lake: Path) -> list[str]:
    """Returns whether documents are in a lake twice; nothing if it has no tables yet."""
    if not all((lake / table / "_delta_log" / f"{0:020d}.json").exists() for table in lakes.TABLES):
        return []
    ((rows, different),) = lakes.by_delta(lake, "select count(*), count(distinct doc_id) from documents")
    return [f"{rows} documents, {different} different ones"] if rows != different else []


def compare(lake: Path, reference: State, same_files: bool, keeps_replaced: bool = False) -> list[str]:
    """Returns how a lake differs from what it should be.

    Args:
        lake: The lake.
        reference: The state of one that never was disturbed.
        same_files: Whether its files have to be the same, byte by byte; else its rows.
        keeps_replaced: Whether replaced files may be there, whose rows a glob counts too.
    """
    wrong, state = [], state_of(lake)
    for table in lakes.TABLES:
        lost = Counter(reference.rows[table]) - Counter(state.rows[table])
        more = Counter(state.rows[table]) - Counter(reference.rows[table])
        if lost or more:
            wrong.append(f"{table}: {lost.total()} rows lost, {more.total()} more: {[*lost, *more][:2]}")
        ((by_delta,),) = lakes.by_delta(lake, f"select count(*) from {table}")
        by_glob = by_delta if keeps_replaced else lakes.by_glob(lake, table, "select count(*) from rows")[0][0]
        if by_glob != by_delta:
            wrong.append(f"{table}: {by_glob} rows by glob, {by_delta} by Delta")
    wrong += find_double(lake)
    allowed = lakes.replaced_files(lake) if keeps_replaced else set()
    wrong += [f"left behind: {name}" for name in lakes.leftovers(lake) if name not in allowed]
    wrong += _check_log(lake)
    if same_files and state.files != reference.files:
        wrong.append(f"other files: {sorted(set(state.files.items()) ^ set(reference.files.items()))[:4]}")
    return wrong


def keeps_replaced(command: Sequence[str]) -> bool:
    """Whether a command leaves the files that it replaces to vacuum."""
    return command[0] == "compact" and "--remove-replaced" not in command


def _check_log(lake: Path) -> list[str]:
    """Returns what is wrong with the logs, read as what they are: JSON lines, no gap after the checkpoint."""
    wrong = []
    for table in lakes.TABLES:
        folder = lake / table / "_delta_log"
        numbers = sorted(int(path.stem) for path in folder.glob("*.json"))
        written = max((int(path.name[:20]) for path in folder.glob("*.checkpoint.parquet")), default=-1)
        if sorted(number for number in numbers if number > written) != list(range(written + 1, numbers[-1] + 1)):
            wrong.append(f"{table}: versions {numbers}")
        there: set[str] = set()
        for action in lakes.log(lake, table):
            if "add" in action:
                there.add(action["add"]["path"])
            elif "remove" in action:
                there.discard(action["remove"]["path"])
        known = [path for path in lakes.committed_files(lake) if path.startswith(f"{table}/")]
        if len(numbers) == numbers[-1] + 1 and len(there) != len(known):
            wrong.append(f"{table}: its log adds up to {len(there)} files")
    return wrong
