"""Each public transform in a pipeline of its own: the examples of docs/transforms.md, which a test runs.

An example is named like its transform and gets a pipeline on any runner and an empty folder.
"""

from __future__ import annotations

from pathlib import Path

import apache_beam as beam
from apache_beam.testing.util import assert_that, equal_to, is_not_empty

from broadsheet.schemas.records import (
    HTML,
    TEXT,
    Article,
    Block,
    Document,
    FileRange,
    InputCounts,
    InputFile,
    Language,
    Origin,
    Page,
    RawRecord,
    Reject,
)
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.boilerplate.strip_boilerplate import StripBoilerplate
from broadsheet.transforms.boilerplate.templates.learn_templates import LearnTemplates
from broadsheet.transforms.decode.decode_records import DecodeRecords
from broadsheet.transforms.dedup.drop_duplicates import DropDuplicates
from broadsheet.transforms.dedup.find_clusters import FindClusters
from broadsheet.transforms.document import make_document
from broadsheet.transforms.filters.mask_personal_data import MaskPersonalData
from broadsheet.transforms.filters.screen_pages import ScreenPages
from broadsheet.transforms.lake.protocol.delta_tables import create_tables
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.language.detect_language import DetectLanguage
from broadsheet.transforms.metadata.extract_metadata import ExtractMetadata
from broadsheet.transforms.read.read_files import ReadFiles
from broadsheet.transforms.read.read_records import ReadOptions, ReadRecords
from broadsheet.transforms.read.split_files import SplitFiles
from broadsheet.transforms.write.reconcile_counts import ReconcileCounts
from broadsheet.transforms.write.write_rows import WriteDocuments, WriteInputs, WriteRejects

BODY = (
    "After thirty-one years the herons of the northern marsh have come back to breed, the wardens said on Monday.",
    "They counted nine nests on the island where the last pair was seen, and more are expected this month.",
    "The farmers beside the reserve have promised to keep the water in the ditches until the young birds can fly.",
)
MARSH = f"""<html><head><title>Herons are back</title></head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Herons are back</h1><p>{BODY[0]}</p><p>{BODY[1]}</p><p>{BODY[2]}</p></article></body></html>"""


def a_page(text: str = MARSH, uri: str = "herons.html", source: str | None = None) -> Page:
    """Returns a page of HTML as decoding makes it."""
    return Page(Origin(uri, 0, source=source), text, HTML, "utf-8", "utf-8", 0.0)


def a_document(uri: str = "herons.html") -> Document:
    """Returns a row as the pipeline makes it."""
    return make_document(a_page(uri=uri, source="marsh-herald.example"))


def read_files(pipeline: beam.Pipeline, folder: Path) -> None:
    (folder / "herons.html").write_text(MARSH, encoding="utf-8")
    read = pipeline | ReadFiles([f"{folder}/**.html"], source="marsh-herald.example")
    found = read["records"] | beam.Map(lambda record: (record.origin.source, record.media_type, record.payload.decode()))
    assert_that(found, equal_to([("marsh-herald.example", "text/html", MARSH)]))


