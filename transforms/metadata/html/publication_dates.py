"""Finds when an article was published: what machines were told, then what readers are shown.

Dates in the head are right nearly always where they are there at all (on the labelled pages 379 of 403 declared dates), so they
come first; what the page shows is asked where the head is silent, and near the headline only, because a page shows many other
dates: those of comments, of other articles, of events, of copyright, its own clock. In this order:

1. JSON-LD `datePublished` of the article;
2. meta elements that say *published*;
3. microdata `datePublished`, `<time pubdate>`;
4. a day in the page's address (`/2021/03/05/`);
5. elements called date, and `<time>`, near the headline;
6. lines near the headline that hold a date;
7. elements and lines that say *published* anywhere in the article;
8. JSON-LD or meta dates of another name (created, uploaded, issued), then inline scripts' `"datePublished"`;
9. the day a line calls its last change's, by the basis `change`: the only date that the page tells its readers.

A declared date is corrected by the one right beside the headline (`_shown`) where that is not called an update, or by the day in
the address where that is more than a year earlier. Whatever its place, a date before 1990 or after the page can have been published
is passed over.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple

from broadsheet.transforms.metadata.dates.find_dates import FoundDate, find_dates, parse_timestamp
from broadsheet.transforms.metadata.html.json_ld import Entity
from broadsheet.transforms.metadata.html.markup_reader import Markup, attributes
from broadsheet.transforms.metadata.html.visible_text import (
    CHANGE_SPOTS,
    COMMENTS,
    DATE,
    DATE_SPOTS,
    RELATED,
    Element,
    Line,
    Visible,
    Zone,
    foreign,
    origin_of,
    read_spots,
)

EARLIEST = dt.date(1990, 1, 1)
"""Before the first web page there was none; dates before it are a birthday's or a clock's that was never set (1970-01-01)."""
BEFORE, AFTER = 8, 12
"""Lines around the headline where a date belongs to it."""
BESIDE = (4, 10)
"""Lines around the headline where the date is the article's own, whatever the head says."""
LATER = dt.timedelta(days=45)
"""How much later than the declared date the shown one may be: a journal's issue follows an article's first version by weeks (35
days on a labelled page); what lies further ahead is an event's."""
MOVED = dt.timedelta(days=365)
"""How much later than the day in its address a page is declared that was moved to another system. Of the labelled pages one
declares six days more and is right, one 705 days and is wrong."""
LONGEST_LINE = 120
PROSE = 200
"""Characters from which a line is prose: what a related box says behind two such lines, lead and first paragraph, is another's."""
DATELINE = 80
"""Characters of a paragraph where a date it begins with ends."""

_META = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "og:published_time", "pubdate",
    "publishdate", "publish_date", "publish-date", "publication_date", "published_time", "parsely-pub-date", "sailthru.date",
    "citation_publication_date", "citation_date", "citation_online_date", "dc.date.issued", "dcterms.issued", "dc:date.issued",
    "article_date_original", "originalpublicationdate", "date", "dc.date", "dc:date", "dcterms.date", "dcterms.created",
    "dc.date.created", "dc:date.created", "dc.created", "datecreated", "created", "article:post_date", "displaydate",
    "cxenseparse:recs:publishtime", "rnews:datepublished", "bt:pubdate", "timestamp", "date.created", "article.published",
    "article.created", "last-published",
)  # fmt: skip
_META_MODIFIED = (
    "article:modified_time", "og:updated_time", "datemodified", "dc.date.modified", "dcterms.modified", "last-modified",
    "article:modified", "modified_time", "lastmod", "dc:date.modified",
)  # fmt: skip
_IN_URL = re.compile(r"/(?:((?:19|20)\d\d)([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)|((?:19|20)\d\d)/(\d\d?)/(\d\d?)/)")
_DOTTED = re.compile(r"(?<!\d)\d\d?([-.])\d\d?\1(?:19|20)\d\d(?!\d)")
_SCRIPT = re.compile(
    r'"(?:datePublished|publishedAt|published_at|publishDate|publish_date|publicationDate|publishedDate|date_published|'
    r'firstPublished|first_published_at)"\s*:\s*"([^"\\]{8,40})"'
)
_SAYS_PUBLISHED = re.compile(
    r"publi|post(?:ed|ing)|veröffentlicht|erstellt|erschienen|gepostet|pubblicat|geplaatst|gepubliceerd|publiceret|"
    r"julkaistu|opublikowano|dodano|опубликован|发布|發佈|投稿|公開|created|written|vom\s|stand:|datum:|date:|fecha:|data:",
    re.IGNORECASE,
)
_SAYS_CHANGED = re.compile(
    r"updated?\b|modified|aktualisiert|geändert|zuletzt bearbeitet|last edited|aggiornat|actualizad|mis à jour|bijgewerkt|"
    r"обновлено",
    re.IGNORECASE,
)
_SAYS_OTHER = re.compile(
    r"updat|modif|aktualisiert|geändert|bearbeitet|last edited|zuletzt|aggiornat|actualiza|mis à jour|bijgewerkt|©|copyright|\(c\)|"
    r"review|event|termin|expire|gültig|deadline|born|geboren|access|visited|abgerufen|mitglied|member|joined|registr|dabei seit",
    re.IGNORECASE,
)
_NO_DATE_NAMES = re.compile(
    r"comment|update|modif|event|copyright|footer|reading|duration|countdown|validate|birth|timeago-future|member|since"
)


