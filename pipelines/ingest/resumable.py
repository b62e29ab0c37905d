"""Whether a batch that was begun and not ended can be run again, to the same files."""

from __future__ import annotations

from broadsheet.pipelines.inputs.match_inputs import is_unchanged
from broadsheet.pipelines.inputs.topics import is_there
from broadsheet.schemas.errors import DamagedError
from broadsheet.schemas.kafka_uris import KAFKA, parse_range
from broadsheet.schemas.records import InputFile
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.plans import Plan
from broadsheet.transforms.lake.protocol.rows_to_replace import read_selection
from broadsheet.transforms.versions import made_with


def repeatable(lake: Lake, batch_id: str) -> Plan | None:
    """Returns an unfinished plan that would make the same files again, `None` where its rules or inputs have changed since."""
    relative = f"{plans.PLANS}/{batch_id}.plan"
    try:
        plan = plans.read_plan(lake, relative)
        inputs = plans.read_inputs(lake, relative)
        if plan.again:
            read_selection(lake, batch_id)
    except (FileNotFoundError, DamagedError, ValueError, TypeError):
        return None
    if plan.rules_version != made_with():
        return None
    return plan if all(_is_there(item, plan) for item in inputs) else None


def _is_there(item: InputFile, plan: Plan) -> bool:
    if item.uri.startswith(KAFKA):
        return is_there(parse_range(item.uri), plan.read_options.get("kafka_config"))
    return is_unchanged(item)
