"""A small world of inputs with one of everything that can become of a record."""

from pathlib import Path

from helpers.pages import compress, dump, write

_UNDATED = dump("The Undated Bell", published="soon")

DOCUMENTS = {
    "source=harbour.example/2024/pier.txt": "The Pier",
    "source=harbour.example/2024/bell.txt": "The Undated Bell",
    "source=harbour.example/gull.txt.gz": "The Gull",
    "source=Café %2F Nord/pier.txt": "The Pier",
    "loose/crab.html": "The Crab",
}
"""Files that become rows, and their articles' titles; the same words of another source are another document."""

DUPLICATES = {"source=harbour.example/copies/pier-again.txt": "source=harbour.example/2024/pier.txt"}
"""Files whose article is there already, and the file that represents it: the first by uri, "2024" before "copies"."""

DEAD = {
    "broken/cut.txt.gz": ("read", "truncated"),
    "broken/empty.txt": ("read", "empty"),
    "broken/image.txt": ("decode", "binary"),
}
FILTERED = {"broken/blank.txt": ("strip", "empty_page")}
SKIPPED = {"notes.pdf": b"%PDF-1.4"}


def _html(title: str) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in dump(title).split("\n\n")[3:8])
    head = f'<title>{title}</title><meta property="article:published_time" content="2024-05-14T06:12:00Z">'
    return f"<!doctype html><html lang=en><head>{head}</head><body><article><h1>{title}</h1>{body}</article></body></html>"


def build(folder: Path) -> Path:
    """Writes the inputs below a folder and returns it."""
    pages: dict[str, str | bytes] = {}
    for path, title in DOCUMENTS.items():
        pages[path] = _html(title) if path.endswith(".html") else dump(title)
    pages["source=harbour.example/2024/bell.txt"] = _UNDATED
    pages["source=harbour.example/gull.txt.gz"] = compress(dump("The Gull").encode(), ".gz")
    pages |= {path: dump(DOCUMENTS[original]) + "\n" for path, original in DUPLICATES.items()}
    pages |= {
        "broken/cut.txt.gz": compress(dump("The Heron").encode(), ".gz")[:-100],
        "broken/empty.txt": "",
        "broken/image.txt": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4,
        "broken/blank.txt": " \n\t\n",
    }
    return write(folder, {**pages, **SKIPPED})
