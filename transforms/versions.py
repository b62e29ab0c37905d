"""Holds the version of everything that decides what becomes of a record.

Raise it with every change of a rule or a model that can change a row. It is a column of each document and part of the
identifier of each batch, so a batch made by other rules is another batch.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple, Optional

RULES_VERSION = "9"

_MODELS = (".json", ".npz")
"""Files that are shipped besides the code: weights, profiles, lists (setup.py, package_data)."""


@cache
def model_digest() -> str:
    """Returns a digest of all models and data files that are shipped: 16 hex characters, the same wherever they are installed."""
    return digest_of_models(Path(__file__).parent)


def digest_of_models(folder: Path) -> str:
    """Returns the digest of the models below a folder: of their names and bytes, in order of their names."""
    digest = hashlib.blake2b(digest_size=8)
    models = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.suffix in _MODELS}
    for name in sorted(models):
        data = models[name].read_bytes()
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def made_with() -> str:
    """Returns what a batch depends on besides its inputs: the version of the rules and the digest of the models."""
    return f"{RULES_VERSION}/{model_digest()}"


class RuleOptions(NamedTuple):
    """The rules that the user chose; part of the identifier of a batch."""

    extractor: str = "blocks"
    """One of `boilerplate.strip_boilerplate.EXTRACTORS`."""
    language_backend: str = "fast"
    """One of `language.backends.BACKENDS`."""
    templates: Optional[str] = None
    """The version of learned templates, as `lake.index.learned_templates` names it; `None` for none."""
    mask_pii: str = ""
    """The `filters.mask_personal_data.KINDS` that are masked, joined by commas in their order; "" for none."""
    blocklist: Optional[str] = None
    """The list of domains to leave out, as `lake.index.blocklists` names it; `None` for none."""
    near_duplicates: bool = True
    """Whether documents are compared to find near duplicates; without that, `cluster_id` is NULL."""
    markdown: bool = False
    """Whether documents have their body as Markdown, too."""
