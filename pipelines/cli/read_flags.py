"""The flags that say how inputs are read: those of `read.read_records.ReadOptions`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from broadsheet.pipelines.cli.flags import positive
from broadsheet.schemas.errors import ConfigError

if TYPE_CHECKING:
    from broadsheet.transforms.read.read_records import ReadOptions


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `read.read_records.ReadOptions`."""
    parser.add_argument("--source", metavar="NAME", help="the publisher of all inputs, over what paths and pages say")
    parser.add_argument(
        "--path-template", metavar="T", help="what paths end in: '{source}/{date}/{name}', {date} the day of the crawl"
    )
    parser.add_argument("--url-from-path", action="store_true", help="the files are a mirror (wget, HTTrack): paths are urls")
    for name, what in (
        ("text", "the records' plain text"),
        ("html", "their HTML"),
        ("url", "their urls"),
        ("date", "the day or time of publication"),
        ("source", "the publisher"),
        ("id", "the publisher's own identifier"),
    ):
        parser.add_argument(f"--{name}-column", metavar="NAME", help=f"the column or JSON key of {what}; usual names are found")
    parser.add_argument("--max-record-mb", type=positive, default=64.0, metavar="N", help="a longer record is a dead letter (64)")
    parser.add_argument(
        "--max-decompressed-gb", type=positive, default=1024.0, metavar="N", help="what one input may decompress to, in GB (1024)"
    )
    parser.add_argument(
        "--max-ratio", type=positive, default=200.0, metavar="N", help="how many times its size that may be, past 128 MB (200)"
    )
    parser.add_argument(
        "--max-members", type=positive, default=1e6, metavar="N", help="members of one archive and those within (1000000)"
    )
    parser.add_argument("--max-depth", type=positive, default=3.0, metavar="N", help="archives within archives (3)")
    parser.add_argument(
        "--max-fields", type=positive, default=1e5, metavar="N", help="columns of a table, or values of a JSON object (100000)"
    )


def read_options(options: argparse.Namespace) -> ReadOptions:
    """Returns what the flags say.

    Raises:
        ConfigError: The path template is none.
    """
    from broadsheet.transforms.read.metadata_overrides import compile_template
    from broadsheet.transforms.read.read_records import ReadOptions

    if options.path_template:
        try:
            compile_template(options.path_template)
        except ValueError as error:
            raise ConfigError(f"--path-template {options.path_template}: {error}") from error
    return ReadOptions(
        source=options.source,
        path_template=options.path_template,
        url_from_path=options.url_from_path,
        max_record_bytes=int(options.max_record_mb * 1e6),
        text_column=options.text_column,
        html_column=options.html_column,
        url_column=options.url_column,
        date_column=options.date_column,
        source_column=options.source_column,
        id_column=options.id_column,
        max_decompressed_bytes=int(options.max_decompressed_gb * 1e9),
        max_ratio=int(options.max_ratio),
        max_members=int(options.max_members),
        max_depth=int(options.max_depth),
        max_fields=int(options.max_fields),
    )
