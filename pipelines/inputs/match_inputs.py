"""Match: what the user named on the command line to a list of input files, each with its fingerprint.

Files, folders (searched through), globs (`**` too), local or on any of Beam's filesystems; files on web servers; lists of all
these. Done before anything runs, so that a path that is not there is an error at once and not an empty lake in the morning.
"""

from __future__ import annotations

import glob
import os
import urllib.error
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import NamedTuple

from apache_beam.io.filesystem import BeamIOError, FileMetadata
from apache_beam.io.filesystems import FileSystems

from broadsheet.pipelines.cli.words import check_addresses
from broadsheet.schemas.errors import ConfigError
from broadsheet.schemas.records import InputFile
from broadsheet.transforms.filesystems import check_filesystem
from broadsheet.transforms.read.compression import open_stream
from broadsheet.transforms.read.open_input import WEB, look_at, open_input
from broadsheet.transforms.read.reader import Budget, ReadOptions
from broadsheet.transforms.read.registry import COMPRESSED, format_of, known_suffixes
from broadsheet.transforms.read.text_lines import wide_charset

SIDECAR = ".json"
"""Added to a page's whole name: the file with metadata beside it (`page.txt.json` beside `page.txt`)."""

_GLOB = frozenset("*?[")
_HIDDEN = (".", "_")
"""First characters of names that are left out of folders, as Hadoop does: editors' files, unfinished uploads, a lake's own log."""


class NameFilter(NamedTuple):
    """Which files of folders and globs are inputs; a file that is named itself always is."""

    include: tuple[str, ...] = ()
    """Globs, one of which must match; none for all files. `*` matches slashes too."""
    exclude: tuple[str, ...] = ()
    """Globs, none of which may match."""

    def takes(self, uri: str) -> bool:
        """Returns whether a file is an input: globs match the whole path, or its end after a slash."""
        if self.include and not _matches(uri, self.include):
            return False
        return not _matches(uri, self.exclude)


ALL_NAMES = NameFilter()


def _matches(uri: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(uri, pattern) or fnmatchcase(uri, f"*/{pattern}") for pattern in globs)


_NOT_THERE = (400, 401, 403, 404, 405, 410, 451)
"""Answers of a web server that a retry does not change."""


def match_inputs(
    paths: Sequence[str],
    skipped: Counter[str],
    exclude: Sequence[str] = (),
    optional: dict[str, int] | None = None,
    names: NameFilter = ALL_NAMES,
) -> Iterator[InputFile]:
    """Yields the input files that the user named, each once, in no particular order.

    Args:
        paths: Files, folders, globs; a file that is named itself must have a known format, others in folders are left out.
        skipped: Gets a count of the files left out, by their suffix.
        names: Which files of folders and globs are taken.
        exclude: The lake, the manifest: if folders and globs contain them, they and their content are not inputs.
        optional: Those of the paths that need not be there; gets how many files each one gave.

    Raises:
        ConfigError: A path does not exist or matches nothing, or a named file has an unknown format.
        ConnectionError: A web server does not answer, or is at fault.
    """
    seen: set[str] = set()
    places = tuple(place.rstrip("/") if "://" in place else os.path.abspath(place) for place in exclude)
    for path in paths:
        found = 0
        for item in _match(path):
            found += 1
            if item.uri.startswith(places) and item.uri != path and _is_apart(item.uri, places):
                continue
            if item.uri not in (path, os.path.abspath(path)) and not names.takes(item.uri):
                skipped["(left out by --include or --exclude)"] += 1
                continue
            if format_of(item.uri) is None:
                if item.uri in (path, os.path.abspath(path)):
                    expected = f"expected one of {known_suffixes()} (also {' '.join(COMPRESSED)})"
                    raise ConfigError(f"{path}: {expected}; rename it or leave it out")
                skipped[os.path.splitext(item.uri)[1] or "(none)"] += 1
            elif not _is_unicode(item.uri):
                if item.uri in (path, os.path.abspath(path)):
                    shown = os.fsencode(path).decode("utf-8", "backslashreplace")
                    raise ConfigError(f"{shown}: its name is not UTF-8, which the lake's tables need: rename it")
                skipped["(name is not UTF-8)"] += 1
            elif item.uri not in seen:
                seen.add(item.uri)
                yield item
        if optional and path in optional:
            optional[path] = found
        elif not found:
            raise ConfigError(_nothing_found(path))


def is_unchanged(item: InputFile) -> bool:
    """Looks at an input again, and returns whether it is as it was when it was listed."""
    try:
        (now,) = match_inputs([item.uri], Counter())
    except (ConfigError, ConnectionError):
        return False
    return item.fingerprint.startswith(now.fingerprint) and item.sidecar == now.sidecar  # a manifest's digest may follow it


def may_fill(path: str) -> bool:
    """Returns whether files may yet come to where there is none: a folder, a bucket or a glob, not a file."""
    return "://" in path or os.path.isdir(path) or bool(_GLOB & set(path))


def read_list(path: str) -> list[str]:
    """Reads a list of inputs, one a line, plain or compressed; relative paths are relative to the current folder.

    Raises:
        ConfigError: It cannot be read, names nothing, or holds a password.
    """
    names = [line for line in read_lines(path, "--files-from") if line.strip()]
    if not names:
        raise ConfigError(f"--files-from {path} names no input")
    check_addresses(names)
    return names


