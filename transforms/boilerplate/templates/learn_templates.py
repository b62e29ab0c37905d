"""LearnTemplates: which lines each source repeats, from its pages.

    pages ─ strip, detect, extract ─► (source, lines of a page) ─ combine per source ─► Template

One bounded sketch a source goes through the shuffle, never a page: see `boilerplate.templates.template_lines`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics

from broadsheet.schemas.records import Page
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.boilerplate.templates.template_lines import Sketch, Template, add_page, merge, new_sketch, page_lines
from broadsheet.transforms.metadata.extract_metadata import extract_source

Lines = list[tuple[str, bool]]


def sourced_lines(page: Page) -> tuple[str, Lines]:
    """Returns a page's source and lines.

    Raises:
        RecordError: The page is refused by a stage; it teaches nothing.
    """
    article = strip(page)
    return extract_source(article).name, page_lines(article)


class _LinesFn(beam.DoFn):
    """Pages to their lines by source; what has no article or no known source teaches nothing."""

    def __init__(self) -> None:
        self._used = Metrics.counter("learn", "pages_used")
        self._passed = Metrics.counter("learn", "pages_passed_over")

    def process(self, page: Page) -> Iterator[tuple[str, Lines]]:
        try:
            source, lines = sourced_lines(page)
        except Exception:  # ingest makes a dead letter of it, with the reason; here it just teaches nothing
            self._passed.inc()
            return
        if source == "unknown":
            self._passed.inc()
            return
        self._used.inc()
        yield source, lines


class _SketchCombineFn(beam.CombineFn):
    """Lines of a source's pages to its sketch."""

    def create_accumulator(self) -> Sketch:
        return new_sketch()

    def add_input(self, accumulator: Sketch, lines: Lines) -> Sketch:
        return add_page(accumulator, lines)

    def merge_accumulators(self, accumulators: Iterable[Sketch]) -> Sketch:
        return merge(accumulators)

    def extract_output(self, accumulator: Sketch) -> Sketch:
        return accumulator


class LearnTemplates(beam.PTransform):
    """`Page`s to one `Template` a source that has lines of chrome.

    Counters: `learn/pages_used`, `learn/pages_passed_over`.
    """

    def expand(self, pages: beam.PCollection) -> beam.PCollection:
        return (
            pages
            | "TakeLines" >> beam.ParDo(_LinesFn()).with_output_types(tuple[str, Lines])
            | "SketchSources" >> beam.CombinePerKey(_SketchCombineFn())
            | "MakeTemplates" >> beam.FlatMap(_template)
        )


def _template(sourced: tuple[str, Sketch]) -> Iterator[Template]:
    template = Template.of(*sourced)
    if template.lines:
        yield template
