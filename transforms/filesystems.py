"""Filesystems: which there are beside the local one, and what to install for one that is missing."""

from __future__ import annotations

import contextlib
import functools
import re

from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems

from schemas.errors import ConfigError

with contextlib.suppress(ImportError):  # the extra `s3` brings it
    import botocore.session

    # Beam makes a client for each operation, and each would read botocore's descriptions of S3 anew: 117 ms of CPU, with this 12.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)

_EXTRAS = {"s3": "s3", "gs": "gcs", "hdfs": "hdfs"}
"""Schemes, and the extras of ours that bring their clients."""

_MISSING = re.compile("installed|import", re.IGNORECASE)
"""Beam says by words alone that a client is missing, and not that a flag is (`hdfs_host is not set`)."""


def check_filesystem(uri: str) -> None:
    """Makes sure that a URI can be opened as far as what is installed goes; nothing is asked of its server.

    Raises:
        ConfigError: Its scheme is none that is known, or needs an extra that is not installed.
    """
    try:
        FileSystems.get_filesystem(uri)
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
