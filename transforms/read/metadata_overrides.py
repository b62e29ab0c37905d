"""What the user, and not the page, says of a record: a manifest, a sidecar beside the file, the file's path.

Given fields go over anything the page says, each with its basis. Where several give the same field, the nearest to the user wins:
`--source`, then the manifest, the sidecar, the path.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import Evidence, Metadata, RawRecord
from broadsheet.schemas.tables import storable

Given = dict[str, tuple[Any, str]]
"""Field to (value, basis)."""

_TEXTS = (
    "url", "charset", "source", "title", "subtitle", "section", "agency", "place", "external_id", "site_name",
    "canonical_url", "image",
)  # fmt: skip
_LISTS = ("authors", "tags")
_TIMES = ("fetched_at", "published_at", "modified_at")
FIELDS = (*_TEXTS, *_LISTS, *_TIMES)
"""The fields that may be given; other keys of a manifest or sidecar are ignored."""

_HOST = re.compile(
    r"(?:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}|(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?", re.IGNORECASE
)


def parse_given(values: Mapping[str, Any], basis: str, where: str) -> Given:
    """Reads given fields from a row of a manifest or from a sidecar.

    Args:
        values: Field to value as written; lists also as one string, separated by `;`.
        basis: `manifest`, `sidecar` or `path`.
        where: Which row or file, for the error.

    Raises:
        RecordError: Reason `bad_<basis>`: a value is not what its field needs.
    """
    given: Given = {}
    for field in FIELDS:
        value = values.get(field)
        if value in (None, "", []):
            continue
        try:
            given[field] = (_parse(field, value), basis)
        except (TypeError, ValueError, OverflowError) as error:
            raise RecordError(f"bad_{basis}", f"{where}: {field} is {value!r:.80}, which is not a valid value: {error}") from error
    return given


def _parse(field: str, value: Any) -> Any:
    if field in _LISTS:
        items = value.split(";") if isinstance(value, str) else list(value)
        return [text for item in items if (text := _text(item))]
    if field in _TIMES:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC).isoformat()
    if isinstance(value, (dict, list)):
        raise TypeError("expected text")
    return _text(value)


def _text(value: Any) -> str:
    return storable(str(value)).strip()


def to_json(given: Given) -> str:
    """Returns given fields as text that travels with a record; "" for none."""
    return json.dumps(given, sort_keys=True) if given else ""


def from_json(text: str) -> Given:
    """Undoes `to_json`."""
    return {field: (value, basis) for field, (value, basis) in json.loads(text).items()} if text else {}


def give(record: RawRecord, given: Given) -> RawRecord:
    """Returns a record with what is given of it: what reading needs in its own fields, the rest as JSON for `apply_given`."""
    changes: dict[str, Any] = {}
    if "source" in given and record.origin.source_basis != "flag":
        changes["source"], changes["source_basis"] = given["source"]
    if "url" in given:
        changes["url"], changes["url_basis"] = given["url"]
    if "fetched_at" in given:
        moment, changes["fetched_at_basis"] = given["fetched_at"]
        changes["fetched_at"] = dt.datetime.fromisoformat(moment)
    rest = {field: value for field, value in given.items() if field not in ("source", "url", "fetched_at", "charset")}
    origin = record.origin._replace(**changes, given=to_json(rest))
    return record._replace(origin=origin, charset=given["charset"][0] if "charset" in given else record.charset)


def apply_given(metadata: Metadata, given: str) -> Metadata:
    """Returns metadata with the given fields over those that the page says."""
    if not given:
        return metadata
    changes: dict[str, Any] = {}
    evidence = list(metadata.evidence)
    for field, (value, basis) in from_json(given).items():
        changes[field] = dt.datetime.fromisoformat(value) if field in _TIMES else value
        if field == "published_at":
            changes["published_date"] = changes[field].date()
        words = "; ".join(value) if isinstance(value, list) else value
        evidence = [item for item in evidence if item.field != field] + [Evidence(field, basis, words)]
    return metadata._replace(**changes, evidence=evidence)


def compile_template(template: str) -> re.Pattern[str]:
    """Returns the pattern of a `--path-template` such as `{source}/{date}/{name}`, which is matched with the end of a path.

    Raises:
        ValueError: A name in braces is not a field or occurs twice, or the template has no field.
    """
    known = {*_TEXTS, "date", "name"}
    pattern = ""
    names = []
    for literal, name in re.findall(r"([^{}]*)(?:\{([^{}]*)\})?", template):
        pattern += re.escape(literal)
        if name:
            if name not in known:
                raise ValueError(f"{{{name}}} is not a field of a path; there are {', '.join(sorted(known))}")
            names.append(name)
            value = r"\d{4}-\d\d-\d\d|\d{8}" if name == "date" else r"[^/]+"
            pattern += value if name == "name" else rf"(?P<{name}>{value})"
    if not set(names) - {"name"} or len(set(names) - {"name"}) != len(names) - names.count("name"):
        raise ValueError("it must name fields in braces, each once")
    return re.compile(rf"(?:^|/){pattern}$")


def given_by_path(uri: str, template: re.Pattern[str] | None, url_from_path: bool) -> Given:
    """Returns what a file's path says of it.

    Args:
        uri: The file.
        template: As `compile_template` made it; a path that does not fit says nothing. `{date}`, 2026-01-31
            or 20260131, is the day the file was collected.
        url_from_path: Whether the path below a folder named like a host is the url, as wget and HTTrack lay mirrors out.
    """
    values: dict[str, Any] = {}
    if url_from_path:
        values["url"] = _url_of(uri)
    found = template.search(uri) if template else None
    if found:
        values.update({field: unquote(value) for field, value in found.groupdict().items()})
        if "date" in values:
            values["fetched_at"] = values.pop("date")
    return parse_given(values, "path", uri)


def _url_of(uri: str) -> str | None:
    """Returns the url of a mirrored file: the first folder that is named like a host, and all below it."""
    folders = uri.partition("://")[2].split("/") if "://" in uri else uri.split("/")
    for index, folder in enumerate(folders[:-1]):
        if _HOST.fullmatch(folder):
            path = "/".join(folders[index + 1 :])
            path = re.sub(r"(?:^|(?<=/))index\.html?$", "", re.sub(r"\.(?:gz|bz2|xz|zst)$", "", path))
            return f"http://{folder}/{path}"
    return None
