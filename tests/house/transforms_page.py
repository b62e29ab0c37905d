"""docs/transforms.md, made from the public transforms' docstrings and from examples that are run.

python tests/house/transforms_page.py        rewrites it (`make docs`)
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import apache_beam as beam
from house import alone

from broadsheet import transforms
from broadsheet.transforms.record_stage import RecordStage

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "transforms.md"

PROTOCOL = ("ReadPlan", "ReadSelectedRecords", "CountAttempts", "StripWithTemplates", "CommitBatch", "PeriodicImpulse")
"""Those that read what the launcher has written into the lake: alone they have nothing to do. And the one that has no end."""

_ORDER = (
    ("Reading", ("ReadFiles", "ReadRecords", "SplitFiles", "DecodeRecords")),
    (
        "Record by record",
        ("ScreenPages", "StripBoilerplate", "DetectLanguage", "ExtractMetadata", "MaskPersonalData"),
    ),
    ("Over all records", ("LearnTemplates", "DropDuplicates", "FindClusters", "ReconcileCounts")),
    ("Writing", ("WriteDocuments", "WriteRejects", "WriteInputs")),
    ("Parts of the commit protocol", PROTOCOL),
)

_HEAD = """\
# Transforms

`make docs` generates this page from the docstrings. Each transform works alone in any Beam pipeline. Its input and output are
records, the `NamedTuple`s of `schemas/records.py`. Records have no Beam schema: they are pickled between steps
(`transforms/coders.py` registers their coders). [Your own pipeline](how-to/own-pipeline.md) shows how to combine the
transforms.

The examples are functions of `tests/house/alone.py`. A test runs each of them on Beam's local runner, in an empty `folder`.
`a_page()` is a page about herons, and `a_document()` is its row.

A stage that works record by record returns two PCollections, `records` and `rejects` (`Reject`). It raises nothing: a record
that a stage refuses becomes a reject with the name of the stage and the reason. The argument `limits`
(`broadsheet.ResourceLimits`) bounds what one record may cost.
"""


def public_transforms() -> list[type[beam.PTransform]]:
    """Returns the transforms that others may use: those without an underscore, except the base class of stages."""
    found: set[type[beam.PTransform]] = set()
    for module in pkgutil.walk_packages(transforms.__path__, "broadsheet.transforms."):
        for name, kind in vars(importlib.import_module(module.name)).items():
            if inspect.isclass(kind) and issubclass(kind, beam.PTransform) and kind.__module__ == module.name and name[0] != "_":
                found.add(kind)
    return sorted(found - {RecordStage}, key=lambda kind: kind.__name__)


def examples() -> dict[str, Callable[[beam.Pipeline, Path], None]]:
    """Returns the examples by the names of their transforms."""
    found: dict[str, Callable[[beam.Pipeline, Path], None]] = {}
    for name, function in vars(alone).items():
        if inspect.isfunction(function) and list(inspect.signature(function).parameters) == ["pipeline", "folder"]:
            found["".join(word.capitalize() for word in name.split("_"))] = function
    return found


def transforms_page() -> str:
    """Returns docs/transforms.md."""
    kinds, shown = {kind.__name__: kind for kind in public_transforms()}, examples()
    parts = [_HEAD]
    for title, names in _ORDER:
        parts.append(f"## {title}\n")
        for name in names:
            parts += _section(kinds.pop(name), shown.get(name))
    assert not kinds, f"{sorted(kinds)}: in which group of {__name__} do they belong?"
    return "\n".join(parts)


def _section(kind: type[beam.PTransform], example: Callable | None) -> list[str]:
    parameters = [
        _parameter(parameter)
        for parameter in list(inspect.signature(kind.__init__).parameters.values())[1:]
        if parameter.name not in ("limits", "label")
    ]
    parts = [
        f"### {kind.__name__}\n",
        f"`{kind.__module__}.{kind.__name__}({', '.join(parameters)})`\n",
        _prose(inspect.getdoc(kind) or ""),
    ]
    if example:
        source = textwrap.dedent("".join(inspect.getsourcelines(example)[0][1:]))
        parts.append(f"```python\n{source}```\n")
    return parts


def _parameter(parameter: inspect.Parameter) -> str:
    """Returns a parameter as it is called: of a default that is a function its name."""
    plain = str(parameter.replace(annotation=inspect.Parameter.empty, default=inspect.Parameter.empty))
    if parameter.default is inspect.Parameter.empty:
        return plain
    return f"{plain}={getattr(parameter.default, '__name__', repr(parameter.default))}"


def _prose(docstring: str) -> str:
    """Returns a Google docstring as Markdown: its arguments as a list."""
    text, _, arguments = docstring.partition("\nArgs:\n")
    items = re.sub(r"(?m)^ {4}(\*{0,2}\w+): ", r"- `\1`: ", arguments)
    items = re.sub(r"\n {8}", "\n  ", items)
    return f"{text.strip()}\n" + (f"\n{items.strip()}\n" if items else "")


def main() -> None:
    """Rewrites the page."""
    PAGE.write_text(transforms_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
