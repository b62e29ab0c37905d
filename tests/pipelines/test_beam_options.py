"""Beam's options with views that are made once: the same values as Beam's own; and checked before a run begins."""

import copy
import pickle
from pathlib import Path

import pytest
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from helpers.command import broadsheet

from broadsheet.pipelines.runners.beam_options import BeamOptions

_FLAGS = ["--runner=PrismRunner", "--direct_num_workers=3"]


def test_views_say_what_beam_s_own_say_and_are_made_once() -> None:
    options = BeamOptions(_FLAGS)
    assert options.view_as(DirectOptions).direct_num_workers == 3
    assert options.view_as(DirectOptions) is options.view_as(DirectOptions)
    assert options.get_all_options() == PipelineOptions(_FLAGS).get_all_options()


def test_a_copy_has_values_of_its_own_and_its_views_share_them() -> None:
    options = BeamOptions(_FLAGS)
    options.view_as(StandardOptions).runner = "FlinkRunner"
    for copied in (copy.deepcopy(options), pickle.loads(pickle.dumps(options))):
        copied.view_as(StandardOptions).runner = "FnApiRunner"
        assert copied.get_all_options()["runner"] == "FnApiRunner"
        assert options.view_as(StandardOptions).runner == "FlinkRunner"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--runner=MagicRunner"], "--runner=MagicRunner: Unexpected pipeline runner"),
        (["--runner=magic.Runner"], "--runner=magic.Runner: No module named 'magic'"),
        (["--runner=PrismRunner", "--prism_location=/nowhere/prism"], "there is no Prism at /nowhere/prism: make setup-stream"),
        (
            ["--runner=PortableRunner", "--environment_type=LOOPBACK", "--environment_config=pool:50000"],
            "environment_config is not compatible with environment type LOOPBACK",
        ),
    ],
    ids=["unknown", "no module", "no prism", "one without the other"],
)
def test_options_that_no_run_can_have_are_refused_before_anything_is_planned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], said: str
) -> None:
    assert broadsheet("ingest", tmp_path, "--lake", tmp_path / "lake", *flags) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()
