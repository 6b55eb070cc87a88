"""``partsong parts`` and ``partsong models``: what was learned."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from partsong.catalog import Catalog, FoundTrack, known_genres
from partsong.parts import (
    FeatureLevel,
    Model,
    ModelInfo,
    Part,
    PartProfile,
    feature_word,
    find_part,
    level_words,
    profile_parts,
    read_model,
    read_model_info,
)
from partsong.progress import SILENT, Progress
from partsong.workflow.labels import read_labels
from partsong.workflow.places import find_model, list_models, open_catalog

__all__ = ["BorderTrack", "ListedPart", "PartsResult", "describe_models", "list_parts"]

_MOST_GENRES: Final = 8


@dataclass(frozen=True, slots=True)
class BorderTrack:
    """A track that belongs to its part only just, and the part that comes next."""

    track: FoundTrack
    other: str
    lead: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPart:
    """One part with the titles of its tracks, and what is known of them.

    Attributes
    ----------
    part
        The part as the model holds it.
    tracks
        Its typical tracks, the strongest first.
    borderline
        Those of its tracks that are nearest to another part, the nearest first.
    profile
        Its decades and genres. A hidden part has no tracks, so nothing is known of them.
    """

    part: Part
    tracks: tuple[FoundTrack, ...]
    borderline: tuple[BorderTrack, ...] = ()
    profile: PartProfile = field(default_factory=PartProfile)

    @property
    def name(self) -> str:
        """What the part is called."""
        return self.part.name

    @property
    def share(self) -> float:
        """How much of the catalog it explains, in [0, 1]."""
        return self.part.share

    @property
    def size(self) -> int:
        """How many tracks belong to it."""
        return self.part.size

    @property
    def features(self) -> tuple[FeatureLevel, ...]:
        """How its tracks differ from the catalog, the largest difference first."""
        return self.part.features

    def to_dict(self) -> dict[str, Any]:
        """Return it under the keys of ``partsong parts --json``."""
        return {
            "name": self.name,
            "share": self.share,
            "size": self.size,
            "features": [
                {
                    "feature": level.feature,
                    "level": level.level,
                    "word": feature_word(level) or None,
                    "average": level_words(level.level),
                }
                for level in self.features
            ],
            "tracks": [_describe_track(track) for track in self.tracks],
            "borderline": [
                {**_describe_track(border.track), "other": border.other, "lead": border.lead}
                for border in self.borderline
            ],
            "stability": self.part.stability,
            "median_year": self.profile.median_year,
            "eras": [asdict(decade) for decade in self.profile.decades],
            "genres": [asdict(genre) for genre in self.profile.genres],
            "components": list(self.part.components),
            "is_hidden": self.part.is_hidden,
            "is_named": self.part.is_named,
            "merged_from": [member.name for member in self.part.members],
        }


@dataclass(frozen=True, slots=True)
class PartsResult:
    """The parts of a model.

    Attributes
    ----------
    model
        The model.
    parts
        Those that are shown, the largest share first.
    hidden
        Those that a user has hidden.
    """

    model: Model
    parts: tuple[ListedPart, ...]
    hidden: tuple[ListedPart, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return a row for each shown part and feature, as `partsong.plots.plot_parts` takes it."""
        return pl.DataFrame(
            [
                {
                    "part": part.name,
                    "share": part.share,
                    "feature": level.feature,
                    "level": level.level,
                }
                for part in self.parts
                for level in part.features
            ]
        )

    def components(self) -> pl.DataFrame:
        """Return a row for each part and matrix column, for `partsong.plots.plot_components`.

        A part that was merged has its components one after another.
        """
        columns = self.model.recipe.names
        return pl.DataFrame(
            [
                {
                    "part": part.name if not place else f"{part.name} ({place + 1})",
                    "column": column,
                    "weight": float(weight),
                }
                for part in self.parts
                for place, component in enumerate(part.part.components)
                for column, weight in zip(columns, self.model.H[component], strict=True)
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong parts --json``."""
        return {
            "model": self.model.name,
            "parts": [part.to_dict() for part in (*self.parts, *self.hidden)],
        }


def list_parts(
    name: str | None = None,
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    n_tracks: int = 3,
    progress: Progress = SILENT,
) -> PartsResult:
    """Show the parts of a model: their tracks, decades and genres.

    Parameters
    ----------
    name
        Show this part alone: its name, or as much of it as tells it from the others.
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    n_tracks
        How many typical tracks to name for each part, and how many borderline ones, up to ten.
    progress
        Listener to the steps.

    Raises
    ------
    ModelMissingError
        If nothing has been fitted yet.
    QueryError
        If no part, or more than one, is meant by `name`.

    Examples
    --------
    >>> parts = list_parts(catalog=catalog).parts
    >>> sorted(part.tracks[0].artists[0].split()[0] for part in parts)
    ['Hush', 'Rap', 'Thrash']
    >>> (alone,) = list_parts(parts[0].name, catalog=catalog).parts
    >>> alone.profile.genres[0].tracks
    60
    """
    store = open_catalog(catalog)
    fitted = read_model(find_model(store, model))
    wanted = fitted.parts if name is None else (find_part(fitted.parts, name),)
    progress.start("reading the catalog")
    tracks = _read_profile(store)
    progress.finish()
    progress.start("describing the parts")
    found = profile_parts(fitted, tracks, n_genres=_MOST_GENRES, n_borderline=n_tracks)
    profiles = {part.name: profile for part, profile in zip(fitted.shown, found, strict=True)}
    progress.finish()
    shown = [(part, profiles[part.name]) for part in fitted.shown if part in wanted]
    hidden = [(part, PartProfile()) for part in wanted if part.is_hidden]
    label_of = read_labels(store, list(_named_tracks([*shown, *hidden], n_tracks)))
    return PartsResult(
        fitted,
        *(
            tuple(_list_part(*pair, label_of, n_tracks=n_tracks) for pair in pairs)
            for pairs in (shown, hidden)
        ),
    )


def describe_models(*, catalog: Path | str | None = None) -> list[ModelInfo]:
    """Describe the models of a catalog, the newest first.

    Examples
    --------
    >>> [(info.name, info.n_components) for info in describe_models(catalog=catalog)]
    [('balanced-3', 3)]
    """
    return [read_model_info(folder) for folder in list_models(open_catalog(catalog))]


def _read_profile(store: Catalog) -> pl.DataFrame:
    """Read what parts are described by beside their sound; artists' genres where there are none."""
    tracks = store.read_tracks(["artists", "release_year", "genres", "artist_genres"])
    return tracks.select("track_id", "artists", "release_year", known_genres(tracks))


def _named_tracks(parts: Iterable[tuple[Part, PartProfile]], n_tracks: int) -> Iterable[str]:
    for part, profile in parts:
        yield from part.tracks[:n_tracks]
        yield from (border.track_id for border in profile.borderline)


def _list_part(
    part: Part, profile: PartProfile, label_of: dict[str, FoundTrack], *, n_tracks: int
) -> ListedPart:
    return ListedPart(
        part=part,
        tracks=tuple(label_of[track_id] for track_id in part.tracks[:n_tracks]),
        borderline=tuple(
            BorderTrack(label_of[border.track_id], border.other, border.lead)
            for border in profile.borderline
        ),
        profile=profile,
    )


def _describe_track(track: FoundTrack) -> dict[str, Any]:
    return {"track_id": track.track_id, "title": track.title, "artists": list(track.artists)}
