"""Defines the records that travel through the pipeline, in the order in which they are made.

    RawRecord ─ decode ─► Page ─ strip ─► Article ─ detect, extract ─► Document
                                                     refused anywhere: Reject

`RawRecord` and `Page` hold an `Origin`: where the record comes from, and what is known of it before it is read.

Every record is a `NamedTuple` of plain values, which travels pickled between workers (transforms/coders.py). Times are `datetime`
with a zone, in UTC; `None` means *not known*, never *empty*.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, NamedTuple, Optional

from broadsheet.schemas.columns import Stored

HTML = "text/html"
TEXT = "text/plain"

DEAD = "dead"
FILTERED = "filtered"

Basis = Annotated[Optional[str], Stored("What `{field}` was inferred from.")]
"""The column beside an inferred one, NULL exactly if that is not known."""


class Origin(NamedTuple):
    """Where a record comes from, and what its container and the user say of it."""

    uri: str
    """The input file: an absolute path or a URI that Beam's filesystems open."""
    record: int
    """Ordinal of the record within the file, from 0; always 0 if the file is one record."""
    url: Optional[str] = None
    """Where the page was fetched from, if the container says so."""
    fetched_at: Optional[dt.datetime] = None
    """When it was fetched, if the container says so."""
    source: Optional[str] = None
    """The publisher, if the user or the path gave one."""
    source_basis: Optional[str] = None
    """`flag`, `path`, ...: who gave `source`."""
    modified_at: Optional[dt.datetime] = None
    """When the input file was last modified: the page cannot be younger."""
    url_basis: Optional[str] = None
    """Who gave `url`: `container`, `manifest`, `sidecar`, `path`."""
    fetched_at_basis: Optional[str] = None
    """Who gave `fetched_at`, likewise."""
    given: str = ""
    """Metadata that the user gave, over what the page says: JSON of `read.metadata_overrides`, "" for none."""
    declared_language: Optional[str] = None
    """The language the container declares (an HTTP header), not the page itself."""


class RawRecord(NamedTuple):
    """The bytes of one record of one input file."""

    origin: Origin
    payload: bytes
    """The decompressed bytes."""
    media_type: str
    """`text/html` or `text/plain`."""
    charset: Optional[str] = None
    """The charset the container declares (an HTTP header), not the page itself."""
    charset_basis: Optional[str] = None
    """`detected` if `charset` is that of a whole table, found by a detector; `None` if the container or the user declares it."""


class Page(NamedTuple):
    """A record decoded to text: HTML source or a plain-text dump."""

    origin: Origin
    text: str
    media_type: str
    encoding: str
    """The charset that was used, by its IANA name in lower case."""
    encoding_basis: str
    """`bom`, `header`, `meta`, `utf-8` (valid as such), `detected`, `lossy` or `mojibake` (misread before, mended)."""
    replacement_share: float
    """U+FFFD characters that decoding made, as a share of all characters, 0 to 1."""


class Block(NamedTuple):
    """One piece of a page, and the verdict on it.

    In a text dump a block is one line, or several broken lines that were joined; in HTML it is one block-level run of text.
    """

    text: str
    """White space folded to single spaces; no line breaks."""
    line: int
    """In a text dump the number of its first line, from 1; in HTML its ordinal, from 1."""
    kept: bool
    """Whether it belongs to the article's body."""
    reason: str
    """One of `schemas.reasons`: why it was kept or dropped."""
    lines: int = 1
    """How many input lines it covers."""
    score: Optional[float] = None
    """The model's probability of being body, 0 to 1, if a model was asked."""


class LanguageShare(NamedTuple):
    """How much of a page is in one language."""

    language: str
    share: float


class Language(NamedTuple):
    """The language of a body."""

    language: str
    """ISO 639-1 (BCP 47 if that is too coarse), or `und`."""
    confidence: float
    """0 to 1; 0 for `und`."""
    agreed: Optional[bool] = None
    """Whether a second detector said the same; `None` if none was asked."""
    languages: list[LanguageShare] = []
    """The languages of a mixed page with their shares, largest first; one entry for a page in one language, none for `und`."""


