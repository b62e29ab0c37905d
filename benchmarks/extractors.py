"""Other people's extractors, each as one function from a page to its body, to measure ours beside them.

    body = PEERS["html"]["trafilatura, fast"]()(html)

A peer is loaded when it is asked for; `readability-lxml` is not in any of our extras and is left out if it is not installed.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
from collections.abc import Callable

Extract = Callable[[str], str]


def trafilatura(**options: bool) -> Extract:
    """Returns trafilatura with some options; comments are out and tables in, as the labels have it."""
    extract = importlib.import_module("trafilatura").extract
    return lambda html: extract(html, include_comments=False, include_tables=True, **options) or ""


def resiliparse() -> Extract:
    """Returns resiliparse's main content, with the options that do best (docs/decisions/facts.md, Extraction 1)."""
    extract = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda html: extract(html, main_content=True, alt_texts=False, list_bullets=False, comments=False)


def readability() -> Extract:
    """Returns readability-lxml: its summary is HTML, so resiliparse makes text of it."""
    document = importlib.import_module("readability").Document
    plain = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda html: plain(document(html).summary(), alt_texts=False, list_bullets=False)


def c4() -> Extract:
    """Returns C4's rules for lines: they end like a sentence, have five words, and do not speak of scripts."""
    return lambda text: "\n".join(line for line in text.split("\n") if _is_c4(line.strip()))


_C4_WORDS = 5
"""As in the published rules of C4 (Raffel et al., 2020: "at least 5 words"), which count words by white space."""
_C4_END = re.compile(r"[.!?\"'”。！？]$")


def _is_c4(line: str) -> bool:
    wide = sum("\u3040" <= character <= "\u9fff" for character in line)
    return (
        bool(_C4_END.search(line))
        and not line.endswith("...")
        and "javascript" not in line.lower()
        and len(line.split()) + wide // 2 >= _C4_WORDS
    )


PEERS: dict[str, dict[str, Callable[[], Extract]]] = {
    "html": {
        "trafilatura, fast": functools.partial(trafilatura, fast=True),
        "trafilatura, precision": functools.partial(trafilatura, favor_precision=True),
        "resiliparse, main content": resiliparse,
        "readability-lxml": readability,
    },
    "text": {"C4's line rules": c4, "all lines": lambda: lambda text: text},
}
"""By input, then by name: what loads each."""


def installed(name: str) -> bool:
    """Whether a peer can be loaded here."""
    return name != "readability-lxml" or importlib.util.find_spec("readability") is not None
