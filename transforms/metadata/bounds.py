"""Bounds fields: a text of a megabyte is not a title, and a page with a hundred thousand authors names none.

What is too long is left out rather than cut: the rest of a sentence, or the first thousand of many names, would pass for the whole.
"""

from __future__ import annotations

from typing import Any

from broadsheet.schemas.records import Metadata
from broadsheet.transforms.limits import ResourceLimits


def bounded(metadata: Metadata, limits: ResourceLimits) -> Metadata:
    """Returns metadata without the fields that are longer than allowed, whatever their origin, and without their evidence.

    Args:
        metadata: As the page, a container or the user says.
        limits: Its `field_chars` and `field_values`. A list loses the values that are too long, and all if they are too many.
    """
    changes: dict[str, Any] = {}
    for field, value in metadata._asdict().items():
        if isinstance(value, str) and len(value) > limits.field_chars:
            changes[field] = None
        elif field in ("authors", "tags"):
            kept = [item for item in value if len(item) <= limits.field_chars] if len(value) <= limits.field_values else []
            if len(kept) < len(value):
                changes[field] = kept
    if not changes:
        return metadata
    gone = {field for field, value in changes.items() if not value}
    if "source" in gone:
        changes |= {"source": "unknown", "source_basis": "unknown"}
    return metadata._replace(**changes, evidence=[item for item in metadata.evidence if item.field not in gone])
