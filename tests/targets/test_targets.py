"""What each target alone must keep to: its types, its URL, its secrets."""

import datetime as dt
import importlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from helpers import clickhouse, postgres
from helpers.command import broadsheet
from helpers.hand_lake import HandLake
from helpers.rows import document
from targets.databases import ClickHouseDatabase

from broadsheet.pipelines.load.target import safe_url, without_secrets
from broadsheet.pipelines.load.targets.postgres import copy_text
from broadsheet.schemas.records import LanguageShare


@pytest.fixture(scope="module")
def clickhouse_url() -> Iterator[str]:
    with clickhouse.server() as url:
        yield url


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture
def lake(tmp_path: Path) -> str:
    hand = HandLake(tmp_path / "lake")
    hand.add(document("/a"))
    return hand.lake.root


@pytest.mark.service
def test_clickhouse_holds_every_type(clickhouse_url: str, tmp_path: Path) -> None:
    hand = HandLake(tmp_path / "lake")
    moment = dt.datetime(2024, 5, 14, 6, 12, 0, 123456, tzinfo=dt.UTC)
    odd = "Comma, \"quote\" 'single' \\ \t\r\n 守塔人"
    row = document("/odd", odd, authors=["A, B", '"'], published_at=moment, date=dt.date(1911, 2, 3), language_agreed=False)
    hand.add(row._replace(languages=[LanguageShare("en", 0.1 + 0.2)], signature=bytes(range(256))))
    database = ClickHouseDatabase(clickhouse_url, "types")
    assert broadsheet("load", "--lake", hand.lake.root, "--to", database.url) == 0
    names = "text, authors, tags, published_at, date, language_agreed, section, languages, hex(signature)"
    (found,) = database.rows(f"select {names} from documents")
    assert found[:7] == (odd, ["A, B", '"'], [], "2024-05-14 06:12:00.123456", "1911-02-03", False, None)
    assert found[7] in ([["en", 0.1 + 0.2]], [{"language": "en", "share": 0.1 + 0.2}])
    assert bytes.fromhex(str(found[8])) == bytes(range(256))


@pytest.mark.service
def test_a_clickhouse_column_of_another_type_is_refused(clickhouse_url: str, lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    database = ClickHouseDatabase(clickhouse_url, "other_types")
    assert broadsheet("load", "--lake", lake, "--to", database.url) == 0
    database.run("alter table documents modify column words Int16")
    assert broadsheet("load", "--lake", lake, "--to", database.url, "--since", 0) == 1
    assert "documents.words is Int16 in the target, Int64 in the lake" in capsys.readouterr().err


@pytest.mark.service
def test_someone_else_s_clickhouse_table_is_left_alone(clickhouse_url: str, lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    database = ClickHouseDatabase(clickhouse_url, "foreign")
    database.run("create table documents (doc_id String) engine = MergeTree order by doc_id")
    assert broadsheet("load", "--lake", lake, "--to", database.url) == 1
    assert "rename or drop that table" in capsys.readouterr().err


@pytest.mark.service
def test_a_wrong_password_of_clickhouse_is_not_printed(clickhouse_url: str, lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("load", "--lake", lake, "--to", clickhouse_url.replace(clickhouse.PASSWORD, "verkehrt-22")) == 1
    said = "".join(capsys.readouterr())
    assert "Authentication failed" in said
    assert "verkehrt" not in said


@pytest.mark.service
def test_a_wrong_password_of_postgres_is_not_printed(postgres_url: str, lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("load", "--lake", lake, "--to", postgres_url.replace(postgres.PASSWORD, "verkehrt-22")) == 1
    said = "".join(capsys.readouterr())
    assert "password authentication failed" in said
    assert "verkehrt" not in said


@pytest.mark.parametrize(
    "url", ["postgresql://u:geheim@127.0.0.1:9/d", "clickhouse://u:geheim@127.0.0.1:9/d", "duckdb:///no/such/folder/x.db"]
)
def test_a_target_that_cannot_be_reached_is_one_sentence(url: str, lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("load", "--lake", lake, "--to", url) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("broadsheet: ")
    assert "geheim" not in said


@pytest.mark.parametrize("url", ["mysql://u:geheim@h/d?token=geheim", "news.db", "duckdb://"])
def test_a_url_that_names_no_target_is_wrong_usage(url: str, lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("load", "--lake", lake, "--to", url) == 2
    assert "geheim" not in capsys.readouterr().err


def test_a_lake_that_is_not_there_makes_no_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("load", "--lake", tmp_path / "none", "--to", f"duckdb://{tmp_path}/new.db") == 2
    assert "there is no lake at" in capsys.readouterr().err
    assert not (tmp_path / "new.db").exists()


def test_secrets_are_blotted_out() -> None:
    url = "postgresql://me:p%40ss:word@db:5432/news?sslpassword=hush&connect_timeout=3"
    assert safe_url(url) == "postgresql://me:***@db:5432/news?sslpassword=***&connect_timeout=***"
    assert without_secrets("no p@ss:word,\n hush", url) == "no ***, ***"


def test_copy_text_escapes_what_ends_a_field_and_what_postgres_cannot_hold() -> None:
    rows = pa.record_batch({"a": ["x\ty\\z\n", None, "\\N", "a\0b"], "b": [["{", None], None, [], ['"\\']]})
    lines = copy_text(rows).decode().splitlines()
    assert lines[0] == 'x\\ty\\\\z\\n\t{"{",NULL}'
    assert lines[1] == "\\N\t\\N"
    assert lines[2] == "\\\\N\t{}"
    assert lines[3] == 'a\ufffdb\t{"\\\\"\\\\\\\\"}'


@pytest.mark.parametrize(
    ("url", "module", "extra"),
    [("bigquery://p/d", "google.cloud.bigquery", "bigquery"), ("snowflake://u:geheim@a/d/s", "snowflake.connector", "snowflake")],
    ids=["bigquery", "snowflake"],
)
def test_a_client_that_is_not_installed_is_named_with_the_extra_that_brings_it(
    url: str, module: str, extra: str, lake: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        importlib.import_module(module)
    except ImportError:
        assert broadsheet("load", "--lake", lake, "--to", url) == 2
        said = capsys.readouterr().err
        assert f"pip install 'broadsheet[{extra}]'" in said
        assert "geheim" not in said
    else:
        pytest.skip(f"{module} is installed")