class Dates(NamedTuple):
    """When an article was published."""

    date: dt.date
    """The day in the page's own zone."""
    at: dt.datetime | None
    """The instant in UTC, where the page gives time and zone."""
    basis: str
    words: str


def find_published(
    markup: Markup,
    entity: Entity | None,
    visible: Visible,
    url: str | None,
    latest: dt.datetime,
    day_first: bool | None,
    modified: Dates | None = None,
) -> Dates | None:
    """Returns when the article was published, `None` where nothing on the page says so.

    Args:
        markup: The page.
        entity: The page's article in JSON-LD.
        visible: What readers see.
        url: The page's address.
        latest: The last instant it can have been published at; a day is added for the zones of the world.
        day_first: How the page writes `03/04/2021`; `None`: not known, such dates are passed over.
        modified: What `find_modified` found.
    """
    last = (latest + dt.timedelta(days=1)).date()
    for basis, found in _candidates(markup, entity, visible, url, day_first):
        if EARLIEST <= found.date <= last and not found.ambiguous:
            if basis in ("json-ld", "meta"):
                if shown := _shown(visible, found, modified, day_first):
                    return shown
                if (addressed := _in_url(url)) and EARLIEST <= addressed.date < found.date - MOVED:
                    return Dates(addressed.date, None, "url", addressed.words)
            return Dates(found.date, found.at, basis, found.words)
    return _last_change(markup, visible, last, day_first)


def _last_change(markup: Markup, visible: Visible, last: dt.date, day_first: bool | None) -> Dates | None:
    """Returns the day the page calls its last change's, for a page that tells readers no other date."""
    for seen in (visible, read_spots(markup.body, visible, CHANGE_SPOTS)):
        for found in _said_changed(seen, seen.lines, day_first):
            if EARLIEST <= found.date <= last and not found.ambiguous:
                return Dates(found.date, found.at, "change", found.words)
    return None


def _said_changed(visible: Visible, lines: list[Line], day_first: bool | None) -> Iterator[FoundDate]:
    """Yields the dates of lines that speak of a change of the article."""
    origin = origin_of(visible)
    for line in lines:
        said = _SAYS_CHANGED.search(line.text) if len(line.text) <= LONGEST_LINE else None
        if said and not foreign(line.zones, origin, COMMENTS, RELATED):
            yield from _dates(line.text[said.start() :], day_first)[:1]


def _shown(visible: Visible, declared: FoundDate, modified: Dates | None, day_first: bool | None) -> Dates | None:
    """Returns the date beside the headline where it corrects the declared one.

    A declared instant in UTC is a day early or late for readers elsewhere, and a page that is put out again tells readers the new
    day and machines the old one, or the other way round. So the date that stands right beside the headline and is not called an
    update is the article's, but for one that lies ahead by more than `LATER`, which is an event's, unless it is the last change's.
    Of 527 labelled dates 25 differ from the declared one and are told so; 18 of those changes are right, 2 wrong.
    """
    for basis, found in _near_headline(visible, day_first, *BESIDE, strict=True):
        if found.ambiguous or _same_day(found, declared):
            return None
        changed = modified is not None and found.date == modified.date
        if changed and found.date < declared.date:
            return None  # the last change of a draft
        if EARLIEST <= found.date <= declared.date + LATER or changed:
            near = abs(found.date - declared.date) <= dt.timedelta(days=1)
            return Dates(found.date, declared.at if near and declared.at else found.at, basis, found.words)
        return None
    return None


