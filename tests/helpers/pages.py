"""Files to ingest: small text dumps of an invented paper, in every compression that is read."""

import bz2
import gzip
import lzma
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

_SENTENCES = (
    "The harbour master of Quillan Bay closed the outer pier on Tuesday after divers found two cracks below the water line.",
    "Ferries to the islands will leave from the old coal quay until the repairs are done, which will take a month.",
    "“We would rather lose a summer than a pier,” said Odile Marchetti, who has kept the log of the harbour for thirty years.",
    "The cracks were seen first by a schoolboy who was looking for crabs and wrote to the council with a drawing of them.",
)


def dump(title: str, sentences: tuple[str, ...] = _SENTENCES, published: str = "0612 GMT May 14, 2024") -> str:
    """Returns a text dump of one article with a little chrome around it; another title makes another article."""
    first = f"{title} was the first thing that anybody in the town talked about that morning, and for once they all agreed."
    body = "\n\n".join((first, *sentences))
    return f"Home\nNews\nWeather\n\n{title}\n\nPublished: {published}\n\n{body}\n\nREAD MORE: The Heron Is Back\n\nLeave a Reply\n"


def article(title: str) -> str:
    """Returns the paragraphs of `dump` as an HTML `<article>`."""
    return f"<article><h1>{title}</h1>{''.join(f'<p>{part}</p>' for part in dump(title).split(chr(10) * 2))}</article>"


def compress(data: bytes, suffix: str) -> bytes:
    """Returns data as a file with this suffix holds it; "" is as it is."""
    if suffix in (".zst", ".lz4"):
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd" if suffix == ".zst" else "lz4") as stream:
            stream.write(data)
        return sink.getvalue().to_pybytes()
    return {"": bytes, ".gz": lambda d: gzip.compress(d, mtime=0), ".bz2": bz2.compress, ".xz": lzma.compress}[suffix](data)


def write(folder: Path, pages: Mapping[str, str | bytes]) -> Path:
    """Writes pages below a folder by their relative paths, and returns the folder."""
    for relative, page in pages.items():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page.encode() if isinstance(page, str) else page)
    return folder
