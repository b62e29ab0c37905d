"""The version of all that decides what becomes of a record.

Raise it with every change of a rule or a model that can change a row: it is a column of each document and part of each batch's
identifier, so that a batch made by other rules is another batch.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

RULES_VERSION = "1"


class Choices(NamedTuple):
    """Which of several rules the user wants; part of a batch's identifier."""

    extractor: str = "blocks"
    """One of `transforms.boilerplate.EXTRACTORS`."""
    language_backend: str = "fast"
    """One of `transforms.language.backends.BACKENDS`."""
    templates: Optional[str] = None
    """The version of learned templates, as `transforms.lake.templates` names it; `None` for none."""
    mask_pii: str = ""
    """Which of `transforms.mask.KINDS` are masked, joined by commas in their order; "" for none."""
    blocklist: Optional[str] = None
    """The list of domains that are left out, as `transforms.lake.blocklists` names it; `None` for none."""
