"""Lakes on S3, for chaos (helpers.chaos): points are requests, to which a proxy does what a test asks (helpers.broken_wire)."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from broadsheet.pipelines.cli.main import main
from helpers.broken_wire import FATES, Wire, broken_wire
from helpers.chaos import Point
from helpers.s3_server import client_of, download, environment_of, serving, upload
from helpers.syscalls import Ended, forked

_BUCKET = "lakes"


@contextlib.contextmanager
def bucket(folder: Path) -> Iterator[Bucket]:
    """Runs a server and a wire to it, and leads this process' clients there."""
    with serving(folder / "store") as url, broken_wire(url) as wire:
        os.environ.update(environment_of(wire.url))
        yield Bucket(folder, url, wire)


class Bucket:
    """Lakes in a bucket, a ground for trials. All that asks the server is done by forks: a client has threads."""

    fates = tuple(FATES)

    def __init__(self, folder: Path, url: str, wire: Wire) -> None:
        self._folder = folder
        self._url = url
        self._wire = wire
        self._do(lambda: client_of(url).create_bucket(Bucket=_BUCKET))

    def fits(self, fate: str, kind: str) -> bool:
        return True

    def inputs(self, folder: Path) -> str:
        self._do(lambda: upload(client_of(self._url), folder, _BUCKET, "inputs"))
        return f"s3://{_BUCKET}/inputs"

    def copy(self, base: Path, name: str) -> str:
        if base.exists():
            self._do(lambda: upload(client_of(self._url), base, _BUCKET, name))
        return f"s3://{_BUCKET}/{name}"

    def disturbed(self, command: Sequence[str], lake: str, point: Point | None, seen: Counter[str], output: Path) -> Ended:
        chosen = point or Point("", "", 0)

        def act() -> int:
            self._wire.arm(lake.removeprefix("s3:/"), *chosen, os.getpid())
            return main([*command, "--lake", lake])

        ended = forked(act, str(output))
        found, is_met = self._wire.rest()
        seen.update(found)
        if point and not is_met:
            print(f"{point} was not met: the requests came in another number", flush=True)
        return ended

    def look(self, lake: str) -> Path:
        name = lake.rpartition("/")[2]
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        download(client_of(self._url), _BUCKET, name, folder)
        return folder

    def drop(self, lake: str) -> None:
        shutil.rmtree(self._folder / lake.rpartition("/")[2], ignore_errors=True)

    def _do(self, act: Callable[[], object]) -> None:
        output = self._folder / "asked"

        def quietly() -> int:
            act()
            return 0

        ended = forked(quietly, str(output))
        if ended.code:
            raise AssertionError(ended.said)
