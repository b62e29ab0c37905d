"""Finds what a page, or the server that sent it, says against being mined.

    opt_out_of_headers([("X-Robots-Tag", "noai, noindex")])     # "X-Robots-Tag: noai"
    opt_out_of_metas({"tdm-reservation": ["1"]})                # "meta tdm-reservation: 1"

Two ways are in use. One is a word among the robots directives: `noai` (by DeviantArt), `noml` (by Mojeek) or `notdatamining`. The
other is the TDM Reservation Protocol of a W3C community group, whose value 1 reserves the rights and 0 does not. A directive for
one crawler by name does not concern us. Nor does `noimageai`, which is about pictures: they are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

DIRECTIVES = frozenset({"noai", "noml", "notdatamining"})
"""Robots directives that reserve the text of a page."""

_TDM = "tdm-reservation"
_PARTING = re.compile(r"[\s,;]+")


def opt_out_of_headers(headers: Iterable[tuple[str, str]]) -> str | None:
    """Returns the words of an HTTP response that reserve its page; `None` if there are none."""
    for name, value in headers:
        match name.lower():
            case "x-robots-tag":
                # "otherbot: noai, nofollow" concerns only otherbot, up to the end of the header.
                directive = None if ":" in value.partition(",")[0] else _directive(value.partition(":")[0])
                if directive:
                    return f"X-Robots-Tag: {directive}"
            case "tdm-reservation" if value.strip() == "1":
                return "tdm-reservation: 1"
    return None


def opt_out_of_metas(metas: Mapping[str, Sequence[str]]) -> str | None:
    """Returns the words in the head of a page that reserve it; `None` if there are none.

    Args:
        metas: Contents by name in lower case, as in `metadata.html.markup_reader.Markup`.
    """
    for content in metas.get("robots", ()):
        if directive := _directive(content):
            return f"meta robots: {directive}"
    return f"meta {_TDM}: 1" if "1" in metas.get(_TDM, ()) else None


def _directive(text: str) -> str | None:
    return next((word for word in _PARTING.split(text.lower()) if word in DIRECTIVES), None)
