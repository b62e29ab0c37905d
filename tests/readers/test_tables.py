"""Rows: columns named or found, given fields, bad rows, files whose columns are unknown."""

import datetime as dt
import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
from helpers.reading import dead, messages, payloads, read, records
from pyarrow import parquet

from broadsheet.schemas.records import HTML, TEXT
from broadsheet.transforms.read.metadata_overrides import from_json
from broadsheet.transforms.read.read_records import ReadOptions


def _lines(*rows: object) -> bytes:
    return b"\n".join(json.dumps(row).encode() for row in rows)


@pytest.mark.parametrize(
    ("row", "payload", "media_type"),
    [
        ({"text": "words"}, b"words", TEXT),
        ({"Content": "words"}, b"words", TEXT),
        ({"html": "<p>a"}, b"<p>a", HTML),
        ({"text": "words", "html": "<p>a"}, b"<p>a", HTML),
        ({"text": "words", "html": None}, b"words", TEXT),
        ({"body": ["one", "two"]}, b"one\ntwo", TEXT),
        ({"text": "M\u00f6we"}, "M\u00f6we".encode(), TEXT),
        ({"text": "half \ud83d"}, "half \ufffd".encode(), TEXT),
    ],
    ids=["text", "another name", "html", "html first", "text where html is null", "paragraphs", "accents", "half a character"],
)
def test_the_column_of_the_page_is_found(tmp_path: Path, row: object, payload: bytes, media_type: str) -> None:
    (record,) = records(read(tmp_path, "a.jsonl", _lines(row)))
    assert (record.payload, record.media_type) == (payload, media_type)


def test_a_row_gives_what_its_columns_are_named_for(tmp_path: Path) -> None:
    row = {
        "text": "words",
        "url": "https://paper.example/a",
        "date": "2024-05-14",
        "crawl_date": 1715668000,
        "source": "The Paper",
        "id": 17,
        "title": "A Heron",
        "authors": ["A. Ames", "B. Byrne"],
        "place": {"lat": 1},
    }
    (record,) = records(read(tmp_path, "a.jsonl", _lines(row)))
    assert (record.origin.url, record.origin.source, record.origin.source_basis) == (
        "https://paper.example/a",
        "The Paper",
        "container",
    )
    assert record.origin.fetched_at == dt.datetime(2024, 5, 14, 6, 26, 40, tzinfo=dt.UTC)
    assert {field: value for field, (value, _) in from_json(record.origin.given).items()} == {
        "title": "A Heron",
        "authors": ["A. Ames", "B. Byrne"],
        "external_id": "17",
        "published_at": "2024-05-14T00:00:00+00:00",
    }


@pytest.mark.parametrize(
    "value",
    ["2024-05-14T06:12:00Z", "Tue, 14 May 2024 06:12:00 GMT", 1715667120, 1715667120000, "2024-05-14 08:12:00+02:00"],
)
def test_a_date_column_is_read_in_the_forms_that_tables_have(tmp_path: Path, value: object) -> None:
    (record,) = records(read(tmp_path, "a.jsonl", _lines({"text": "words", "when": value}), ReadOptions(date_column="when")))
    assert from_json(record.origin.given)["published_at"] == ("2024-05-14T06:12:00+00:00", "container")


@pytest.mark.parametrize("value", ["yesterday", "", None, 1e300, [1], "0000-00-00"])
def test_a_date_that_cannot_be_read_is_left_to_the_page(tmp_path: Path, value: object) -> None:
    (record,) = records(read(tmp_path, "a.jsonl", _lines({"text": "words", "date": value})))
    assert record.origin.given == ""


def test_the_user_names_the_columns(tmp_path: Path) -> None:
    row = {"text": "no", "prose": "yes", "link": "https://no.example", "where": "https://yes.example/a", "who": "Yes", "n": "7"}
    options = ReadOptions(text_column="prose", url_column="where", source_column="who", id_column="n")
    (record,) = records(read(tmp_path, "a.jsonl", _lines(row), options))
    assert (record.payload, record.origin.url, record.origin.source) == (b"yes", "https://yes.example/a", "Yes")
    assert from_json(record.origin.given)["external_id"][0] == "7"


def test_the_flag_for_the_source_goes_over_the_column(tmp_path: Path) -> None:
    (record,) = records(read(tmp_path, "a.jsonl", _lines({"text": "a", "source": "column"}), ReadOptions(source="flag")))
    assert (record.origin.source, record.origin.source_basis) == ("flag", "flag")


def test_a_table_whose_columns_are_unknown_is_one_dead_letter_that_lists_them(tmp_path: Path) -> None:
    found = read(tmp_path, "a.csv", b"name,age\nAnn,7\nBen,8\n")
    assert (len(found), dead(found)) == (1, ["no_text_column"])
    assert "name, age" in messages(found)
    assert "--column text" in messages(found)
    found = read(tmp_path, "b.csv", b"name,age\nAnn,7\n", ReadOptions(text_column="story"))
    assert dead(found) == ["no_such_column"]


def test_a_line_that_is_not_json_costs_that_line(tmp_path: Path) -> None:
    data = b'{"text": "one"}\n{"text": "two"\n\n[1]\n{"name": "x"}\n{"text": ""}\n{"text": "last"}'
    found = read(tmp_path, "a.jsonl", data)
    assert payloads(found) == [b"one", b"last"]
    assert dead(found) == ["bad_json", "not_an_object", "no_text_column", "empty"]
    assert "line 2" in messages(found)


