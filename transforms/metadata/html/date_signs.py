"""Finds the signs of an HTML page's dates: what the head declares, what the address holds, what readers see and its setting.

    scene = look(markup, entity, visible, url, day_first)
    list(json_ld(scene))            # [Sign(FoundDate(2024-03-14 ...), words="2024-03-14T09:15:00+01:00")]
    scene.near                      # every date around the headline, with its label and its place

`publication_dates` weighs the signs; this module only says where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from broadsheet.transforms.metadata.dates.date_labels import (
    CHANGED,
    OTHER,
    PLAIN,
    PUBLISHED,
    UNKNOWN,
    WEAK,
    Dated,
    label_above,
    label_of,
    read_line,
)
from broadsheet.transforms.metadata.dates.find_dates import FoundDate, find_dates, parse_timestamp
from broadsheet.transforms.metadata.html.json_ld import Entity
from broadsheet.transforms.metadata.html.markup_reader import Markup, attributes
from broadsheet.transforms.metadata.html.visible_text import (
    BREAK,
    CELL,
    COMMENTS,
    DATE,
    DATE_SPOTS,
    ELSEWHERE,
    ITEM,
    QUOTED,
    RELATED,
    Element,
    Line,
    Visible,
    Zone,
    foreign,
    origin_of,
    read_spots,
)
from broadsheet.transforms.metadata.names import is_introduced

BEFORE, AFTER = 8, 12
"""Lines around the headline where a date belongs to it."""
BESIDE = 4
"""Lines below the headline in which a date is right beside it."""
LONGEST_VALUE = 120
"""Characters of an attribute or a meta element that can be a date."""
LONGEST_LINE = 400
"""Characters of a line's beginning that are read for dates."""
PROSE = 200
"""Characters from which a line is prose: what a related box says after two such lines, lead and first paragraph, is another's."""
ALONE = 0.8
"""The share of a cell that a date is if nothing else is there."""
LABEL = 30
"""Characters of a cell that can be the label of the next one."""
SHORT = 60
"""Characters of an element's text that is not a sentence."""
_OPENS = re.compile(r"\s?[|•·:–—]|\s-\s")
"""What follows a date that a headline opens with; a date anywhere else in a heading is one that it tells about."""

BELOW, FURTHER, ABOVE, IN_ITEM, IN_CELL, IN_BOX, BOX_BELOW = range(1, 8)
"""The place of a shown date: at most `BESIDE` lines below the headline; further below; above; in an entry of a list; in a cell of
a table; in the page's chrome or in a box about other articles; at most `BESIDE` lines below the headline, in a box or a list."""

META_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "og:published_time", "pubdate",
    "publishdate", "publish_date", "publish-date", "publication_date", "pub_date", "published_time", "parsely-pub-date",
    "sailthru.date",
    "citation_publication_date", "citation_date", "citation_online_date", "dc.date.issued", "dcterms.issued", "dc:date.issued",
    "article_date_original", "originalpublicationdate", "article:post_date", "cxenseparse:recs:publishtime", "rnews:datepublished",
    "bt:pubdate", "article.published",
)  # fmt: skip
META_DATE = (
    "date", "dc.date", "dc:date", "dcterms.date", "dcterms.created", "dc.date.created", "dc:date.created", "dc.created",
    "datecreated", "created", "displaydate", "timestamp", "date.created", "article.created", "last-published",
)  # fmt: skip
META_MODIFIED = (
    "article:modified_time", "og:updated_time", "datemodified", "dc.date.modified", "dcterms.modified", "last-modified",
    "article:modified", "modified_time", "lastmod", "dc:date.modified",
)  # fmt: skip
_IN_URL = re.compile(r"/(?:((?:19|20)\d\d)([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)|((?:19|20)\d\d)/(\d\d?)/(\d\d?)/)")
_DOTTED = re.compile(r"(?<!\d)\d\d?([-.])\d\d?\1(?:19|20)\d\d(?!\d)")
_SCRIPT = re.compile(
    r'"(?:datePublished|publishedAt|published_at|publishDate|publish_date|publicationDate|publishedDate|date_published|'
    r'firstPublished|first_published_at)"\s*:\s*"([^"\\]{8,40})"'
)
_NO_DATE_NAMES = re.compile(r"comment|event|copyright|footer|reading|duration|countdown|validate|birth|timeago-future|member|since")
_CHANGE_NAMES = re.compile(r"updat|modif|revis|changed")
_PUBLISH_NAMES = re.compile(
    r"datepublished|publish(?:ed)?(?![a-z])|pub-?date|publication|post(?:ed)?[-_]?(?:date|on|time)|entry-date|created"
)
_MACHINE_KEYS = ("datetime", "content", "data-datetime", "data-date", "title")


