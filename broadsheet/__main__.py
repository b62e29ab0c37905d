"""Runs the command line as `python -m broadsheet`."""

import sys

from broadsheet.pipelines.cli.main import main

sys.exit(main())
