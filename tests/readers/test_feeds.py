"""Feeds as an input format: RSS, Atom and sitemaps of news; entries, their metadata, their full texts, damage, bombs."""

import json
import time
from html import escape
from pathlib import Path
from typing import Any

import pytest
from helpers.command import broadsheet
from helpers.reading import dead, filtered, messages, payloads, read, records

from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.read.metadata_overrides import from_json
from broadsheet.transforms.read.read_records import ReadOptions

_PAGE = "".join(
    f"<p>The wardens of the reserve counted {n} herons on the northern marsh on Monday, more than ever before, they said.</p>"
    for n in range(12, 24)
)
_RSS = """<?xml version="1.0" encoding="{charset}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Marsh Herald</title><link>https://marsh.example/</link><language>en-gb</language>{items}</channel></rss>"""
_ITEM = """<item><title>Herons &amp; terns are b{e}ck</title><link>https://marsh.example/herons</link>
<guid isPermaLink="false">n-17</guid>
<pubDate>Tue, 14 May 2024 06:12:00 GMT</pubDate><dc:creator><![CDATA[Ann Other]]></dc:creator><category>Nature</category>
<category>Birds</category><description>Herons are back.</description><content:encoded><![CDATA[{page}]]></content:encoded></item>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xmlns:x="http://www.w3.org/1999/xhtml">
<title>Marsh Herald</title>
<link rel="self" href="https://marsh.example/feed"/>
<entry><title type="html">Herons &amp;amp; terns are b{e}ck</title><id>n-17</id><link rel="enclosure" href="https://marsh.example/a.mp3"/>
<link href="https://marsh.example/herons"/><published>2024-05-14T08:12:00+02:00</published><updated>2024-05-15T00:00:00Z</updated>
<author><name>Ann Other</name></author><category term="Nature"/><category term="Birds"/>{content}</entry></feed>"""
_NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://marsh.example/herons</loc><news:news><news:publication><news:name>Marsh Herald</news:name></news:publication>
<news:publication_date>2024-05-14T06:12:00Z</news:publication_date><news:title>Herons are back</news:title></news:news></url>
<url><loc>https://marsh.example/about</loc></url></urlset>"""


def _rss(items: str, charset: str = "utf-8") -> str:
    return _RSS.format(items=items, charset=charset)


def _item(page: str = _PAGE, e: str = "a") -> str:
    return _ITEM.format(page=page, e=e)


_FEEDS = {
    "RSS": ("a.rss", _rss(_item())),
    "RSS in .xml": ("a.xml", _rss(_item())),
    "RSS by its root alone": ("feed", _rss(_item())),
    "Atom, HTML": ("a.atom", _ATOM.format(e="a", content=f'<content type="html">{escape(_PAGE)}</content>')),
    "Atom, XHTML": (
        "a.xml",
        _ATOM.format(
            e="a", content=f'<content type="xhtml"><x:div>{_PAGE.replace("<p", "<x:p").replace("</p", "</x:p")}</x:div></content>'
        ),
    ),
    "RSS 1.0": (
        "a.rdf",
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><item>'
            "<title>Herons &amp; terns are back</title><link>https://marsh.example/herons</link><dc:date>2024-05-14T06:12:00Z</dc:date>"
            "<dc:creator>Ann Other</dc:creator><category>Nature</category><category>Birds</category>"
            f"<guid isPermaLink='false'>n-17</guid><content:encoded>{escape(_PAGE)}</content:encoded></item></rdf:RDF>"
        ),
    ),
}


@pytest.mark.parametrize(("name", "feed"), _FEEDS.values(), ids=_FEEDS)
def test_an_entry_with_its_full_text_is_a_page(tmp_path: Path, name: str, feed: str) -> None:
    (record,) = records(read(tmp_path, name, feed.encode()))
    given = {field: value for field, (value, _) in from_json(record.origin.given).items()}
    given.pop("modified_at", None)
    assert (record.origin.url, record.media_type) == ("https://marsh.example/herons", "text/html")
    assert given == {
        "title": "Herons & terns are back",
        "published_at": "2024-05-14T06:12:00+00:00",
        "authors": ["Ann Other"],
        "tags": ["Nature", "Birds"],
        "external_id": "n-17",
    }
    assert _PAGE in decode(record).text


