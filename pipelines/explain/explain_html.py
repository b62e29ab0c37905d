"""Shows an explanation as one page for a browser: the page's text beside the fields, with the candidates of each.

On the left is the text in the order in which a reader sees it. Kept lines are marked, and each line says why it was kept or
dropped. On the right are the fields, each with the words it was read from and the candidates with their scores. The page runs no
script and fetches nothing, and everything from the input is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from broadsheet.pipelines.report.markup import plain

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1b1f24; --faint: #5b636e; --paper: #f6f7f9; --card: #fff; --line: #dfe3e8;
  --kept: #15703a; --tint: #e9f6ee }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e8eaed; --faint: #a3abb6; --paper: #111418; --card: #1a1e24;
  --line: #333a43; --kept: #5fd08a; --tint: #16301f }} }}
* {{ box-sizing: border-box }}
body {{ font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 90rem; padding: 1rem }}
h1 {{ font-size: 1.1rem; overflow-wrap: anywhere; margin: .5rem 0 }}
h2 {{ font-size: 1rem; margin: 0 0 .5rem }}
h3 {{ font-size: .95rem; margin: 0 }}
p {{ margin: .25rem 0 }}
.faint, small {{ color: var(--faint); font-size: .85rem }}
.sides {{ display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; align-items: start; margin-bottom: 2rem }}
@media (min-width: 60rem) {{ .sides {{ grid-template-columns: minmax(0, 3fr) minmax(0, 2fr) }}
  .fields {{ position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow-y: auto }} }}
.card {{ background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem }}
.line {{ display: grid; grid-template-columns: minmax(0, 1fr) 11rem; gap: .75rem; padding: .15rem .6rem;
  border-left: 4px solid transparent }}
.line > * {{ overflow-wrap: anywhere; unicode-bidi: plaintext; text-align: start }}
.line small {{ text-align: end; unicode-bidi: normal }}
.kept {{ border-color: var(--kept); background: var(--tint) }}
.dropped > :first-child {{ color: var(--faint) }}
.head {{ font-weight: 650 }}
.field {{ border-top: 1px solid var(--line); padding: .5rem 0 }}
.value {{ overflow-wrap: anywhere; unicode-bidi: plaintext }}
table {{ border-collapse: collapse; width: 100%; font-size: .85rem; margin-top: .25rem }}
th, td {{ text-align: start; padding: .1rem .5rem .1rem 0; vertical-align: top; overflow-wrap: anywhere; unicode-bidi: plaintext }}
th {{ color: var(--faint); font-weight: 600 }}
td.n, th.n {{ text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums }}
tr.chosen td {{ color: var(--kept); font-weight: 600 }}
@media (max-width: 40rem) {{ .line {{ grid-template-columns: minmax(0, 1fr); gap: 0 }} .line small {{ text-align: start }} }}
</style></head><body>
{body}
</body></html>
"""

_HEADS = frozenset({"title", "subhead"})
"""Reasons of lines that a reader sees as headings."""


def render_html(explanations: Sequence[dict[str, Any]]) -> str:
    """Returns the explanations of a file's records as one page.

    Args:
        explanations: As `explain.explain.explain` makes them.
    """
    title = f"broadsheet explain {explanations[0]['uri']}" if explanations else "broadsheet explain"
    return _PAGE.format(title=escape(title), body="\n".join(_record(explanation) for explanation in explanations))


def _record(explanation: dict[str, Any]) -> str:
    head = f"<h1>{plain(str(explanation['uri']))} record {explanation['record']}</h1>"
    if "reason" in explanation:
        refusal = f"refused by {explanation['stage']}: {explanation['reason']}: {explanation['message']}"
        return f"{head}<p>{plain(refusal)}</p>"
    blocks = [block for block in explanation["blocks"] if block["text"]]
    kept = sum(block["kept"] for block in blocks)
    lead = f"{kept:,} of {len(blocks):,} lines are kept, {explanation['text_share']:.0%} of the characters."
    lines = "".join(map(_line, blocks))
    fields = "".join(_field(name, field) for name, field in explanation["fields"].items())
    return (
        f'{head}<div class="sides"><section class="card"><h2>The page</h2><p class="faint">{plain(lead)} Marked lines are kept; '
        f"the words beside a line say why, the number is the estimated probability that it belongs to the article.</p>{lines}"
        f'</section><section class="card fields"><h2>The row</h2>{fields}</section></div>'
    )


def _line(block: dict[str, Any]) -> str:
    verdict = "kept" if block["kept"] else "dropped"
    score = "" if block["score"] is None else f" {block['score']:.2f}"
    note = f", {block['note']}" if block.get("note") else ""
    why = f"{verdict}: {block['reason']}{score}{note}"
    head = " head" if block["reason"] in _HEADS else ""
    return (
        f'<div class="line {verdict}"><div class="text{head}" dir="auto">{plain(block["text"])}</div>'
        f'<small title="line {block["line"]}">{plain(why)}</small></div>'
    )


def _field(name: str, field: dict[str, Any]) -> str:
    value = _joined(field["value"])
    words = f"<p>read from: “{plain(field['words'])}”</p>" if field.get("words") else ""
    return (
        f'<div class="field"><h3>{plain(name)}</h3><div class="value" dir="auto">{plain(value)}</div>'
        f'<div class="faint">{plain(str(field["basis"]))}{words}</div>{_candidates(field, value)}</div>'
    )


def _candidates(field: dict[str, Any], value: str) -> str:
    """Returns the table of a field's candidates; the chosen one is marked, a date by the day that its instant begins with."""
    found = field.get("candidates")
    if not found:
        return ""
    rows = []
    for candidate in found:
        text = _joined(candidate["value"])
        chosen = ' class="chosen"' if field["value"] is not None and value.startswith(text) else ""
        rows.append(
            f'<tr{chosen}><td dir="auto">{plain(text)}</td><td class="n">{candidate["score"]:.2f}</td>'
            f"<td>{plain(str(candidate['signs']))}</td></tr>"
        )
    head = '<tr><th scope="col">candidate</th><th scope="col" class="n">score</th><th scope="col">signs</th></tr>'
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _joined(value: Any) -> str:
    return "NULL" if value is None else "; ".join(map(str, value)) if isinstance(value, list) else str(value)
