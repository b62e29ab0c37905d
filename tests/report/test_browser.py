"""The report in a real browser: it fits a phone, asks for nothing, and shows the numbers of the tables."""

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet, ingest
from helpers.nights import deliver, nights

BROWSER = os.environ.get("BROADSHEET_BROWSER") or next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium, or BROADSHEET_BROWSER=/path"),
]

_PROBE = """
<script>
addEventListener("load", () => {
  const frame = document.querySelector("iframe"), page = frame.contentDocument, told = {};
  const all = what => [...page.querySelectorAll(what)], box = node => node.getBoundingClientRect();
  const style = what => frame.contentWindow.getComputedStyle(page.querySelector(what));
  const drawn = all("svg").filter(svg => box(svg).width > 0);
  told.overflow = page.documentElement.scrollWidth - frame.clientWidth;
  told.rows = all("#by-source tbody tr").map(row => [...row.cells].map(cell => cell.textContent));
  told.unnamed = all("svg").filter(svg => !svg.getAttribute("aria-label")).length;
  told.small = Math.min(...drawn.flatMap(svg => [...svg.querySelectorAll("text")].map(text => box(text).height)));
  told.fetched = frame.contentWindow.performance.getEntriesByType("resource").length;
  told.cut = drawn.flatMap(svg => [...svg.querySelectorAll("text")]
    .filter(text => box(text).left < box(svg).left - 1 || box(text).right > box(svg).right + 1).map(text => text.textContent));
  told.wrapped = all(".tiles dd").filter(tile => box(tile).height > 1.6 * parseFloat(style(".tiles dd").fontSize)
    || tile.scrollWidth > tile.clientWidth).map(tile => tile.textContent);
  told.shortened = drawn.flatMap(svg => [...svg.querySelectorAll("text.name")]).map(text => text.textContent)
    .filter(text => text.endsWith("…"));
  const linear = value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
  const luminance = colour => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map(value => linear(value / 255));
    return .2126 * red + .7152 * green + .0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + .05) / (dark + .05);
  };
  const card = style(".card").backgroundColor, paper = style("body").backgroundColor;
  told.letters = { text: contrast(style("h2").color, card), faint: contrast(style(".faint").color, paper),
    lead: contrast(style(".card .faint").color, card), axis: contrast(style(".axis").fill, card) };
  told.bar = contrast(style(".bar").fill, card);
  told.dark = luminance(paper) < .5;
  document.body.textContent = JSON.stringify(told);
});
</script>
"""
"""Looks into the report from a page that holds it in a frame of the width that is wanted: the report itself runs no script."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    for night in nights(3, records=5):
        deliver(night, folder / "inbox", folder / "archive")
        ingest(folder / "lake", folder / "inbox")
    assert broadsheet("report", "--lake", folder / "lake", "--output", folder / "report.html") == 0
    return folder


def _look(folder: Path, width: int, dark: bool) -> dict:
    frame = f'<iframe src="report.html" width="{width}" height="900" style="border:0"></iframe>'
    (folder / "probe.html").write_text(f'<!doctype html><meta charset="utf-8"><body>{frame}{_PROBE}</body>', encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless", "--disable-gpu", "--no-sandbox", "--allow-file-access-from-files", "--hide-scrollbars"]
        flags += [f"--user-data-dir={profile}", "--window-size=1400,1000", "--virtual-time-budget=8000", "--dump-dom"]
        flags += ["--blink-settings=preferredColorScheme=" + ("0" if dark else "1")]
        command = [str(BROWSER), *flags, (folder / "probe.html").as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    found = re.search(r"\{.*\}", html.unescape(done.stdout), re.DOTALL)
    assert found, f"{done.stdout[-1000:]} {done.stderr[-1000:]}"
    return json.loads(found[0])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_report_fits_reads_well_and_tells_the_truth(made: Path, width: int, dark: bool) -> None:
    told = _look(made, width, dark)
    assert told["overflow"] <= 0
    assert told["unnamed"] == 0
    assert told["fetched"] == 0
    assert told["cut"] == []
    assert told["wrapped"] == []
    assert told["shortened"] == []
    assert told["dark"] == dark
    assert told["small"] >= 11, "pixels of the smallest letters"
    assert min(told["letters"].values()) >= 4.5, told["letters"]  # WCAG 2.2, 1.4.3
    assert told["bar"] >= 3  # WCAG 2.2, 1.4.11
    counted = lakes.by_delta(made / "lake", "select source, count(*), sum(words)::bigint from documents group by 1")
    assert {(source, int(rows), int(words.replace(",", ""))) for source, rows, words in told["rows"]} == set(counted)
