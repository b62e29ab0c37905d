"""What a topic is called, and how its client is set up; no broker is needed."""

from pathlib import Path

import pytest
from helpers.command import broadsheet

from broadsheet.schemas.errors import ConfigError
from broadsheet.schemas.kafka_uris import TopicRange, origin_of, parse_range, parse_topic
from broadsheet.schemas.records import InputFile
from broadsheet.transforms.read.formats.kafka import GROUP, properties
from broadsheet.transforms.read.split_files import split_range


def test_a_range_s_uri_is_read_back() -> None:
    part = TopicRange("news", "pages.raw", 3, 100, 900)
    assert part.uri == "kafka://news/pages.raw/3?from=100&to=900"
    assert parse_range(part.uri) == part
    assert origin_of(part.uri) == part.origin == "kafka://news/pages.raw/3"
    assert origin_of("https://harbour.example/a?from=1&to=2") == "https://harbour.example/a?from=1&to=2"
    assert parse_topic("kafka://a:9092,b:9092/pages/").uri == "kafka://a:9092,b:9092/pages"


@pytest.mark.parametrize("uri", ["kafka://", "kafka://a:9092", "kafka://a:9092/", "kafka://a/b/3", "kafka://a/b?c"])
def test_what_is_not_a_topic_is_wrong_usage(uri: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("ingest", uri, "--lake", tmp_path / "lake", "--quiet") == 2
    assert "expected kafka://broker:9092/topic" in capsys.readouterr().err


def test_properties_of_a_file_go_over_the_uri(tmp_path: Path) -> None:
    file = tmp_path / "client.properties"
    file.write_text("# ours\n\nbootstrap.servers = k1:9092,k2:9092\nsasl.password=a=b c\n! theirs\n")
    found = properties("news", str(file))
    assert found == {"bootstrap.servers": "k1:9092,k2:9092", "group.id": GROUP, "sasl.password": "a=b c"}
    assert properties("k:9092", None)["bootstrap.servers"] == "k:9092"
    file.write_text("nonsense\n")
    with pytest.raises(ConfigError, match="line 1: expected name=value"):
        properties("news", str(file))
    with pytest.raises(ConfigError, match="No such file"):
        properties("news", str(tmp_path / "nowhere"))


@pytest.mark.parametrize(("size", "pieces"), [(0, 1), (99, 1), (300, 3), (10_000, 8)])
def test_a_range_is_cut_for_several_workers_without_a_gap(size: int, pieces: int) -> None:
    whole = TopicRange("k:9092", "pages", 3, 100, 108)
    parts = [parse_range(item.uri) for item in split_range(InputFile(whole.uri, "100-108", size, 0), 100)]
    assert len(parts) == pieces
    assert [part.begin for part in parts] == [100, *(part.end for part in parts[:-1])]
    assert parts[-1].end == 108
    assert {part.origin for part in parts} == {whole.origin}


def test_an_empty_range_is_cut_into_itself() -> None:
    item = InputFile(TopicRange("k:9092", "pages", 3, 100, 100).uri, "100-100", 0, 0)
    assert list(split_range(item, 100)) == [item]
