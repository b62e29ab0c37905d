"""Holds the stages: what happens to a record between its file and its table."""

if __name__ != "broadsheet.transforms":
    # The folder is also visible from the root of the repository. A second name would make a second set of classes.
    raise ImportError("import broadsheet.transforms, not transforms")
