"""Reads files in a user's own pipeline, without the command line's manifests, sidecars and ledger.

    with beam.Pipeline() as pipeline:
        read = pipeline | ReadFiles(["pages/**.html", "crawl.warc.gz"], source="harbour-courier.example")
        decoded = read["records"] | DecodeRecords()

Plain values only, so that Beam YAML can give them (deploy/yaml/).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apache_beam as beam
from apache_beam.io.fileio import EmptyMatchTreatment, MatchAll
from apache_beam.io.filesystem import FileMetadata

from broadsheet.schemas.records import InputFile
from broadsheet.transforms.read.metadata_overrides import compile_template
from broadsheet.transforms.read.read_records import ReadOptions, ReadRecords


def to_input(file: FileMetadata) -> InputFile:
    """Returns a file that Beam has matched as an input, with the fingerprint that the ledger would have."""
    modified_us = round((file.last_updated_in_seconds or 0) * 1_000_000)
    return InputFile(file.path, f"{file.size_in_bytes}-{modified_us}", file.size_in_bytes, modified_us)


class ReadFiles(beam.PTransform):
    """Files by their names or globs, on any of Beam's filesystems, to what `ReadRecords` gives: `records`, `rejects`, `counts`.

    A file is read as what its name and first bytes say it is. A glob that matches nothing ends the pipeline.

    Args:
        files: Names and globs; `**` goes through folders.
        options: Fields of `ReadOptions` by name, such as `source` or `path_template`.
    """

    def __init__(self, files: Sequence[str], **options: Any) -> None:
        super().__init__()
        self._files = [files] if isinstance(files, str) else list(files)
        self._options = ReadOptions(**options)
        if self._options.path_template:
            compile_template(self._options.path_template)

    def expand(self, root: beam.pvalue.PBegin) -> dict[str, beam.PCollection]:
        return (
            root
            | "NameFiles" >> beam.Create(self._files)
            | "MatchFiles" >> MatchAll(EmptyMatchTreatment.DISALLOW)
            | "ToInputs" >> beam.Map(to_input).with_output_types(InputFile)
            | "ReadRecords" >> ReadRecords(self._options)
        )