class Article(NamedTuple):
    """A page taken apart: all of its blocks in page order, kept and dropped."""

    page: Page
    blocks: list[Block]
    language: Optional[Language] = None
    """The language of the body, once it was detected."""
    text_basis: str = "visible"
    """Where the body was read: `visible`, `hidden` (elements that the page does not show), `json-ld`."""
    text_confidence: Optional[float] = None
    """The estimated probability that the body is right, 0 to 1; `None` if the extractor does not judge itself."""
    page_type: Optional[str] = None
    """What kind of page it is, as `Document.page_type` has it; `None` if that was not judged."""
    page_type_score: Optional[float] = None
    """The estimated probability of that kind, 0 to 1."""

    @property
    def text(self) -> str:
        """The body: one kept block per line."""
        return "\n".join(block.text for block in self.blocks if block.kept)


class Evidence(NamedTuple):
    """What a metadata field was inferred from."""

    field: str
    """The column of `Document` it speaks for."""
    basis: str
    """A short name: `json-ld`, `meta`, `time element`, `byline`, `label`, `page clock`, ..."""
    words: str
    """The exact words of the page."""


class Metadata(NamedTuple):
    """What a page says about its article. A field without evidence is `None` (or an empty list)."""

    title: Optional[str] = None
    subtitle: Optional[str] = None
    authors: list[str] = []
    published_at: Optional[dt.datetime] = None
    published_date: Optional[dt.date] = None
    """The day of publication in the page's own zone; the only thing known if the page gives no time."""
    modified_at: Optional[dt.datetime] = None
    crawled_at: Optional[dt.datetime] = None
    section: Optional[str] = None
    tags: list[str] = []
    agency: Optional[str] = None
    place: Optional[str] = None
    external_id: Optional[str] = None
    site_name: Optional[str] = None
    canonical_url: Optional[str] = None
    image: Optional[str] = None
    declared_language: Optional[str] = None
    source: str = "unknown"
    source_basis: str = "unknown"
    evidence: list[Evidence] = []

    def basis(self, field: str) -> Optional[str]:
        """Returns the basis of a field, `None` if there is no evidence for it."""
        return next((item.basis for item in self.evidence if item.field == field), None)


