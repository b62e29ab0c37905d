"""Lists the filesystems besides the local one, names the extra for a missing client, and checks whether an S3 server answers."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import re

from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions, S3Options

from broadsheet.schemas.errors import ConfigError

with contextlib.suppress(ImportError):  # the extra `s3` brings it
    import boto3
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

_EXTRAS = {"s3": "s3", "gs": "gcs", "hdfs": "hdfs"}
"""Schemes, and the extras of broadsheet that bring their clients."""

_MISSING = re.compile("installed|import", re.IGNORECASE)
"""Only the words of Beam's errors say that a client is missing, and not a flag (`hdfs_host is not set`)."""

_CONNECT_S, _READ_S, _ATTEMPTS = 4, 6, 2
"""How long an S3 server may take for one key of a listing before it counts as unreachable: 20 s in all. During a run, Beam and
delta-rs try for 75 to 300 s. That is right for a server that comes back, but a long wait for a wrong address."""


@functools.cache
def prepare_s3() -> None:
    """Sets what Beam's and delta-rs' S3 clients need in this process; called when an S3 path is first opened, never by an import.

    Beam makes a client per operation, and each would parse botocore's descriptions of S3: 117 ms of CPU, instead of 12 ms with one
    cached loader. If the endpoint is set, delta-rs reads a profile only if AWS_FORCE_CREDENTIAL_LOAD is set; otherwise it assumes
    that the machine is one of Amazon's.
    """
    with contextlib.suppress(NameError):  # botocore is missing without the extra `s3`
        botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    if "AWS_ACCESS_KEY_ID" not in os.environ:
        os.environ.setdefault("AWS_FORCE_CREDENTIAL_LOAD", "true")


def check_filesystem(uri: str) -> None:
    """Checks that the client for a URI is installed, and that an S3 server lets us read its bucket.

    The server is asked once per bucket and process, at the beginning of a run.

    Raises:
        ConfigError: The scheme is not known or needs an extra that is not installed, or the server does not answer or refuses.
    """
    try:
        filesystem = FileSystems.get_filesystem(uri)
        if filesystem.scheme() == "s3":
            prepare_s3()
        if filesystem.scheme() == "s3" and not importlib.util.find_spec("boto3"):
            raise ImportError("boto3 is not installed")  # Beam reports this only when it opens a file
    except (ValueError, ImportError, BeamIOError) as error:
        scheme = uri.partition("://")[0]
        extra = _EXTRAS.get(scheme)
        if extra is None:
            expected = "a local path, https://, " + ", ".join(f"{known}://" for known in _EXTRAS)
            raise ConfigError(f"{uri}: {scheme}:// is not a known scheme; expected {expected}") from error
        if not _MISSING.search(str(error)):
            raise ConfigError(f"{uri}: {error}") from error
        what = f"{scheme}:// needs a client that is not installed: pip install 'broadsheet[{extra}]'"
        raise ConfigError(f"{uri}: {what}") from error
    if filesystem.scheme() == "s3":
        _check_bucket(uri.removeprefix("s3://").partition("/")[0], filesystem._options)


@functools.cache
def _check_bucket(bucket: str, options: PipelineOptions | None) -> None:
    """Asks for the first key of a bucket, with the credentials and the endpoint that Beam's own client will use.

    Raises:
        ConfigError: No answer, or a refusal.
    """
    given = (options or PipelineOptions([])).view_as(S3Options)
    try:
        client = boto3.session.Session().client(
            "s3",
            endpoint_url=given.s3_endpoint_url,
            region_name=given.s3_region_name,
            aws_access_key_id=given.s3_access_key_id,
            aws_secret_access_key=given.s3_secret_access_key,
            aws_session_token=given.s3_session_token,
            use_ssl=not given.s3_disable_ssl,
            verify=given.s3_verify,
            config=Config(connect_timeout=_CONNECT_S, read_timeout=_READ_S, retries={"total_max_attempts": _ATTEMPTS}),
        )
        endpoint = client.meta.endpoint_url
        for address in (endpoint, os.environ.get("AWS_ENDPOINT", "")):  # delta-rs uses the second, too
            if "@" in address.partition("://")[2].partition("/")[0]:
                raise ConfigError(
                    f"s3://{bucket}: the endpoint contains a user name or password, which would be logged: remove them from "
                    "AWS_ENDPOINT_URL, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                )
        client.list_objects_v2(Bucket=bucket, MaxKeys=1)
    except ClientError as error:
        answer = error.response.get("Error", {})
        said = f"{answer.get('Code', '')}: {answer.get('Message', '')}".strip(": ")
        raise ConfigError(f"s3://{bucket}: the server at {endpoint} refuses: {said}") from None
    except (BotoCoreError, ValueError) as error:
        hint = "AWS_ENDPOINT_URL says where, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, who asks"
        raise ConfigError(f"s3://{bucket}: {_sentence(error)} ({hint})") from None


def _sentence(error: Exception) -> str:
    """Returns the words of an error without the address of the request, which repeats the bucket and a long query."""
    return re.sub(r'(https?://[^/?#\s"]+)/[^\s"]*', r"\1", str(error).rstrip("."))
