"""Writes the tables' columns into docs/data-model.md, as `schemas.tables` defines them.

python tests/house/data_model_page.py        rewrites them (`make docs`)
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from broadsheet.schemas.tables import TABLES, Table

PAGE = Path(__file__).parent.parent.parent / "docs" / "data-model.md"
_HEAD = "| column | type | null | meaning |\n|---|---|---|---|\n"


def rows(table: Table) -> str:
    """Returns the rows of the page's table of columns."""
    lines = []
    for column in table.columns:
        meaning = f"{column.meaning} Partition column." if column.name in table.partition_columns else column.meaning
        lines.append(f"| `{column.name}` | `{column.type}` | {'yes' if column.nullable else 'no'} | {meaning} |\n")
    return "".join(lines)


def _with_rows(new: str, head: re.Match[str]) -> str:
    return head[1] + new


def written(page: str) -> str:
    """Returns the page with the columns of today."""
    for table in TABLES:
        head = rf"(\n## {table.name}\n(?:(?!\n## ).)*?{re.escape(_HEAD)})(?:\|[^\n]*\n)*"
        page, found = re.subn(head, partial(_with_rows, rows(table)), page, flags=re.DOTALL)
        if found != 1:
            raise ValueError(f"{PAGE} has no section {table.name} with a table of columns")
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
