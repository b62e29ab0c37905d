"""docs/data-model.md says what the schemas say."""

import re
from pathlib import Path

import pytest

from broadsheet.schemas.tables import TABLES, Table

DOC = Path(__file__).parent.parent / "docs" / "data-model.md"


def _section(name: str) -> str:
    """Returns what stands under a heading of the second level."""
    return DOC.read_text(encoding="utf-8").split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_data_model_lists_every_column_with_its_type_and_meaning(table: Table) -> None:
    documented = [line for line in _section(table.name).splitlines() if re.match(r"\| `\w+` \| `[^`]+` \| (yes|no) \|", line)]
    assert documented == [f"| `{c.name}` | `{c.type}` | {'yes' if c.nullable else 'no'} | {c.meaning} |" for c in table.columns]


def test_the_data_model_names_no_table_that_is_not_there() -> None:
    folders = set(re.findall(r"LAKE/(\w+)/(?!_)", DOC.read_text(encoding="utf-8")))
    assert folders == {table.name for table in TABLES}
