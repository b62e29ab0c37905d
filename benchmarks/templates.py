"""What learned templates add: body F1 of dumps taken apart alone, and with what the other pages of their sites have taught.

    python -m benchmarks.templates ../shared/bench/dev.daniel.jsonl.zst

Only sites with `--least` pages and more are measured. As in a lake, a template is learned from all of a site's pages, the one it is
applied to among them; labels take no part. The shipped model has learned from the labelled pages, so both figures are too high;
with the models of the cross-validation (`--models DIR`, as `train_text --keep DIR` writes them) they are those of unseen sites.
"""

from __future__ import annotations

import argparse
import functools
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import bench
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import TEXT, Article, Origin, Page
from broadsheet.transforms.boilerplate.templates import template_lines
from broadsheet.transforms.boilerplate.text.model import TextModel, from_arrays, load
from broadsheet.transforms.boilerplate.text.text_body import strip_text

LEAST_PAGES = 5


def measure(records: list[dict[str, Any]], model_of: Callable[[str], TextModel], least: int = LEAST_PAGES) -> dict[str, Any]:
    """Strips the dumps of each large enough site alone and with its template.

    Args:
        records: Records of the bench format.
        model_of: The judge for a domain.
        least: Pages a site must have.

    Returns:
        The number of pages and sites, and the body figures of `score.py` both ways.
    """
    sites: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        sites[str(record["domain"])].append(record)
    alone, learned = [], []
    sites = {domain: members for domain, members in sorted(sites.items()) if len(members) >= least}
    for domain, members in sites.items():
        pages = [Page(Origin(str(record["id"]), 0), record["text"], TEXT, "utf-8", "utf-8", 0.0) for record in members]
        articles = [_attempt(strip_text, page, model_of(domain)) for page in pages]
        sketch = template_lines.new_sketch()
        for article in articles:
            if article:
                sketch = template_lines.add_page(sketch, template_lines.page_lines(article))
        template = template_lines.Template.of(domain, sketch)
        for record, article in zip(members, articles, strict=True):
            alone.append((record["body"], article.text if article else ""))
            better = _attempt(template_lines.strip_with, template, article) if article else None
            learned.append((record["body"], better.text if better else ""))
    score = bench.score().body
    return {"pages": len(alone), "sites": len(sites), "alone": score(alone), "with templates": score(learned)}


def _attempt(rule: Callable[..., Article], *arguments: Any) -> Article | None:
    try:
        return rule(*arguments)
    except NoArticleError:
        return None


def main(argv: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="a file of the bench format")
    parser.add_argument("--least", type=int, default=LEAST_PAGES, help="pages a site must have")
    parser.add_argument("--models", type=Path, help="folder with the models of a cross-validation, part-0.npz and so on")
    options = parser.parse_args(argv)

    @functools.cache
    def kept(part: int) -> TextModel:
        with np.load(options.models / f"part-{part}.npz") as stored:
            return from_arrays(dict(stored))

    if options.models:
        from benchmarks.text_pages import part_of

        figures = measure(list(bench.read(options.file)), lambda domain: kept(part_of(domain)), options.least)
    else:
        figures = measure(list(bench.read(options.file)), lambda domain: load(), options.least)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
