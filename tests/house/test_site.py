"""The documentation as a site: it builds without a warning, asks the network for nothing, and fits a phone."""

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from house.console import ROOT

MKDOCS = os.environ.get("BROADSHEET_MKDOCS") or os.path.expanduser("~/.cache/broadsheet/site/bin/mkdocs")
BROWSER = os.environ.get("BROADSHEET_BROWSER") or next(
    (path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None
)

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(
        not os.access(MKDOCS, os.X_OK), reason="no mkdocs here: .ci/run installs it apart, or BROADSHEET_MKDOCS=/path"
    ),
]

_ASKS = re.compile(
    r"""<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=["']?(?:https?:)?//|@import|url\(["']?(?:https?:)?//"""
)

_PROBE = """
<!doctype html><meta charset="utf-8"><body><iframe width="WIDTH" height="900" style="border:0"></iframe><script>
const frame = document.querySelector("iframe"), told = {};
const load = name => new Promise(resolve => {
  frame.onload = () => setTimeout(resolve, 30);
  frame.src = "site/" + name;
});
(async () => {
  for (const name of PAGES) {
    await load(name);
    const page = frame.contentDocument;
    const linear = value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
    const luminance = colour => {
      const [red, green, blue] = colour.match(/[\\d.]+/g).map(value => linear(value / 255));
      return .2126 * red + .7152 * green + .0722 * blue;
    };
    told[name] = {
      overflow: page.documentElement.scrollWidth - frame.clientWidth,
      dark: luminance(frame.contentWindow.getComputedStyle(page.body).backgroundColor) < .5,
      foreign: frame.contentWindow.performance.getEntriesByType("resource").filter(entry => !entry.name.startsWith("file:")).length,
    };
  }
  document.body.textContent = JSON.stringify(told);
})();
</script>
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "site"
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # a word of mkdocs-material on the future of mkdocs
    done = subprocess.run(
        [MKDOCS, "build", "-q", "-d", str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder


def _pages(site: Path) -> list[str]:
    return [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html")) if path.name != "404.html"]


def test_every_page_of_the_documentation_is_in_the_site(site: Path) -> None:
    sources = {path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    expected = {re.sub(r"(^|/)README$", r"\1index", name) for name in sources} | {"changelog", "contributing", "notebook"}
    assert {name.removesuffix(".html") for name in _pages(site)} == expected


def test_the_site_asks_the_network_for_nothing(site: Path) -> None:
    files = [path for path in site.rglob("*") if path.suffix in (".html", ".css")]
    assert len(files) > 30
    asking = {path.name: found[0] for path in files if (found := _ASKS.search(path.read_text(encoding="utf-8")))}
    assert asking == {}


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium, or BROADSHEET_BROWSER=/path")
@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)], ids=["phone-dark", "desktop-light"])
def test_no_page_is_wider_than_the_screen(site: Path, width: int, dark: bool) -> None:
    probe = _PROBE.replace("WIDTH", str(width)).replace("PAGES", json.dumps(_pages(site)))
    (site.parent / "probe.html").write_text(probe, encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless", "--disable-gpu", "--no-sandbox", "--allow-file-access-from-files", "--hide-scrollbars", "--dump-dom"]
        flags += [f"--user-data-dir={profile}", "--window-size=1400,1000", "--virtual-time-budget=60000"]
        flags += ["--blink-settings=preferredColorScheme=" + ("0" if dark else "1")]
        command = [str(BROWSER), *flags, (site.parent / "probe.html").as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    found = re.search(r"\{.*\}", html.unescape(done.stdout), re.DOTALL)
    assert found, f"{done.stdout[-1000:]} {done.stderr[-1000:]}"
    told = json.loads(found[0])
    assert set(told) == set(_pages(site))
    assert {name: page for name, page in told.items() if page != {"overflow": 0, "dark": dark, "foreign": 0}} == {}
