"""Finds the article in a page's JSON-LD and reads its fields.

    entity = find_article(markup.json_ld, urls={"https://news.example/a"}, titles={"a headline"})
    entity.text("headline"); entity.names("author"); entity.publisher()

Pages carry several entities: the article, the site, the breadcrumb, lists of related articles. The article is chosen by what it
says about itself: its type, that it names this page's address or title, and that it is not inside a list. An entity that
is mentioned by `@id` only is looked up in the whole page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from broadsheet.transforms.characters import CJK
from broadsheet.transforms.metadata.html.markup_reader import plain_text, without_tags

Node = dict[str, Any]

_ARTICLE_TYPE = re.compile(r"(Article|Posting|Report|Review|Recipe|HowTo|Guide|Interview|Podcast\w*|LiveBlogPosting)$")
_PAGE_TYPE = re.compile(
    r"(WebPage|ItemPage|ProfilePage|FAQPage|AboutPage|CreativeWork|VideoObject|Product|Event|MedicalWebPage|JobPosting)$"
)
_LISTS = frozenset({"itemListElement", "hasPart", "relatedLink", "comment", "mentions", "citation", "isPartOf", "potentialAction",
                    "blogPost", "blogPosts", "review", "reviews"})  # fmt: skip
"""Properties whose values are other things than the page's own article."""
_TRAILING_COMMA = re.compile(r",(\s*+[}\]])")
_OPENING = re.compile(r"^(?://|/\*)?\s*+(?:<!\[CDATA\[|<!--)(?:\*/)?\s*+(?://)?")
_CLOSING = re.compile(r"(?://|/\*)?(?:\]\]>|-->)(?:\*/)?;?$")

LONGEST_TITLE = 1_000
"""Characters of a title that are compared."""
NODES = 5_000
"""Nodes that are looked at. Shops list a few hundred products; no article is after the five thousandth."""


def _as_it_is(text: str) -> str:
    return text


def _without_trailing_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", text)


_MENDS = (_as_it_is, _without_trailing_commas, plain_text)


class Entity(NamedTuple):
    """One JSON-LD node and the page's other nodes by `@id`."""

    node: Node
    by_id: dict[str, Node]

    def text(self, key: str) -> str | None:
        """Returns a property as one line of text: the first value that is a string."""
        return next(self.texts(key), None)

    def texts(self, key: str) -> Iterator[str]:
        """Yields the strings a property holds, in order, lists taken apart."""
        for value in _listed(self.node.get(key)):
            if isinstance(value, dict):
                value = value.get("@value") or value.get("name") or value.get("url") or value.get("@id")
            if isinstance(value, str) and (text := without_tags(value)):
                yield text

    def entities(self, key: str) -> Iterator[Entity]:
        """Yields the nodes a property holds or points to; a string becomes a node with that name."""
        for value in _listed(self.node.get(key)):
            if isinstance(value, str) and (found := self.by_id.get(value)):
                value = found
            if isinstance(value, str):
                yield Entity({"name": value}, self.by_id)
            elif isinstance(value, dict):
                known = self.by_id.get(str(value.get("@id")))
                yield Entity({**known, **value} if known else value, self.by_id)

    def types(self) -> list[str]:
        """Returns the node's types without their vocabulary's address."""
        return [value.rsplit("/", 1)[-1] for value in _listed(self.node.get("@type")) if isinstance(value, str)]


def find_article(scripts: list[str], urls: Collection[str] = (), titles: Collection[str] = ()) -> Entity | None:
    """Returns the entity that describes the page's article, or `None`.

    Args:
        scripts: The raw texts of the page's JSON-LD scripts.
        urls: Addresses of the page without scheme and query.
        titles: Titles of the page in lower case: an entity whose headline is one of them or part of one wins over others.
    """
    by_id: dict[str, Node] = {}
    found: list[tuple[int, int, Node]] = []
    for order, (node, listed) in enumerate(_walk([value for script in scripts for value in _parse(script)])):
        if isinstance(identity := node.get("@id"), str) and len(node) > 1:
            by_id[identity] = {**node, **by_id.get(identity, {})}
        rank = _rank(Entity(node, by_id), listed, urls, titles)
        if rank is not None:
            found.append((-rank, order, node))
    found.sort(key=lambda item: item[:2])
    best = Entity(found[0][2], by_id) if found else None
    return None if best is None or _is_of_another(best, urls, titles) else best


