"""What the stages share."""

import gc
import weakref

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import TEXT, Origin, RawRecord
from broadsheet.transforms.record_stage import make_reject


class _Table:
    """Something large."""


def test_a_refusal_holds_nothing_of_what_was_at_hand_when_it_was_raised() -> None:
    seen = []

    def refuse() -> None:
        table = _Table()
        seen.append(weakref.ref(table))
        try:
            raise ValueError
        except ValueError as cause:
            error = RecordError("damaged", "it is")
            raise error from cause

    gc.disable()
    try:
        try:
            refuse()
        except RecordError as error:
            make_reject("read", RawRecord(Origin("/a", 0), b"", TEXT), error)
        assert seen[0]() is None
    finally:
        gc.enable()
