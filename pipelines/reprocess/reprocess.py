"""Reads records of the lake again, with today's rules, and replaces their rows.

`replay` does this with dead letters, `reprocess` with documents. The selected rows go in batches through the same pipeline as new
inputs (`ingest.build_pipeline`). Each batch removes the old rows and adds what became of their records. Nothing else changes:
other records of the same files keep their rows. The counts of such a batch in `inputs` are differences, so the sums stay correct.

An input must be as it was when it was read, because a record is identified by its ordinal. If the input of a dead letter has
changed, its payload is used, provided that all of it was kept. What its container said of it (url, time of the crawl) is lost then.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console

from broadsheet.pipelines.ingest.ingest import REPLANS
from broadsheet.pipelines.ingest.lake_lock import exclusive
from broadsheet.pipelines.ingest.options import IngestOptions
from broadsheet.pipelines.ingest.run_batch import compared_versions, plan_batch, resume, run_batch, with_blocklist, with_templates
from broadsheet.pipelines.ingest.run_history import Recorder
from broadsheet.pipelines.ingest.summary import as_columns
from broadsheet.pipelines.inputs.ledger import as_inputs, as_table, cut_batches, unpacked
from broadsheet.pipelines.inputs.manifest import apply_manifest
from broadsheet.pipelines.inputs.match_inputs import match_inputs
from broadsheet.pipelines.observe.progress import Progress
from broadsheet.pipelines.query.query import connect
from broadsheet.schemas.errors import ConfigError, ConflictError
from broadsheet.schemas.kafka_uris import KAFKA
from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.records import PAYLOAD_BYTES, InputFile
from broadsheet.schemas.tables import DOCUMENTS, REJECTS, Table
from broadsheet.transforms.lake.protocol.delta_tables import create_tables, log_value, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.rows_to_replace import SCHEMA, Selection

_GONE, _CHANGED = "its input is not there any more", "its input is another than the one that was read"
_OTHERS = "its input does not give it again: it was changed, or the run that made it had other flags"
_STREAMED = "it came from a topic, and topics are not read again"

_ATTEMPTS = {DOCUMENTS.name: "1", REJECTS.name: "attempts"}
_PAYLOADS = {
    DOCUMENTS.name: ("null::blob", "null", "null"),
    # what the reader refused is not a whole record, nor is a payload of the maximum size; after the decoder, a record is kept as
    # text
    REJECTS.name: (
        f"case when stage != 'read' and octet_length(payload) between 1 and {PAYLOAD_BYTES - 1} then payload end",
        "media_type",
        "case when stage != 'decode' then 'utf-8' end",
    ),
}


class Outcome(NamedTuple):
    """The result of reading again."""

    chosen: int
    """Rows that were selected."""
    books: Counter[str]
    """The differences, with their signs: `documents`, `duplicates`, `filtered` and `dead`; they sum to 0."""
    done: int
    """Records that were read again."""
    left: Counter[str]
    """Rows that stay as they are, by reason."""
    batches: int
    seconds: float


def again(table: Table, where: str, options: IngestOptions, beam_args: Sequence[str], progress: Progress) -> Outcome:
    """Reads the records of chosen rows again.

    Args:
        table: The table of the rows: `documents` or `rejects`.
        where: The condition in SQL over the columns of the table.
        options: As for ingest; its `inputs` are ignored.
        beam_args: Beam's own options.
        progress: Shows the progress.

    Raises:
        ConfigError: The condition is invalid, or a document's source was given by a flag that is missing now.
        BroadsheetError: A batch failed; batches committed before stay.
    """
    started = time.monotonic()
    lake = Lake.at(options.lake)
    open_table(lake, table)  # a missing lake is not created
    books: Counter[str] = Counter()
    left: Counter[str] = Counter()
    others: Counter[str] = Counter()
    done: set[str] = set()
    chosen = read = count = 0
    with exclusive(lake, progress.waiting):
        create_tables(lake, options.contract)
        options = with_blocklist(lake, options)
        recorder = Recorder(lake, "", 0)
        resume(lake, beam_args, options.runner, Counter(), progress, recorder)
        for attempt in range(REPLANS + 1):
            rows = _choose(lake, table, where, done)
            _check_source(lake, table, where, options)
            chosen = chosen or rows.num_rows
            inputs, rows, left = _readable(lake, rows, options.manifest)
            options = with_templates(lake, inputs, options, beam_args, progress)
            progress.start(inputs.num_rows, sum(inputs["size"].to_pylist()), inputs.num_rows)
            versions = compared_versions(lake)
            batches = list(cut_batches(inputs, options.batch_bytes))[::-1]
            try:
                while batches:
                    batch = batches.pop()
                    uris = [item.uri for item in batch]
                    mine = rows.filter(pc.is_in(rows["uri"], value_set=pa.array(uris, pa.string())))
                    plan = plan_batch(lake, batch, options, Selection(table.name, mine))
                    progress.batch(plan.inputs, plan.bytes, sum(map(unpacked, batch)), batch[0].uri)
                    try:
                        books.update(run_batch(lake, plan, beam_args, options.runner, recorder).books)
                    except ConflictError:
                        if compared_versions(lake) != versions:
                            raise
                        # Some records did not come again: the others of the batch are read without their inputs.
                        middle = len(batch) // 2
                        batches += [half for half in (batch[middle:], batch[:middle]) if half and middle]
                        if not middle:
                            others[_OTHERS] += mine.num_rows
                            done.update(uris)
                        continue
                    progress.advance(books)
                    done.update(uris)
                    read, count, versions = read + mine.num_rows, count + 1, compared_versions(lake)
                break
            except ConflictError:
                if attempt == REPLANS:
                    raise
    progress.stop()
    return Outcome(chosen, books, read, left + others, count, time.monotonic() - started)


def _choose(lake: Lake, table: Table, where: str, done: set[str]) -> pa.Table:
    """Returns the selected rows by uri and record, without those of the given inputs; the schema is `rows_to_replace.SCHEMA`."""
    (key,), partition = table.key_columns, ", ".join(table.partition_columns)
    payload, media_type, charset = _PAYLOADS[table.name]
    query = (
        f"select {key}, {partition}, uri, record, {_ATTEMPTS[table.name]}::bigint as attempts, {payload} as payload, "
        f"{media_type}::varchar as media_type, {charset}::varchar as charset from {table.name} where ({where}) order by uri, record"
    )
    with connect(lake) as connection:
        try:
            found = connection.sql(query).to_arrow_table()
        except duckdb.Error as error:
            raise ConfigError(f"--where {where}: {error}") from error
    values = list(zip(*(found[name].to_pylist() for name in table.partition_columns), strict=True))
    folders = {value: _folder(table, value) for value in set(values)}
    columns = [pa.array([folders[value] for value in values], pa.string()), *(found[name] for name in SCHEMA.names[2:])]
    rows = pa.table([found[key], *columns], SCHEMA.names).cast(SCHEMA)
    return rows.filter(pc.invert(pc.is_in(rows["uri"], value_set=pa.array(sorted(done), pa.string()))))


def _folder(table: Table, values: tuple) -> str:
    return partition_path(dict(zip(table.partition_columns, map(log_value, values), strict=True)))


def _check_source(lake: Lake, table: Table, where: str, options: IngestOptions) -> None:
    """Raises ConfigError if documents have their source from a flag that is missing now: they would move to another source."""
    if table is not DOCUMENTS or options.read.source:
        return
    with connect(lake) as connection:
        query = f"select source from documents where ({where}) and source_basis = 'flag' limit 1"
        found = connection.execute(query).fetchone()
    if found:
        raise ConfigError(f"some of these documents were ingested with --source {found[0]}: give it again, one source at a time")


def _readable(lake: Lake, rows: pa.Table, manifest: str | None) -> tuple[pa.Table, pa.Table, Counter[str]]:
    """Returns the inputs that can be read again, their rows, and how many rows cannot be read again, by reason."""
    known = _ledger(lake, rows)
    there, same = _look(known, manifest)
    has_input = pc.is_in(rows["uri"], value_set=pa.array(sorted(same), pa.string()))
    is_kept = pc.and_not(rows["payload"].is_valid(), has_input)
    inputs = list(same.values())
    kept, sizes = rows.filter(is_kept), Counter[str]()
    for uri, size in zip(kept["uri"].to_pylist(), pc.binary_length(kept["payload"]).to_pylist(), strict=True):
        sizes[uri] += size
    inputs += [InputFile(uri, known.get(uri, ""), size, 0) for uri, size in sizes.items()]
    others = rows.filter(pc.invert(pc.or_(has_input, is_kept)))["uri"].to_pylist()
    left = Counter(_STREAMED if uri.startswith(KAFKA) else _CHANGED if uri in there else _GONE for uri in others)
    payloads = pc.if_else(is_kept, rows["payload"], pa.scalar(None, pa.binary()))
    rows = rows.set_column(SCHEMA.get_field_index("payload"), "payload", payloads)
    return as_table(inputs).sort_by("uri"), rows.filter(pc.or_(has_input, is_kept)), left


def _ledger(lake: Lake, rows: pa.Table) -> dict[str, str]:
    """Returns the newest fingerprint of each input."""
    query = "select uri, arg_max(fingerprint, committed_at) from inputs semi join chosen using (uri) group by uri"
    with connect(lake) as connection:
        connection.register("chosen", rows.select(["uri"]))
        return dict(connection.execute(query).fetchall())


def _look(known: dict[str, str], manifest: str | None) -> tuple[set[str], dict[str, InputFile]]:
    """Returns which inputs exist, and which of them are unchanged."""
    found = as_table(_match(known))
    if manifest:
        found = apply_manifest(found, manifest)
    there = {item.uri: item for item in as_inputs(found)}
    return set(there), {uri: item for uri, item in there.items() if item.fingerprint == known[uri]}


def _match(uris: dict[str, str]) -> Iterator[InputFile]:
    for uri in uris:
        try:
            yield from match_inputs([uri], Counter())
        except (ConfigError, ConnectionError):
            continue  # it is gone, or cannot be read now


def report(table: Table, outcome: Outcome) -> None:
    """Prints the result of reading again."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    if not outcome.chosen:
        console.print(f"nothing to do: no row of {table.name} is of that kind")
        return
    now = Counter(outcome.books)
    now["documents" if table is DOCUMENTS else "dead"] += outcome.done
    figures = {
        "rows chosen": outcome.chosen,
        "records read again": outcome.done,
        **{f"now {name}": now[name] for name in ("documents", "duplicates", "filtered", "dead")},
        "batches": outcome.batches,
    }
    console.print(as_columns({name: f"{value:,}" for name, value in figures.items()}))
    for why, count in sorted(outcome.left.items()):
        console.print(f"left as they are: {count:,}, {why}")