def _is_of_another(entity: Entity, urls: Collection[str], titles: Collection[str]) -> bool:
    """Tells whether an entity is another page's: its headline shares no word with the titles, and its address is another."""
    headline = set(_words(entity.text("headline") or ""))
    words = {word for title in titles for word in _words(title)}
    if not headline or not words or headline & words:
        return False
    addresses = [bare_url(address) for address in _addresses(entity)]
    return bool(addresses) and not any(address in urls for address in addresses)


def _words(text: str) -> list[str]:
    """Returns the words of a title that say what it is about; of scripts without spaces, the characters."""
    return [word for word in re.findall(rf"[{CJK}]|[^\W_]+", text.casefold()[:LONGEST_TITLE]) if len(word) > 3 or word > "\u2fff"]


def _rank(entity: Entity, listed: bool, urls: Collection[str], titles: Collection[str]) -> int | None:
    """Returns how well an entity fits the page; `None`: it cannot be its article."""
    types = entity.types()
    if any(_ARTICLE_TYPE.search(name) for name in types):
        rank = 4
    elif any(_PAGE_TYPE.search(name) for name in types):
        rank = 1
    else:
        return None
    headline = (entity.text("headline") or entity.text("name") or "").lower()
    matches = any(headline and (headline in title or title in headline) for title in titles if title)
    matches = matches or any(bare_url(address) in urls for address in _addresses(entity))
    if listed and not matches:
        return None
    return rank + (2 if matches else 0) + (1 if "datePublished" in entity.node or "author" in entity.node else 0)


def _addresses(entity: Entity) -> Iterator[str]:
    """Yields the addresses that an entity calls its own."""
    for key in ("url", "mainEntityOfPage", "@id"):
        for value in _listed(entity.node.get(key)):
            address = value.get("@id") or value.get("url") if isinstance(value, dict) else value
            if isinstance(address, str) and "/" in address:
                yield address


def bare_url(url: str) -> str:
    """Returns an address without scheme, `www.`, query, fragment and closing slash: what all its spellings share."""
    bare = re.sub(r"^(?:https?:)?//(?:www\.)?", "", url.strip(), flags=re.IGNORECASE)
    return re.split(r"[?#]", bare, maxsplit=1)[0].rstrip("/")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _walk(values: list[Any]) -> Iterator[tuple[Node, bool]]:
    """Yields every object of the page and whether it is in a list of other things, in page order."""
    stack = [(value, False) for value in reversed(values)]
    for _ in range(NODES):
        if not stack:
            return
        value, listed = stack.pop()
        if isinstance(value, list):
            stack.extend((item, listed) for item in reversed(value))
        elif isinstance(value, dict):
            yield value, listed
            for key, item in reversed(value.items()):
                if isinstance(item, dict | list):
                    stack.append((item, listed or key in _LISTS))


def _parse(script: str) -> list[Any]:
    """Reads one script; common damage is mended: CDATA and comment marks, trailing commas, line breaks in strings, entities."""
    text = script.strip()
    if text[:1] not in "{[" or text[-1:] not in "}]":
        text = _CLOSING.sub("", _OPENING.sub("", text)).strip().rstrip(";")
    for mend in _MENDS:
        try:
            return [json.loads(mend(text), strict=False)]
        except (ValueError, RecursionError):
            continue
    return _parse_several(text)


def _parse_several(text: str) -> list[Any]:
    """Reads the values of a script that holds more than one, up to the first that is broken."""
    decoder = json.JSONDecoder(strict=False)
    values, place = [], 0
    while (place := text.find("{", place)) >= 0:
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        values.append(value)
    return values
