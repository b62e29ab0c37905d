"""The fields of an HTML page that nobody argues about: read from JSON-LD, else from meta elements, else from what readers see.

site_name(markup, entity)     -> Found("Rheintal Bote", "og", "Rheintal Bote")
tags(markup, entity, visible) -> Found(["harbour", "ferries"], "json-ld", "harbour, ferries")
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Optional
from urllib.parse import urljoin, urlsplit

from broadsheet.transforms.metadata.html.json_ld import Entity
from broadsheet.transforms.metadata.html.markup_reader import Markup
from broadsheet.transforms.metadata.html.visible_text import COMMENTS, RELATED, SECTION, SUBTITLE, TAGS, Visible, foreign, origin_of

MAX_TAGS = 50
"""Tags that are kept; the labelled page with the most real ones has 38. Shops list hundreds of search words."""
LONGEST_TAG = 80
LONGEST_SECTION = 60
SUBTITLE_LENGTH = (25, 500)
"""Characters of a subtitle: below, it is a label ("Comment"); beyond, it is the article."""

_NO_SECTION = re.compile(
    r"^(?:home|homepage|startseite|start|news|blog|uncategorized|allgemein|sans catégorie|article|articles|default)$", re.IGNORECASE
)
_LANGUAGE = re.compile(r"^[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8}){0,2}$")
_ID_META = (
    "article_id", "articleid", "article-id", "article:id", "contentid", "content_id", "content-id", "cxenseparse:articleid",
    "cxenseparse:recs:articleid", "post_id", "postid", "news_id", "newsid", "story_id", "storyid", "nid", "documentid", "doc_id",
    "parsely-post-id", "bt:id", "citation_doi", "dc.identifier", "dcterms.identifier", "prism.doi",
)  # fmt: skip
_SECTION_META = (
    "article:section", "parsely-section", "sailthru.section", "dc.subject.section", "section", "cxenseparse:section",
)  # fmt: skip


class Found(NamedTuple):
    """A value, what it was read from, and the words."""

    value: Any
    basis: str
    words: str


def _first(*candidates: tuple[str, Optional[str]]) -> Optional[Found]:
    return next((Found(text, basis, text) for basis, text in candidates if text), None)


def publisher_names(entity: Optional[Entity]) -> list[str]:
    """Returns what JSON-LD calls the article's publisher."""
    return [name for publisher in (entity.entities("publisher") if entity else ()) if (name := publisher.text("name"))]


def site_name(markup: Markup, entity: Optional[Entity]) -> Optional[Found]:
    """Returns what the site calls itself."""
    return _first(
        ("og", markup.meta("og:site_name")),
        ("json-ld", next(iter(publisher_names(entity)), None)),
        ("meta", markup.meta("application-name", "publisher", "dc.publisher", "dcterms.publisher", "apple-mobile-web-app-title")),
    )


def canonical_url(markup: Markup, base: Optional[str]) -> Optional[Found]:
    """Returns the address the page calls its own, made absolute; a page with two different ones has none."""
    declared = list(dict.fromkeys(markup.links.get("canonical", ())))
    for basis, url in (("link", declared[0] if len(declared) == 1 else None), ("og", markup.meta("og:url"))):
        if url and (absolute := _absolute(url, base)):
            return Found(absolute, basis, url)
    return None


def image(markup: Markup, entity: Optional[Entity], base: Optional[str]) -> Optional[Found]:
    """Returns the address of the article's picture."""
    for basis, url in (
        ("og", markup.meta("og:image", "og:image:url", "og:image:secure_url")),
        ("twitter", markup.meta("twitter:image", "twitter:image:src")),
        ("json-ld", next((item.text("url") or item.text("name") for item in entity.entities("image")), None) if entity else None),
    ):
        if url and (absolute := _absolute(url, base)):
            return Found(absolute, basis, url)
    return None


def section(markup: Markup, entity: Optional[Entity], visible: Visible) -> Optional[Found]:
    """Returns the section of the article: declared, or the label beside the headline."""
    declared = [("json-ld", text) for text in (entity.texts("articleSection") if entity else ())]
    declared += [("meta", text) for key in _SECTION_META for text in markup.metas.get(key, ())]
    near = [
        ("section element", element.text)
        for element in visible.elements
        if visible.anchor >= 0 and SECTION in element.kinds and -4 <= element.line - visible.anchor <= 4 and "|" not in element.text
    ]
    for basis, text in (*declared, *near):
        if 2 <= len(text) <= LONGEST_SECTION and not _NO_SECTION.match(text) and "//" not in text:
            return Found(text, basis, text)
    return None