class Sign(NamedTuple):
    """A date and where it was read."""

    found: FoundDate
    words: str
    label: int = PLAIN
    """What the words at it call it; see `date_labels`."""
    how: str = ""
    """Of a shown date: `time element`, `date element` or `line`."""
    place: int = 0
    """Of a shown date: `BELOW` to `BOX_BELOW`."""


class Scene(NamedTuple):
    """A page as the finders look at it."""

    markup: Markup
    entity: Entity | None
    visible: Visible
    url: str | None
    day_first: bool | None
    near: list[Sign]
    """The shown dates around the headline that are apart from sentences, those of other things left out."""


def look(markup: Markup, entity: Entity | None, visible: Visible, url: str | None, day_first: bool | None) -> Scene:
    """Prepares a page for the finders."""
    return Scene(markup, entity, visible, url, day_first, list(_around_headline(visible, day_first)))


def json_ld(scene: Scene) -> Iterator[Sign]:
    """JSON-LD `datePublished` of the page's article."""
    yield from _entity_dates(scene, "datePublished")


def meta_published(scene: Scene) -> Iterator[Sign]:
    """A meta element that says *published*."""
    yield from _meta_dates(scene, META_PUBLISHED)


def meta_date(scene: Scene) -> Iterator[Sign]:
    """A meta element that says *date* or *created*."""
    yield from _meta_dates(scene, META_DATE)


def microdata(scene: Scene) -> Iterator[Sign]:
    """Microdata `datePublished` or `<time pubdate>`."""
    origin = origin_of(scene.visible)
    for element in scene.visible.elements:
        if (DATE not in element.kinds and element.tag != "time") or foreign(element.zones, origin, COMMENTS, RELATED, QUOTED):
            continue
        if "datepublished" in element.names or (element.tag == "time" and "pubdate" in element.attributes):
            found = _machine_value(element, scene.day_first) or read_value(element.text.replace(BREAK, " "), scene.day_first)
            if found:
                yield Sign(found, found.words)


def url_day(scene: Scene) -> Iterator[Sign]:
    """The day in the page's address (`/2021/03/05/`)."""
    match = _IN_URL.search(scene.url or "")
    if match:
        year, month, day = (match[1], match[3], match[4]) if match[1] else (match[5], match[6], match[7])
        if found := parse_timestamp(f"{year}-{month:0>2}-{day:0>2}"):
            yield Sign(found, found.words)


def labelled(scene: Scene) -> Iterator[Sign]:
    """A date near the headline that is called its publication's ("Published: ...", `class="published"`)."""
    yield from (sign for sign in scene.near if sign.label == PUBLISHED)


def time_element(scene: Scene) -> Iterator[Sign]:
    """A `<time>` near the headline."""
    yield from _unlabelled(scene, "time element")


def date_element(scene: Scene) -> Iterator[Sign]:
    """An element near the headline that is called a date."""
    yield from _unlabelled(scene, "date element")


def date_line(scene: Scene) -> Iterator[Sign]:
    """A line near the headline, or the beginning of the first paragraph, in which a date is apart."""
    yield from _unlabelled(scene, "line")


def labelled_elsewhere(scene: Scene) -> Iterator[Sign]:
    """A date anywhere in the article that is called its publication's."""
    for seen in (scene.visible, read_spots(scene.markup.body, scene.visible, DATE_SPOTS)):
        origin = origin_of(seen)
        for i, line in enumerate(seen.lines):
            if not foreign(line.zones, origin, COMMENTS, RELATED, QUOTED):
                for item in _read(seen, i, scene.day_first):
                    if item.label == PUBLISHED and item.apart:
                        yield Sign(item.found, line.text[:LONGEST_VALUE], PUBLISHED, "line")