def _same_day(shown: FoundDate, declared: FoundDate) -> bool:
    """Tells whether a shown date is the declared one: the same, with day and month exchanged, or the next day in another zone.

    A declared time with an offset of its own (`+01:00`) is in the page's zone already and is believed to the day.
    """
    if shown.date == declared.date or (shown.date.day, shown.date.month) == (declared.date.month, declared.date.day):
        return True
    local = declared.at is not None and declared.time is not None and declared.at.time() != declared.time
    return local and abs(shown.date - declared.date) <= dt.timedelta(days=1)


def find_modified(
    markup: Markup, entity: Entity | None, visible: Visible, latest: dt.datetime, day_first: bool | None
) -> Dates | None:
    """Returns when the article was changed last, as JSON-LD, meta elements or a line near the headline ("Updated: ...") say."""
    last = (latest + dt.timedelta(days=1)).date()
    for basis, found in _changes(markup, entity, visible, day_first):
        if EARLIEST <= found.date <= last and not found.ambiguous:
            return Dates(found.date, found.at, basis, found.words)
    return None


def _changes(markup: Markup, entity: Entity | None, visible: Visible, day_first: bool | None) -> Iterator[tuple[str, FoundDate]]:
    if entity and (found := _read(entity.text("dateModified"), day_first)):
        yield "json-ld", found
    for key in _META_MODIFIED:
        for text in markup.metas.get(key, ()):
            if found := _read(text, day_first):
                yield "meta", found
    if visible.anchor >= 0:
        near = visible.lines[max(0, visible.anchor - BEFORE) : visible.anchor + AFTER]
        yield from (("label", found) for found in _said_changed(visible, near, day_first))


def _candidates(
    markup: Markup, entity: Entity | None, visible: Visible, url: str | None, day_first: bool | None
) -> Iterator[tuple[str, FoundDate]]:
    """Yields dates, the most trusted first."""
    if entity and (found := _read(entity.text("datePublished"), day_first)):
        yield "json-ld", found
    for key in _META:
        for text in markup.metas.get(key, ()):
            if found := _read(text, day_first):
                yield "meta", found
    yield from _microdata(visible, day_first)
    if found := _in_url(url):
        yield "url", found
    yield from _near_headline(visible, day_first)
    yield from _said_published(visible, day_first)
    yield from _said_published(read_spots(markup.body, visible, DATE_SPOTS), day_first)
    for key in ("dateCreated", "uploadDate"):
        if entity and (found := _read(entity.text(key), day_first)):
            yield "json-ld", found
    for script in markup.scripts:
        if (match := _SCRIPT.search(script)) and (found := _read(match[1], day_first)):
            yield "script", found


def _dates(text: str, day_first: bool | None) -> list[FoundDate]:
    """Finds dates, `02-12-2025` and `02.12.2025` with the day first anywhere: who puts the month first parts with slashes."""
    return find_dates(text, day_first=True if day_first is False and _DOTTED.search(text) else day_first)


def _read(text: str | None, day_first: bool | None) -> FoundDate | None:
    """Reads a value that is a date and nothing else."""
    if not text or len(text) > LONGEST_LINE:
        return None
    return parse_timestamp(text) or next(iter(_dates(text, day_first)), None)


def _in_url(url: str | None) -> FoundDate | None:
    """Reads the day a page's address names: `/2021/03/05/`, `/2021/3/5/`, `/2021-03-05-title`, `/20210305`."""
    match = _IN_URL.search(url or "")
    if not match:
        return None
    year, month, day = (match[1], match[3], match[4]) if match[1] else (match[5], match[6], match[7])
    return parse_timestamp(f"{year}-{month:0>2}-{day:0>2}")