@pytest.mark.parametrize(
    "data",
    [
        b'[{"text": "one"}, {"text": "two"}]',
        b'\xef\xbb\xbf[\n {"text": "one"},\n {"text": "two"}\n]\n',
        b'{"text": "one"}\n{"text": "two"}\n',
        b'{\n "text": "one"\n}\n{\n "text": "two"\n}',
    ],
    ids=["an array", "with a mark and breaks", "lines", "objects one behind the other"],
)
def test_json_is_an_array_or_objects_one_after_the_other(tmp_path: Path, data: bytes) -> None:
    assert payloads(read(tmp_path, "a.json", data)) == [b"one", b"two"]


def test_an_array_larger_than_a_buffer_is_read_piece_by_piece(tmp_path: Path) -> None:
    texts = [f"{number} " + 'é\\"[]{},' * (number * 200) for number in range(60)]
    data = json.dumps([{"text": text} for text in texts], ensure_ascii=False).encode()
    assert len(data) > 3_000_000
    assert payloads(read(tmp_path, "a.json", data)) == [text.encode() for text in texts]
    found = read(tmp_path, "a.json", data[: len(data) // 2])
    assert payloads(found) == [text.encode() for text in texts[: len(payloads(found))]]
    assert dead(found) == ["bad_json"]
    assert "character" in messages(found)


def test_a_line_that_is_too_long_does_not_cost_the_next(tmp_path: Path) -> None:
    found = read(tmp_path, "a.jsonl", _lines({"text": "x" * 9000}, {"text": "b"}), ReadOptions(max_record_bytes=1000))
    assert (dead(found), payloads(found)) == (["record_too_large"], [b"b"])


def test_a_cell_of_a_csv_keeps_its_bytes_breaks_and_charset(tmp_path: Path) -> None:
    data = 'url;text\nhttps://a.example/1;"Zwei\nZeilen; ""und"" Möwen"\n\nhttps://a.example/2;b\n'.encode("latin-1")
    found = read(tmp_path, "a.csv", data)
    assert payloads(found) == ['Zwei\nZeilen; "und" Möwen'.encode("latin-1"), b"b"]
    assert records(found)[1].origin.url == "https://a.example/2"


def test_a_csv_as_spreadsheets_save_it_is_read(tmp_path: Path) -> None:
    assert payloads(read(tmp_path, "a.csv", "\ufefftext\tid\r\nMöwe\t1\r\n".encode("utf-16-le"))) == ["Möwe".encode()]
    assert payloads(read(tmp_path, "a.csv", "\ufefftext,id\r\nMöwe,1\r\n".encode())) == ["Möwe".encode()]


def test_a_row_with_too_few_or_too_many_cells_is_dead(tmp_path: Path) -> None:
    found = read(tmp_path, "a.csv", b"id,text\n1,one\n2\n3,a,b\n4,four\n")
    assert (payloads(found), dead(found)) == ([b"one", b"four"], ["bad_row", "bad_row"])
    assert "line 3" in messages(found)


def test_a_cell_longer_than_a_record_is_dead_and_the_rest_is_read(tmp_path: Path) -> None:
    data = b"id,text\n1," + b"x" * 5000 + b"\n2,two\n"
    found = read(tmp_path, "a.csv", data, ReadOptions(max_record_bytes=1000))
    assert b"two" in payloads(found)
    assert dead(found)


def _parquet(rows: list[dict[str, object]], **options: object) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), sink, **options)
    return sink.getvalue()


def test_a_damaged_row_group_costs_its_rows_and_no_others(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": f"{number} " * 3000} for number in range(30)]
    data = bytearray(_parquet(rows, row_group_size=10, compression="zstd", use_dictionary=False))
    second = parquet.ParquetFile(io.BytesIO(bytes(data))).metadata.row_group(1).column(0).data_page_offset
    data[second + 40 : second + 60] = bytes(20)
    found = read(tmp_path, "a.parquet", bytes(data))
    assert payloads(found) == [str(row["text"]).encode() for row in rows[:10] + rows[20:]]
    assert dead(found) == ["damaged"]
    assert "row group 1" in messages(found)
    assert [record.origin.record for record in records(found)] == [*range(10), *range(20, 30)]


def test_only_the_wanted_columns_of_a_parquet_file_are_read(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": "words", "noise": {"deep": [1, 2]}, "published_at": dt.datetime(2024, 5, 14, 6, 12)}]
    (record,) = records(read(tmp_path, "a.parquet", _parquet(rows)))
    assert from_json(record.origin.given)["published_at"][0] == "2024-05-14T06:12:00+00:00"
    binary: list[dict[str, object]] = [{"html": b"<p>M\xf6we"}]
    assert payloads(read(tmp_path, "b.parquet", _parquet(binary))) == [b"<p>M\xf6we"]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_what_is_not_a_table_is_one_dead_letter(tmp_path: Path, name: str) -> None:
    assert dead(read(tmp_path, name, b"PAR1 and then nothing")) == ["damaged"]
    assert dead(read(tmp_path, name, b"")) == ["empty"]


@pytest.mark.parametrize("size", range(0, 24, 3))
def test_a_parquet_file_that_is_shorter_than_its_footer_is_damaged(tmp_path: Path, size: int) -> None:
    for data in (
        b"PAR1\x15" + b"\0" * size,
        b"PAR1\x15" + b"\xff" * size + b"\0\0\0\0PAR1",
        b"PAR1\x15" + b"\xff" * (size + 4) + b"PAR1",
    ):
        assert dead(read(tmp_path, "a.parquet", data)) == ["damaged"]