class Document(NamedTuple):
    """One row of the `documents` table, and the one definition of its columns (`schemas.columns`)."""

    doc_id: Annotated[
        str, Stored("Hex digest of the source and the normalised body: 32 characters, the row's key.", repeats=False, in_log=True)
    ]
    uri: Annotated[str, Stored("The input that the document was read from: a file, or a topic's partition.", repeats=False)]
    record: Annotated[int, Stored("Ordinal of the record within its file, from 0; for a message, its offset.")]
    source: Annotated[str, Stored("The publisher; `unknown` if nothing names it.")]
    source_basis: Annotated[str, Stored("What `source` was inferred from: `flag`, `path`, `url`, ..., `unknown`.")]
    date: Annotated[Optional[dt.date], Stored("UTC day of publication, else of the crawl, else NULL.")]
    date_basis: Annotated[str, Stored("`published`, `crawled` or `unknown`: which day `date` is.")]
    external_id: Annotated[Optional[str], Stored("The publisher's own identifier of the article.")]
    external_id_basis: Basis
    url: Annotated[Optional[str], Stored("Where the page was fetched from.", repeats=False)]
    url_basis: Basis
    canonical_url: Annotated[Optional[str], Stored("The address that the page itself calls canonical.", repeats=False)]
    canonical_url_basis: Basis
    title: Annotated[Optional[str], Stored("The headline.", repeats=False, ordered=False)]
    title_basis: Basis
    subtitle: Annotated[Optional[str], Stored("The line under the headline.", repeats=False, ordered=False)]
    subtitle_basis: Basis
    authors: Annotated[list[str], Stored("Names of the authors, as printed.", nullable=True)]
    authors_basis: Basis
    text: Annotated[str, Stored("The body, one paragraph per line.", repeats=False, ordered=False, bulky=True)]
    captions: Annotated[list[str], Stored("Captions and credits of pictures, kept apart from the body.")]
    published_at: Annotated[Optional[dt.datetime], Stored("When the article was published; midnight UTC if only the day is known.")]
    published_at_basis: Basis
    modified_at: Annotated[Optional[dt.datetime], Stored("When it was last changed.")]
    modified_at_basis: Basis
    crawled_at: Annotated[Optional[dt.datetime], Stored("When the page was fetched: by its container or by the page's own clock.")]
    crawled_at_basis: Basis
    section: Annotated[Optional[str], Stored("The section of the site that it appeared in.")]
    section_basis: Basis
    tags: Annotated[list[str], Stored("Its keywords.", nullable=True)]
    tags_basis: Basis
    agency: Annotated[Optional[str], Stored("The news agency it was taken from.")]
    agency_basis: Basis
    place: Annotated[Optional[str], Stored("The place in its dateline.")]
    place_basis: Basis
    site_name: Annotated[Optional[str], Stored("What the site calls itself.")]
    site_name_basis: Basis
    image: Annotated[Optional[str], Stored("Address of its main picture.", ordered=False)]
    image_basis: Basis
    language: Annotated[
        str, Stored("Language of the body: ISO 639-1, BCP 47 if that is too coarse, `und` if not known.", in_log=True)
    ]
    language_confidence: Annotated[float, Stored("The detector's confidence in `language`, 0 to 1.")]
    language_agreed: Annotated[Optional[bool], Stored("Whether a second detector agreed; NULL if none was asked.")]
    languages: Annotated[list[LanguageShare], Stored("Languages of a mixed page with their shares.")]
    declared_language: Annotated[Optional[str], Stored("The language that the page declares, else its HTTP header.")]
    content_type: Annotated[str, Stored("`text/html` or `text/plain`.")]
    encoding: Annotated[str, Stored("The charset the bytes were decoded with.")]
    encoding_basis: Annotated[
        str, Stored("What `encoding` was inferred from: `bom`, `header`, `meta`, `utf-8`, `detected`, `lossy`, `mojibake`.")
    ]
    replacement_share: Annotated[float, Stored("Replacement characters made by decoding, as a share of the page's characters.")]
    chars: Annotated[int, Stored("Characters of the body.")]
    words: Annotated[int, Stored("Number of words in the body; a Chinese or Japanese character counts as one.")]
    text_share: Annotated[float, Stored("The body's characters as a share of all visible characters of the page.")]
    rules_version: Annotated[str, Stored("Version of the rules that made the row.")]
    model_digest: Annotated[Optional[str], Stored("Hex digest of the models that made the row.", since=2)]
    signature: Annotated[
        Optional[bytes], Stored("MinHash of the body, 128 bytes; NULL for the shortest bodies.", since=2, ordered=False)
    ]
    cluster_id: Annotated[
        Optional[str], Stored("`doc_id` of the earliest document that it is a near duplicate of, or its own.", since=2)
    ]
    declared_language_differs: Annotated[
        Optional[bool], Stored("Whether `declared_language` differs from `language`; NULL if either is unknown.", since=2)
    ]
    text_basis: Annotated[
        Optional[str], Stored("Where the body was read: `visible`, `hidden` (what the page does not show), `json-ld`.", since=3)
    ]
    text_confidence: Annotated[
        Optional[float], Stored("Estimated probability that the body is right (F1 of 0.9 or more); NULL if not judged.", since=3)
    ]
    page_type: Annotated[
        Optional[str],
        Stored(
            "`article`, `live_blog`, `forum`, `product`, `listing`, `documentation`, `service` or `other`; NULL if not judged.",
            since=3,
        ),
    ]
    page_type_score: Annotated[Optional[float], Stored("Estimated probability of `page_type`.", since=3)]
    markdown: Annotated[
        Optional[str], Stored("The body as Markdown; NULL without `--markdown`.", since=4, ordered=False, bulky=True)
    ]


