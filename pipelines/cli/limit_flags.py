"""Defines `--limit NAME=VALUE`: how much an input and a record may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadsheet.pipelines.cli.parser import Assign, Name, Parser

if TYPE_CHECKING:
    from broadsheet.transforms.limits import ResourceLimits

READ_LIMITS = {
    "record-mb": Name("Rejects records longer than this many MB", 64),
    "decompressed-gb": Name("Stops reading an input that decompresses to more than this many GB", 1024),
    "ratio": Name("Stops reading an input that decompresses to more than this many times its size, past 128 MB", 200),
    "archive-members": Name("Stops reading an archive with more members than this, including those of nested archives", 1e6),
    "archive-depth": Name("Stops reading archives nested deeper than this", 3),
    "zstd-window-mb": Name(
        "Rejects zstd files that need a window of more MB of memory than this (2048 reads `zstd --long=31`)", 128
    ),
    "record-fields": Name("Rejects tables with more columns, and JSON objects with more values, than this", 1e5),
}
"""The limits in `read.reader.ReadOptions`."""

PAGE_LIMITS = {
    "page-chars": Name("Rejects pages with more characters than this", 1e7),
    "html-tags": Name("Rejects pages with more HTML tags than this", 1e6),
    "html-depth": Name("Rejects pages with more HTML elements open at once than this", 5000),
    "seconds": Name("Rejects long pages that take a stage more seconds than this", 60),
    "worker-mb": Name("Rejects long pages that take a stage more MB of memory than this", 1000),
    "field-chars": Name("Leaves out titles, names and tags with more characters than this", 20_000),
    "field-values": Name("Leaves out the authors (or tags) of a page that has more than this many", 1000),
}
"""The limits in `limits.ResourceLimits`."""


def add_limits(parser: Parser, of_pages: bool = True) -> None:
    """Adds `--limit`.

    Args:
        parser: The parser of the command.
        of_pages: Whether the command also processes pages.
    """
    names = {**READ_LIMITS, **(PAGE_LIMITS if of_pages else {})}
    parser.section("limits").add(
        "--limit",
        action=Assign,
        names=names,
        dest="limits",
        metavar="NAME=VALUE",
        default={},
        help=f"Changes a limit; may be repeated; NAME is {', '.join(names)}",
        default_words="each name's own, see --help-all",
    )


def limit(limits: dict[str, Any], name: str) -> float:
    """Returns the value of a limit, or its default if the user did not give a value."""
    default = {**READ_LIMITS, **PAGE_LIMITS}[name].default
    assert default is not None
    return float(limits.get(name, default))


def page_limits(limits: dict[str, Any]) -> ResourceLimits:
    """Returns the limits that the flags give for pages."""
    from broadsheet.transforms.limits import ResourceLimits

    return ResourceLimits(
        chars=int(limit(limits, "page-chars")),
        html_tags=int(limit(limits, "html-tags")),
        html_depth=int(limit(limits, "html-depth")),
        seconds=limit(limits, "seconds"),
        worker_bytes=int(limit(limits, "worker-mb") * 1e6),
        field_chars=int(limit(limits, "field-chars")),
        field_values=int(limit(limits, "field-values")),
    )
