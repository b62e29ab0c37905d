"""Leaves out pages that their owner or the user does not want in the lake. Off by default.

    page ─ opted out? (`--respect-opt-out`) ─ on a blocked domain? (`--blocklist`) ─► page, or a filtered record

Nothing of such a page is kept: its reject has no payload. The reader, which has the HTTP headers, checks them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from broadsheet.schemas.errors import UnwantedError
from broadsheet.schemas.records import HTML, Page
from broadsheet.transforms.filters.opt_outs import opt_out_of_metas
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits
from broadsheet.transforms.metadata.html.markup_reader import read_markup
from broadsheet.transforms.record_stage import RecordStage

_LONGEST_HOST = 253
"""Longest name of a host, in characters (RFC 1035)."""


def parse_blocklist(lines: Iterable[str]) -> frozenset[str]:
    """Returns the domains of a list: one per line, in any case and script; `#` begins a comment.

    Raises:
        ValueError: A line is not a domain; the message has its number.
    """
    domains = set()
    for number, line in enumerate(lines, 1):
        name = line.partition("#")[0].strip()
        if not name:
            continue
        domain = _ascii(name.removeprefix("*").removeprefix("."))
        if domain is None or set(domain) & set(" \t/:*@?"):
            raise ValueError(f"line {number}: {name!r:.80} is not a domain, such as example.com")
        domains.add(domain)
    return frozenset(domains)


def is_blocked(host: str | None, domains: frozenset[str]) -> bool:
    """Returns whether a host is one of the domains, or below one."""
    name = _ascii(host) if host else None
    while name:
        if name in domains:
            return True
        name = name.partition(".")[2]
    return False


def screen(page: Page, respect_opt_out: bool, blocked: Callable[[], frozenset[str]]) -> Page:
    """Returns a page as it is.

    Args:
        page: HTML or a text dump.
        respect_opt_out: Whether a reservation in its head counts.
        blocked: Returns the domains to leave out. The host of a page is the one it was fetched from; if that is not known, the one
            of its canonical address; otherwise its source, if the user gave one.

    Raises:
        UnwantedError: Reason `opted_out` or `blocked`.
    """
    domains = blocked()
    if not respect_opt_out and not domains:
        return page
    markup = read_markup(page.text) if page.media_type == HTML and (respect_opt_out or not page.origin.url) else None
    words = opt_out_of_metas(markup.metas) if markup and respect_opt_out else None
    if words:
        raise UnwantedError("opted_out", f"the page says {words}")
    urls = [page.origin.url] if page.origin.url else markup.links.get("canonical", [])[:1] if markup else []
    for host in [*map(_host_of, urls), page.origin.source]:
        if is_blocked(host, domains):
            raise UnwantedError("blocked", f"{host!r:.100} is on the blocklist")
    return page


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url if "://" in url else f"//{url}").hostname
    except ValueError:
        return None


def _ascii(host: str) -> str | None:
    """Returns the name of a host as in DNS: lower case, other scripts as `xn--`; `None` if it cannot be a name."""
    host = host.strip().strip(".").lower()
    if not host or len(host) > _LONGEST_HOST:
        return None
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def no_domains() -> frozenset[str]:
    """Returns the domains if there is no blocklist: none."""
    return frozenset()


class ScreenPages(RecordStage):
    """Passes on `Page`s that are wanted; the others become rejects, as filtered.

    Counters: `screen/records_screened`, `screen/records_rejected`.

    Args:
        respect_opt_out: As for `screen`.
        blocked: As for `screen`: `lake.index.blocklists.blocked_domains` with a lake and a name filled in.
    """

    name, counter_suffix, output = "screen", "screened", Page

    def __init__(
        self, respect_opt_out: bool, blocked: Callable[[], frozenset[str]] = no_domains, limits: ResourceLimits = DEFAULT_LIMITS
    ) -> None:
        super().__init__(limits)
        self.rule = functools.partial(screen, respect_opt_out=respect_opt_out, blocked=blocked)
