"""Flink's jobs, by its REST interface: for what Beam's job server does not do.

Told to cancel a stream, it only stops listening to it: the job runs on and keeps its slots. So a stream's launcher asks Flink, and
does so before it starts one, for its own job from before it was killed.
"""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

from schemas.errors import RunError

_OVER = ("FINISHED", "CANCELED", "FAILED")


def cancel(address: str, name: str, patience_s: float = 60.0) -> int:
    """Cancels all jobs of a name and waits for their end.

    Args:
        address: Of Flink's REST interface, `http://host:8081`.
        name: The jobs' name.
        patience_s: How long.

    Returns:
        How many there were.

    Raises:
        RunError: Flink does not answer, or the jobs go on.
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
