"""Names the places at which a command is disturbed: what kind of call or request, and where in the lake."""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"[0-9a-f]{8,}(-[0-9a-f]+)*|\d+")


def name_place(kind: str, path: str) -> str:
    """Returns what kind of call it is and where, without what differs from file to file.

    Args:
        kind: Of a system call its name, of a request its method.
        path: Relative to the lake.
    """
    folder, _, name = path.rpartition("/")
    top = "/".join(part for part in folder.split("/")[:2] if "=" not in part)
    return f"{kind} {top}/{_NUMBERS.sub('N', name) if '=' not in name else 'PARTITION'}"