def read_lines(path: str, flag: str) -> list[str]:
    """Reads the lines of a file that a flag names, plain or compressed.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        with open_input(path) as file:
            stream = open_stream(file, Budget(0, ReadOptions()))
            charset = wide_charset(stream.head(2048)) or "utf-8-sig"  # PowerShell's `>` writes UTF-16
            lines = stream.read().decode(charset, "surrogateescape").replace("\r\n", "\n").split("\n")
    except (OSError, BeamIOError) as error:
        raise ConfigError(f"{flag} {path}: {error}") from error
    if stream.damage:
        raise ConfigError(f"{flag} {path}: {stream.damage}")
    return lines


def _match(path: str) -> Iterator[InputFile]:
    if path.startswith(WEB):
        return _match_web(path)
    return _match_remote(path) if "://" in path else _match_local(path)


def _match_web(uri: str) -> Iterator[InputFile]:
    try:
        found = look_at(uri)
    except urllib.error.HTTPError as error:
        kind = ConfigError if error.code in _NOT_THERE else ConnectionError
        raise kind(f"{uri}: the server answered {error.code} {error.reason}") from error
    except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
        raise ConnectionError(f"{uri}: {getattr(error, 'reason', error)}") from error
    except (OSError, ValueError) as error:  # a netrc file that cannot be read, an address that is not valid
        raise ConfigError(f"{uri}: {error}") from error
    yield InputFile(uri, f"{found.size}-{found.version}", found.size, found.modified_us)


def _is_apart(uri: str, places: Sequence[str]) -> bool:
    return any(uri == place or uri.startswith(f"{place}/") for place in places)


def _is_unicode(uri: str) -> bool:
    try:
        uri.encode()
    except UnicodeEncodeError:
        return False
    return True


def _nothing_found(path: str) -> str:
    if "://" not in path and os.path.isdir(path):
        return f"{path} is an empty folder"
    if _GLOB & set(path):
        return f"no file matches {path}"
    return f"{path} does not exist"


def _match_local(path: str) -> Iterator[InputFile]:
    if os.path.isdir(path):
        yield from _walk(os.path.abspath(path))
    elif os.path.exists(path):
        yield _named(os.path.abspath(path))
    elif _GLOB & set(path):
        names = {name for name in glob.iglob(path, recursive=True) if os.path.isfile(name)}
        for name in names:
            if not _is_sidecar(name, names):
                with suppress(FileNotFoundError):
                    yield _named(os.path.abspath(name))


def _walk(folder: str, above: frozenset[str] = frozenset()) -> Iterator[InputFile]:
    """Yields the files below a folder; linked folders are followed, but not back into a folder that contains them."""
    above |= {os.path.realpath(folder)}
    files: dict[str, os.stat_result] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_HIDDEN):
                continue
            if entry.is_dir():
                if not entry.is_symlink() or os.path.realpath(entry.path) not in above:
                    yield from _walk(entry.path, above)
            elif entry.is_file():
                with suppress(FileNotFoundError):  # renamed since it was listed, by a writer that uses temporary names
                    files[entry.path] = entry.stat()
    for path, stat in files.items():
        if not _is_sidecar(path, files):
            yield _local(path, stat, files.get(path + SIDECAR))


def _is_sidecar(path: str, files: Container[str]) -> bool:
    return path.endswith(SIDECAR) and path.removesuffix(SIDECAR) in files


def _named(path: str) -> InputFile:
    sidecar = path + SIDECAR
    return _local(path, os.stat(path), os.stat(sidecar) if os.path.isfile(sidecar) else None)


def _local(path: str, stat: os.stat_result, sidecar: os.stat_result | None) -> InputFile:
    fingerprint = f"{stat.st_size}-{stat.st_mtime_ns}"
    if sidecar:
        fingerprint += f"+{sidecar.st_size}-{sidecar.st_mtime_ns}"
    return InputFile(path, fingerprint, stat.st_size, stat.st_mtime_ns // 1000, path + SIDECAR if sidecar else "")


def _match_remote(path: str) -> Iterator[InputFile]:
    check_filesystem(path)
    is_glob = bool(_GLOB & set(path))
    pattern = path if is_glob else path.rstrip("/")
    is_bucket = "/" not in pattern.partition("://")[2]  # a bucket is not an object
    if is_glob:
        patterns = [pattern]
    else:
        patterns = [f"{pattern}/**"] if is_bucket else [pattern, pattern + SIDECAR, f"{pattern}/**"]
    try:
        results = FileSystems.match(patterns)
    except (BeamIOError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from error
    found = {metadata.path: metadata for result in results for metadata in result.metadata_list}
    for uri, metadata in found.items():
        if _is_sidecar(uri, found) or (uri == pattern + SIDECAR and not is_glob):
            continue
        sidecar = found.get(uri + SIDECAR)
        fingerprint = _remote_fingerprint(metadata) + (f"+{_remote_fingerprint(sidecar)}" if sidecar else "")
        modified_us = int((metadata.last_updated_in_seconds or 0.0) * 1e6)
        yield InputFile(uri, fingerprint, metadata.size_in_bytes, modified_us, uri + SIDECAR if sidecar else "")


def _remote_fingerprint(metadata: FileMetadata) -> str:
    seconds = metadata.last_updated_in_seconds or 0.0
    if metadata.path.startswith("s3://"):
        seconds = int(seconds)  # of a listed object MinIO tells the millisecond, of one that is named the second; Amazon never more
    return f"{metadata.size_in_bytes}-{seconds:.6f}"
