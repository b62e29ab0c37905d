"""Runs an S3 server on loopback: versitygw, whose binary `BROADSHEET_S3_SERVER` names or the path has."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

S3_SERVER = os.environ.get("BROADSHEET_S3_SERVER") or shutil.which("versitygw")
WHY_NOT = "needs an S3 server: BROADSHEET_S3_SERVER=…/versitygw"
SECRET = "never-to-be-shown"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Runs a server with nothing in it; yields its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen(
        [str(S3_SERVER), "--port", f"127.0.0.1:{port}", "--region", "us-east-1", "posix", str(folder)],
        env={**os.environ, "ROOT_ACCESS_KEY": "broadsheet", "ROOT_SECRET_KEY": SECRET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def environment_of(url: str) -> dict[str, str]:
    """Returns the variables that lead all clients to the server at a URL."""
    return {
        "AWS_ACCESS_KEY_ID": "broadsheet",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }


def client_of(url: str) -> Any:
    """Returns a client of our own, to put objects there and to look at them."""
    import boto3

    keys = {"aws_access_key_id": "broadsheet", "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=url, **keys)


def upload(client: Any, folder: Path, bucket: str, prefix: str) -> None:
    """Puts all files of a folder there, except a lake's lock, which only a local lake has."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "_lock":
            client.put_object(Bucket=bucket, Key=f"{prefix}/{path.relative_to(folder).as_posix()}", Body=path.read_bytes())


def download(client: Any, bucket: str, prefix: str, folder: Path) -> None:
    """Gets all objects below a prefix into a folder, which stays empty if there are none."""
    folder.mkdir(parents=True, exist_ok=True)
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/"):
        for item in page.get("Contents", ()):
            path = folder / item["Key"][len(prefix) + 1 :]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(client.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