def _query(sql: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    broadsheet("query", sql, "--lake", str(folder / "lake"), "--format", "json")
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_feed_becomes_documents_with_its_metadata(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.rss").write_text(_rss(_item() + _item("").replace("herons<", "short<")))
    broadsheet("ingest", str(tmp_path / "a.rss"), "--lake", str(tmp_path / "lake"))
    sql = "select url, title, date::varchar date, authors, tags from documents"
    rows = _query(sql, tmp_path, capsys)
    assert rows == [
        {
            "url": "https://marsh.example/herons",
            "title": "Herons & terns are back",
            "date": "2024-05-14",
            "authors": ["Ann Other"],
            "tags": ["Nature", "Birds"],
        }
    ]
    sql = "select kind, reason, message from rejects"
    (row,) = _query(sql, tmp_path, capsys)
    assert (row["kind"], row["reason"]) == ("filtered", "summary_only")
    assert "https://marsh.example/short, Herons & terns are back, 2024-05-14" in row["message"]


@pytest.mark.parametrize(
    "body",
    [
        "<description>Herons are back.</description>",
        f"<description>{escape(_PAGE)} Read more …</description>",
        "<encoded>The herons of the marsh are back, and [&#8230;]</encoded>",
        '<content src="https://marsh.example/a.html" type="text/html"/>',
        '<content url="https://marsh.example/a.jpg" medium="image"/>',
        "",
    ],
    ids=["a summary", "a long one that breaks off", "content that breaks off", "a link", "a picture", "nothing"],
)
def test_an_entry_without_its_full_text_is_filtered(tmp_path: Path, body: str) -> None:
    found = read(tmp_path, "a.rss", _rss(f"<item><title>Herons</title><link>/herons</link>{body}</item>").encode())
    assert (payloads(found), filtered(found)) == ([], ["summary_only"])
    assert "https://marsh.example/herons, Herons" in messages(found)


def test_a_long_description_is_the_page(tmp_path: Path) -> None:
    found = read(tmp_path, "a.rss", _rss(f"<item><title>a</title><description>{escape(_PAGE)}</description></item>").encode())
    assert payloads(found) == [_PAGE.encode()]


def test_a_sitemap_of_news_gives_addresses_titles_and_times(tmp_path: Path) -> None:
    found = read(tmp_path, "a.xml", _NEWS.encode())
    assert (payloads(found), filtered(found)) == ([], ["summary_only"])
    assert "https://marsh.example/herons, Herons are back, 2024-05-14T06:12:00+00:00" in messages(found)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("sitemap.xml", "<urlset><url><loc>https://a.example/</loc></url></urlset>", "sitemap"),
        ("sitemap.xml", "<sitemapindex><sitemap><loc>https://a.example/</loc></sitemap></sitemapindex>", "sitemap"),
        ("a.rss", _rss(""), "feed"),
        ("a.xml", "<?xml version='1.0'?><invoice><item>1</item></invoice>", "unknown_format"),
        ("a.xml", "no XML", "unknown_format"),
    ],
)
def test_what_has_no_entries_is_filtered_by_what_it_is(tmp_path: Path, name: str, data: str, reason: str) -> None:
    assert filtered(read(tmp_path, name, data.encode())) == [reason]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "iso-8859-1", "koi8-r", "shift_jis", "utf-16"])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "declared as UTF-8"])
def test_a_feed_is_read_in_its_charset(tmp_path: Path, charset: str, declared: bool) -> None:
    words = {"utf-8": "é", "utf-16": "é", "iso-8859-1": "école rénovée", "shift_jis": "新しい学校が開校した"}.get(
        charset, "новая школа открыта"
    )
    feed = _rss(_item(f"<p>{words}</p>" * 20, words), charset if declared else "utf-8").encode(charset)
    (record,) = records(read(tmp_path, "a.rss", feed))
    assert from_json(record.origin.given)["title"][0] == f"Herons & terns are b{words}ck"
    assert words in decode(record).text


@pytest.mark.parametrize("cut", range(0, len(_rss(_item() * 3)) - 140, 171))
def test_a_feed_that_ends_too_soon_gives_its_whole_entries(tmp_path: Path, cut: int) -> None:
    data = _rss(_item() * 3).encode()[: cut + 130]
    found = read(tmp_path, "a.rss", data)
    assert payloads(found) == [_PAGE.encode()] * data.count(b"</item>")
    assert dead(found) == ["truncated"]


@pytest.mark.parametrize(
    "broken",
    ["A & B", "A &nbsp; B", "A <br> B", "A &undefined; B", "A \x0b B", "A <b>B</i>"],
)
def test_sloppy_xml_costs_no_entry(tmp_path: Path, broken: str) -> None:
    found = read(tmp_path, "a.rss", _rss(_item() + f"<item><title>{broken}</title></item>" + _item()).encode())
    assert payloads(found) == [_PAGE.encode()] * 2


def _bomb(levels: int) -> str:
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels))
    return f"<!DOCTYPE rss [{entities}]>"


@pytest.mark.parametrize(
    "head",
    [
        _bomb(10),
        '<!DOCTYPE rss [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "https://evil.example/a.dtd">',
        f'<!DOCTYPE rss [<!ENTITY a9 "{"x" * 100_000}">]>',
    ],
    ids=["billion laughs", "a file", "a definition elsewhere", "quadratic"],
)
def test_entities_are_neither_expanded_nor_opened(tmp_path: Path, head: str) -> None:
    feed = _rss(_item().replace("Herons &amp;", "&a9; &amp;" + "&a9;" * 2000)).replace("<rss", f"{head}<rss")
    started = time.process_time()
    found = read(tmp_path, "a.rss", feed.encode())
    assert time.process_time() - started < 5
    assert sum(len(record.origin.given) for record in records(found)) < 20_000
    assert "root:" not in str(found)
    assert found


@pytest.mark.parametrize(
    "piece", ["<item>", "<a>", "&a;", "</item>", "<item a='", "<![CDATA[", "<!--", "<rss ", "<title>a"], ids=repr
)
def test_no_feed_makes_it_slow(tmp_path: Path, piece: str) -> None:
    started = time.process_time()
    read(tmp_path, "a.rss", f'<rss version="2.0"><channel>{piece * 50_000}'.encode(), ReadOptions(max_record_bytes=2_000_000))
    assert time.process_time() - started < 10
