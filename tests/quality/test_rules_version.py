"""Rows that change come with a new version of the rules: a batch made by other rules is another batch."""

import json

from helpers.rows import document
from house import golden_rows

from broadsheet.transforms.versions import RULES_VERSION


def test_no_golden_row_changes_without_a_new_rules_version() -> None:
    noted, today = json.loads(golden_rows.NOTED.read_text(encoding="utf-8")), golden_rows.rows()
    others = golden_rows.changed(noted, today)
    assert not others, (
        f"the rules make other rows of {len(others)} records than {golden_rows.NOTED.name} notes, the first is {others[0]}. "
        "If the change is wanted, run `make rows`: it raises RULES_VERSION and notes the new rows."
    )
    assert (noted["rules_version"], set(noted["rows"])) == (RULES_VERSION, set(today)), "run `make rows`"


def test_a_row_is_another_if_it_says_something_else_and_not_if_it_comes_from_elsewhere() -> None:
    row = document("/pages/a.txt", text="The pier is closed.", title="The Pier")
    assert golden_rows.digest(row._replace(uri="/other/a.txt", rules_version="9", model_digest="0")) == golden_rows.digest(row)
    assert golden_rows.digest(row._replace(title="The Bell")) != golden_rows.digest(row)


def test_a_page_that_is_new_or_gone_does_not_change_the_rules() -> None:
    noted = {"rows": {"changed 0": "1", "same 0": "2", "gone 0": "3"}}
    assert golden_rows.changed(noted, {"changed 0": "9", "same 0": "2", "new 0": "4"}) == ["changed 0"]
