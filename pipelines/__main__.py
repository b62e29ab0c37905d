"""`python -m pipelines` is `broadsheet`."""

import sys

from pipelines.cli import main

sys.exit(main())
