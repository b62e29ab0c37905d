"""What mkdocs cannot do by itself: pages that lie outside docs/, the notebook, and links to files that are not part of the site."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = {
    ROOT / "README.md": "README.md",
    ROOT / "CHANGELOG.md": "changelog.md",
    ROOT / "CONTRIBUTING.md": "contributing.md",
    DOCS / "notebook.ipynb": "notebook.md",
}
"""Files to the names that they have in the site; the project's README is the overview's longer sister, and leads there."""

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
_CODE = re.compile(r"(^```.*?^```$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)


def on_files(files: Any, config: Any) -> Any:
    """Adds the pages from outside docs/."""
    for path, name in PAGES.items():
        if path.suffix == ".ipynb":
            files.remove(files.get_file_from_path(path.name))
            files.append(File.generated(config, name, content=_notebook(path)))
        elif name != "README.md":
            files.append(File.generated(config, name, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Makes links fit the site; one that leads out of it becomes the name of what it led to."""
    places = {name: path.parent for path, name in PAGES.items() if path.parent == ROOT and name != "README.md"}
    folder = places.get(page.file.src_uri, (DOCS / page.file.src_uri).parent)
    here = os.path.dirname(page.file.src_uri)

    def link(match: re.Match[str]) -> str:
        text, target = match.groups()
        path, hash_, anchor = target.partition("#")
        if "://" in target or not path:
            return match[0]
        found = (folder / path).resolve()
        if found in PAGES:
            name = PAGES[found]
        elif found.is_relative_to(DOCS) and found.is_file():
            name = found.relative_to(DOCS).as_posix()
        elif found == DOCS:
            name = "README.md"
        else:
            return text if text.startswith("`") else f"`{found.relative_to(ROOT).as_posix()}`"
        return f"[{text}]({os.path.relpath(name, here or '.')}{hash_}{anchor})"

    parts = _CODE.split(markdown)
    return "".join(part if index % 2 else _LINK.sub(link, part) for index, part in enumerate(parts))


def _notebook(path: Path) -> str:
    """Returns a notebook as a page."""
    parts = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        parts += [f"```text\n{''.join(output['text'])}```" for output in cell.get("outputs", [])]
    return "\n\n".join(parts)
