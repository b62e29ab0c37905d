"""Crawl files of an invented site, record by record, as the standard lays them out."""

import gzip
import uuid

_NAMESPACE = uuid.UUID("6f1d6a1e-5c3b-4a57-9d0f-0c6f2b8e7a11")
DATE = "2024-05-14T06:12:00Z"


def record(
    kind: str, block: bytes, url: str = "", content_type: str = "application/http; msgtype=response", **headers: str
) -> bytes:
    """Returns one WARC record; keyword `warc_truncated="length"` is the header WARC-Truncated."""
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid5(_NAMESPACE, url + kind)}>",
        f"WARC-Date: {DATE}",
    ]
    lines += [f"WARC-Target-URI: {url}"] if url else []
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    lines += [f"Content-Type: {content_type}", f"Content-Length: {len(block)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Returns an HTTP response; keyword `content_type=…` is the header Content-Type."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def response(url: str, page: str | bytes, content_type: str = "text/html; charset=utf-8") -> bytes:
    """Returns the record of a page that was answered as it should."""
    return record("response", http(page.encode() if isinstance(page, str) else page, content_type=content_type), url)


def crawl(pages: dict[str, str]) -> list[bytes]:
    """Returns the records of a crawl: its info, and request, response and metadata of each page by its url."""
    records = [record("warcinfo", b"software: a test\r\n", content_type="application/warc-fields")]
    for url, page in pages.items():
        records.append(record("request", b"GET / HTTP/1.1\r\n\r\n", url))
        records.append(response(url, page))
        records.append(record("metadata", b"fetchTimeMs: 12\r\n", url, "application/warc-fields"))
    return records


def gzipped(records: list[bytes]) -> bytes:
    """Returns records as a .warc.gz holds them: each a member."""
    return b"".join(gzip.compress(item, mtime=0) for item in records)
