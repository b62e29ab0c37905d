"""Read: input files to records.

A file is opened by Beam's filesystems, decompressed by its magic bytes rather than by its name, and handed to the reader of its
format, which yields `RawRecord`s. Here a reader gives one record a file; a container's reader gives many, with ordinals.

What goes wrong with one file is that file's dead letter: it says which record, and keeps what could be read. Sizes are bounded
while reading, so that a bomb costs no more than the largest record allowed.
"""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import json
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, NamedTuple, Optional

import apache_beam as beam
import pyarrow as pa
from apache_beam import pvalue
from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.metrics import Metrics

import transforms.coders  # noqa: F401  (registers the records' coders)
from schemas.errors import RecordError, UnreadableError
from schemas.partitions import safe_value, unescape
from schemas.records import HTML, TEXT, InputFile, RawRecord, Reject
from transforms.given import Given, compile_template, from_json, give, given_by_path, parse_given
from transforms.stage import RECORDS, REJECTS, make_reject

COUNTS = "counts"

_COMPRESSIONS: tuple[tuple[bytes, Callable[[IO[bytes]], Any]], ...] = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
    # Not the zstandard package: its reader ends a truncated stream without a word.
    (b"\x28\xb5\x2f\xfd", lambda file: pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")),
)
"""Magic bytes, and how a stream that starts with them is read."""

_COMPRESSED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
_MEDIA_TYPES = {".html": HTML, ".htm": HTML, ".txt": TEXT}
_DAMAGE = (EOFError, OSError, zlib.error, lzma.LZMAError)

_PIECE = 1 << 20
_ARROW_PIECE = 4096
"""Arrow's streams give all that was asked for or an error, and what came before the error is lost: a piece at the most."""

_SIDECAR_BYTES = 1024 * 1024
"""A sidecar is a handful of fields; a longer one is cut, and so no JSON."""

_SOURCE_FOLDER = re.compile(r"(?:^|/)source=([^/]+)(?=/)")


class ReadOptions(NamedTuple):
    """What the user decides about reading."""

    source: Optional[str] = None
    """The publisher of every record, over anything else."""
    path_template: Optional[str] = None
    """What the end of a path says: `{source}/{date}/{name}`, as `transforms.given.compile_template` reads it."""
    url_from_path: bool = False
    """Whether the files are a mirror whose paths are urls."""
    max_record_bytes: int = 64 * 1024 * 1024
    """Largest record, decompressed; a longer one is a dead letter. The largest labelled page has 5 MB."""


def media_type(uri: str) -> str | None:
    """Returns the media type a file's name stands for, its compression's suffix apart; `None` for a format that is not read."""
    name = uri.lower()
    for suffix in _COMPRESSED_SUFFIXES:
        name = name.removesuffix(suffix)
    return next((kind for suffix, kind in _MEDIA_TYPES.items() if name.endswith(suffix)), None)


def read_records(item: InputFile, options: ReadOptions) -> Iterator[RawRecord | tuple[RawRecord, RecordError]]:
    """Yields the records of one input file.

    Args:
        item: The file.
        options: What the user decides.

    Yields:
        A record, or a damaged one (what there is of it) with the error that says what is wrong.
    """
    source, source_basis = _given_source(item.uri, options)
    empty = RawRecord(
        uri=item.uri,
        record=0,
        payload=b"",
        media_type=media_type(item.uri) or TEXT,
        source=source,
        source_basis=source_basis,
        modified_at=_modified_at(item),
    )
    try:
        empty = give(empty, _given(item, options))
        with FileSystems.open(item.uri, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            yield from _read_whole(file, empty, options)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, BeamIOError) as error:
        yield (
            empty,
            UnreadableError("missing", f"{item.uri} was there when the inputs were listed and is not any more: {error}"[:500]),
        )
    except RecordError as error:
        yield empty, error
    except PermissionError:
        yield empty, UnreadableError("forbidden", f"{item.uri} may not be read by this user")


def _modified_at(item: InputFile) -> dt.datetime | None:
    """Returns when a file was last modified; `None` also for a time beyond the year 9999, which file systems can hold."""
    if not item.modified_us:
        return None
    try:
        return dt.datetime.fromtimestamp(item.modified_us / 1e6, dt.UTC)
    except (OverflowError, ValueError):
        return None


