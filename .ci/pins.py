"""Prints constraints.txt from pip's report of a resolution: `make constraints`."""

import json
import re
import sys

HEADER = """\
# The versions that broadsheet is tested with, for Python 3.11 to 3.13: `pip install -c constraints.txt .`
# pyarrow's version is part of what makes the same rows the same bytes. Made by `make constraints`.
"""


def main() -> None:
    """Reads the report on standard input."""
    items = [item["metadata"] for item in json.load(sys.stdin)["install"]]
    pins = {re.sub(r"[-_.]+", "-", item["name"]).lower(): item["version"] for item in items}
    pins.pop("broadsheet")
    print(HEADER + "\n".join(f"{name}=={version}" for name, version in sorted(pins.items())))


if __name__ == "__main__":
    main()
