"""docs/data-model.md says what the schemas say."""

import re
from pathlib import Path

from house.data_model_page import written

from broadsheet.schemas.tables import TABLES

DOC = Path(__file__).parent.parent / "docs" / "data-model.md"


def test_the_data_model_lists_every_column_as_it_is() -> None:
    page = DOC.read_text(encoding="utf-8")
    assert written(page) == page, "run `make docs`"


def test_the_data_model_names_no_table_that_is_not_there() -> None:
    folders = set(re.findall(r"LAKE/(\w+)/(?!_)", DOC.read_text(encoding="utf-8")))
    assert folders == {table.name for table in TABLES}
