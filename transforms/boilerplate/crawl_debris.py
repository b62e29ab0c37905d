"""Recognizes what a crawl brings home that is not a page of text: robots.txt, sitemaps, error pages.

    debris = crawl_debris(page)         # ("error_page", "the page says that it was not found: '404 Not Found'"), or None

Such records are fetched like pages and read like short articles. Each is known by its form, or by a title that says nothing else,
and is filtered with a reason of its own. The reader of HTTP responses (`read.page_kinds`) knows some by their type and address;
here they are known whatever container they came in.
"""

from __future__ import annotations

import re

from broadsheet.schemas.records import HTML, Page
from broadsheet.transforms.boilerplate.html.head import title_of
from broadsheet.transforms.read.page_kinds import HEAD_BYTES, kind_of, xml_kind

_ERROR_CHARS = 60_000
"""Characters of source; an error page is short, except for the menus of its site."""

_ERROR_DUMP_CHARS = 800

_ROBOTS = re.compile(r"^(?:user-agent|disallow|allow|sitemap|crawl-delay|host|clean-param)\s{0,4}:", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]{0,200}>[^<]{0,300}", re.IGNORECASE)
_HEADING = re.compile(r"<h1\b[^<>]{0,300}>([^<]{0,200})</h1", re.IGNORECASE)

_PHRASE = (
    r"(?:(?:the |this )?(?:page|file|site|url|resource|document|requested url)?\s?(?:was |is |could |can ?|be )*not (?:be )?found"
    r"|access (?:is )?denied|forbidden|bad request|unauthorized|bad gateway|service (?:temporarily )?unavailable|gateway time-?out"
    r"|internal server error|server error|too many requests|just a moment|attention required|are you (?:a )?(?:human|robot)"
    r"|(?:checking|verifying) (?:your|you).{0,30}|security check|site maintenance|error|fehler|erreur|ошибка|oops"
    r"|seite nicht gefunden|zugriff verweigert|page (?:introuvable|non trouvée)|accès refusé|página no encontrada|acceso denegado"
    r"|pagina non trovata|pagina niet gevonden|página não encontrada|strona nie (?:została )?znaleziona|nie znaleziono strony"
    r"|stránka nenalezena|sidan (?:kunde inte hittas|hittades inte)|siden (?:blev )?ikke fundet|sivua ei löy\w{1,9}"
    r"|страница не найдена"
    r"|доступ запрещ[её]н|ページが見つかりません|页面不存在|找不到(?:页面|頁面|网页|網頁)"
    r"|페이지를 찾을 수 없습니다|sayfa bulunamadı|الصفحة غير موجودة)"
)
_SAYS_ERROR = re.compile(
    rf"\W{{0,3}}(?:(?:http|error|fehler|erreur|errore?|ошибка|エラー|错误)\W{{1,3}})*"
    rf"(?:(?:40[0-9]|410|429|451|50[0-4]|52[0-7])(?!\d)(?:\W{{1,5}}{_PHRASE})?|{_PHRASE})\W{{0,6}}\d?",
    re.IGNORECASE,
)
"""A title that is a status code, what the code means, or both."""
_SEPARATOR = re.compile(r"\s+[|–—·:»-]\s+")


def crawl_debris(page: Page) -> tuple[str, str] | None:
    """Returns why a record is not a page of text, as reason and message; `None` if it may be one.

    Args:
        page: HTML or a text dump.
    """
    head = page.text[:HEAD_BYTES].lstrip("\ufeff \t\r\n")
    lines = [line.strip() for line in head.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    rules = sum(1 for line in lines[:50] if _ROBOTS.match(line))
    if rules and rules > 0.6 * len(lines[:50]):
        return "robots_txt", f"{rules} of the first {len(lines[:50])} lines are rules for robots"
    if head.startswith("<") and (kind := xml_kind(head.encode("utf-8", "replace"))):
        return kind, f"the record is a {kind}, by its root element"
    if "{" in head and not head.startswith("<") and (kind := kind_of(page.text.encode("utf-8", "replace"), page.origin.url)):
        return kind, f"the record is {kind.replace('_', ' ')}, from its first character to its last"
    if page.media_type == HTML:
        says = _error_of(page.text) if len(page.text) < _ERROR_CHARS else ""
    else:
        says = lines[0] if lines and len(page.text) < _ERROR_DUMP_CHARS and _SAYS_ERROR.fullmatch(lines[0]) else ""
    if says:
        return "error_page", f"the page says that it is an error: {says!r:.100}"
    return None


def _error_of(html: str) -> str:
    """Returns the words by which the title, or the main heading, says that the page is an error; "" if they do not."""
    title, heading = _TITLE.search(html, 0, 4 * HEAD_BYTES), _HEADING.search(html)
    said = title_of(title[0].encode("utf-8", "replace")) if title else ""
    for words in (*_SEPARATOR.split(said), " ".join(heading[1].split()) if heading else ""):
        if _SAYS_ERROR.fullmatch(words):
            return words
    return ""
