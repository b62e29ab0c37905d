"""Inputs and the lake on an S3 server: credentials and endpoint from the environment, as the ecosystem does it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.pages import dump
from helpers.warcs import crawl, gzipped

MINIO = os.environ.get("BROADSHEET_MINIO") or shutil.which("minio")
pytestmark = [pytest.mark.service, pytest.mark.slow, pytest.mark.skipif(not MINIO, reason="needs MinIO: BROADSHEET_MINIO=…/minio")]
_SECRET = "never-to-be-shown"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A server with nothing in it, and the environment that leads there."""
    pytest.importorskip("boto3")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [str(MINIO), "server", "--address", f"127.0.0.1:{port}", str(tmp_path / "store")],
        env={**os.environ, "MINIO_ROOT_USER": "broadsheet", "MINIO_ROOT_PASSWORD": _SECRET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "broadsheet",
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }
    finally:
        server.terminate()
        server.wait()


def _broadsheet(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-W", "ignore", "-m", "pipelines", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert _SECRET not in done.stdout + done.stderr
    return done.stdout


def test_pages_in_a_bucket_go_to_a_lake_in_a_bucket_and_only_once(environment: dict[str, str]) -> None:
    import boto3

    keys = {"aws_access_key_id": "broadsheet", "aws_secret_access_key": _SECRET, "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL"], **keys)
    for bucket in ("pages", "lakes"):
        client.create_bucket(Bucket=bucket)
    client.put_object(Bucket="pages", Key="a/heron.txt", Body=dump("The Heron").encode())
    warc = gzipped(crawl({"https://paper.example/pier": f"<html><article><h1>The Pier</h1>{dump('The Pier')}</article></html>"}))
    client.put_object(Bucket="pages", Key="crawl.warc.gz", Body=warc)
    arguments = ("ingest", "s3://pages/", "--lake", "s3://lakes/one", "--source", "paper.example", "--quiet")
    said = _broadsheet(environment, *arguments)
    assert said.split()[:3] == ["records", "read", "5"]
    assert "nothing new: all 2 inputs" in _broadsheet(environment, *arguments)
    counted = _broadsheet(environment, "query", "select count(*) from documents", "--lake", "s3://lakes/one", "--format", "csv")
    assert counted.split()[-1] == "2"
    assert "in order" in _broadsheet(environment, "verify", "--lake", "s3://lakes/one")
