"""Credentials of an S3 server, from the environment or a profile: shown and written nowhere, and one sentence if they do not do."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.pages import dump
from helpers.s3_server import S3_SERVER, SECRET, WHY_NOT, client_of, environment_of, serving

pytestmark = [pytest.mark.service, pytest.mark.slow, pytest.mark.skipif(not S3_SERVER, reason=WHY_NOT)]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A server with one page in the bucket `pages`."""
    pytest.importorskip("boto3")
    with serving(tmp_path / "store") as url:
        client_of(url).create_bucket(Bucket="pages")
        client_of(url).put_object(Bucket="pages", Key="heron.txt", Body=dump("The Heron").encode())
        yield url


@pytest.fixture
def environment(url: str) -> dict[str, str]:
    """What leads to the server."""
    return {**os.environ, **environment_of(url)}


def _holding(client: Any) -> list[str]:
    """Returns which objects hold the secret, and makes sure that there are any."""
    keys = [item["Key"] for item in client.list_objects_v2(Bucket="pages")["Contents"]]
    assert len(keys) > 5
    return [key for key in keys if SECRET.encode() in client.get_object(Bucket="pages", Key=key)["Body"].read()]


def _broadsheet(environment: dict[str, str], *arguments: object, code: int = 0) -> str:
    """Runs a command; returns what it said, where the secret must not be."""
    command = [sys.executable, "-W", "ignore", "-m", "broadsheet", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == code, done.stderr
    assert SECRET not in done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.mark.parametrize("by", ["environment", "profile"])
def test_credentials_open_inputs_and_lake_and_are_written_nowhere(
    url: str, environment: dict[str, str], tmp_path: Path, by: str
) -> None:
    told = [tmp_path / "events", tmp_path / "metrics"]
    if by == "profile":
        keys = f"aws_access_key_id = {environment.pop('AWS_ACCESS_KEY_ID')}\naws_secret_access_key = {SECRET}\n"
        del environment["AWS_SECRET_ACCESS_KEY"]
        (tmp_path / "credentials").write_text(f"[paper]\n{keys}")
        environment |= {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"), "AWS_PROFILE": "paper"}
    places = ("s3://pages/heron.txt", "--lake", "s3://pages/_lake")
    said = _broadsheet(environment, "ingest", *places, "--events", told[0], "--metrics-file", told[1])
    assert said.split()[:5] == ["records", "read", "1", "documents", "1"]
    assert (_holding(client_of(url)), [path for path in told if SECRET in path.read_text()]) == ([], [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"AWS_SECRET_ACCESS_KEY": f"{SECRET}-wrong"}, "refuses: SignatureDoesNotMatch"),
        ({"AWS_ACCESS_KEY_ID": "nobody"}, "refuses: "),
        ({}, "refuses: NoSuchBucket"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, 'Could not connect to the endpoint URL: "http://127.0.0.1:1"'),
        ({"AWS_ENDPOINT_URL": f"http://broadsheet:{SECRET}@127.0.0.1:1"}, "the endpoint contains a user name or password"),
        ({"AWS_PROFILE": "nobody"}, "The config profile (nobody) could not be found"),
    ],
    ids=["a wrong secret", "a wrong key", "no bucket", "a dead server", "a secret in the endpoint", "no such profile"],
)
@pytest.mark.parametrize("where", ["inputs", "lake"])
def test_a_server_that_is_not_there_or_refuses_is_one_sentence_without_the_secret(
    environment: dict[str, str], tmp_path: Path, given: dict[str, str], said: str, where: str
) -> None:
    page, events = tmp_path / "heron.txt", tmp_path / "events"
    page.write_text(dump("The Heron"))
    places = ("s3://nowhere/", "--lake", tmp_path / "lake") if where == "inputs" else (page, "--lake", "s3://nowhere/lake")
    told = _broadsheet({**environment, **given}, "ingest", *places, "--events", events, "--quiet", code=2)
    assert told.startswith("broadsheet: s3://nowhere: ")
    assert said in told
    assert told.count("\n") == 1
    assert not events.exists() or SECRET not in events.read_text()


def test_a_server_that_never_answers_is_asked_twice_and_no_more(environment: dict[str, str], tmp_path: Path) -> None:
    callers: list[socket.socket] = []  # kept, for a closed one would be an answer
    with socket.create_server(("127.0.0.1", 0)) as silent:

        def listen() -> None:
            while True:
                try:
                    callers.append(silent.accept()[0])
                except OSError:
                    return

        threading.Thread(target=listen, daemon=True).start()
        dead = {**environment, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        said = _broadsheet(dead, "ingest", "s3://pages/", "--lake", tmp_path / "lake", "--quiet", code=2)
        silent.shutdown(socket.SHUT_RDWR)
    assert "Read timeout" in said
    assert len(callers) == 2
    for caller in callers:
        caller.close()
