"""The records that travel through the pipeline, in the order the data meets them.

    RawRecord ─ decode ─► Page ─ strip ─► Article ─ detect, extract ─► Document
                                                     refused anywhere: Reject

Every record is a `NamedTuple` of plain values, which travels pickled between workers (transforms/coders.py). Times are
`datetime` with a zone, in UTC; `None` means *not known*, never *empty*.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, Optional

HTML = "text/html"
TEXT = "text/plain"

DEAD = "dead"
FILTERED = "filtered"


class RawRecord(NamedTuple):
    """The bytes of one record of one input file, and what its container knew about it."""

    uri: str
    """The input file: an absolute path or a URI that Beam's filesystems open."""
    record: int
    """Ordinal of the record within the file, from 0; always 0 where a file is one record."""
    payload: bytes
    """The decompressed bytes."""
    media_type: str
    """`text/html` or `text/plain`."""
    url: Optional[str] = None
    """Where the page was fetched from, if the container says so."""
    fetched_at: Optional[dt.datetime] = None
    """When it was fetched, if the container says so."""
    charset: Optional[str] = None
    """The charset the container declares (an HTTP header), not the page itself."""
    source: Optional[str] = None
    """The publisher, where the user or the path gave one."""
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


class Page(NamedTuple):
    """A record decoded to text: HTML source or a plain-text dump."""

    uri: str
    record: int
    text: str
    media_type: str
    encoding: str
    """The charset that was used, by its IANA name in lower case."""
    encoding_basis: str
    """`bom`, `header`, `meta`, `utf-8` (valid as such), `detected`, `lossy` or `mojibake` (misread before, mended)."""
    replacement_share: float
    """U+FFFD characters that decoding made, as a share of all characters, 0 to 1."""
    url: Optional[str] = None
    fetched_at: Optional[dt.datetime] = None
    source: Optional[str] = None
    source_basis: Optional[str] = None
    modified_at: Optional[dt.datetime] = None
    url_basis: Optional[str] = None
    fetched_at_basis: Optional[str] = None
    given: str = ""
    declared_language: Optional[str] = None


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
    """The model's probability of being body, 0 to 1, where a model was asked."""


class LanguageShare(NamedTuple):
    """How much of a page is in one language."""

    language: str
    share: float


class Language(NamedTuple):
    """The language of a body."""

    language: str
    """ISO 639-1 (BCP 47 where that is too coarse), or `und`."""
    confidence: float
    """0 to 1; 0 for `und`."""
    agreed: Optional[bool] = None
    """Whether a second detector said the same; `None` where none was asked."""
    languages: list[LanguageShare] = []
    """The languages of a mixed page with their shares, largest first; one entry for a page in one language, none for `und`."""


class Article(NamedTuple):
    """A page taken apart: all of its blocks in page order, kept and dropped."""

    page: Page
    blocks: list[Block]
    language: Optional[Language] = None
    """The language of the body, once it was detected."""

    @property
    def text(self) -> str:
        """The body: one kept block a line."""
        return "\n".join(block.text for block in self.blocks if block.kept)


class Evidence(NamedTuple):
    """What a metadata field was inferred from."""

    field: str
    """The column of `Document` it speaks for."""
    basis: str
    """A short name: `json-ld`, `meta`, `time element`, `byline`, `label`, `page clock`, ..."""
    words: str
    """The very words of the page."""


class Metadata(NamedTuple):
    """What a page says about its article. A field without evidence is `None` (or an empty list)."""

    title: Optional[str] = None
    subtitle: Optional[str] = None
    authors: list[str] = []
    published_at: Optional[dt.datetime] = None
    published_date: Optional[dt.date] = None
    """The day of publication in the page's own zone; the only thing known where the page gives no time."""
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
        """Returns the basis of a field, `None` where there is no evidence for it."""
        return next((item.basis for item in self.evidence if item.field == field), None)


class Document(NamedTuple):
    """One row of the `documents` table; `schemas.tables.DOCUMENTS` says what each column means."""

    doc_id: str
    uri: str
    record: int
    source: str
    source_basis: str
    date: Optional[dt.date]
    date_basis: str
    external_id: Optional[str]
    external_id_basis: Optional[str]
    url: Optional[str]
    url_basis: Optional[str]
    canonical_url: Optional[str]
    canonical_url_basis: Optional[str]
    title: Optional[str]
    title_basis: Optional[str]
    subtitle: Optional[str]
    subtitle_basis: Optional[str]
    authors: list[str]
    authors_basis: Optional[str]
    text: str
    captions: list[str]
    published_at: Optional[dt.datetime]
    published_at_basis: Optional[str]
    modified_at: Optional[dt.datetime]
    modified_at_basis: Optional[str]
    crawled_at: Optional[dt.datetime]
    crawled_at_basis: Optional[str]
    section: Optional[str]
    section_basis: Optional[str]
    tags: list[str]
    tags_basis: Optional[str]
    agency: Optional[str]
    agency_basis: Optional[str]
    place: Optional[str]
    place_basis: Optional[str]
    site_name: Optional[str]
    site_name_basis: Optional[str]
    image: Optional[str]
    image_basis: Optional[str]
    language: str
    language_confidence: float
    language_agreed: Optional[bool]
    languages: list[LanguageShare]
    declared_language: Optional[str]
    content_type: str
    encoding: str
    encoding_basis: str
    replacement_share: float
    chars: int
    words: int
    text_share: float
    rules_version: str
    model_digest: Optional[str]
    signature: Optional[bytes]
    cluster_id: Optional[str]
    declared_language_differs: Optional[bool]


class Reject(NamedTuple):
    """One row of the `rejects` table: a record that did not become a document, and why."""

    reject_id: str
    """Hex digest of all that follows, so that a record refused again for the same reason adds no row."""
    uri: str
    record: int
    stage: str
    """The stage that refused it: `read`, `decode`, `strip`, ..."""
    kind: str
    """`dead` (an error) or `filtered` (a rule)."""
    reason: str
    """A stable name in snake_case, to count by."""
    message: str
    """One sentence for a person."""
    payload: bytes
    """The record's first bytes (`PAYLOAD_BYTES` at most)."""
    media_type: str
    attempts: int = 1


class Skip(NamedTuple):
    """Records of one file that are left out for one reason, each of which its container needs and nobody reads."""

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
    """Bytes of the file as it lies there, compressed or not."""
    modified_us: int
    """Modification time in microseconds since 1970; 0 where the filesystem knows none."""
    sidecar: str = ""
    """The file `<uri>.json` with metadata beside it, "" where there is none; its age and size are part of the fingerprint."""
    given: str = ""
    """What a manifest says of it, as for `RawRecord.given`; its digest is part of the fingerprint."""


class Mark(NamedTuple):
    """A place in a file that reading can begin at, and what a reader that comes there by itself would know by then."""

    record: int = 0
    """Ordinal of the record that comes next."""
    offset: int = 0
    """Bytes of the file before it."""
    part: int = 0
    """Lines, row groups or record batches before it: whichever the format counts."""
    grown: int = 0
    """Decompressed bytes that were counted before it."""


class FileRange(NamedTuple):
    """A part of an input that one worker reads; the whole of it where it is not large, or cannot be split."""

    file: InputFile
    begin: Mark = Mark()
    end: Optional[int] = None
    """Ordinal of the first record behind it; `None` for what is read to the end of the file."""


class InputCounts(NamedTuple):
    """What became of the records of one input: a row of the `inputs` table."""

    uri: str
    fingerprint: str
    batch_id: str
    records: int
    documents: int
    duplicates: int
    filtered: int
    dead: int
    bytes: int

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
