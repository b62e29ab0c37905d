"""Opt-outs: what a page, or the server that sent it, says against being mined.

    opt_out_of_headers([("X-Robots-Tag", "noai, noindex")])     # "X-Robots-Tag: noai"
    opt_out_of_metas({"tdm-reservation": ["1"]})                # "meta tdm-reservation: 1"

Two ways to say it are in use: words among the robots directives (`noai` by DeviantArt, `noml` by Mojeek, and `notdatamining`), and
the W3C community's TDM Reservation Protocol, whose value 1 reserves the rights and 0 does not. What is addressed to one crawler
by its name is not addressed to us; `noimageai` speaks of pictures, which are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

DIRECTIVES = frozenset({"noai", "noml", "notdatamining"})
"""Robots directives that reserve a page's text."""

_TDM = "tdm-reservation"
_PARTING = re.compile(r"[\s,;]+")


def opt_out_of_headers(headers: Iterable[tuple[str, str]]) -> str | None:
    """Returns the words of an HTTP response that reserve its page, `None` where none do."""
    for name, value in headers:
        match name.lower():
            case "x-robots-tag":
                # "otherbot: noai, nofollow" speaks to otherbot alone, up to the end of the header.
                directive = None if ":" in value.partition(",")[0] else _directive(value.partition(":")[0])
                if directive:
                    return f"X-Robots-Tag: {directive}"
            case "tdm-reservation" if value.strip() == "1":
                return "tdm-reservation: 1"
    return None


def opt_out_of_metas(metas: Mapping[str, Sequence[str]]) -> str | None:
    """Returns the words of a page's head that reserve it, `None` where none do.

    Args:
        metas: Contents by name in lower case, as `metadata.html.markup_reader.Markup` has them.
    """
    for content in metas.get("robots", ()):
        if directive := _directive(content):
            return f"meta robots: {directive}"
    return f"meta {_TDM}: 1" if "1" in metas.get(_TDM, ()) else None


def _directive(text: str) -> str | None:
    return next((word for word in _PARTING.split(text.lower()) if word in DIRECTIVES), None)
