"""Defines the flags that say how inputs are read: those of `read.reader.ReadOptions`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from broadsheet.pipelines.cli.limit_flags import limit
from broadsheet.pipelines.cli.parser import Assign, Name, Parser
from broadsheet.schemas.errors import ConfigError

if TYPE_CHECKING:
    from broadsheet.transforms.read.read_records import ReadOptions

COLUMNS = {
    "text": Name("Reads the plain text of a record from this column or JSON key"),
    "html": Name("Reads the HTML of a record from this column or JSON key"),
    "url": Name("Reads the URL of a record from this column or JSON key"),
    "date": Name("Reads the day or time of publication from this column or JSON key"),
    "source": Name("Reads the publisher of a record from this column or JSON key"),
    "id": Name("Reads the publisher's own identifier of a record from this column or JSON key"),
}


def add_reading(parser: Parser) -> None:
    """Adds the flags of `read.reader.ReadOptions`, and of what pages are left out."""
    metadata = parser.section("metadata")
    metadata.add(
        "--source",
        metavar="NAME",
        help="Names the publisher of all inputs, whatever paths and pages say",
        default_words="found in paths and pages",
    )
    metadata.add(
        "--path-template",
        metavar="T",
        help="Describes what paths end in, {source}/{date}/{name}; {date} is the day of the crawl",
        default_words="source=NAME and date=DAY folders",
    )
    metadata.add(
        "--column",
        action=Assign,
        names=COLUMNS,
        dest="columns",
        metavar="FIELD=NAME",
        default={},
        help=f"Reads a field of tables and JSON from this column or key; may be repeated; FIELD is {', '.join(COLUMNS)}",
        default_words="usual names are found",
    )
    metadata.add(
        "--url-from-path",
        action="store_true",
        advanced=True,
        help="Takes URLs from paths: the files are a mirror made by wget or HTTrack",
    )


def add_screening(parser: Parser) -> None:
    """Adds the flags that leave pages out."""
    stages = parser.section("stages")
    stages.add(
        "--respect-opt-out",
        action="store_true",
        help="Leaves out pages whose head or HTTP headers say noai, noml or tdm-reservation: 1",
    )
    stages.add("--blocklist", metavar="FILE", help="Leaves out pages of these domains, one per line, and of their subdomains")


def read_options(options: argparse.Namespace) -> ReadOptions:
    """Returns what the flags say.

    Raises:
        ConfigError: The path template is not valid.
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
        max_record_bytes=int(limit(options.limits, "record-mb") * 1e6),
        text_column=options.columns.get("text"),
        html_column=options.columns.get("html"),
        url_column=options.columns.get("url"),
        date_column=options.columns.get("date"),
        source_column=options.columns.get("source"),
        id_column=options.columns.get("id"),
        max_decompressed_bytes=int(limit(options.limits, "decompressed-gb") * 1e9),
        max_ratio=int(limit(options.limits, "ratio")),
        max_members=int(limit(options.limits, "archive-members")),
        max_depth=int(limit(options.limits, "archive-depth")),
        max_fields=int(limit(options.limits, "record-fields")),
        max_window_bytes=int(limit(options.limits, "zstd-window-mb") * 1024 * 1024),
    )
