"""Runs the stages: the command line, the ledger, batches, streams, queries and loads."""

if __name__ != "broadsheet.pipelines":
    # The folder is also visible from the root of the repository. A second name would make a second set of classes.
    raise ImportError("import broadsheet.pipelines, not pipelines")
