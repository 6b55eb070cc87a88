"""What an analysis of AcousticBrainz says of a recording, under the catalog's names.

A document is high-level (what classifiers make of a recording, each a probability) or low-level
(what was measured). The classifiers are no more than relatives of Spotify's measures:

================  ===================================================================
feature           here
================  ===================================================================
danceability      probability of danceable
acousticness      probability of the mood acoustic
instrumentalness  probability of no voice
valence           probability of the mood happy
energy            probability of not relaxed, the nearest there is to intensity
loudness          -18 dB less the gain of ReplayGain, by the reference level of its version 2
tempo, key, mode  as measured
================  ===================================================================

Speechiness, liveness and the time signature have no counterpart and stay missing.
"""

from typing import Any, Final

from partsong.sources.services.hearings import number, record, text

__all__ = ["VALUES", "mbid_of", "read_document"]

VALUES: Final = (
    "duration_s",
    "danceability",
    "energy",
    "key",
    "loudness",
    "mode",
    "acousticness",
    "instrumentalness",
    "valence",
    "tempo",
)
"""What can come of a document, as fields of an import."""

_CLASSIFIERS: Final = {
    "danceability": ("danceability", "danceable"),
    "acousticness": ("mood_acoustic", "acoustic"),
    "instrumentalness": ("voice_instrumental", "instrumental"),
    "valence": ("mood_happy", "happy"),
    "energy": ("mood_relaxed", "not_relaxed"),
}
_REFERENCE_DB: Final = -18.0
"""The loudness that ReplayGain 2.0 brings every track to, in LUFS."""


def read_document(document: Any) -> tuple[str, dict[str, float | str | None]] | None:
    """Return the kind of a document and its raw values, None where it is no analysis.

    Parameters
    ----------
    document
        What the JSON says.

    Examples
    --------
    >>> read_document({"rhythm": {"bpm": 120.8}, "tonal": {"key_key": "A", "key_scale": "minor"}})
    ('lowlevel', {'tempo': 120.8, 'key': 'A', 'mode': 'minor', 'loudness': None, 'duration_s': None})
    >>> read_document({"message": "Not found"}) is None
    True
    """
    if record(document, "highlevel"):
        values = {
            feature: number(record(document, "highlevel", classifier, "all").get(found))
            for feature, (classifier, found) in _CLASSIFIERS.items()
        }
        return "highlevel", {**values, **_properties(document)}
    if record(document, "rhythm") or record(document, "tonal"):
        return "lowlevel", {
            "tempo": number(record(document, "rhythm").get("bpm")),
            "key": text(record(document, "tonal").get("key_key")),
            "mode": text(record(document, "tonal").get("key_scale")),
            **_properties(document),
        }
    return None


def mbid_of(document: Any) -> str | None:
    """Return the recording that the tags of an analysed file name, None where they name none.

    Parameters
    ----------
    document
        What the JSON says.

    Examples
    --------
    >>> mbid = "0DAD432B-16CC-4BF0-8961-FD31D124B01B"
    >>> mbid_of({"metadata": {"tags": {"musicbrainz_recordingid": [mbid]}}})
    '0dad432b-16cc-4bf0-8961-fd31d124b01b'
    """
    tags = record(document, "metadata", "tags")
    # Taggers write the recording as "track", a name from before 2011.
    for name in ("musicbrainz_recordingid", "musicbrainz_trackid"):
        named = tags.get(name)
        found = text(named[0] if isinstance(named, list) and named else named)
        if found:
            return found.lower()
    return None


def _properties(document: Any) -> dict[str, float | None]:
    properties = record(document, "metadata", "audio_properties")
    gain = number(properties.get("replay_gain"))
    return {
        "loudness": None if gain is None else _REFERENCE_DB - gain,
        "duration_s": number(properties.get("length")),
    }