class Reject(NamedTuple):
    """One row of the `rejects` table: a record that did not become a document, and why."""

    reject_id: Annotated[
        str,
        Stored("Hex digest of the row: a record rejected again for the same reason adds no row.", repeats=False, in_log=True),
    ]
    uri: Annotated[str, Stored("The input: a file, or a topic's partition.", repeats=False)]
    record: Annotated[int, Stored("Ordinal of the record within its file, from 0; for a message, its offset.")]
    stage: Annotated[str, Stored("The stage that rejected it: `read`, `decode`, `strip`, ...", in_log=True)]
    kind: Annotated[str, Stored("`dead` (an error) or `filtered` (a rule).")]
    reason: Annotated[str, Stored("A stable name in snake_case, to count by.", in_log=True)]
    message: Annotated[str, Stored("One sentence: what was found and what was expected.", ordered=False)]
    payload: Annotated[bytes, Stored("The record's first 256 KiB.", repeats=False, ordered=False, bulky=True)]
    media_type: Annotated[str, Stored("`text/html`, `text/plain` or `application/octet-stream`.")]
    attempts: Annotated[int, Stored("How often it was tried.")] = 1


class Skip(NamedTuple):
    """Records of one file that are left out for one reason: its container needs them, and nobody reads them."""

    record: RawRecord
    """The first of them."""
    message: str
    """What is said of it."""
    records: int
    """How many there are."""


class InputFile(NamedTuple):
    """One input as the ledger knows it."""

    uri: str
    fingerprint: str
    """`<size>-<modification time>`: the input is read again when this changes."""
    size: int
    """Bytes of the file as it is stored, compressed or not."""
    modified_us: int
    """Modification time in microseconds since 1970; 0 if the filesystem has none."""
    sidecar: str = ""
    """The file `<uri>.json` with metadata beside it, "" if there is none; its age and size are part of the fingerprint."""
    given: str = ""
    """What a manifest says of it, as for `RawRecord.given`; its digest is part of the fingerprint."""


class Mark(NamedTuple):
    """A place in a file where reading can begin, with what a reader that began at the start would know there."""

    record: int = 0
    """Ordinal of the record that comes next."""
    offset: int = 0
    """Bytes of the file before it."""
    part: int = 0
    """Lines, row groups or record batches before it: whichever the format counts."""
    grown: int = 0
    """Decompressed bytes that were counted before it."""
    charset: str = ""
    """The charset that the lines before it are in, "" if they are all ASCII or the format has none."""


class FileRange(NamedTuple):
    """A part of an input that one worker reads; the whole of it if it is not large, or cannot be split."""

    file: InputFile
    begin: Mark = Mark()
    end: Optional[int] = None
    """Ordinal of the first record after it; `None` for what is read to the end of the file."""


class InputCounts(NamedTuple):
    """What became of the records of one input: a row of the `inputs` table without the time of its commit."""

    uri: Annotated[str, Stored("The input: a file, or a range of a topic's offsets.", repeats=False)]
    fingerprint: Annotated[
        str,
        Stored("Size and modification time: the input is read again if this changes. For a range of offsets, the range."),
    ]
    batch_id: Annotated[str, Stored("The batch that read it.", in_log=True)]
    records: Annotated[int, Stored("Records read, the sum of the next four; 0 if they were read again.")]
    documents: Annotated[int, Stored("Records that became rows of `documents`; negative if rows were taken out again.")]
    duplicates: Annotated[int, Stored("Records whose document was there already.")]
    filtered: Annotated[int, Stored("Records that a rule left out: rows of `rejects`, some of which count for many.")]
    dead: Annotated[int, Stored("Records that failed, rows of `rejects`.")]
    bytes: Annotated[int, Stored("Size of the input; for a range of offsets, an estimate.")]

    @property
    def balanced(self) -> bool:
        """Whether every record that was read is accounted for exactly once."""
        return self.records == self.documents + self.duplicates + self.filtered + self.dead


class PartFile(NamedTuple):
    """A Parquet file that was written and waits for its commit."""

    table: str
    path: str
    """Relative to the table's folder, partition folders included."""
    size: int
    rows: int
    stats: str
    """The file's statistics as Delta's log has them: JSON."""


PAYLOAD_BYTES = 256 * 1024
"""How much of a rejected record is kept: whole for nearly every page (the labelled pages' median is 120 kB), bounded for bombs."""
