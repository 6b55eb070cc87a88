"""``partsong import spotify``: the listener's own account."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from partsong.catalog import Catalog
from partsong.errors import CatalogMissingError, QueryError
from partsong.progress import SILENT, Progress
from partsong.rows import ImportReport
from partsong.schema import AUDIO_FEATURES
from partsong.sources import (
    SPOTIFY_DEFAULTS,
    SPOTIFY_KINDS,
    Arrivals,
    ImportPlan,
    KnownSpotifySongs,
    SpotifyAbilities,
    SpotifyAccount,
    SpotifySource,
    SpotifyWishes,
    find_spotify_abilities,
)
from partsong.workflow.importing.services import arrivals_path, import_from_service
from partsong.workflow.places import open_catalog

__all__ = ["SPOTIFY_DEFAULTS", "SPOTIFY_KINDS", "import_spotify", "plan_spotify"]

_UNASKED: Final = SpotifyAbilities(features=False, several=False, categories=False, asked_on="")
_GOOD_FOR_SECONDS: Final = 3600
# Not the ISRC: some songs have none, and would be asked for each time.
_LACKS_DETAILS: Final = "album IS NULL OR duration_ms IS NULL OR release_date IS NULL"
_LACKS_FEATURES: Final = f"coalesce({', '.join(AUDIO_FEATURES)}) IS NULL"


def import_spotify(
    what: Sequence[str] = SPOTIFY_DEFAULTS,
    *,
    playlist: str | None = None,
    category: str | None = None,
    ask_again: bool = False,
    catalog: Path | str | None = None,
    progress: Progress = SILENT,
) -> ImportReport:
    """Read a Spotify account into the catalog; if it has to stop in between, what has arrived.

    The listener must be logged in. Answers are kept beside the catalog until all is there, so that
    the same call goes on where the last one stopped.

    Parameters
    ----------
    what
        Any of ``saved``, ``playlists``, ``followed``, ``top``, ``recent``, ``features`` and
        ``details``.
    playlist
        Name or link of one playlist, in place of all lists.
    category
        Id of a category of Spotify's, whose playlists are read too, as songs not yet heard.
    ask_again
        Find out anew what the app may ask, which is otherwise remembered for 30 days.
    catalog
        The catalog's file, which is made if it is not there.
    progress
        Listener to the requests.

    Returns
    -------
    ImportReport
        With `stopped` and `resume_at`, if not all could be had.

    Raises
    ------
    SecretsError
        If the app's client ID is not set.
    MissingExtraError
        If the extra `spotify` is not installed.
    LoginNeededError
        If nobody is logged in, or the login has ended.
    UnknownPlaylistError, QueryError
        If there is no playlist of that name, or several.
    ImportPausedError
        If Spotify wants to be left alone before anything could be asked.
    ServiceError
        If Spotify refuses.
    """
    wishes = SpotifyWishes(what=tuple(what), playlist=playlist, category=category)
    store = open_catalog(catalog)
    with (
        Arrivals(arrivals_path(store, "spotify")) as arrivals,
        _opened(wishes, store, arrivals, ask_again=ask_again, progress=progress) as source,
    ):
        return import_from_service(source, store, arrivals=arrivals, progress=progress)


def plan_spotify(
    what: Sequence[str] = SPOTIFY_DEFAULTS,
    *,
    playlist: str | None = None,
    category: str | None = None,
    ask_again: bool = False,
    catalog: Path | str | None = None,
    progress: Progress = SILENT,
) -> ImportPlan:
    """Find out how many requests an import from the account will take, without importing.

    The few answers that this needs are kept for the import itself.

    Parameters
    ----------
    what, playlist, category, ask_again, catalog, progress
        As for :func:`import_spotify`.

    Returns
    -------
    ImportPlan
        What is still to be asked, and what cannot be had.

    Raises
    ------
    SecretsError, MissingExtraError, ServiceError, QueryError
        As for :func:`import_spotify`.
    """
    wishes = SpotifyWishes(what=tuple(what), playlist=playlist, category=category)
    store = open_catalog(catalog)
    with (
        Arrivals(arrivals_path(store, "spotify")) as arrivals,
        _opened(wishes, store, arrivals, ask_again=ask_again, progress=progress) as source,
    ):
        return source.plan()


@contextmanager
def _opened(
    wishes: SpotifyWishes,
    store: Catalog,
    arrivals: Arrivals,
    *,
    ask_again: bool,
    progress: Progress,
) -> Iterator[SpotifySource]:
    account = SpotifyAccount.from_settings()
    _forget_old_answers(store, arrivals)
    with ExitStack() as lines:
        abilities = _UNASKED
        if wishes.depend_on_the_app or ask_again:
            # Without arrivals: what an app may do is never to be told from an older answer.
            asker = lines.enter_context(account.connect(progress=progress))
            abilities = find_spotify_abilities(asker, account.client_id, ask_again=ask_again)
        sender = lines.enter_context(account.connect(arrivals=arrivals, progress=progress))
        known = _known_songs(store, wishes, abilities)
        try:
            yield SpotifySource(sender, abilities, wishes=wishes, known=known, user=sender.user)
        except QueryError:
            arrivals.clear()  # the playlist may be made, or renamed, before it is asked for again
            raise


def _forget_old_answers(store: Catalog, arrivals: Arrivals) -> None:
    """Forget what a plan, or an import that was killed, left long ago: lists change meanwhile.

    What an import left that Spotify stopped is good for as long as answers are kept.
    """
    if (
        not arrivals.path.exists()
        or time.time() - arrivals.path.stat().st_mtime < _GOOD_FOR_SECONDS
    ):
        return
    try:
        ours = [run for run in store.imports() if run.layout == "spotify"]
    except CatalogMissingError:
        ours = []
    if not ours or not ours[-1].report.get("stopped"):
        arrivals.clear()


def _known_songs(
    store: Catalog, wishes: SpotifyWishes, abilities: SpotifyAbilities
) -> KnownSpotifySongs:
    reads_features = abilities.features and wishes.reads("features")
    try:
        return KnownSpotifySongs(
            with_features=set(_ids(store, f"NOT ({_LACKS_FEATURES})")) if reads_features else (),
            without_features=_ids(store, _LACKS_FEATURES) if reads_features else (),
            without_details=_ids(store, _LACKS_DETAILS) if wishes.reads("details") else (),
        )
    except CatalogMissingError:
        return KnownSpotifySongs()


def _ids(store: Catalog, where: str) -> list[str]:
    songs = store.read_tracks(["spotify_id"], where=["spotify_id IS NOT NULL", where])
    return songs["spotify_id"].to_list()
