"""Remembers the UTF-8 of the page at hand, so that no stage encodes it again.

    remember_utf8(text, payload)        # decoding knows the bytes that a text came from
    utf8_of(text)                       # `payload` itself, as long as no other text came between

Encoding a page of 200 kB takes longer than counting its tags. Only one page is remembered, by the identity of its text; a text that
another process decoded is encoded when it is asked for.
"""

from __future__ import annotations

_latest: list[tuple[str, bytes]] = [("", b"")]
"""One pair; threads replace it as a whole, so that no text is ever paired with the bytes of another."""


def remember_utf8(text: str, data: bytes) -> None:
    """Remembers the bytes of a text.

    Args:
        text: The text.
        data: Its UTF-8, exactly.
    """
    _latest[0] = text, data


def utf8_of(text: str) -> bytes:
    """Returns a text's UTF-8, with `?` for each lone surrogate."""
    known, data = _latest[0]
    if known is not text:
        data = text.encode("utf-8", "replace")
        remember_utf8(text, data)
    return data
