"""What the flex template's launcher runs: its parameters and Dataflow's options as a `broadsheet submit` that does not wait."""

import argparse
import sys

from broadsheet.pipelines.cli.main import main


def arguments(given: list[str]) -> list[str]:
    """Returns the command line for what the launcher was given: all of it stays, but `--input=…`, which we take without a name."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--input", required=True)
    options, rest = parser.parse_known_args(given)
    return ["submit", "dataflow", options.input, "--no-wait", *rest]


if __name__ == "__main__":
    sys.exit(main(arguments(sys.argv[1:])))
