"""Holds Beam's options, parsed once.

pipeline = beam.Pipeline(options=BeamOptions(["--direct_num_workers=2"]))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.options.pipeline_options_validator import PipelineOptionsValidator
from apache_beam.runners import create_runner

from broadsheet.pipelines.runners.prism import with_prism
from broadsheet.schemas.errors import ConfigError

_View = TypeVar("_View", bound=PipelineOptions)


class BeamOptions(PipelineOptions):
    """`PipelineOptions` that cache their views.

    Beam asks for a view about 800 times while it builds our pipeline, and parses the command line each time: a quarter of the time
    for the pipeline of a small batch. Views share their values, so one view of each kind is enough.
    """

    def __init__(self, flags: Sequence[str] = (), **values: Any) -> None:
        super().__init__(list(flags), **values)
        self.__dict__["_views"] = {}  # plain attributes are options

    def view_as(self, cls: type[_View]) -> _View:
        """Returns the options of one kind."""
        views: dict[type[_View], _View] = self.__dict__.get("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        return views[cls]

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_views": {}}


def all_options(args: Sequence[str]) -> dict[str, Any]:
    """Returns Beam's options by name, as Beam parses them."""
    return PipelineOptions(list(args)).get_all_options()


def ready_args(runner: str, beam_args: Sequence[str]) -> list[str]:
    """Returns Beam's options for a run, checked before anything is planned.

    Args:
        runner: The name of Beam's runner.

    Raises:
        ConfigError: Beam does not know the runner, or says that the options contradict each other; or Prism is missing.
    """
    args = with_prism(beam_args) if runner.endswith("PrismRunner") else list(beam_args)
    try:
        errors = PipelineOptionsValidator(BeamOptions(args), create_runner(runner)).validate()
    except (ValueError, ImportError, AttributeError) as error:  # of the runner's name
        raise ConfigError(f"--runner={runner}: {error}") from error
    if errors:
        raise ConfigError(f"Beam rejects its options: {' '.join(errors)}")
    return args