def element_elsewhere(scene: Scene) -> Iterator[Sign]:
    """An element anywhere in the article that is called a date."""
    for seen in (scene.visible, read_spots(scene.markup.body, scene.visible, DATE_SPOTS)):
        origin = origin_of(seen)
        for element in seen.elements:
            if not foreign(element.zones, origin, *ELSEWHERE, QUOTED, ITEM, CELL):
                yield from (
                    sign for sign in _of_element(seen, element, scene.day_first, 0) if sign.label in (PLAIN, WEAK, PUBLISHED)
                )


def json_ld_created(scene: Scene) -> Iterator[Sign]:
    """JSON-LD `dateCreated` or `uploadDate`."""
    yield from _entity_dates(scene, "dateCreated", "uploadDate")


def script(scene: Scene) -> Iterator[Sign]:
    """`"datePublished"` and the like in an inline script."""
    for text in scene.markup.scripts:
        if (match := _SCRIPT.search(text)) and (found := read_value(match[1], scene.day_first)):
            yield Sign(found, found.words)


def changes(scene: Scene) -> Iterator[tuple[str, Sign]]:
    """Yields the dates of changes with their basis: JSON-LD, meta elements, a line or an element near the headline."""
    yield from (("json-ld", sign) for sign in _entity_dates(scene, "dateModified"))
    yield from (("meta", sign) for sign in _meta_dates(scene, META_MODIFIED))
    yield from (("label", sign) for sign in scene.near if sign.label == CHANGED)


def read_value(text: str | None, day_first: bool | None) -> FoundDate | None:
    """Reads a value that is a date and nothing else."""
    if not text or len(text) > LONGEST_VALUE:
        return None
    return parse_timestamp(text) or next(iter(_dates(text, day_first)), None)


def _dates(text: str, day_first: bool | None) -> list[FoundDate]:
    """Finds dates, `02-12-2025` and `02.12.2025` with the day first anywhere: who puts the month first parts with slashes."""
    return find_dates(text, day_first=True if day_first is False and _DOTTED.search(text) else day_first)


def _entity_dates(scene: Scene, *keys: str) -> Iterator[Sign]:
    for key in keys:
        if scene.entity and (found := read_value(scene.entity.text(key), scene.day_first)):
            yield Sign(found, found.words)


def _meta_dates(scene: Scene, names: tuple[str, ...]) -> Iterator[Sign]:
    for name in names:
        for text in scene.markup.metas.get(name, ()):
            if found := read_value(text, scene.day_first):
                yield Sign(found, found.words)


def _unlabelled(scene: Scene, how: str) -> Iterator[Sign]:
    yield from (sign for sign in scene.near if sign.label in (PLAIN, WEAK) and sign.how == how)


def _around_headline(visible: Visible, day_first: bool | None) -> Iterator[Sign]:
    """Yields the dates around the headline: of elements called date, then of lines."""
    anchor = visible.anchor
    if anchor < 0:
        return
    prose = [i for i in range(anchor + 1, len(visible.lines)) if len(visible.lines[i].text) > PROSE]
    lead = prose[1] if len(prose) > 1 else len(visible.lines)
    for element in visible.elements:
        if -BEFORE <= element.line - anchor <= AFTER and (where := _place(visible, element.line, element.zones, lead)):
            yield from _of_element(visible, element, day_first, where)
    for i in range(max(0, anchor - BEFORE), min(len(visible.lines), anchor + AFTER + 1)):
        line = visible.lines[i]
        if where := _place(visible, i, line.zones, lead):
            for item in _read(visible, i, day_first):
                opens = item.found.span[0] == 0 and _OPENS.match(line.text, item.found.span[1])
                apart = opens if i == anchor else item.apart
                if apart and item.label not in (OTHER, UNKNOWN) and not _tells(line, item):
                    yield Sign(item.found, line.text[:LONGEST_VALUE], item.label, "line", where)


def _tells(line: Line, item: Dated) -> bool:
    """Tells whether a heading is about what happened on a day."""
    return 0 < line.heading <= 4 and item.label in (PLAIN, WEAK) and item.found.span[0] > 0


