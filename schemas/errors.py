"""Defines what can go wrong, as exception types.

    BroadsheetError
    ├── ConfigError            the user asked for something that cannot be; exit code 2, before a pipeline exists
    ├── RecordError            one record is bad: it becomes a Reject and the run goes on
    │   ├── UnreadableError    its bytes cannot be had (missing, truncated, too large)
    │   ├── UndecodableError   its bytes are not text
    │   └── FilteredError      a rule leaves it out, although nothing is wrong with it: filtered, not dead
    │       ├── NoArticleError     the page has no article
    │       ├── SkippedError       it is not a page, and nobody expects one: counted, not kept one by one
    │       └── UnwantedError      its owner or the user wants it left out: nothing of it is kept
    ├── CountsError             the records read are not all accounted for: the batch must not be committed
    ├── AlertError             the run is in the lake, but crossed a limit that the user set; exit code 3
    ├── RunError               the runner gave up on a batch; the next run continues from there
    ├── LostOffsetsError       a broker has deleted messages that nobody has read: a person must accept that
    ├── LakeError              the lake is not as the schemas say
    │   ├── DamagedError       a file of the lake holds other bytes than were written
    │   ├── ForeignLakeError   the folder is not a lake, or a newer broadsheet made it; exit code 2
    │   └── ConflictError      another writer committed the same documents first: plan the batch again
    └── LoadError              a warehouse cannot take the rows to be loaded

A `RecordError` is data: transforms turn it into a `Reject` and never let it leave a DoFn, because the runner retries the whole
bundle of a DoFn that raises. The other errors end the run.
"""

from __future__ import annotations


class BroadsheetError(Exception):
    """The root of every error this project raises on purpose."""


class ConfigError(BroadsheetError):
    """A flag, a path or a configuration file that cannot be used; the message says what to change."""


class RecordError(BroadsheetError):
    """One record is refused.

    Args:
        reason: A stable, countable name in snake_case, such as `truncated`.
        message: One sentence for a person: what was found, what was expected, where.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message

    def __reduce__(self) -> tuple[type[RecordError], tuple[str, str]]:
        return type(self), (self.reason, self.message)


class UnreadableError(RecordError):
    """A record's bytes cannot be had."""


class UndecodableError(RecordError):
    """A record's bytes are not text in any charset."""


class FilteredError(RecordError):
    """A record that a rule leaves out: a request among responses, a picture among pages."""


class NoArticleError(FilteredError):
    """A page without an article: a menu, a form, an empty frame."""


class SkippedError(FilteredError):
    """A record that its container needs and nobody reads: a crawl keeps a request and metadata for each page."""


class UnwantedError(FilteredError):
    """A page that its owner or the user wants left out: its reject holds none of its bytes."""


class CountsError(BroadsheetError):
    """The counts of a batch do not add up."""


class RunError(BroadsheetError):
    """A batch's pipeline failed, because of the outside world or a bug; the message ends with the runner's own error."""


class AlertError(BroadsheetError):
    """A run succeeded, but crossed a limit that its user wants to know about: too much was refused, or too little came."""


class LostOffsetsError(BroadsheetError):
    """Messages that the lake has not read are gone from their topic."""


class LakeError(BroadsheetError):
    """The lake, or a file meant for it, is not what the schemas say."""


class DamagedError(LakeError):
    """A file of the lake holds other bytes than were written; the message names it and the command to run."""


class ForeignLakeError(LakeError):
    """The folder is not a lake, or is one that this version cannot read: a retry does not help."""


class ConflictError(LakeError):
    """Another writer committed some of the same documents since this batch was planned."""


class LoadError(BroadsheetError):
    """A warehouse, or a table in it, cannot take the rows to be loaded."""


def as_record_error(error: Exception) -> RecordError:
    """Returns a `RecordError` as it is, and any other error as one that names its type."""
    if isinstance(error, RecordError):
        return error
    return RecordError(f"crashed_{type(error).__name__}", f"the rule raised {type(error).__name__}: {error}"[:1000])
