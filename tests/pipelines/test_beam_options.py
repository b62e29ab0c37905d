"""Beam's options with views that are made once: the same values as Beam's own."""

import copy
import pickle

from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions

from pipelines.beam_options import BeamOptions

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
