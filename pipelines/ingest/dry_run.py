"""Outlook: what a run would do, for `ingest --dry-run`."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa
from deltalake import DeltaTable

from broadsheet.pipelines.ingest.options import IngestOptions, wanted_of
from broadsheet.pipelines.inputs.find_inputs import Inputs, find_inputs
from broadsheet.pipelines.inputs.ledger import cut_batches, find_new
from broadsheet.pipelines.inputs.topics import split_topics
from broadsheet.schemas.errors import ConfigError
from broadsheet.schemas.tables import INPUTS
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.files import Lake


class Outlook(NamedTuple):
    """What a run would do."""

    inputs: Inputs
    new: pa.Table
    batches: int
    unfinished: int
    """Batches that a former run left, and that would be brought to their end first."""


def foresee(options: IngestOptions) -> Outlook:
    """Says what a run would read, and reads and writes nothing.

    Raises:
        ConfigError: An input does not exist.
    """
    lake = Lake.at(options.lake)
    files, topics = split_topics(options.inputs)
    if topics:
        raise ConfigError(
            f"--dry-run looks at files; broadsheet status {topics[0]} --lake {options.lake} says what waits in a topic"
        )
    found = find_inputs(wanted_of(options, files))
    new, unfinished = found.table.sort_by("uri"), 0
    if DeltaTable.is_deltatable(lake.path(INPUTS.name)):
        new, unfinished = find_new(lake, found.table, options.force), len(plans.unfinished(lake))
    return Outlook(found, new, sum(1 for _ in cut_batches(new, options.batch_bytes)), unfinished)
