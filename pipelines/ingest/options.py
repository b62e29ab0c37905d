"""Holds what the user decides about a run, and says which inputs that asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Optional

from broadsheet.pipelines.inputs.day_range import Days
from broadsheet.pipelines.inputs.find_inputs import Wanted
from broadsheet.pipelines.inputs.match_inputs import ALL_NAMES, NameFilter
from broadsheet.pipelines.inputs.topics import EARLIEST, TopicOptions, Topics, split_topics
from broadsheet.schemas.errors import ConfigError
from broadsheet.transforms.lake.protocol.delta_tables import EVOLVE
from broadsheet.transforms.limits import ResourceLimits
from broadsheet.transforms.read.read_records import ReadOptions
from broadsheet.transforms.versions import RuleOptions


class IngestOptions(NamedTuple):
    """What the user decides about a run."""

    inputs: Sequence[str]
    lake: str
    read: ReadOptions
    choices: RuleOptions = RuleOptions()
    limits: ResourceLimits = ResourceLimits()
    learn: bool = False
    manifest: Optional[str] = None
    blocklist: frozenset[str] = frozenset()
    force: bool = False
    batch_bytes: int = 64 * 1024 * 1024
    days: Optional[Days] = None
    run_id: str = ""
    """Under which the run is written down; "" for none."""
    runner: Optional[str] = None
    workers: Optional[int] = None
    """Processes that apply the record stages of a local run; `None` for as many as fit."""
    contract: str = EVOLVE
    topic_start: str = EARLIEST
    """As `inputs.topics.TopicOptions.start`."""
    skip_lost_offsets: bool = False
    names: NameFilter = ALL_NAMES
    """Which files of folders and globs are inputs."""


def wanted_of(options: IngestOptions, paths: Sequence[str]) -> Wanted:
    """Returns which files are asked for."""
    return Wanted(paths, [options.lake], options.manifest, options.days, options.read.path_template, options.names)


def topics_of(options: IngestOptions, say: Callable[[str], None], to_the_end: bool = False) -> Topics | None:
    """Returns the topics among a run's inputs, or `None` if it has none.

    Raises:
        ConfigError: An address does not name a topic, or `force` is set: the lake knows how far a topic was read.
    """
    uris = split_topics(options.inputs)[1]
    if not uris:
        return None
    if options.force:
        raise ConfigError("--force reads files again; to read a topic again, give its cluster another name (docs/how-to/stream.md)")
    wanted = TopicOptions(uris, options.read.kafka_config, options.topic_start, options.skip_lost_offsets, options.batch_bytes)
    return Topics(wanted, say, to_the_end)
