"""Names the runner of Beam's that runs a pipeline if the user names none."""

from __future__ import annotations

LOCAL_RUNNER = "apache_beam.runners.portability.fn_api_runner.FnApiRunner"
"""The engine of Beam's DirectRunner. Named itself because `DirectRunner` is a switch that first tries to download Prism."""
