"""Holds `RULES_VERSION` to the rows that the rules make of the sample pages and of tests/golden.

PYTHONPATH=tests python tests/house/golden_rows.py        notes today's rows; raises the version if they changed (`make rows`)
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import Document, InputFile, RawRecord
from broadsheet.transforms import versions
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.document import make_document
from broadsheet.transforms.read.read_records import ReadOptions, read_records

ROOT = Path(__file__).parent.parent.parent
NOTED = ROOT / "tests" / "golden" / "rows.json"
_VERSIONS = Path(versions.__file__)
_NOT_BY_RULES = ("uri", "rules_version", "model_digest")
"""Columns that say where a row comes from and what it was made with, not what became of its record."""


def rows() -> dict[str, str]:
    """Returns a digest of each record's row, or why it has none, by file and record."""
    pages = [path for path in (ROOT / "samples" / "pages").rglob("*") if path.is_file()]
    pages += (ROOT / "tests" / "golden").glob("*/page.*")
    made = {}
    for path in sorted(pages):
        for found in read_records(InputFile(str(path), "", path.stat().st_size, 0), ReadOptions()):
            record = found if isinstance(found, RawRecord) else found[0]
            outcome = _outcome(found) if isinstance(found, RawRecord) else found[1].reason
            made[f"{path.relative_to(ROOT).as_posix()} {record.origin.record}"] = outcome
    return made


def _outcome(record: RawRecord) -> str:
    try:
        return digest(make_document(decode(record)))
    except RecordError as error:
        return error.reason


def digest(row: Document) -> str:
    """Returns a digest of what a row says; a column that says nothing does not count, so that a new one changes no digest."""
    said = {name: _plain(value) for name, value in row._asdict().items() if value is not None and name not in _NOT_BY_RULES}
    return hashlib.blake2b(repr(said).encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()


def _plain(value: Any) -> Any:
    """Returns a value without the last digits of a number, which differ between processors."""
    if isinstance(value, float):
        return round(value, 4)
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def changed(noted: dict[str, Any], today: dict[str, str]) -> list[str]:
    """Returns the records whose row is another than the noted one; a page that is new or gone says nothing of the rules."""
    return [name for name, digest in noted["rows"].items() if name in today and today[name] != digest]


def main() -> None:
    """Notes today's rows, under a version that is raised if a noted one changed under the same version."""
    noted, today = json.loads(NOTED.read_text(encoding="utf-8")), rows()
    version = versions.RULES_VERSION
    others = changed(noted, today)
    if others and noted["rules_version"] == version:
        version = str(int(version) + 1)
        code = _VERSIONS.read_text(encoding="utf-8")
        _VERSIONS.write_text(re.sub(r'^RULES_VERSION = ".*"$', f'RULES_VERSION = "{version}"', code, flags=re.MULTILINE), "utf-8")
        print(f"RULES_VERSION is {version} now: these rows changed")
        print(*others, sep="\n")
    NOTED.write_text(json.dumps({"rules_version": version, "rows": today}, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
