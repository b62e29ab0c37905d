"""Beam's options, read once.

pipeline = beam.Pipeline(options=BeamOptions(["--direct_num_workers=2"]))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from apache_beam.options.pipeline_options import PipelineOptions

_View = TypeVar("_View", bound=PipelineOptions)


class BeamOptions(PipelineOptions):
    """`PipelineOptions` that keep their views.

    Beam asks for a view some 800 times while it builds our pipeline, and reads the command line again each time: a quarter of what
    the pipeline of a small batch takes. Views share their values, so that one of a kind is as good as many.
    """

    def __init__(self, flags: Sequence[str] = (), **values: Any) -> None:
        super().__init__(list(flags), **values)
        self.__dict__["_views"] = {}  # plain attributes are options

    def view_as(self, cls: type[_View]) -> _View:
        """Returns the options of a kind."""
        views: dict[type[_View], _View] = self.__dict__.get("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        return views[cls]

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_views": {}}


def all_options(args: Sequence[str]) -> dict[str, Any]:
    """Returns Beam's options by name, as Beam reads them."""
    return PipelineOptions(list(args)).get_all_options()
