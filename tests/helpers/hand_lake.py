"""A lake whose commits are made by hand: documents added, replaced, merged, without a pipeline."""

from collections.abc import Sequence
from pathlib import Path

from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.records import Document, PartFile
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables, open_table, replace_parts
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part


class HandLake:
    """A lake and the content of its files. Each method is one commit."""

    def __init__(self, folder: Path) -> None:
        self.lake = Lake.at(str(folder))
        self._commits = 0
        self._rows: dict[str, list[Document]] = {}
        create_tables(self.lake)

    @property
    def version(self) -> int:
        """The version that `documents` is at."""
        return open_table(self.lake, DOCUMENTS).version()

    def add(self, *rows: Document) -> str:
        """Adds one file with rows of one partition; returns its path."""
        commit = self._next()
        part = self._write(rows)
        commit_parts(self.lake, DOCUMENTS, [part], commit, {})
        return part.path

    def replace(self, paths: Sequence[str], *rows: Document) -> str:
        """Takes files out, and puts one with these rows in, if there are any; the old ones are gone from the disk at once."""
        return self._swap(paths, rows, same_rows=False)

    def compact(self, *paths: str) -> str:
        """Merges files of one partition; the old ones are gone from the disk at once."""
        return self._swap(paths, [row for path in paths for row in self._rows[path]], same_rows=True)

    def _swap(self, paths: Sequence[str], rows: Sequence[Document], same_rows: bool) -> str:
        commit = self._next()
        parts = [self._write(rows)] if rows else []
        replace_parts(self.lake, DOCUMENTS, parts, paths, commit, {}, same_rows=same_rows)
        for path in paths:
            files.remove(self.lake, f"{DOCUMENTS.name}/{path}")
        return parts[0].path if parts else ""

    def _write(self, rows: Sequence[Document]) -> PartFile:
        day = rows[0].date.isoformat() if rows[0].date else None
        folder = partition_path({"source": rows[0].source, "date": day})
        part = write_part(self.lake, DOCUMENTS, folder, self._identifier, 0, list(rows))
        self._rows[part.path] = list(rows)
        return part

    def _next(self) -> str:
        self._commits += 1
        return self._identifier

    @property
    def _identifier(self) -> str:
        return f"{self._commits:012x}"
