"""Charsets of tables: decided once per file, used for every field; what cannot be decoded is not known."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from helpers.reading import dead, payloads, read, records

from broadsheet.schemas.records import InputFile, Mark, RawRecord
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.read.metadata_overrides import from_json, to_json
from broadsheet.transforms.read.read_records import ReadOptions, read_range, read_records
from broadsheet.transforms.read.split_files import split

_FRENCH = (
    "Le Courrier français",
    "École rénovée à Kérity",
    "La mairie a présenté mardi le projet de rénovation, très attendu.",
)
_RUSSIAN = (
    "Вестник реки",
    "Цапли вернулись",
    "Во вторник смотрители насчитали девять гнёзд на острове у берега.",
)
_GREEK = (
    "Εφημερίδα Λιμένος",
    "Επέστρεψαν οι ερωδιοί",
    "Την Τρίτη οι φύλακες μέτρησαν εννέα φωλιές στο νησί.",
)
_JAPANESE = (
    "港湾日報",
    "サギが戻る能登の表通り",
    "火曜日、管理人は北岸の島で九つの巣を数えた。表通りでも。",
)
_CHINESE = ("港口日报", "苍鹭回来了", "保护区管理员星期二说，他们在北岸附近的岛上数到了九个鸟巢，这是三十一年来的第一次。")
_POLISH = (
    "Gazeta Żeglarska",
    "Wróciły czaple znad Łyny",
    "We wtorek strażnicy naliczyli dziewięć gniazd; są zachwyceni.",
)

_TABLES = [
    pytest.param(_FRENCH, "cp1252", id="French in windows-1252"),
    pytest.param(_RUSSIAN, "cp1251", id="Russian in windows-1251"),
    pytest.param(_RUSSIAN, "koi8_r", id="Russian in KOI8-R"),
    pytest.param(_GREEK, "cp1253", id="Greek in windows-1253"),
    pytest.param(_JAPANESE, "cp932", id="Japanese in Shift_JIS, whose second bytes are backslashes"),
    pytest.param(_JAPANESE, "euc_jp", id="Japanese in EUC-JP"),
    pytest.param(_CHINESE, "gb18030", id="Chinese in GB 18030"),
    pytest.param(_POLISH, "cp1250", id="Polish in windows-1250"),
    *(
        pytest.param(_RUSSIAN, charset, id=charset)
        for charset in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
    ),
]


def _rows(words: tuple[str, str, str], count: int = 4) -> list[dict[str, str]]:
    source, title, text = words
    plain = [{"id": f"p{n}", "source": "ascii.example", "title": "Plain", "text": "All of this is ASCII."} for n in range(3)]
    return plain + [{"id": str(n), "source": source, "title": title, "text": f"{text} {n}"} for n in range(count)]


def _csv(rows: list[dict[str, str]], delimiter: str = ";") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _jsonl(rows: list[dict[str, str]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _array(rows: list[dict[str, str]]) -> str:
    return json.dumps(rows, ensure_ascii=False)


_FORMATS = [
    pytest.param("a.csv", _csv, id="CSV"),
    pytest.param("a.jsonl", _jsonl, id="JSON lines"),
    pytest.param("a.json", _jsonl, id="objects one behind the other"),
    pytest.param("b.json", _array, id="an array"),
]


def _fields(record: RawRecord) -> dict[str, Any]:
    given = {field: value for field, (value, _) in from_json(record.origin.given).items()}
    return {
        "id": given.get("external_id"),
        "source": record.origin.source,
        "title": given.get("title"),
        "text": decode(record).text,
    }


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize(
    ("name", "write"),
    [("a.csv", _csv), ("a.jsonl", _jsonl), ("a.json", _jsonl), ("b.json", _array)],
    ids=["csv", "jsonl", "json", "array"],
)
@pytest.mark.parametrize(("words", "charset"), _TABLES)
def test_every_field_of_a_table_is_read_in_the_tables_charset(
    tmp_path: Path, words: tuple[str, str, str], charset: str, name: str, write: Any, packed: bool
) -> None:
    rows = _rows(words)
    data = write(rows).encode(charset, "replace")
    found = read(tmp_path, name + ".gz" * packed, gzip.compress(data) if packed else data)
    assert [_fields(record) for record in records(found)] == rows
    assert not dead(found)


def test_a_cell_says_in_which_charset_its_table_is_and_that_this_was_detected(tmp_path: Path) -> None:
    record = records(read(tmp_path, "a.csv", _csv(_rows(_RUSSIAN)).encode("cp1251")))[-1]
    page = decode(record)
    assert (page.encoding, page.encoding_basis, page.replacement_share) == ("windows-1251", "detected", 0)
    assert record.payload == (_RUSSIAN[2] + " 3").encode("cp1251")


@pytest.mark.parametrize(("name", "write"), [("a.csv", _csv), ("a.jsonl", _jsonl)], ids=["csv", "jsonl"])
@pytest.mark.parametrize("bad", [0, 2, 5], ids=["first", "middle", "last"])
def test_a_bad_line_of_a_utf_8_table_costs_its_fields_and_no_others(tmp_path: Path, name: str, write: Any, bad: int) -> None:
    rows = _rows(_FRENCH, 6)[3:]
    lines = write(rows).splitlines(keepends=True)
    skip = len(lines) - len(rows)
    encoded = [line.encode("cp1252" if number == bad + skip else "utf-8") for number, line in enumerate(lines)]
    found = [_fields(record) for record in records(read(tmp_path, name, b"".join(encoded)))]
    assert [row for number, row in enumerate(found) if number != bad] == [row for number, row in enumerate(rows) if number != bad]
    assert (found[bad]["source"], found[bad]["title"], found[bad]["id"]) == (None, None, rows[bad]["id"])
    assert found[bad]["text"] == rows[bad]["text"]  # its own bytes tell their charset


def test_lines_that_an_export_cut_within_a_character_are_utf_8(tmp_path: Path) -> None:
    rows = [f'{number};"Ünïcödé nämé {number}";{"Öffentlich " * 9}'.encode()[:-1] + "é".encode()[:1] for number in range(9)]
    found = records(read(tmp_path, "a.csv", b"id;title;text\n" + b"\n".join(rows)))
    assert [from_json(record.origin.given)["title"][0] for record in found] == [f"Ünïcödé nämé {number}" for number in range(9)]


def test_what_the_user_gives_as_charset_goes_over_the_detector(tmp_path: Path) -> None:
    data = "id;title;text\n1;Ţară;Ţara şi oraşul\n".encode("iso8859-2")
    path = tmp_path / "b.csv"
    path.write_bytes(data)
    item = InputFile(str(path), "", len(data), 0, given=to_json({"charset": ("iso-8859-2", "manifest")}))
    (record,) = records(list(read_records(item, ReadOptions())))
    assert (_fields(record)["title"], decode(record).text) == ("Ţară", "Ţara şi oraşul")


@pytest.mark.parametrize("value", ["half \ud83d", "\udce9cole"], ids=["half a pair", "an escaped byte"])
def test_half_a_character_never_becomes_a_question_mark(tmp_path: Path, value: str) -> None:
    data = json.dumps({"text": "words", "title": value, "source": value, "authors": [value, "A. Ames"]}).encode()
    (record,) = records(read(tmp_path, "a.jsonl", data))
    assert "?" not in record.origin.given
    assert record.origin.source is None
    assert from_json(record.origin.given)["authors"][0][-1] == "A. Ames"


@pytest.mark.parametrize("charset", ["cp1251", "cp932", "utf-8"])
@pytest.mark.parametrize(("name", "write"), [("a.csv", _csv), ("a.jsonl", _jsonl)], ids=["csv", "jsonl"])
def test_ranges_of_a_table_are_read_in_the_charset_of_the_whole(tmp_path: Path, name: str, write: Any, charset: str) -> None:
    words = _JAPANESE if charset == "cp932" else _RUSSIAN
    rows = [row for part in range(30) for row in _rows(words, 2 * (part % 9 == 5))]
    path = tmp_path / name
    path.write_bytes(write(rows).encode(charset))
    item = InputFile(str(path), "", path.stat().st_size, 0)
    whole = list(read_records(item, ReadOptions()))
    parts = list(split(item, ReadOptions(), 300))
    assert len(parts) > 5
    assert parts[-1].begin.charset
    assert parts[0].begin == Mark()
    assert [found for part in parts for found in read_range(part, ReadOptions())] == whole
    assert payloads(whole)


def test_characters_past_u_ffff_are_read_as_java_writes_them(tmp_path: Path) -> None:
    half = '{"title": "The \U0001f986", "text": "words \U0001f986"}\n'.encode("utf-16-le").decode("utf-16-le")
    data = "".join(chr(0xD83E) + chr(0xDD86) if char == "\U0001f986" else char for char in half).encode("utf-8", "surrogatepass")
    (record,) = records(read(tmp_path, "a.jsonl", data))
    assert from_json(record.origin.given)["title"][0] == "The \U0001f986"


def test_a_few_lines_in_utf_8_do_not_decide_what_the_others_are_in(tmp_path: Path) -> None:
    line = '{"title": "École rénovée", "text": "Les élèves sont arrivés à l’école, où tout était prêt."}\n'
    found = records(read(tmp_path, "a.jsonl", line.encode() + 12 * line.encode("cp1252")))
    assert {from_json(record.origin.given)["title"][0] for record in found[1:]} == {"École rénovée"}


@pytest.mark.parametrize(
    "data",
    [
        b'\xef\xbb\xbf{"text": "a"}\n\xef\xbb\xbf{"text": "b"}\n', b'\x1e{"text": "a"}\n\x1e{"text": "b"}\n',
        b'[\n{"text": "a"},\n{"text": "b"}\n]\n', b'[{"text": "a"},\n {"text": "b"}]\n',
        b'{\n "text": "a"\n}\n{\n "text": "b"\n}\n',
        2 * '{"text": "a"}\n'.encode("utf-16"),
    ],
    ids=["files with marks, joined", "RFC 7464", "an array, an item a line", "an array", "over several lines", "UTF-16, joined"],
)  # fmt: skip
def test_json_lines_are_read_however_they_are_laid_out(tmp_path: Path, data: bytes) -> None:
    found = read(tmp_path, "a.jsonl", data)
    assert (len(payloads(found)), dead(found)) == (2, [])
