"""What a crawl holds besides pages is filtered by what it is, and pages that look a little like it are not."""

from pathlib import Path

import pytest
from helpers.reading import filtered, payloads, read, records
from helpers.warcs import response

from broadsheet.transforms.boilerplate.crawl_debris import crawl_debris
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.read.page_kinds import kind_of

_SITE = "https://paper.example"
_ITEM = "<item><title>a</title></item>"
_NEWS = "http://www.sitemaps.org/schemas/sitemap/0.9"


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "none", "text/html; charset=utf-8"])
@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/robots.txt", "# hello\nUser-agent: *\nDisallow: /a\n", "robots_txt"),
        ("/robots.txt", "\ufeffSitemap: https://paper.example/s.xml\n", "robots_txt"),
        ("/feed", f'<?xml version="1.0"?>\n<!-- a -->\n<rss version="2.0"><channel>{_ITEM}</channel></rss>', "feed"),
        ("/feed", '<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>', "feed"),
        ("/feed", '<rdf:RDF xmlns="http://purl.org/rss/1.0/"><item/></rdf:RDF>', "feed"),
        ("/s.xml", f'<urlset xmlns="{_NEWS}"><url><loc>https://paper.example/</loc></url></urlset>', "sitemap"),
        ("/s.xml", f'<?xml version="1.0"?><?xml-stylesheet href="a"?><sitemapindex xmlns="{_NEWS}"/>', "sitemap"),
        ("/x/robots.txt", "# nothing is forbidden\n", "robots_txt"),
        ("/feed", '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss version="0.91"/>', "feed"),
        ("/api", '{"a": 1}\n{"b": 2}\n', "json"),
        ("/api", ")]}',\n{\"a\": 1}", "json"),
        ("/api", "paper.call({\"a\": 1});\n", "json"),
        ("/a.css", "html,\nbody,\ndiv > span {\n margin: 0;\n}\n", "style_sheet"),
        ("/a.css", "@layer base;\n.a{}\n.b{margin:0}", "style_sheet"),
        ("/a.css", "@-webkit-keyframes a{from{top:0}}", "style_sheet"),
        ("/api", ' {"items": [{"title": "a"}]}\n', "json"),
        ("/api", '[{"a": "<html>"}]', "json"),
        ("/a.css", "/* a */\n@charset \"utf-8\";\nbody, p.lead { margin: 0; color: red }", "style_sheet"),
        ("/a.css", ".a{display:none}", "style_sheet"),
        ("/a.css", "@media print {\n p { color: red } }", "style_sheet"),
    ],
)  # fmt: skip
def test_what_is_not_a_page_is_filtered_by_what_it_is(tmp_path: Path, path: str, body: str, reason: str, kind: str) -> None:
    found = read(tmp_path, "a.warc", response(_SITE + path, body, kind))
    assert filtered(found)[0] in (reason, "not_a_page")
    assert filtered(found) == [reason] or kind == "none"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/a", "body {color: red} makes text red. Other rules are as short, she said."),
        ("/a", "Call(me) a fool, he said. {It was a joke.}"),
        ("/a", "[Update] The herons are back. [1]"),
        ("/a", "{Not JSON} is how the note began."),
        ("/robots.txt", "<html><p>There is no such page here.</p></html>"),
        ("/robots", "User-agent: what the word means, and why your browser sends one."),
        ("/feed", "<html><body><p>Our feed</p><feed></feed></body></html>"),
        ("/a", "Sets are written {a: b}, she said, and went on."),
        ("/a", "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><p>a</p></html>"),
    ],
)
def test_a_page_that_looks_a_little_like_it_stays(tmp_path: Path, path: str, body: str) -> None:
    assert payloads(read(tmp_path, "a.warc", response(_SITE + path, body, "text/html"))) == [body.encode()]


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("application/rss+xml", "<rss/>", "feed"), ("application/atom+xml", "<feed/>", "feed"),
        ("application/xml", "<rss></rss>", "feed"),
        ("text/xml; charset=utf-8", "<urlset></urlset>", "sitemap"), ("application/json", "{}", "json"),
        ("text/css", "a{}", "style_sheet"),
        ("application/xml", "<invoice/>", "not_a_page"), ("image/png", "a", "not_a_page"),
    ],
)  # fmt: skip
def test_what_says_what_it_is_is_filtered_as_that(tmp_path: Path, kind: str, body: str, reason: str) -> None:
    assert filtered(read(tmp_path, "a.warc", response(_SITE, body, kind))) == [reason]


@pytest.mark.parametrize("name", ["a.html", "a.txt"])
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("User-agent: *\nDisallow: /a\n", "robots_txt"), ("<rss><channel/></rss>", "feed"), ("<urlset></urlset>", "sitemap"),
        ('{"a": "words"}', "json"), ("[1, {}]", "json"), ("body { color: red }\n.a { margin: 0 }\n", "style_sheet"),
    ],
)  # fmt: skip
def test_plain_files_are_filtered_by_what_they_are(tmp_path: Path, name: str, body: str, reason: str) -> None:
    (record,) = records(read(tmp_path, name, body.encode()))
    found = crawl_debris(decode(record))
    assert found is not None
    assert found[0] == reason


@pytest.mark.parametrize("piece", [b"<!---->", b"/**/", b"#\n", b"<??>", b"@import a;", b"a{", b" "], ids=repr)
def test_no_input_makes_it_slow(piece: bytes) -> None:
    # An expression that goes back over these would not end within the life of the machine.
    for data in (piece * 3000, b"<" + piece * 3000, piece * 500 + b"<!--"):
        assert kind_of(data, "https://paper.example/robots.txt") in (None, "style_sheet", "robots_txt")
