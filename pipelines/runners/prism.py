"""Finds the program of Prism, Beam's engine for one machine.

Beam itself would look on GitHub, and without an answer end with exit code 1 and no message.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version

from apache_beam.options.pipeline_options import PipelineOptions

from broadsheet.schemas.errors import ConfigError


def prism_path() -> str:
    """Returns where `make setup-stream` puts Prism; `BROADSHEET_PRISM` overrides it."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("BROADSHEET_PRISM") or os.path.join(cache, "broadsheet", "bin", "prism")


def prism_cure() -> str:
    """Returns how to get Prism."""
    build = f"go install github.com/apache/beam/sdks/v2/go/cmd/prism@v{version('apache-beam')}"
    return f"make setup-stream builds it if go is installed; or {build}, and name it by --prism_location=/full/path"


def with_prism(beam_args: Sequence[str]) -> list[str]:
    """Returns Beam's options with the place of Prism and its log level, unless they have them.

    Raises:
        ConfigError: There is no program there, or at the place that the options name.
    """
    named = PipelineOptions(list(beam_args)).get_all_options()["prism_location"] or prism_path()
    if "://" not in named and not os.access(named, os.X_OK):
        raise ConfigError(f"there is no Prism at {named}: {prism_cure()}")
    return [f"--prism_location={named}", "--prism_log_level=warn", *beam_args]