def tags(markup: Markup, entity: Optional[Entity], visible: Visible) -> Optional[Found]:
    """Returns the article's tags in order, each once."""
    shown = [
        element.text
        for element in visible.elements
        if element.tag == "a" and TAGS in element.kinds and not foreign(element.zones, origin_of(visible), COMMENTS, RELATED)
    ]
    for basis, texts in (
        ("json-ld", list(entity.texts("keywords")) if entity else []),
        ("meta", [text for key in ("article:tag", "og:article:tag", "video:tag") for text in markup.metas.get(key, ())]),
        ("meta", markup.metas.get("news_keywords", [])[:1]),
        ("tag links", shown),
        ("meta", (markup.metas.get("keywords") or markup.metas.get("parsely-tags") or [])[:1]),
    ):
        found = [tag for tag in _split_tags(texts) if not _is_plumbing(tag)]
        if found and not _are_codes(found):
            return Found(found, basis, ", ".join(texts)[:1000])
    return None


def subtitle(entity: Optional[Entity], visible: Visible) -> Optional[Found]:
    """Returns the line under the headline that calls itself its subtitle."""
    anchor = visible.anchor
    for element in visible.elements:
        under = anchor >= 0 and SUBTITLE in element.kinds and 1 <= element.line - anchor <= 3
        if under and SUBTITLE_LENGTH[0] <= len(element.text) <= SUBTITLE_LENGTH[1] and "|" not in element.text:
            return Found(element.text, "subtitle element", element.text)
    return _first(("json-ld", entity.text("alternativeHeadline") if entity else None))


def external_id(markup: Markup, entity: Optional[Entity]) -> Optional[Found]:
    """Returns the number or name the publisher's own system gave the page."""
    declared = [("meta", text) for key in _ID_META for text in markup.metas.get(key, ())]
    if entity:
        values = [item.text("value") or item.text("name") for item in entity.entities("identifier")]
        declared += [("json-ld", text) for text in values if text]
    for basis, text in declared:
        if 1 <= len(text) <= LONGEST_TAG and "//" not in text and any(character.isdigit() for character in text):
            return Found(text, basis, text)
    return None


def declared_language(markup: Markup, entity: Optional[Entity]) -> Optional[str]:
    """Returns the language the page says it is in, as BCP 47."""
    for text in (
        markup.language,
        markup.meta("content-language", "dc.language", "dcterms.language", "language"),
        entity.text("inLanguage") if entity else None,
        markup.meta("og:locale"),
    ):
        if text and _LANGUAGE.match(text):
            return text.replace("_", "-")
    return None


_PLUMBING = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|_\w+|[a-z]+(?:_[a-z]+)+|[A-Z]{2,8}:[A-Z\d-]+"
    r"|(?:(?i:nlp)\s)?(?i:category|section|entity tokens|wc|type|template|source|region|author|id)\s?:.*"
)
"""What systems put among the tags for themselves: identifiers, flags, codes and classes of their own ("WC: 1000-1999")."""
_CODE = re.compile(r"[A-Z]{2,8}\d{0,3}(?::[A-Z-]+)?")
CODES = 6
"""Tags from which a list in nothing but capitals is a newswire's subject codes; a few may be parties and offices."""


_LAST = ("& ", "and ", "und ")
"""How the last word of a single tag with commas begins ("Business, Finance, & Economics")."""


def _is_plumbing(tag: str) -> bool:
    return bool(_PLUMBING.fullmatch(tag))


def _are_codes(tags: list[str]) -> bool:
    """Tells whether tags are the subject codes of a newswire."""
    return len(tags) >= CODES and sum(bool(_CODE.fullmatch(tag)) for tag in tags) > len(tags) // 2


def _split_tags(texts: list[str]) -> list[str]:
    """Returns the tags of lists that are parted by semicolons, bars or commas, each once."""
    found: dict[str, str] = {}
    for text in texts:
        parts = re.split(r"[;|]" if ";" in text or "|" in text else ",", text[:5000])
        for part in [text] if parts[-1].lstrip().startswith(_LAST) else parts:
            tag = part.strip().strip("#").strip()
            if 1 < len(tag) <= LONGEST_TAG and "//" not in tag:
                found.setdefault(tag.casefold(), tag)
    return list(found.values())[:MAX_TAGS]


_PLAIN_URL = re.compile(r"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*(?:/[\w%.,~!()+@=&:/-]*)?(?:\?[\w%.,~!()+@=&:/-]+)?", re.ASCII)
"""An address that `urljoin` and `urlsplit` would hand back as it is, at a twentieth of the cost."""


def _absolute(url: str, base: Optional[str]) -> Optional[str]:
    if _PLAIN_URL.fullmatch(url):
        return url
    try:
        absolute = urljoin(base, url) if base else url
        parts = urlsplit(absolute)
        return absolute if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
