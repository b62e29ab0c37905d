"""Finds the name on a line that says what its bearer does for the paper.

name_before_office("Ines Moreau, Staff Writer")        # "Ines Moreau"
"""

from __future__ import annotations

import re

from broadsheet.transforms.metadata.names import is_agency, is_name

_OFFICE = re.compile(
    r"\b(?:(?:staff|senior|features?|freelance|contributing|news|science|politics|business|sports?)\s)*"
    r"(?:reporter|writer|correspondent|journalist|columnist|contributor|editor|redakteur(?:in)?|redaktor(?:in|ka)?|redaktör|redacteur|"
    r"reporterin|korrespondent(?:in)?|verslaggever|journaliste|rédact(?:eur|rice)|correspondante?|periodista|redactora?|jornalista|"
    r"repórter|giornalista|cronista|toimittaja|journalista|dziennikark?a?|dziennikarz|reportér(?:ka)?|novinark?a?|novinar|újságíró|"
    r"szerkesztő|gazeteci|muhabir|журналист(?:ка)?|корреспондент|обозреватель|журналіст(?:ка)?|δημοσιογράφος|wartawan|jurnalis)\b",
    re.IGNORECASE,
)
"""The offices of those who write, as they follow a name on a line of its own ("Ines Moreau, Staff Writer")."""
_LONGEST = 40
"""Characters of an office; more is a sentence about somebody."""


def name_before_office(text: str) -> str | None:
    """Returns the name on a line that says whose it is and what they do for the paper, or which agency they work for."""
    name, mark, rest = text.partition(",")
    if not mark:
        name, mark, rest = re.sub(r"\s[–—|-]\s", "\n", text, count=1).partition("\n")
    office = rest.strip(" .")
    is_office = len(office) <= _LONGEST and (_OFFICE.match(office) is not None or is_agency(office))
    return name.strip() if mark and is_office and is_name(name.strip()) else None
