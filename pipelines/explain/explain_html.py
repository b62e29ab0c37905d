"""An explanation as one page for a browser: every block in its place, kept or dropped and why, the fields with their evidence.

Self-contained: no script, nothing fetched. Everything from the input is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1b1f24; --faint: #6b7280; --paper: #fff; --line: #e5e7eb;
  --kept: #15803d; --dropped: #b91c1c }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e5e7eb; --faint: #9ca3af; --paper: #111418; --line: #2b3138;
  --kept: #4ade80; --dropped: #f87171 }} }}
body {{ font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 60rem; padding: 1rem }}
h1 {{ font-size: 1.1rem; overflow-wrap: anywhere }}
h2 {{ font-size: 1rem; margin-top: 2rem }}
table {{ border-collapse: collapse; width: 100% }}
td {{ border-top: 1px solid var(--line); padding: .25rem .5rem; vertical-align: top; overflow-wrap: anywhere }}
td:first-child {{ color: var(--faint); white-space: nowrap }}
.basis {{ color: var(--faint) }}
.block {{ border-left: 3px solid var(--line); margin: .25rem 0; padding: 0 .75rem; display: grid;
  grid-template-columns: 9rem 1fr; gap: .75rem }}
.block > span {{ color: var(--faint); font-size: .8rem; overflow-wrap: anywhere }}
.block > div {{ overflow-wrap: anywhere }}
.kept {{ border-color: var(--kept) }}
.dropped {{ border-color: var(--dropped) }}
.dropped > div {{ color: var(--faint) }}
@media (max-width: 40rem) {{ .block {{ grid-template-columns: 1fr; gap: 0 }} }}
</style></head><body>
{body}
</body></html>
"""


def render_html(explanations: Sequence[dict[str, Any]]) -> str:
    """Returns the explanations of a file's records as one page.

    Args:
        explanations: As `explain.explain.explain` makes them.
    """
    title = f"broadsheet explain {explanations[0]['uri']}" if explanations else "broadsheet explain"
    return _PAGE.format(title=escape(title), body="\n".join(_record(explanation) for explanation in explanations))


def _record(explanation: dict[str, Any]) -> str:
    head = f"<h1>{escape(str(explanation['uri']))} record {explanation['record']}</h1>"
    if "reason" in explanation:
        refusal = f"refused by {explanation['stage']}: {explanation['reason']}: {explanation['message']}"
        return f"{head}<p>{escape(refusal)}</p>"
    fields = "".join(_field(name, field) for name, field in explanation["fields"].items())
    blocks = "".join(_block(block) for block in explanation["blocks"] if block["text"])
    return f"{head}<h2>Fields</h2><table>{fields}</table><h2>Blocks</h2>{blocks}"


def _field(name: str, field: dict[str, Any]) -> str:
    value = "; ".join(field["value"]) if isinstance(field["value"], list) else field["value"]
    words = f": “{field['words']}”" if field.get("words") else ""
    return (
        f"<tr><td>{escape(name)}</td><td>{escape('NULL' if value is None else str(value))} "
        f'<span class="basis">({escape(str(field["basis"]) + words)})</span></td></tr>'
    )


def _block(block: dict[str, Any]) -> str:
    verdict = "kept" if block["kept"] else "dropped"
    score = "" if block["score"] is None else f", {block['score']:.2f}"
    why = f"{block['line']} {verdict}: {block['reason']}{score}" + (f", {block['note']}" if block.get("note") else "")
    return f'<div class="block {verdict}"><span>{escape(why)}</span><div>{escape(block["text"])}</div></div>'
