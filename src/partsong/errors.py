"""Every error that partsong raises on purpose, in one tree.

::

    PartsongError                     what is wrong, and a hint that mends it
    ├── SourceError (ValueError)      a file cannot be read as tracks
    │   ├── UnreadableFileError       missing, empty, binary, truncated, or not allowed
    │   ├── UnknownLayoutError        its columns match no known layout
    │   ├── UnusableColumnError       a mapped column holds nothing of the right kind
    │   └── UnsafeArchiveError        an archive is too large, or reaches outside of itself
    ├── ServiceError (RuntimeError)   a service on the network does not do what it was asked
    │   ├── LoginNeededError          it does not know who asks
    │   ├── ForbiddenError            it knows who asks, and says no
    │   ├── ServiceMissingError       it knows nothing of what was asked for
    │   └── ImportPausedError         it cannot go on now; what arrived is kept
    ├── SecretsError (RuntimeError)   a key is not there, or is open to others
    ├── CatalogError (RuntimeError)   the catalog file cannot be used
    │   ├── CatalogMissingError       there is none yet, or it holds too little
    │   ├── CatalogBusyError          another process holds its lock
    │   ├── CatalogVersionError       written by a newer partsong, or not by partsong
    │   └── CatalogWriteError         the disk is full, or the folder read-only
    ├── FeatureError (ValueError)     a recipe cannot be used on these tracks
    │   ├── RecipeError               the recipe itself is wrong
    │   └── NegativeFeatureError      a feature is below zero, which NMF cannot represent
    ├── ModelError (RuntimeError)     a model folder cannot be used
    │   ├── ModelMissingError         there is none of that name
    │   └── ModelVersionError         written by another version of the format
    ├── QueryError (LookupError)      a question cannot be answered
    │   ├── UnknownTrackError         no track of that title
    │   ├── AmbiguousTrackError       several tracks of that title
    │   ├── UnknownPlaylistError      no playlist of that name
    │   └── FilterError               a ``--where`` expression is not usable SQL
    ├── ClusterError (RuntimeError)    the scheduler or the workers of a fit do not answer
    ├── OutputError (OSError)         a result cannot be written where it was asked for
    └── MissingExtraError (ImportError)   an optional package is not installed

The estimators of :mod:`partsong.nmf` are the exception: they raise scikit-learn's own errors.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "AmbiguousTrackError",
    "CatalogBusyError",
    "CatalogError",
    "CatalogMissingError",
    "CatalogVersionError",
    "CatalogWriteError",
    "ClusterError",
    "FeatureError",
    "FilterError",
    "ForbiddenError",
    "ImportPausedError",
    "LoginNeededError",
    "MissingExtraError",
    "ModelError",
    "ModelMissingError",
    "ModelVersionError",
    "NegativeFeatureError",
    "OutputError",
    "PartsongError",
    "QueryError",
    "RecipeError",
    "SecretsError",
    "ServiceError",
    "ServiceMissingError",
    "SourceError",
    "UnknownLayoutError",
    "UnknownPlaylistError",
    "UnknownTrackError",
    "UnreadableFileError",
    "UnsafeArchiveError",
    "UnusableColumnError",
]


class PartsongError(Exception):
    """Say what is wrong, and how to mend it.

    Parameters
    ----------
    message
        What is wrong, and where: the file, row, column and value, as far as they are known.
    hint
        What to do about it, as an instruction.

    Examples
    --------
    >>> error = PartsongError("The catalog is empty.", hint="Import a file first.")
    >>> print(error, "|", error.hint)
    The catalog is empty. | Import a file first.
    """

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class SourceError(PartsongError, ValueError):
    """A file cannot be read as tracks."""


class UnreadableFileError(SourceError):
    """A file is missing, empty, binary, truncated, or may not be read."""


class UnknownLayoutError(SourceError):
    """The columns of a file match no known layout."""


class UnusableColumnError(SourceError):
    """A column that should hold numbers, or dates, holds none that can be read."""


class UnsafeArchiveError(SourceError):
    """An archive is larger than it may be, or names files outside of itself."""


class ServiceError(PartsongError, RuntimeError):
    """A service on the network does not do what was asked of it."""


class LoginNeededError(ServiceError):
    """A service does not know who asks: no key, a wrong one, or one that has run out."""


class ForbiddenError(ServiceError):
    """A service knows who asks, and says no."""


class ServiceMissingError(ServiceError):
    """A service knows nothing of what was asked for."""


class ImportPausedError(ServiceError):
    """An import from a service cannot go on now; what has arrived is kept, and it can be resumed.

    Parameters
    ----------
    message, hint
        As for every error.
    resume_at
        From when on the service will answer again, with its time zone; None: at once.

    Examples
    --------
    >>> ImportPausedError("The network is gone.", hint="Run it again.").resume_at is None
    True
    """

    def __init__(self, message: str, *, hint: str, resume_at: "datetime | None" = None) -> None:
        super().__init__(message, hint=hint)
        self.resume_at = resume_at


class SecretsError(PartsongError, RuntimeError):
    """A key or password is not there, or is kept where others may read it."""


class CatalogError(PartsongError, RuntimeError):
    """The catalog file cannot be used."""


class CatalogMissingError(CatalogError):
    """There is no catalog yet, or it holds too few tracks for what was asked."""


class CatalogBusyError(CatalogError):
    """Another process holds the lock on the catalog."""


class CatalogVersionError(CatalogError):
    """The file was written by a newer partsong, or is not a catalog."""


class CatalogWriteError(CatalogError):
    """The catalog cannot be written: a full disk, or a read-only folder."""


class FeatureError(PartsongError, ValueError):
    """A recipe cannot be used on these tracks."""


class RecipeError(FeatureError):
    """A recipe is not understood, or not found."""


class NegativeFeatureError(FeatureError):
    """A feature is below zero, which NMF cannot represent.

    Parameters
    ----------
    feature
        Name of the column of the matrix.
    track_ids
        The tracks in question; the message shows the first five.

    Examples
    --------
    >>> print(NegativeFeatureError("loudness", ["2i2gDp", "7mykoq"]))
    'loudness' is negative for 2 tracks (2i2gDp, 7mykoq).
    """

    def __init__(self, feature: str, track_ids: Sequence[str]) -> None:
        shown = ", ".join(track_ids[:5])
        super().__init__(
            f"{feature!r} is negative for {len(track_ids)} tracks ({shown}).",
            hint=f"Give {feature!r} a scale in the recipe, such as scale = 'minmax'.",
        )
        self.feature = feature
        self.track_ids = tuple(track_ids)


class ModelError(PartsongError, RuntimeError):
    """A model folder cannot be used."""


class ModelMissingError(ModelError):
    """There is no model of that name, or none at all."""


class ModelVersionError(ModelError):
    """The model was written in a format that this partsong does not read."""


class QueryError(PartsongError, LookupError):
    """A question cannot be answered.

    Parameters
    ----------
    message
        What was asked and why it has no answer.
    hint
        What to ask instead.
    candidates
        Titles that come near, best first, each as it can be typed.
    """

    def __init__(self, message: str, *, hint: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(message, hint=hint)
        self.candidates = tuple(candidates)


class UnknownTrackError(QueryError):
    """No track of the catalog, or of the model, has that title or id."""


class AmbiguousTrackError(QueryError):
    """Several different songs have that title."""


class UnknownPlaylistError(QueryError):
    """No playlist of the catalog has that name."""


class FilterError(QueryError):
    """A ``--where`` expression is not one SQL condition over the catalog's tracks."""


class ClusterError(PartsongError, RuntimeError):
    """The scheduler of a cluster does not answer, or its workers cannot do the work."""


class OutputError(PartsongError, OSError):
    """A page, playlist or table cannot be written where it was asked for."""


class MissingExtraError(PartsongError, ImportError):
    """An optional package is not installed.

    Parameters
    ----------
    extra
        The extra of partsong that brings it.
    purpose
        What needs it, as the start of a sentence.

    Examples
    --------
    >>> print(MissingExtraError("demo", "The demo").hint)
    Install it with: pip install 'partsong[demo]'
    """

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the extra {extra!r}, which is not installed.",
            hint=f"Install it with: pip install 'partsong[{extra}]'",
        )
        self.extra = extra
