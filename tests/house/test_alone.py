"""Every public transform works in somebody else's pipeline, and the reference that says so is current."""

from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from house.transforms_page import PAGE, PROTOCOL, examples, public_transforms, transforms_page

EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_transform_works_alone(name: str, tmp_path: Path) -> None:
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        EXAMPLES[name](pipeline, tmp_path)


def test_every_public_transform_has_an_example_or_is_part_of_the_protocol() -> None:
    assert {kind.__name__ for kind in public_transforms()} == {*EXAMPLES, *PROTOCOL}


def test_the_page_of_transforms_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == transforms_page(), "make docs"
