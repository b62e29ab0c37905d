"""What the documentation says is so: its commands run, its flags, files and links exist."""

import ast
import re
from contextlib import suppress
from pathlib import Path

import pytest
from house.console import OPTIONS, ROOT, blocks, commands, is_replayed, named_commands, options_page, pages, replay, timeless

from broadsheet.pipelines.cli.main import make_parser
from broadsheet.pipelines.cli.words import split_words

PAGES = pages()
OURS = sorted(
    {
        option
        for parser in [make_parser()[0], *make_parser()[1].values()]
        for action in parser._actions
        for option in action.option_strings
    }
)
MEASURING = {
    flag
    for module in (ROOT / "benchmarks").glob("*.py")
    for flag in re.findall(r"add_argument\(\s*\"(--[\w-]+)", module.read_text(encoding="utf-8"))
}
ZSTD = {"--long"}
"""Flags of other programs that messages advise."""
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

FOREIGN = frozenset(
    ". airflow bash cat cp curl docker echo export find gcloud go grep gzip java kill kubectl kubernetes-validate ls mkdir mv mvn "
    "pip printf psql python python3 rm sed sleep sudo systemctl systemd-analyze tail touch useradd wc".split()
)
"""Programs that are not ours."""

_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_PATH = re.compile(r"`((?:pipelines|transforms|schemas|tests|benchmarks|samples|docs|deploy|\.ci)/[\w./*-]*)`")
_FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+(?![\w-])")
_STYLE = re.compile(r"var\(--[\w-]+\)|--[\w-]+:")
"""Style sheets have names of that form too."""


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_that_is_shown_is_one_that_the_parser_takes(page: Path) -> None:
    _, parsers = make_parser()
    for words in commands(page.read_text(encoding="utf-8")):
        match words:
            case ["broadsheet" | ".venv/bin/broadsheet", *arguments] | [_, "-m", "broadsheet", *arguments]:
                pass
            case [_, "-m", "broadsheet.pipelines.ingest.ingest", *arguments]:
                arguments.insert(0, "ingest")
            case _:
                _check_foreign(words)
                continue
        if arguments and not arguments[0].startswith("-"):
            ours, _ = split_words(arguments[1:], parsers[arguments[0]])
            with suppress(SystemExit):  # --help
                parsers[arguments[0]].parse_intermixed_args(ours)


def _check_foreign(words: list[str]) -> None:
    """Holds that a command that is not broadsheet's exists, as far as it is the project's."""
    match words:
        case ["make", *targets]:
            assert {target for target in targets if "=" not in target} <= TARGETS, words
        case ["python", "-m", module, *_] if module.split(".")[0] in ("benchmarks", "pipelines"):
            name = ROOT / module.replace(".", "/")
            assert name.is_dir() or name.with_suffix(".py").is_file(), words
        case ["python", script, *_] if script.endswith(".py") and "/" in script:
            assert (ROOT / script).is_file(), words
        case [program, *_] if "=" in program or "/" in program:
            assert not program.startswith(("deploy/", "tests/", ".ci/")) or (ROOT / program).is_file(), words
        case [program, *_]:
            assert program in FOREIGN, f"{program}: is it a command of ours that does not exist?"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_within_a_sentence_exists(page: Path) -> None:
    _, parsers = make_parser()
    for words in named_commands(page.read_text(encoding="utf-8")):
        if words[0] != "broadsheet":
            _check_foreign(words)
        elif len(words) > 1 and not words[1].startswith("-") and words[1] != "COMMAND":
            assert words[1] in parsers, words


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_piece_of_python_can_be_read(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8"), "python"):
        ast.parse(block)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_path_and_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in _LINK.findall(text):
        assert "://" in link or (page.parent / link).exists(), link
    for path in _PATH.findall(text):
        assert next(ROOT.glob(path.rstrip("/")), None), path


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_no_flag_is_named_that_is_not_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page.is_relative_to(ROOT / "deploy"):  # these speak of other programs' flags too
        text = "\n".join(line for line in text.splitlines() if line.startswith("broadsheet "))
    assert set(_FLAG.findall(text)) <= {*OURS, *MEASURING, *ZSTD}


@pytest.mark.parametrize("package", ["pipelines", "transforms", "schemas"])
def test_no_message_names_a_flag_that_is_not_there(package: str) -> None:
    for module in (ROOT / package).rglob("*.py"):
        strings = _STYLE.sub("", re.sub(r"(?m)^\s*(#|\w+\.add_argument).*$", "", module.read_text(encoding="utf-8")))
        assert set(_FLAG.findall(strings)) <= {*OURS, *ZSTD}, module


def test_the_table_of_options_is_the_parser_s() -> None:
    assert OPTIONS.read_text(encoding="utf-8") == options_page(), "make docs"


def test_every_flag_says_what_it_does_and_names_its_default() -> None:
    for parser in make_parser()[1].values():
        for action in parser._actions:
            assert action.help
            if action.option_strings and action.dest != "help":
                assert action.help.endswith(")"), action.help
                assert "(default: " in action.help or action.help.endswith("(required)"), action.help


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if is_replayed(page.read_text(encoding="utf-8"))], ids=_name)
def test_every_session_prints_what_the_page_says(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert timeless(replay(text, tmp_path)) == timeless(text), "make docs"
