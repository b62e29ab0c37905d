"""Which of Beam's runners runs a command's pipeline where the user names none."""

from __future__ import annotations

LOCAL_RUNNER = "apache_beam.runners.portability.fn_api_runner.FnApiRunner"
"""The engine behind Beam's DirectRunner. Named itself because `DirectRunner` is a switch that first tries to download Prism."""
