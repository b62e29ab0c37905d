"""Inputs and the lake on an S3 server: credentials and endpoint from the environment, as the ecosystem does it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.cluster import wait_for
from helpers.command import broadsheet, finish
from helpers.pages import article, dump
from helpers.prism import needs_prism, streaming
from helpers.s3_server import S3_SERVER, SECRET, WHY_NOT, client_of, environment_of, serving
from helpers.warcs import crawl, gzipped

pytestmark = [pytest.mark.service, pytest.mark.slow, pytest.mark.skipif(not S3_SERVER, reason=WHY_NOT)]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A server with two empty buckets, `pages` and `lakes`."""
    pytest.importorskip("boto3")
    with serving(tmp_path / "store") as url:
        for bucket in ("pages", "lakes"):
            client_of(url).create_bucket(Bucket=bucket)
        yield url


def _broadsheet(url: str, *arguments: str) -> str:
    command = [sys.executable, "-W", "ignore", "-m", "broadsheet", *arguments]
    environment = {**os.environ, **environment_of(url)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    return done.stdout


def test_pages_in_a_bucket_go_to_a_lake_in_a_bucket_and_only_once(url: str) -> None:
    client = client_of(url)
    client.put_object(Bucket="pages", Key="a/heron.txt", Body=dump("The Heron").encode())
    warc = gzipped(crawl({"https://paper.example/pier": f"<html>{article('The Pier')}</html>"}))
    client.put_object(Bucket="pages", Key="crawl.warc.gz", Body=warc)
    arguments = ("ingest", "s3://pages/", "--lake", "s3://lakes/one", "--source", "paper.example")
    said = _broadsheet(url, *arguments)
    assert said.split()[:3] == ["records", "read", "5"]
    assert "nothing new: all 2 inputs" in _broadsheet(url, *arguments)
    counted = _broadsheet(url, "query", "select count(*) from documents", "--lake", "s3://lakes/one", "--format", "csv")
    assert counted.split()[-1] == "2"
    assert "in order" in _broadsheet(url, "verify", "--lake", "s3://lakes/one")


@pytest.fixture
def run(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command on the lake, claims its exit code and returns what it printed."""
    for name, value in environment_of(url).items():
        monkeypatch.setenv(name, value)

    def act(*arguments: object, code: int = 0) -> str:
        capsys.readouterr()
        ended = broadsheet(*arguments, "--lake", "s3://lakes/one")
        said = capsys.readouterr()
        assert ended == code, said.err
        return said.out

    return act


def test_every_command_works_on_a_lake_in_a_bucket(url: str, run: Callable[..., str], tmp_path: Path) -> None:
    client = client_of(url)

    def drop(*titles: str) -> None:
        for title in titles:
            client.put_object(Bucket="pages", Key=f"source=paper.example/{title}.txt", Body=dump(title).encode())

    def counts() -> list[int]:
        sql = "select (select count(*) from documents), (select count(*) from rejects), (select count(*) from inputs)"
        return [int(value) for value in run("query", sql, "--format", "csv").splitlines()[-1].split(",")]

    drop("The Heron", "The Pier")
    client.put_object(Bucket="pages", Key="source=paper.example/menu.txt", Body=b"Home\nNews\nWeather\n")
    short = ("--limit", "record-mb=0.0001")  # 100 bytes: every article is a dead letter
    run("ingest", "s3://pages/", *short, "--quiet")
    assert counts()[0] == 0
    assert len(run("rejects", "--list", "--format", "json").splitlines()) == counts()[1] >= 2

    run("replay", "--quiet")
    assert counts()[0] == 2
    run("watch", "s3://pages/", "--every", "0", "--settle-time", "0", "--until-idle", "--quiet")
    drop("The Gull", "The Tern")
    assert json.loads(run("status", "s3://pages/", "--json"))
    run("watch", "s3://pages/", "--every", "0", "--settle-time", "0", "--until-idle", "--quiet")
    assert counts()[0] == 4
    run("reprocess", "--where", "source = 'paper.example'", "--quiet")
    assert counts()[0] == 4
    drop("The Crane")
    run("ingest", "s3://pages/", "--quiet")
    before = counts()
    assert before[0] == 5

    assert "merged to" in run("compact")
    assert counts() == before
    run("vacuum", "--retention-days", "0")
    assert "the lake is in order" in run("verify", "--deep")
    report = tmp_path / "report.html"
    run("report", "--output", report)
    assert "paper.example" in report.read_text(encoding="utf-8")
    run("load", "--to", f"duckdb:///{tmp_path}/warehouse.duckdb")

    lost = next(item["Key"] for item in client.list_objects_v2(Bucket="lakes", Prefix="one/documents/source=")["Contents"])
    client.delete_object(Bucket="lakes", Key=lost)
    assert "is missing" in run("verify", code=1)
    assert re.search(r"s3://pages/.*is new again: ingest it", run("verify", "--repair"))
    run("ingest", "s3://pages/", "--quiet")
    assert counts()[0] == 5
    assert "the lake is in order" in run("verify", "--deep")


@needs_prism
def test_a_stream_fills_a_lake_in_a_bucket(url: str, run: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    def inputs() -> list[str]:
        broadsheet("query", "select count(*) from inputs", "--format", "csv", "--lake", "s3://lakes/one")
        return capsys.readouterr().out.split()[-1:]

    with streaming("s3://pages/", "s3://lakes/one", "paper.example") as stream:
        for count in (3, 6):
            for number in range(count - 3, count):
                client_of(url).put_object(Bucket="pages", Key=f"pier {number}.txt", Body=dump(f"The Pier {number}").encode())
            assert wait_for(lambda: inputs() == [str(count)]), stream.poll()  # noqa: B023
        stream.terminate()
        code, said = finish(stream)
    assert code == 0, said
    assert "in order: 6 documents, 0 rejects, 6 inputs" in run("verify", "--deep")
