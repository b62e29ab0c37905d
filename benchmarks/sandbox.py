"""What a process of its own costs a long page: `python -m benchmarks.sandbox`.

All stages of one dump and of one page of HTML of `--chars` characters, here and through `sandbox`, in CPU time of all
processes: for the first page, for which a worker starts and loads its models, and for those after it.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

from broadsheet.schemas.records import HTML, TEXT, Origin, RawRecord
from broadsheet.transforms import sandbox
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.language.detect_language import detect_language, load
from broadsheet.transforms.limits import DEFAULT_LIMITS
from broadsheet.transforms.metadata.extract_metadata import extract_document

_RULES: tuple[Callable[[Any], Any], ...] = (decode, strip, detect_language, extract_document)
_SENTENCE = "The keepers of light {} came down to the harbour on Monday and told the council that the lamp had gone out again. "


def _cpu() -> float:
    """Returns the seconds of CPU that this process and its idle workers have had."""
    total = time.process_time()
    for worker in sandbox._idle:
        with open(f"/proc/{worker._process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _here(rule: Callable[[Any], Any], record: Any) -> Any:
    return rule(record)


def _apart(rule: Callable[[Any], Any], record: Any) -> Any:
    return sandbox.call(rule, record, DEFAULT_LIMITS)


def _spent(record: RawRecord, call: Callable[[Callable[[Any], Any], Any], Any]) -> float:
    started, result = _cpu(), record
    for rule in _RULES:
        result = call(rule, result)
    return _cpu() - started


def main() -> None:
    """Prints a line a kind of page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chars", type=int, default=1_100_000)
    parser.add_argument("--pages", type=int, default=10, help="how many of each kind, the first one apart")
    options = parser.parse_args()
    lines = [_SENTENCE.format(number) for number in range(options.chars // len(_SENTENCE))]
    html = f"<!doctype html><html><body><article><p>{'</p><p>'.join(lines)}</p></article></body></html>"
    records = {
        "dump": RawRecord(Origin("a.txt", 0), "\n".join(lines).encode(), TEXT),
        "html": RawRecord(Origin("a.html", 0), html.encode(), HTML),
    }
    load()
    print(f"{'page':6} {'here s':>8} {'apart s':>8} {'times':>6} {'first one apart s':>18}")
    for name, record in records.items():
        _spent(record, _here)
        sandbox.close()
        first = _spent(record, _apart)
        here = sum(_spent(record, _here) for _ in range(options.pages)) / options.pages
        apart = sum(_spent(record, _apart) for _ in range(options.pages)) / options.pages
        print(f"{name:6} {here:8.3f} {apart:8.3f} {apart / here:6.2f} {first:18.2f}")


if __name__ == "__main__":
    main()
