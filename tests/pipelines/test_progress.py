"""A run says how far it is by what came through, not by how many files were opened."""

import io

from broadsheet.pipelines.observe.progress import Progress
from broadsheet.transforms.progress_counter import beat


def test_a_file_of_many_records_is_done_when_it_is_committed() -> None:
    progress = Progress(io.StringIO())
    progress.start(1, 1000, 1)
    progress.batch(1, 1000, 1000)
    said = [progress.line()]
    for characters in (100, 900, 5000):
        beat(characters)
        said.append(progress.line())
    progress.advance({"documents": 60})
    said.append(progress.line())
    assert [line.partition("(")[2].partition(")")[0] for line in said] == ["0%", "8%", "80%", "80%", "100%"]
    assert said[0].endswith("starting")
    assert "0 of 1 inputs" in said[2]


def test_how_much_text_a_byte_holds_is_learned_from_the_first_batch() -> None:
    progress = Progress(io.StringIO())
    progress.start(2, 2000, 2)
    progress.batch(1, 1000, 6000)
    beat(2000)
    assert "(13%)" in progress.line()  # a third of what was guessed, of half the run, of the four fifths before the writing
    progress.advance({"documents": 30})
    progress.batch(1, 1000, 6000)
    beat(1000)
    assert "(70%)" in progress.line()


def test_the_line_names_the_file_that_a_batch_begins_with() -> None:
    progress = Progress(io.StringIO())
    progress.start(3, 3000, 3)
    progress.batch(3, 3000, 3000, "/in/crawl\x1b[2J.warc.gz")
    assert progress.line().endswith("starting, reading crawl\ufffd[2J.warc.gz and 2 more")
    progress.advance({"documents": 3})
    assert "reading" not in progress.line()
