"""`make power-cuts`: power lost at points of every command, and what became of the lakes.

    PYTHONPATH=.:tests python -m helpers.power_round --points 540

Each command is recorded once, call by call. A point is a state that a loss of power may leave of it (`helpers.power`); states that
are the same are tried once. In each one `verify --repair` runs, the same command again, then `verify --deep`, and rows are
compared with those of a lake that never lost power. In the states after the command's end nothing runs again: what it reported
must be there. In every fourth state the inputs are gone: what was in the lake before must still be there.

Prints a line a point and a table in the end. Exit code 1 if anything is wrong; the worlds of such points are kept.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from broadsheet.pipelines.cli.main import main as broadsheet
from helpers import lakes
from helpers.chaos import warm_up
from helpers.chaos_state import compare, find_double, keeps_replaced, state_of
from helpers.power import OUTCOMES, State, Trace, crash_states, record
from helpers.power_cases import CASES, PowerCase
from helpers.syscalls import forked, unsupported

AGAIN, GONE, ENDED = "again", "inputs gone", "ended"
"""What comes after the repair: the command once more; nothing, and the inputs are gone; nothing, since the command had ended."""


class Trial(NamedTuple):
    """A state that was tried, and what is wrong after it: nothing, hopefully."""

    case: str
    step: int
    outcome: str
    place: str
    then: str
    wrong: list[str]

    def __str__(self) -> str:
        verdict = "; ".join(self.wrong) or "all there once"
        return f"{self.case}: {self.outcome} after step {self.step} ({self.place}), {self.then}: {verdict}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--points", type=int, default=540, help="how many, shared out over the commands (default: 540)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default: 1)")
    parser.add_argument(
        "--only", action="append", choices=CASES, metavar="COMMAND", help=f"of these only: {', '.join(CASES)} (default: all)"
    )
    options = parser.parse_args()
    reason = unsupported()
    if reason:
        sys.exit(f"power cannot be cut here: {reason}")
    warm_up()
    folder, started = Path(tempfile.mkdtemp(prefix="broadsheet-power-")), time.monotonic()
    names = [name for name in CASES if name in (options.only or CASES)]
    done: list[Trial] = []
    for index, name in enumerate(names):
        ground = folder / f"case-{index}"
        ground.mkdir()
        for trial in trials(name, CASES[name], len(range(index, options.points, len(names))), options.seed, ground):
            print(trial, flush=True)
            done.append(trial)
    _summarize(done, time.monotonic() - started)
    wrong = [trial for trial in done if trial.wrong]
    if wrong:
        print(f"{len(wrong)} trials went wrong; their worlds are below {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if wrong else 0


def trials(name: str, case: PowerCase, points: int, seed: int, folder: Path) -> Iterator[Trial]:
    """Records a command, draws states and tries them."""
    world, inputs, said, reference = folder / "world", folder / "inputs", folder / "said", folder / "reference"
    world.mkdir()
    inputs.mkdir()
    _claim(forked(lambda: case.prepare(world, inputs) or 0, str(said)).code, said)
    base = folder / "base"
    _claim(forked(partial(_keep, case, world, base), str(said)).code, said)
    command = [word.replace("INPUTS", str(inputs)).replace("WORLD", str(world)) for word in case.command]
    command += ["--lake", str(world / "lake")]
    ended, trace = record(lambda: broadsheet(command), world, str(said))
    _claim(ended.code, said)
    _claim(forked(partial(_keep, case, world, reference), str(said)).code, said)
    kept = folder / "kept"
    for number, (state, then) in enumerate(_draw(trace, points, seed, bool(inputs.exists()))):
        shutil.rmtree(world)
        state.write(world)
        if then == GONE:
            inputs.rename(kept)
            inputs.mkdir()
        verdict, told = folder / "wrong", folder / f"said-{number}"
        verdict.unlink(missing_ok=True)
        judge = partial(_judge, case, world, base if then == GONE else reference, command if then == AGAIN else None, then, verdict)
        code = forked(judge, str(told)).code
        wrong = json.loads(verdict.read_text()) if code == 0 else [f"the judge ended with {code}: {told.read_text()[-2000:]}"]
        if then == GONE:
            inputs.rmdir()
            kept.rename(inputs)
        if wrong:
            shutil.rmtree(folder / f"wrong-{number}", ignore_errors=True)
            state.write(folder / f"wrong-{number}")
        else:
            told.unlink()
        yield Trial(name, state.step, state.outcome, state.place, then, wrong)


def _draw(trace: Trace, points: int, seed: int, with_inputs: bool) -> Iterator[tuple[State, str]]:
    """Yields states that differ, spread over the places at which power may be lost, and what comes after each."""
    digests: set[str] = set()
    by_place: dict[str, list[tuple[int, str]]] = defaultdict(list)
    last = len(trace.steps)
    for state in crash_states(trace, seed):
        if state.step < last and state.digest not in digests:
            digests.add(state.digest)
            by_place[state.place].append((state.step, state.outcome))
    rng = random.Random(seed)
    queues = [rng.sample(found, len(found)) for _, found in sorted(by_place.items())]
    rng.shuffle(queues)
    chosen = [queue[turn] for turn in range(max(map(len, queues), default=0)) for queue in queues if turn < len(queue)]
    chosen = chosen[: max(0, points - len(OUTCOMES))]
    then = {point: GONE if with_inputs and index % 4 == 3 else AGAIN for index, point in enumerate(chosen)}
    then |= {(last, outcome): ENDED for outcome in OUTCOMES[:points]}
    for state in crash_states(trace, seed, lambda step, outcome: (step, outcome) in then):
        yield state, then[state.step, state.outcome]


def _keep(case: PowerCase, world: Path, target: Path) -> int:
    """Writes down what a world holds; in a process of its own."""
    lake = world / "lake"
    rows = state_of(lake) if (lake / "inputs" / "_delta_log").exists() else None
    target.write_bytes(pickle.dumps((rows, case.extra(world) if rows else None)))
    return 0


def _judge(case: PowerCase, world: Path, reference: Path, command: Sequence[str] | None, then: str, verdict: Path) -> int:
    """Repairs a world, repeats a command, and writes down what is wrong; in a process of its own."""
    wrong = []
    lake = world / "lake"
    rows, extra = pickle.loads(reference.read_bytes())
    try:
        repaired = broadsheet(["verify", "--repair", "--lake", str(lake)])
        if repaired and rows and then != AGAIN:
            wrong.append(f"the repair ended with {repaired}")
        if command and broadsheet(list(command)):
            wrong.append("the repetition failed")
        if rows and broadsheet(["verify", "--deep", "--lake", str(lake)]):
            wrong.append("verify finds faults")
        if then == GONE:
            wrong += _missing(lake, rows.rows) if rows else []
        else:
            wrong += compare(lake, rows, same_files=False, keeps_replaced=keeps_replaced(case.command))
            if case.extra(world) != extra:
                wrong.append("something beside the rows differs")
    except BaseException:
        wrong.append(traceback.format_exc())
    verdict.write_text(json.dumps(wrong))
    return 0


_PLACES = "select uri, record from documents union all select uri, record from rejects order by all"


def _missing(lake: Path, rows: dict[str, list[str]]) -> list[str]:
    """Returns whether fewer records are in a lake than were before: what they became may have changed."""
    before, now = len(rows["documents"]) + len(rows["rejects"]), len(lakes.by_delta(lake, _PLACES))
    return [*find_double(lake), *([f"{before} records were there, {now} are"] if now < before else [])]


def _claim(code: int, said: Path) -> None:
    if code:
        raise AssertionError(f"an undisturbed run ended with {code}: {said.read_text()[-3000:]}")


def _summarize(done: list[Trial], seconds: float) -> None:
    """Prints how many states of each outcome were tried, a command a line."""
    print(f"\n{'command':26}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES) + f"{'points':>8}{'places':>8}{'wrong':>7}")
    for name in dict.fromkeys(trial.case for trial in done):
        mine = [trial for trial in done if trial.case == name]
        cells = [f"{sum(trial.outcome == outcome for trial in mine):9}" for outcome in OUTCOMES]
        wrong = sum(bool(trial.wrong) for trial in mine)
        print(f"{name:26}{''.join(cells)}{len(mine):8}{len({trial.place for trial in mine}):8}{wrong:7}")
    print(f"\n{len(done)} points in {seconds:.0f} s, {sum(bool(trial.wrong) for trial in done)} of them wrong")


if __name__ == "__main__":
    sys.exit(main())
