"""Controls Flink's jobs: options that Beam's Python does not know, and what Beam's job server cannot do, through Flink's REST
interface.

If the job server is asked to cancel a stream, it only stops listening to it: the job continues and keeps its slots. So the launcher
of a stream asks Flink itself. It also does so before it starts a stream, to end its own job from before it was killed.
"""

from __future__ import annotations

import argparse
import json
import time
import urllib.request
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

from broadsheet.schemas.errors import RunError

_OVER = ("FINISHED", "CANCELED", "FAILED")


class FlinkOptions(PipelineOptions):
    """Options of Beam's runner on Flink. Because they are declared here, Beam's Python passes them on without a warning."""

    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        for name in ("--checkpointing_interval", "--min_pause_between_checkpoints"):
            parser.add_argument(name, type=int, help="in ms")
        parser.add_argument("--savepoint_path", help="the state to go on from")
        parser.add_argument("--allow_non_restored_state", action="store_true", default=None, help="drop what no step takes")
        parser.add_argument("--object_reuse", action="store_true", default=None, help="copies no record between steps")
        parser.add_argument(
            "--finish_bundle_before_checkpointing", action="store_true", default=None, help="ends each bundle before a checkpoint"
        )


def cancel(address: str, name: str, patience_s: float = 60.0) -> int:
    """Cancels all jobs of a name and waits for their end.

    Args:
        address: The address of Flink's REST interface, `http://host:8081`.
        name: The name of the jobs.
        patience_s: How long to wait, in seconds.

    Returns:
        How many there were.

    Raises:
        RunError: Flink does not answer, or a job does not end.
    """
    try:
        jobs = _living(address, name)
        for job in jobs:
            _ask(f"{address}/jobs/{job}?mode=cancel", "PATCH")
        ends = time.monotonic() + patience_s
        while _living(address, name):
            if time.monotonic() > ends:
                raise RunError(f"Flink at {address} still runs {name} {patience_s:g} s after it was cancelled")
            time.sleep(0.2)
    except OSError as error:
        raise RunError(f"Flink at {address} does not answer ({error}): cancel its job {name} by hand") from error
    return len(jobs)


def _living(address: str, name: str) -> list[str]:
    jobs = _ask(f"{address}/jobs/overview", "GET")["jobs"]
    return [job["jid"] for job in jobs if job["name"] == name and job["state"] not in _OVER]


def _ask(url: str, method: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10) as answer:
        return json.loads(answer.read() or b"{}")
