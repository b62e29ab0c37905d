"""Runs the command line as `python -m broadsheet`."""

from broadsheet.pipelines.cli.main import run_and_exit

run_and_exit()
