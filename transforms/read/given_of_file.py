"""Reads what the user says of a file: its path, its sidecar, its row of a manifest."""

from __future__ import annotations

import json

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from broadsheet.schemas.errors import UnreadableError
from broadsheet.schemas.records import InputFile
from broadsheet.transforms.read.metadata_overrides import Given, compile_template, from_json, given_by_path, parse_given
from broadsheet.transforms.read.reader import ReadOptions

_SIDECAR_BYTES = 1024 * 1024
"""A sidecar is a handful of fields; a longer one is cut, and so no JSON."""


def given_of_file(item: InputFile, options: ReadOptions) -> Given:
    """Returns what path, sidecar and manifest say of a file, the later over the earlier.

    Raises:
        UnreadableError: Reason `bad_sidecar`.
    """
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
            raise UnreadableError("bad_sidecar", f"{item.sidecar} is not valid JSON: {error}") from error
        if not isinstance(values, dict):
            raise UnreadableError("bad_sidecar", f"{item.sidecar}: expected a JSON object of fields")
        given.update(parse_given(values, "sidecar", item.sidecar))
    given.update(from_json(item.given))
    return given
