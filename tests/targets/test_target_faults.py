"""Texts arrive in a database as they are, or not at all; a full disk and a password in the wrong place cost nothing."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from helpers import postgres
from helpers.command import broadsheet, ingest

_TITLES = ["Цапли вернулись", "サギが戻る", "Été à Kérity"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    text = "The wardens counted nine nests on the island on Monday, and more birds are expected before the end of the month."
    rows = "".join(f'{{"id": "{n}", "title": "{title}", "text": "{text} {n}"}}\n' for n, title in enumerate(_TITLES))
    (folder / "a.jsonl").write_text(rows)
    ingest(folder / "lake", folder / "a.jsonl")
    return folder / "lake"


def _titles(url: str) -> list[str]:
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(url, client_encoding="utf8") as connection:
        return [title for (title,) in connection.execute("select title from documents order by external_id").fetchall()]


def _database(server: str, name: str, how: str) -> str:
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} {how}")
    return server.rpartition("/")[0] + f"/{name}"


@pytest.mark.service
@pytest.mark.parametrize("way", ["environment", "url", "options", "database", "role"])
def test_postgres_gets_every_text_whatever_encoding_a_client_is_set_to(
    server: str, lake: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    psycopg = pytest.importorskip("psycopg")
    url = base = _database(server, f"by_{way}", "encoding 'UTF8' template template0")
    if way == "environment":
        monkeypatch.setenv("PGCLIENTENCODING", "WIN1252")
    if way == "url":
        url += "?client_encoding=LATIN1"
    if way == "options":
        url += "?options=-c%20client_encoding%3DLATIN1"
    with psycopg.connect(base, autocommit=True) as connection:
        if way == "database":
            connection.execute(f"alter database by_{way} set client_encoding = 'LATIN1'")
        if way == "role":
            connection.execute(f"alter role loader in database by_{way} set client_encoding = 'SQL_ASCII'")
    assert broadsheet("load", "--lake", lake, "--to", url) == 0
    assert _titles(base) == _TITLES


@pytest.mark.service
@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "WIN1251"])
def test_a_postgres_database_that_cannot_hold_every_text_is_refused(
    server: str, lake: Path, encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    how = f"encoding '{encoding}' lc_collate 'C' lc_ctype 'C' template template0"
    url = _database(server, f"in_{encoding.lower()}", how)
    assert broadsheet("load", "--lake", lake, "--to", url) == 1
    assert encoding in capsys.readouterr().err


def test_a_duckdb_url_with_a_password_is_refused_and_the_password_not_printed(
    lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for url in ("duckdb://u:geheim-7f3a@host/news.db", f"duckdb://u:geheim-7f3a@{tmp_path}/news.db"):
        assert broadsheet("load", "--lake", lake, "--to", url) == 2
    shown = capsys.readouterr()
    assert "geheim" not in shown.out + shown.err
    assert not os.path.exists("u:geheim-7f3a@host")


@pytest.mark.parametrize("kilobytes", [8, 16, 64, 300])
def test_a_load_to_duckdb_on_a_full_disk_leaves_what_a_later_load_can_use(lake: Path, tmp_path: Path, kilobytes: int) -> None:
    file = tmp_path / "news.db"
    command = [sys.executable, "-m", "broadsheet.pipelines.cli.main", "load", "--lake", str(lake), "--to", f"duckdb://{file}"]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024,) * 2)

    full = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, timeout=300)
    assert full.returncode == 1, full.stderr
    assert "Traceback" not in full.stderr
    assert subprocess.run(command, capture_output=True, timeout=300).returncode == 0
    with duckdb.connect(str(file)) as connection:
        assert connection.sql("select title from documents order by external_id").fetchall() == [(title,) for title in _TITLES]
