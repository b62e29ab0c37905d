"""Reading a file's bytes through the reader of its format."""

from pathlib import Path

from broadsheet.schemas.errors import FilteredError
from broadsheet.schemas.records import InputFile, RawRecord
from broadsheet.transforms.read.read_records import ReadOptions, read_records
from broadsheet.transforms.read.reader import Found


def read(folder: Path, name: str, data: bytes, options: ReadOptions | None = None) -> list[Found]:
    """Returns all that is found in a file with this name and these bytes."""
    path = folder / name
    path.write_bytes(data)
    found = list(read_records(InputFile(str(path), "", len(data), 0), options or ReadOptions()))
    numbers = [item.origin.record if isinstance(item, RawRecord) else item[0].origin.record for item in found]
    assert numbers == list(range(len(found))) or name.endswith(".parquet")  # a damaged row group takes its rows' ordinals with it
    return found


def records(found: list[Found]) -> list[RawRecord]:
    """Returns the records among what was found."""
    return [item for item in found if isinstance(item, RawRecord)]


def nameless(found: list[Found]) -> list[RawRecord]:
    """Returns the records without the name and the age of their file: all that the later stages make a document of."""
    return [record._replace(origin=record.origin._replace(uri="", modified_at=None)) for record in records(found)]


def payloads(found: list[Found]) -> list[bytes]:
    """Returns the bytes of the records among what was found."""
    return [item.payload for item in records(found)]


def dead(found: list[Found]) -> list[str]:
    """Returns the reasons of the dead letters among what was found."""
    return [item[1].reason for item in found if not isinstance(item, RawRecord) and not isinstance(item[1], FilteredError)]


def filtered(found: list[Found]) -> list[str]:
    """Returns the reasons of the filtered records among what was found."""
    return [item[1].reason for item in found if not isinstance(item, RawRecord) and isinstance(item[1], FilteredError)]


def messages(found: list[Found]) -> str:
    """Returns what the refused records say, a line each."""
    return "\n".join(item[1].message for item in found if not isinstance(item, RawRecord))
