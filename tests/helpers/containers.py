"""The same pages in every container that is read: `PACKERS` by the container's suffix."""

import base64
import csv
import io
import json
import mailbox
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from helpers.warcs import record, response

Pages = dict[str, bytes]
"""File name, `.html` or `.txt`, to bytes in UTF-8."""


def _url(name: str) -> str:
    return f"https://paper.example/{name}"


def _rows(pages: Pages) -> list[dict[str, str | None]]:
    return [
        {"html" if name.endswith(".html") else "text": page.decode(), "text" if name.endswith(".html") else "html": None}
        for name, page in pages.items()
    ]


def to_warc(pages: Pages) -> bytes:
    return b"".join(
        response(_url(name), page, "text/html" if name.endswith(".html") else "text/plain") for name, page in pages.items()
    )


def to_wet(pages: Pages) -> bytes:
    return b"".join(record("conversion", page, _url(name), "text/plain") for name, page in pages.items())


def to_zip(pages: Pages) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in pages.items():
            archive.writestr(f"pages/{name}", page)
    return sink.getvalue()


def zip_members(data: bytes) -> Pages:
    """Returns what is in a zip, by the names of the members without their folders."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.rpartition("/")[2]: archive.read(name) for name in archive.namelist()}


def to_tar(pages: Pages, kind: int = tarfile.PAX_FORMAT) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=kind) as archive:
        for name, page in pages.items():
            info = tarfile.TarInfo(f"pages/{name}")
            info.size = len(page)
            archive.addfile(info, io.BytesIO(page))
    return sink.getvalue()


def to_json_lines(pages: Pages) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in _rows(pages)).encode()


def to_json(pages: Pages) -> bytes:
    return json.dumps(_rows(pages), indent=1).encode()


def to_csv(pages: Pages, delimiter: str = ",") -> bytes:
    sink = io.StringIO(newline="")
    writer = csv.DictWriter(sink, ["html", "text"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(_rows(pages))
    return sink.getvalue().encode()


def to_tsv(pages: Pages) -> bytes:
    return to_csv(pages, "\t")


def _table(pages: Pages) -> pa.Table:
    return pa.Table.from_pylist(_rows(pages), pa.schema([("html", pa.string()), ("text", pa.string())]))


def to_parquet(pages: Pages, rows: int = 5) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(_table(pages), sink, row_group_size=rows)
    return sink.getvalue()


def to_arrow(pages: Pages) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, _table(pages).schema) as writer:
        writer.write_table(_table(pages), max_chunksize=3)
    return sink.getvalue()


def to_arrow_stream(pages: Pages) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, _table(pages).schema) as writer:
        writer.write_table(_table(pages), max_chunksize=3)
    return sink.getvalue()


def _message(name: str, page: bytes) -> mailbox.mboxMessage:
    message = mailbox.mboxMessage()
    message.set_type("text/html" if name.endswith(".html") else "text/plain")
    message.set_param("charset", "utf-8")
    message["Content-Transfer-Encoding"] = "base64"
    message.set_payload(base64.encodebytes(page).decode())
    return message


def to_mbox(pages: Pages) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "box"
        box = mailbox.mbox(path)
        for name, page in pages.items():
            box.add(_message(name, page))
        box.close()
        return path.read_bytes()


def to_zipped_messages(pages: Pages) -> bytes:
    return to_zip({f"{name}.eml": _message(name, page).as_bytes() for name, page in pages.items()})


def to_zipped_mhtml(pages: Pages) -> bytes:
    """A zip of MHTML files; text pages, of which browsers make none, as they are."""
    saved = {}
    for name, page in pages.items():
        if name.endswith(".html"):
            boundary = b"----=_part_0"
            head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type=text/html; boundary="' + boundary + b'"\r\n\r\n'
            part = b"Content-Type: text/html\r\nContent-Transfer-Encoding: binary\r\n\r\n"
            end = b"\r\n--" + boundary + b"--\r\n"
            style = b"\r\n--" + boundary + b"\r\nContent-Type: text/css\r\n\r\nbody {}\r\n"
            saved[f"{name}.mhtml"] = head + b"--" + boundary + b"\r\n" + part + page + style + end
        else:
            saved[name] = page
    return to_zip(saved)


def to_atom(pages: Pages) -> bytes:
    """Returns a feed whose entries have the pages as their content."""
    entries = "".join(
        f'<entry><content type="{"html" if name.endswith(".html") else "text"}">{escape(page.decode())}</content></entry>'
        for name, page in pages.items()
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()


PACKERS: dict[str, Callable[[Pages], bytes]] = {
    ".warc": to_warc,
    ".atom": to_atom,
    ".zip": to_zip,
    ".tar": to_tar,
    ".jsonl": to_json_lines,
    ".json": to_json,
    ".csv": to_csv,
    ".tsv": to_tsv,
    ".parquet": to_parquet,
    ".arrow": to_arrow,
    ".arrows": to_arrow_stream,
    ".mbox": to_mbox,
    ".eml.zip": to_zipped_messages,
    ".mhtml.zip": to_zipped_mhtml,
}
