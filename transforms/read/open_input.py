"""Opening inputs: local files and object stores by Beam's filesystems, and what a web server gives.

Only what the user named is ever opened, never a URL or path in an input. A web server that wants a password gets that of the
user's `~/.netrc` (or the file that `NETRC` names), as from curl and wget; in an address it would be written to the lake.
"""

from __future__ import annotations

import base64
import email.utils
import http.client
import netrc
import os
import tempfile
import urllib.request
from typing import IO, NamedTuple, cast
from urllib.parse import urlsplit

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

WEB = ("https://", "http://")

_TIMEOUT_S = 60
"""How long a server may be silent: object stores that a web server fronts answer within seconds, and batches are retried."""
_IN_MEMORY = 8 * 1024 * 1024
_PIECE = 1024 * 1024


class WebFile(NamedTuple):
    """What a server says of a file before it is fetched."""

    size: int
    """In bytes; 0 if the server does not say."""
    version: str
    """Its ETag, or else its time; "" if the server gives neither."""
    modified_us: int
    """Microseconds since 1970; 0 if the server does not say."""


def open_input(uri: str) -> IO[bytes]:
    """Opens an input, so that it can be read back and forth.

    Raises:
        OSError, BeamIOError: It is not there, or cannot be read.
    """
    if not uri.startswith(WEB):
        return cast(IO[bytes], FileSystems.open(uri, compression_type=CompressionTypes.UNCOMPRESSED))
    copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (the caller closes it)
    with urllib.request.urlopen(_request(uri), timeout=_TIMEOUT_S) as response:
        expected = response.headers.get("Content-Length")
        while piece := response.read(_PIECE):
            copy.write(piece)
    if expected is not None and copy.tell() != int(expected):
        raise http.client.IncompleteRead(b"", int(expected) - copy.tell())
    copy.seek(0)
    return cast(IO[bytes], copy)


def look_at(uri: str) -> WebFile:
    """Asks a server what it says of a file.

    Raises:
        OSError: It is not there, or the server is not.
    """
    with urllib.request.urlopen(_request(uri, "HEAD"), timeout=_TIMEOUT_S) as response:
        size, modified = response.headers.get("Content-Length"), response.headers.get("Last-Modified")
        version = response.headers.get("ETag") or modified or ""
    try:
        modified_us = int(email.utils.parsedate_to_datetime(modified).timestamp() * 1e6) if modified else 0
    except (ValueError, OverflowError):
        modified_us = 0
    return WebFile(int(size) if size and size.isdigit() else 0, version, modified_us)


def _request(uri: str, method: str = "GET") -> urllib.request.Request:
    request = urllib.request.Request(uri, method=method)
    if login := _login(urlsplit(uri).hostname or ""):
        # Where a server sends us on to another one, that one gets no password.
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
    return request


def _login(host: str) -> str:
    """Returns `user:password` for a server that the user's netrc file names, "" for any other.

    Raises:
        OSError: The file cannot be read. What it holds is not quoted.
    """
    path = os.environ.get("NETRC")
    try:
        found = netrc.netrc(path).hosts.get(host)
    except FileNotFoundError:
        return ""
    except netrc.NetrcParseError as error:
        raise OSError(f"{path or '~/.netrc'} cannot be read as a netrc file near line {error.lineno}") from None
    return f"{found[0]}:{found[2]}" if found else ""
