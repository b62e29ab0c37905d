"""What can go wrong, as types.

    BroadsheetError
    ├── ConfigError            the user asked for something that cannot be; exit code 2, before a pipeline exists
    ├── RecordError            one record is bad: it becomes a Reject and the run goes on
    │   ├── UnreadableError    its bytes cannot be had (missing, truncated, too large)
    │   ├── UndecodableError   its bytes are no text
    │   └── FilteredError      nothing is wrong with it, but a rule leaves it out: a filtered record, not a dead one
    │       ├── NoArticleError     the page holds no article
    │       ├── SkippedError       it is no page and nobody would look for one in it: counted, and not kept one by one
    │       └── UnwantedError      its owner or the user wants it left out: nothing of it is kept
    ├── BooksError             records read are not records accounted for: the batch must not be committed
    ├── AlertError             the run is done and in the lake, but crossed a limit that its user set; exit code 3
    ├── RunError               the runner gave up on a batch; the next run goes on from there
    ├── LostOffsetsError       a broker has deleted messages that nobody has read: a person must say that this is all right
    ├── LakeError              the lake is not what it must be
    │   ├── DamagedError       a file of the lake holds other bytes than were written
    │   ├── ForeignLakeError   the folder is not a lake, or a newer broadsheet made it; exit code 2
    │   └── ConflictError      another writer committed the same documents first: plan the batch again
    └── LoadError              a warehouse cannot take what it shall be loaded with

`RecordError`s are data: transforms turn them into `Reject`s and never let them out of a DoFn, because a DoFn that raises makes
the runner retry its whole bundle. The others end the run.
"""

from __future__ import annotations


class BroadsheetError(Exception):
    """The root of every error this project raises on purpose."""


class ConfigError(BroadsheetError):
    """A flag, a path or a configuration file that cannot be worked with; the message says what to change."""


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
    """A page without an article: a menu, a form, an empty shell."""


class SkippedError(FilteredError):
    """A record that its container needs and nobody reads: a crawl has a request and its metadata beside each page."""


class UnwantedError(FilteredError):
    """A page that its owner or the user wants left out: its reject holds none of its bytes."""


class BooksError(BroadsheetError):
    """The books of a batch do not balance."""


class RunError(BroadsheetError):
    """A batch's pipeline failed: the world is down or we are wrong; the message ends in the runner's last word."""


class AlertError(BroadsheetError):
    """A run did what it should, and its user wants to be woken up: too much was refused, too little came."""


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
    """A warehouse, or a table in it, cannot take what it shall be loaded with."""


def as_record_error(error: Exception) -> RecordError:
    """Returns a refusal as it is, and anything else as one that names the type of the bug."""
    if isinstance(error, RecordError):
        return error
    return RecordError(f"crashed_{type(error).__name__}", f"the rule raised {type(error).__name__}: {error}"[:1000])
