"""No quality figure falls below what was once reached; see benchmarks/floors.py."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import bench, floors

shared = [pytest.mark.shared, pytest.mark.skipif(not bench.BENCH.is_dir(), reason=f"the labelled pages are not at {bench.BENCH}")]
FIGURES = st.dictionaries(st.sampled_from("abcd"), st.floats(0, 1), max_size=4)


class TestOnLabelledPages:
    pytestmark = shared

    def test_the_labelled_files_are_those_that_the_floors_belong_to(self) -> None:
        assert floors.digests() == json.loads(floors.DIGESTS.read_text(encoding="utf-8"))

    @pytest.mark.parametrize(("kind", "name"), floors.SHARES, ids=[".".join(group) for group in floors.SHARES])
    def test_no_figure_is_below_its_floor(self, kind: str, name: str) -> None:
        mine = {key: floor for key, floor in floors.read_floors().items() if key.startswith(f"{kind}.{name}.")}
        assert mine
        assert not floors.fallen(mine, floors.measure_set(kind, name, floors.SHARES[kind, name]))


def test_no_model_is_shipped_that_was_trained_to_less_than_its_floor() -> None:
    mine = {name: floor for name, floor in floors.read_floors().items() if name.startswith("trained.")}
    assert len(mine) >= 14
    assert not floors.fallen(mine, floors.trained())


@given(FIGURES, FIGURES)
def test_lifting_lowers_no_floor_and_loses_none(old: dict[str, float], figures: Any) -> None:
    new = floors.lifted(old, figures)
    assert all(new[name] >= floor for name, floor in old.items())
    assert not floors.fallen({name: floor for name, floor in new.items() if floor > old.get(name, 0)}, figures)


def test_a_figure_that_is_no_longer_measured_holds_no_floor() -> None:
    assert floors.fallen({"html.sh.body": 0.9}, {}) == ["html.sh.body is nan, its floor 0.900"]


@pytest.mark.parametrize(("measured", "code", "after"), [(0.95, 0, 0.94), (0.8, 1, 0.9)], ids=["better", "worse"])
def test_the_command_lifts_floors_and_refuses_to_lower_one(
    tmp_path: Path, measured: float, code: int, after: float, capsys: pytest.CaptureFixture[str]
) -> None:
    if not bench.BENCH.is_dir():
        pytest.skip(f"the labelled pages are not at {bench.BENCH}")
    path = tmp_path / "floors.json"
    path.write_text('{"html.sh.body": 0.9}')
    arguments = ["--lift", "--margin", "0.01", "--floors", str(path)]
    assert floors.main(arguments, measuring=lambda: {"html.sh.body": measured}) == code
    assert json.loads(path.read_text()) == {"html.sh.body": pytest.approx(after)}
    assert ("html.sh.body is 0.8000" in capsys.readouterr().err) == (code == 1)
