"""Defines the records, the tables and their partition folders."""

if __name__ != "broadsheet.schemas":
    # The folder is also visible from the root of the repository. A second name would make a second set of classes.
    raise ImportError("import broadsheet.schemas, not schemas")
