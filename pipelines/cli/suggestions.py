"""Finds the word that somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Returns that a name is unknown, with the nearest known one: `unknown command ingset; did you mean ingest?`."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"unknown {what} {name}" + (f"; did you mean {near[0]}?" if near else "")