def read_records(pipeline: beam.Pipeline, folder: Path) -> None:
    (folder / "feed.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n{"text": ', encoding="utf-8")
    inputs = pipeline | beam.Create([InputFile(f"{folder}/feed.jsonl", "", size=44, modified_us=0)])
    read = inputs | ReadRecords(ReadOptions(source="marsh-herald.example"))
    assert_that(
        read["records"] | beam.Map(lambda record: (record.origin.record, record.payload)), equal_to([(0, b"One."), (1, b"Two.")])
    )
    assert_that(read["rejects"] | beam.Map(lambda reject: (reject.record, reject.reason)), equal_to([(2, "bad_json")]), "Rejects")


def split_files(pipeline: beam.Pipeline, folder: Path) -> None:
    small = InputFile(f"{folder}/herons.html", "", size=300, modified_us=0)
    ranges = pipeline | beam.Create([small]) | SplitFiles(ReadOptions())
    assert_that(ranges, equal_to([FileRange(small)]))  # a crawl of gigabytes becomes many


def decode_records(pipeline: beam.Pipeline, folder: Path) -> None:
    records = [
        RawRecord(Origin("a.txt", 0), "Grüße aus Köln".encode("latin-1"), TEXT),
        RawRecord(Origin("b.txt", 0), bytes(range(32)) * 20, TEXT),
    ]
    decoded = pipeline | beam.Create(records) | DecodeRecords()
    assert_that(
        decoded["records"] | beam.Map(lambda page: (page.text, page.encoding)), equal_to([("Grüße aus Köln", "windows-1252")])
    )
    assert_that(
        decoded["rejects"] | beam.Map(lambda reject: (reject.uri, reject.reason)), equal_to([("b.txt", "binary")]), "Rejects"
    )


def screen_pages(pipeline: beam.Pipeline, folder: Path) -> None:
    reserved = MARSH.replace("<head>", '<head><meta name="robots" content="noai">')
    screened = pipeline | beam.Create([a_page(), a_page(reserved, "reserved.html")]) | ScreenPages(respect_opt_out=True)
    assert_that(screened["records"] | beam.Map(lambda page: page.origin.uri), equal_to(["herons.html"]))
    assert_that(screened["rejects"] | beam.Map(lambda reject: reject.reason), equal_to(["opted_out"]), "Rejects")


def strip_boilerplate(pipeline: beam.Pipeline, folder: Path) -> None:
    stripped = pipeline | beam.Create([a_page(), a_page("<nav><a href='/'>Home</a></nav>", "menu.html")]) | StripBoilerplate()
    assert_that(stripped["records"] | beam.Map(lambda article: article.text), equal_to(["\n".join(BODY)]))
    assert_that(
        stripped["rejects"] | beam.Map(lambda reject: (reject.kind, reject.reason)), equal_to([("filtered", "no_article")]), "No"
    )


def detect_language(pipeline: beam.Pipeline, folder: Path) -> None:
    body = "Der Stadtrat hat am Dienstag beschlossen, die Laternen in der unteren Gasse bei Vollmond auszuschalten."
    article = Article(a_page(), [Block(body, line=1, kept=True, reason="prose")])
    detected = pipeline | beam.Create([article]) | DetectLanguage()
    named = detected["records"] | beam.Map(lambda article: (article.language.language, article.language.agreed))
    assert_that(named, equal_to([("de", True)]))


def extract_metadata(pipeline: beam.Pipeline, folder: Path) -> None:
    blocks = [Block(text, line, kept=True, reason="prose") for line, text in enumerate(BODY, 1)]
    dated = MARSH.replace("<p>", "<time datetime='2024-05-14T06:30:00Z'>14 May</time><p>", 1)
    extracted = pipeline | beam.Create([Article(a_page(dated), blocks, Language("en", 1.0))]) | ExtractMetadata()
    rows = extracted["records"] | beam.Map(lambda row: (row.title, row.date.isoformat(), row.published_at_basis))
    assert_that(rows, equal_to([("Herons are back", "2024-05-14", "time element")]))


def mask_personal_data(pipeline: beam.Pipeline, folder: Path) -> None:
    row = a_document()._replace(text="Sightings to herons@marsh-herald.example, please.")
    masked = pipeline | beam.Create([row]) | MaskPersonalData(["emails"])
    assert_that(masked | beam.Map(lambda row: row.text), equal_to(["Sightings to [email], please."]))


def learn_templates(pipeline: beam.Pipeline, folder: Path) -> None:
    pages = []
    for bird in ("heron", "bittern", "spoonbill", "avocet"):
        text = MARSH.replace("heron", bird).replace("</article>", "</article><p>Write to the wardens at their hut.</p>")
        pages.append(a_page(text, f"{bird}.html", "marsh-herald.example"))
    templates = pipeline | beam.Create(pages) | LearnTemplates()
    learned = templates | beam.Map(lambda template: (template.source, template.lines["write to the wardens at their hut"]))
    assert_that(learned, equal_to([("marsh-herald.example", 4)]))


def drop_duplicates(pipeline: beam.Pipeline, folder: Path) -> None:
    lake = Lake(f"{folder}/lake")
    create_tables(lake)
    rows = pipeline | beam.Create([a_document(), a_document("again.html")])
    found = {"rows": rows} | DropDuplicates(lake, DOCUMENTS.name, version=0)
    assert_that(found["unique"] | beam.Map(lambda row: row.title), equal_to(["Herons are back"]))
    assert_that(found["duplicates"], equal_to(["herons.html"]), "Duplicates")


def find_clusters(pipeline: beam.Pipeline, folder: Path) -> None:
    lake = Lake(f"{folder}/lake")
    create_tables(lake)
    one, other = a_document("a.html"), make_document(a_page(uri="b.html", source="reed-post.example"))
    joined = pipeline | beam.Create([one, other]) | FindClusters(lake, "a-batch", version=0)
    assert_that(joined, equal_to([(other.doc_id, one.doc_id)]))


def reconcile_counts(pipeline: beam.Pipeline, folder: Path) -> None:
    ends = {
        "inputs": [InputFile("herons.html", "300-0", 300, 0)],
        "counts": [("herons.html", 2, 0)],
        "documents": [a_document()],
        "duplicates": ["herons.html"],
    }
    collections = {name: pipeline | name >> beam.Create(items) for name, items in ends.items()}
    collections["rejects"] = pipeline | beam.Create([], reshuffle=False)
    books = collections | ReconcileCounts("a-batch")
    assert_that(
        books | beam.Map(lambda book: (book.records, book.documents, book.duplicates, book.balanced)), equal_to([(2, 1, 1, True)])
    )


def write_documents(pipeline: beam.Pipeline, folder: Path) -> None:
    lake = Lake(f"{folder}/lake")
    parts = pipeline | beam.Create([a_document()]) | WriteDocuments(lake, "a-batch")
    folders = parts | beam.Map(lambda part: (part.path.rpartition("/")[0], part.rows))
    assert_that(folders, equal_to([("source=marsh-herald.example/date=__HIVE_DEFAULT_PARTITION__", 1)]))


def write_rejects(pipeline: beam.Pipeline, folder: Path) -> None:
    dead = Reject("0f" * 16, "b.txt", 0, "decode", "dead", "binary", "expected text", b"\0", TEXT)
    parts = pipeline | beam.Create([dead]) | WriteRejects(Lake(f"{folder}/lake"), "a-batch")
    assert_that(parts | beam.Map(lambda part: part.path.partition("/")[0]), equal_to(["kind=dead"]))


def write_inputs(pipeline: beam.Pipeline, folder: Path) -> None:
    books = InputCounts("herons.html", "300-0", "a-batch", records=1, documents=1, duplicates=0, filtered=0, dead=0, bytes=300)
    parts = pipeline | beam.Create([books]) | WriteInputs(Lake(f"{folder}/lake"), "a-batch")
    assert_that(parts, is_not_empty())
