"""Filesystems: which there are beside the local one, what to install for one that is missing, and whether S3's server answers."""

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
"""Schemes, and the extras of ours that bring their clients."""

_MISSING = re.compile("installed|import", re.IGNORECASE)
"""Beam says by words alone that a client is missing, and not that a flag is (`hdfs_host is not set`)."""

_CONNECT_S, _READ_S, _ATTEMPTS = 4, 6, 2
"""How long an S3 server may take for one key of a listing before it counts as not there: 20 s, all in all. Within a run Beam and
delta-rs try for 75 to 300 s, which is right for a server that stands up again, and an hour's puzzle over a wrong address."""


@functools.cache
def prepare_s3() -> None:
    """Sets what Beam's and delta-rs' S3 clients need in this process; called when an S3 path is first opened, never by an import.

    Beam makes a client per operation, and each would read botocore's descriptions of S3 anew: 117 ms of CPU, against 12 ms with one
    cached loader. With an endpoint of its own, delta-rs reads a profile only if AWS_FORCE_CREDENTIAL_LOAD is set, and otherwise
    assumes that the machine is one of Amazon's.
    """
    with contextlib.suppress(NameError):  # botocore is missing without the extra `s3`
        botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    if "AWS_ACCESS_KEY_ID" not in os.environ:
        os.environ.setdefault("AWS_FORCE_CREDENTIAL_LOAD", "true")


def check_filesystem(uri: str) -> None:
    """Makes sure that a URI can be opened as far as what is installed goes, and that S3's server lets us look into its bucket.

    The server is asked once a bucket and process, where a run begins.

    Raises:
        ConfigError: Its scheme is not known or needs an extra that is not installed, or its server does not answer or refuses.
    """
    try:
        filesystem = FileSystems.get_filesystem(uri)
        if filesystem.scheme() == "s3":
            prepare_s3()
        if filesystem.scheme() == "s3" and not importlib.util.find_spec("boto3"):
            raise ImportError("boto3 is not installed")  # of which Beam says nothing before it opens a file
    except (ValueError, ImportError, BeamIOError) as error:
        scheme = uri.partition("://")[0]
        extra = _EXTRAS.get(scheme)
        if extra is None:
            expected = "a local path, https://, " + ", ".join(f"{known}://" for known in _EXTRAS)
            raise ConfigError(f"{uri}: {scheme}:// is nothing that is known; expected {expected}") from error
        if not _MISSING.search(str(error)):
            raise ConfigError(f"{uri}: {error}") from error
        what = f"{scheme}:// needs a client that is not installed: pip install 'broadsheet[{extra}]'"
        raise ConfigError(f"{uri}: {what}") from error
    if filesystem.scheme() == "s3":
        _check_bucket(uri.removeprefix("s3://").partition("/")[0], filesystem._options)


@functools.cache
def _check_bucket(bucket: str, options: PipelineOptions | None) -> None:
    """Asks for a bucket's first key, with the credentials and the endpoint that Beam's own client is going to take.

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
        for address in (endpoint, os.environ.get("AWS_ENDPOINT", "")):  # delta-rs heeds the second, too
            if "@" in address.partition("://")[2].partition("/")[0]:
                raise ConfigError(
                    f"s3://{bucket}: the endpoint holds a user name or password, which would come into logs: leave them out of "
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
    """Returns an error's words without the request's address, in which a bucket and a long query stand once more."""
    return re.sub(r'(https?://[^/?#\s"]+)/[^\s"]*', r"\1", str(error).rstrip("."))