def _value(element: Element, day_first: bool | None) -> FoundDate | None:
    """Reads an element's date from what it tells machines, else from its text."""
    found = attributes(element.attributes)
    for key in ("datetime", "content", "data-datetime", "data-date", "title"):
        if value := _read(found.get(key), day_first):
            return value
    return _read(element.text, day_first)


def _microdata(visible: Visible, day_first: bool | None) -> Iterator[tuple[str, FoundDate]]:
    origin = origin_of(visible)
    for element in visible.elements:
        if (DATE not in element.kinds and element.tag != "time") or foreign(element.zones, origin, COMMENTS, RELATED):
            continue
        says = "datepublished" in element.names or (element.tag == "time" and "pubdate" in element.attributes)
        if says and (found := _value(element, day_first)):
            yield "microdata", found


def _near_headline(
    visible: Visible, day_first: bool | None, before: int = BEFORE, after: int = AFTER, *, strict: bool = False
) -> Iterator[tuple[str, FoundDate]]:
    """Yields the dates around the headline: of elements called date first, then of lines; those behind it before those above."""
    anchor = visible.anchor
    if anchor < 0:
        return
    origin = origin_of(visible)
    prose = [i for i in range(anchor + 1, len(visible.lines)) if len(visible.lines[i].text) > PROSE]
    lead = prose[1] if len(prose) > 1 else len(visible.lines)

    def elsewhere(line: int, zones: tuple[Zone, ...]) -> bool:
        return foreign(zones, origin, COMMENTS) or (line > lead and foreign(zones, origin, RELATED))

    near = [
        element for element in visible.elements
        if (DATE in element.kinds or element.tag == "time") and -before <= element.line - anchor <= after
        and not _NO_DATE_NAMES.search(element.names) and not elsewhere(element.line, element.zones)
    ]  # fmt: skip
    near.sort(key=lambda element: _distance(element.line - anchor))
    later = []
    for element in near:
        if element.tag == "time" or len(element.text) <= LONGEST_LINE:
            line = visible.lines[element.line].text if element.line < len(visible.lines) else ""
            if found := _value(element, day_first):
                says_other = _SAYS_OTHER.search(element.text) or (_SAYS_OTHER.search(line) and not _SAYS_PUBLISHED.search(line))
                if says_other:
                    later.append(found)
                else:
                    yield "time element" if element.tag == "time" else "date element", found
    for i in sorted(
        range(max(0, anchor - before), min(len(visible.lines), anchor + after + 1)), key=lambda i: _distance(i - anchor)
    ):
        if i == anchor or (strict and abs(i - anchor) > before) or elsewhere(i, visible.lines[i].zones):
            continue
        if found := _line_date(visible.lines[i].text, day_first):
            yield "line", found
    if not strict:
        yield from (("date element", found) for found in later)


def _line_date(text: str, day_first: bool | None) -> FoundDate | None:
    """Reads the date of a short line, or the one a paragraph begins with ("Berlin, 5 March 2021 – The council ...")."""
    head = text if len(text) <= LONGEST_LINE else text[:DATELINE]
    if other := _SAYS_OTHER.search(head):
        head = head[: other.start()]
    found = next(iter(_dates(head, day_first)), None)
    return found if found and (len(text) <= LONGEST_LINE or found.span[0] <= DATELINE // 3) else None


def _distance(lines: int) -> float:
    return lines if lines >= 0 else 1.5 - 1.5 * lines


def _said_published(visible: Visible, day_first: bool | None) -> Iterator[tuple[str, FoundDate]]:
    """Yields dates that the article calls its publication's, wherever they stand in it."""
    origin = origin_of(visible)
    for line in visible.lines:
        says = len(line.text) <= LONGEST_LINE and _SAYS_PUBLISHED.search(line.text) and not _SAYS_OTHER.search(line.text)
        if says and not foreign(line.zones, origin, COMMENTS, RELATED):
            yield from (("line", found) for found in _dates(line.text, day_first))
    for element in visible.elements:
        called = (DATE in element.kinds or element.tag == "time") and not _NO_DATE_NAMES.search(element.names)
        if not called or foreign(element.zones, origin):
            continue
        if len(element.text) <= LONGEST_LINE and not _SAYS_OTHER.search(element.text) and (found := _value(element, day_first)):
            yield "date element", found
