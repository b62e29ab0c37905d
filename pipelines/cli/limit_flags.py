"""The flags that say what one record may cost behind the reader: those of `limits.ResourceLimits`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from broadsheet.pipelines.cli.flags import positive

if TYPE_CHECKING:
    from broadsheet.transforms.limits import ResourceLimits


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `limits.ResourceLimits`."""
    for name, default, what in (
        ("chars", 1e7, "a page of more characters is a dead letter (10000000)"),
        ("html-tags", 1e6, "one of more tags is, too (1000000)"),
        ("html-depth", 5000.0, "one with more elements open at once is, too (5000)"),
        ("seconds", 60.0, "how long a long page, or another extractor, may take (60)"),
        ("worker-mb", 1000.0, "memory that it may take, in MB (1000)"),
        ("field-chars", 20_000.0, "a longer title, name or tag is left out (20000)"),
        ("field-values", 1000.0, "of more authors or tags none is believed (1000)"),
    ):
        parser.add_argument(f"--max-{name}", type=positive, default=default, metavar="N", help=what)


def limits(options: argparse.Namespace) -> ResourceLimits:
    """Returns what the flags say."""
    from broadsheet.transforms.limits import ResourceLimits

    return ResourceLimits(
        chars=int(options.max_chars),
        html_tags=int(options.max_html_tags),
        html_depth=int(options.max_html_depth),
        seconds=options.max_seconds,
        worker_bytes=int(options.max_worker_mb * 1e6),
        field_chars=int(options.max_field_chars),
        field_values=int(options.max_field_values),
    )
