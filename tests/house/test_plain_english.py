"""What a person reads is plain English: no file uses a phrase that plain_english.py rules out."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from house.plain_english import PHRASES, checked_files, finds, prose

WORDS_OF_OTHER_LANGUAGES = "alle,ans,autor,dezember,fot,foto,ines,ist,lokales,mis,nd,nives,ore,te,tekst,titel,tittle,vor,wit"


def test_no_word_is_misspelt() -> None:
    names = checked_files()
    lines = [
        (f"{name}:{first + offset}", line)
        for name in names
        for first, part in prose(name)
        for offset, line in enumerate(part.splitlines())
    ]
    done = subprocess.run(
        [sys.executable, "-m", "codespell_lib", "--ignore-words-list", WORDS_OF_OTHER_LANGUAGES, "-"],
        input="\n".join(line for _, line in lines),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 65), done.stderr
    found = re.findall(r"^(\d+): .*\n\t(.*)$", done.stdout, re.MULTILINE)
    assert [(lines[int(number) - 1][0], words) for number, words in found] == []
    assert done.returncode == 0, done.stdout


def test_no_file_uses_a_phrase_that_is_ruled_out() -> None:
    assert [(name, *find) for name in checked_files() for find in finds(name)] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("# it is no number\n", ["is no n"]),
        ('"""A value stands\n    for another."""\n', ["stands"]),
        ('def f(): raise ValueError("the file was told to wait")\n', ["told"]),
        ("# the value is no longer there, and it is standalone\n", []),
        ('WORDS = "whoever shall stand"\n', []),
        ("# what is left behind\n", []),
        ("# a file comes behind another\n", ["behind"]),
    ],
    ids=["comment", "docstring-over-lines", "message", "idioms", "word-list", "left-behind", "behind"],
)
def test_a_phrase_is_found_in_prose_and_not_in_data(source: str, found: list[str], tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(source, encoding="utf-8")
    assert [find.phrase for find in finds(str(path))] == found


def test_every_phrase_says_what_to_write_instead() -> None:
    assert all(PHRASES.values())