def _place(visible: Visible, line: int, zones: tuple[Zone, ...], lead: int) -> int:
    """Returns the place of a line relative to the headline, 0 if its dates are of other things."""
    origin = origin_of(visible)
    boxed = foreign(zones, origin)
    other = foreign(zones, origin, COMMENTS, QUOTED)
    if not other and 0 < line - visible.anchor <= BESIDE and (boxed or foreign(zones, origin, ITEM)):
        return 0 if _is_headed(visible, line, zones) else BOX_BELOW
    if other or (boxed and (line > lead or foreign(zones, origin, ITEM))):
        return 0
    if boxed:
        return IN_BOX
    if foreign(zones, origin, CELL):
        return IN_CELL
    if foreign(zones, origin, ITEM):
        return IN_ITEM
    return ABOVE if line < visible.anchor else BELOW if line - visible.anchor <= BESIDE else FURTHER


def _is_headed(visible: Visible, line: int, zones: tuple[Zone, ...]) -> bool:
    """Tells whether a heading in the same box comes before a line: the date below it is that of another article."""
    return any(other.heading and other.zones[: len(zones)] == zones for other in visible.lines[visible.anchor + 1 : line])


def _read(visible: Visible, i: int, day_first: bool | None) -> list[Dated]:
    """Reads the dates of a line; in a table the cell before it is its label, known or not."""
    line = visible.lines[i]
    text = line.text[:LONGEST_LINE]
    if not any(char.isdigit() for char in text):
        return []
    above = visible.lines[i - 1] if i else None
    found = read_line(text, above=above.text if above else "", dates=_dates(text, day_first))
    if len(found) == 1 and above and i - 1 != visible.anchor and found[0].label == PLAIN and _is_next_cell(line, above):
        strange = label_above(above.text) == PLAIN and len(above.text) <= LABEL and any(map(str.isalpha, above.text))
        if strange and len(found[0].found.words) >= ALONE * len(text) and not is_introduced(above.text):
            return [found[0]._replace(label=UNKNOWN)]
    return found


def _is_next_cell(line: Line, above: Line) -> bool:
    """Tells whether a line is in the cell after another line's."""
    both = line.zones and above.zones and line.zones[-1].kind == CELL and above.zones[-1].kind == CELL
    return bool(both) and line.zones[-1] != above.zones[-1] and line.zones[:-1] == above.zones[:-1]


def _machine_value(element: Element, day_first: bool | None) -> FoundDate | None:
    """Reads the date that an element tells machines."""
    if "=" not in element.attributes:
        return None
    found = attributes(element.attributes)
    return next((value for key in _MACHINE_KEYS if (value := read_value(found.get(key), day_first))), None)


def _of_element(visible: Visible, element: Element, day_first: bool | None, place: int) -> Iterator[Sign]:
    """Yields the dates of an element called date, labelled as the lines around it say."""
    if (DATE not in element.kinds and element.tag != "time") or _NO_DATE_NAMES.search(element.names):
        return
    how = "time element" if element.tag == "time" else "date element"
    named = PLAIN
    if _PUBLISH_NAMES.search(element.names):
        named = PUBLISHED
    elif _CHANGE_NAMES.search(element.names):
        named = CHANGED
    last = min(element.line + element.text.count(BREAK), len(visible.lines) - 1, element.line + 4)
    read = (
        [item for i in range(element.line, last + 1) for item in _read(visible, i, day_first)]
        if len(element.text) < LONGEST_LINE
        else []
    )
    if machine := _machine_value(element, day_first):
        shown = next(
            (item for item in read if abs((item.found.date - machine.date).days) <= 1 and item.found.words in element.text), None
        )
        if shown:
            label, apart = shown.label, shown.apart
        else:
            line = visible.lines[element.line].text if element.line < len(visible.lines) else ""
            head = line[: max(0, line.find(element.text))] if element.text else line[:0]
            label, apart = label_of(head[-SHORT:]) or label_of(element.text[:SHORT]), len(element.text) <= SHORT
        label = named if label in (PLAIN, WEAK) and named else label
        if apart and label not in (OTHER, UNKNOWN):
            yield Sign(machine, element.text[:LONGEST_VALUE] or machine.words, label, how, place)
        return
    for item in read:
        if item.apart and item.found.words in element.text.replace(BREAK, " "):
            label = named if item.label in (PLAIN, WEAK) and named else item.label
            if label not in (OTHER, UNKNOWN):
                yield Sign(item.found, element.text[:LONGEST_VALUE], label, how, place)
