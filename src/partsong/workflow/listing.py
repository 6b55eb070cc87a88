"""``partsong parts`` and ``partsong models``: what was learned."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partsong.catalog import FoundTrack
from partsong.parts import FeatureLevel, Model, ModelInfo, read_model, read_model_info
from partsong.workflow.labels import read_labels
from partsong.workflow.places import find_model, list_models, open_catalog

__all__ = ["ListedPart", "PartsResult", "describe_models", "list_parts"]


@dataclass(frozen=True, slots=True)
class ListedPart:
    """One part with the titles of its strongest tracks."""

    name: str
    share: float
    size: int
    features: tuple[FeatureLevel, ...]
    tracks: tuple[FoundTrack, ...]


@dataclass(frozen=True, slots=True)
class PartsResult:
    """The parts of a model, the largest share first."""

    model: Model
    parts: tuple[ListedPart, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong parts --json``."""
        return {
            "model": self.model.name,
            "parts": [
                {
                    "name": part.name,
                    "share": part.share,
                    "size": part.size,
                    "features": [
                        {"feature": level.feature, "level": level.level} for level in part.features
                    ],
                    "tracks": [
                        {
                            "track_id": track.track_id,
                            "title": track.title,
                            "artists": list(track.artists),
                        }
                        for track in part.tracks
                    ],
                }
                for part in self.parts
            ],
        }


def list_parts(
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    n_tracks: int = 3,
) -> PartsResult:
    """Show the parts of a model with their strongest tracks.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    n_tracks
        How many tracks to name for each part, up to ten.

    Raises
    ------
    ModelMissingError
        If nothing has been fitted yet.

    Examples
    --------
    >>> parts = list_parts(catalog=catalog).parts
    >>> sorted(part.tracks[0].artists[0].split()[0] for part in parts)
    ['Hush', 'Rap', 'Thrash']
    """
    store = open_catalog(catalog)
    fitted = read_model(find_model(store, model))
    shown = [part.tracks[:n_tracks] for part in fitted.parts]
    label_of = read_labels(store, [track_id for tracks in shown for track_id in tracks])
    return PartsResult(
        fitted,
        tuple(
            ListedPart(
                name=part.name,
                share=part.share,
                size=part.size,
                features=part.features,
                tracks=tuple(label_of[track_id] for track_id in tracks),
            )
            for part, tracks in zip(fitted.parts, shown, strict=True)
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
