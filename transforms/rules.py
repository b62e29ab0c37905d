"""The version of all that decides what becomes of a record.

Raise it with every change of a rule or a model that can change a row: it is a column of each document and part of each batch's
identifier, so that a batch made by other rules is another batch.
"""

from __future__ import annotations

RULES_VERSION = "1"