def _read_whole(file: IO[bytes], empty: RawRecord, options: ReadOptions) -> Iterator[RawRecord | tuple[RawRecord, RecordError]]:
    """The reader of formats in which a file is one record."""
    data, damage = _read_bounded(_decompressed(file), options.max_record_bytes + 1)
    record = empty._replace(payload=data)
    if damage:
        kind = "truncated" if isinstance(damage, EOFError) or re.search("ended before|[Tt]runcated", str(damage)) else "damaged"
        message = f"{empty.uri}: the compressed data is {kind} after {len(data)} bytes of text ({damage})"
        yield record, UnreadableError(kind, message)
    elif not data:
        yield record, UnreadableError("empty", f"{empty.uri} holds no bytes")
    elif len(data) > options.max_record_bytes:
        limit = f"{options.max_record_bytes} bytes (--max-record-mb)"
        yield record, UnreadableError("record_too_large", f"{empty.uri}: a record is longer than {limit}")
    else:
        yield record


def _decompressed(file: IO[bytes]) -> Any:
    head = file.read(8)
    file.seek(0)
    return next((opener(file) for magic, opener in _COMPRESSIONS if head.startswith(magic)), file)


def _read_bounded(stream: Any, limit: int) -> tuple[bytes, Exception | None]:
    """Reads up to `limit` bytes; on damage returns what came before it."""
    chunks: list[bytes] = []
    left = limit
    # read1 hands over what is there at once, so that damage costs nothing that came before it.
    read, piece = (stream.read, _ARROW_PIECE) if isinstance(stream, pa.NativeFile) else (stream.read1, _PIECE)
    try:
        while left and (chunk := read(min(left, piece))):
            chunks.append(chunk)
            left -= len(chunk)
    except _DAMAGE as error:
        return b"".join(chunks), error
    return b"".join(chunks), None


def _given_source(uri: str, options: ReadOptions) -> tuple[str | None, str | None]:
    if options.source:
        return options.source, "flag"
    found = _SOURCE_FOLDER.findall(uri)
    value = safe_value(unescape(found[-1])) if found else None
    return (value, "path") if value else (None, None)


def _given(item: InputFile, options: ReadOptions) -> Given:
    """Returns what path, sidecar and manifest say of a file, the later over the earlier."""
    given: Given = {}
    if options.path_template or options.url_from_path:
        template = compile_template(options.path_template) if options.path_template else None
        given.update(given_by_path(item.uri, template, options.url_from_path))
    if item.sidecar:
        with FileSystems.open(item.sidecar, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            text = file.read(_SIDECAR_BYTES)
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UnreadableError("bad_sidecar", f"{item.sidecar} is no JSON: {error}") from error
        if not isinstance(values, dict):
            raise UnreadableError("bad_sidecar", f"{item.sidecar}: expected a JSON object of fields")
        given.update(parse_given(values, "sidecar", item.sidecar))
    given.update(from_json(item.given))
    return given


class _ReadFn(beam.DoFn):
    """Reads files, and counts what came out of each."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._files = Metrics.counter("read", "files_read")
        self._records = Metrics.counter("read", "records_read")
        self._rejected = Metrics.counter("read", "records_rejected")

    def process(self, element: InputFile) -> Iterator[RawRecord | pvalue.TaggedOutput]:
        count = 0
        for found in read_records(element, self._options):
            count += 1
            if isinstance(found, RawRecord):
                yield found
            else:
                self._rejected.inc()
                yield pvalue.TaggedOutput(REJECTS, make_reject("read", *found))
        self._files.inc()
        self._records.inc(count)
        yield pvalue.TaggedOutput(COUNTS, (element.uri, count))


class ReadRecords(beam.PTransform):
    """`InputFile`s to `records` (`RawRecord`), `rejects`, and `counts` (how many records came out of each uri).

    Counters: `read/files_read`, `read/records_read`, `read/records_rejected`.
    """

    def __init__(self, options: ReadOptions) -> None:
        super().__init__()
        self._options = options

    def expand(self, inputs: beam.PCollection) -> dict[str, beam.PCollection]:
        outputs = inputs | beam.ParDo(_ReadFn(self._options)).with_outputs(REJECTS, COUNTS, main=RECORDS)
        outputs[RECORDS].element_type = RawRecord
        outputs[REJECTS].element_type = Reject
        outputs[COUNTS].element_type = tuple[str, int]
        return {name: outputs[name] for name in (RECORDS, REJECTS, COUNTS)}
