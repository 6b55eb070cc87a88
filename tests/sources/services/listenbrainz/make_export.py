"""An export as ListenBrainz writes it: made up, in its own names and fields."""

import json
import zipfile
from datetime import UTC, datetime

from listenbrainz.fake_listenbrainz import mbid, msid


def export_line(listen):
    """Return a listen as the export has it: its id within the metadata, times with a fraction."""
    metadata = listen["track_metadata"]
    return {
        "inserted_at": listen["inserted_at"] + 0.5,
        "listened_at": listen["listened_at"],
        "track_metadata": {
            **metadata,
            "mbid_mapping": metadata.get("mbid_mapping"),
            "recording_msid": listen["recording_msid"],
        },
    }


def write_export(path, listens, *, verdicts=(), broken=False):
    """Write a ZIP of listens, a file a month, and of verdicts: pairs of a song and a score."""
    months = {}
    for listen in sorted(listens, key=lambda one: one["listened_at"]):
        at = datetime.fromtimestamp(listen["listened_at"], tz=UTC)
        months.setdefault((at.year, at.month), []).append(export_line(listen))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("user.json", '{"user_id": 1, "username": "rob"}\n')
        for (year, month), lines in months.items():
            content = "".join(json.dumps(line) + "\n" for line in lines)
            archive.writestr(f"listens/{year}/{month}.jsonl", content)
        feedback = [
            {
                "created": 1_760_000_000,
                "recording_mbid": mbid(n) if n % 2 else None,
                "recording_msid": None if n % 2 else msid(n),
                "score": score,
            }
            for n, score in verdicts
        ]
        archive.writestr("feedback.jsonl", "".join(json.dumps(one) + "\n" for one in feedback))
    if broken:
        data = path.read_bytes()
        at = data.index(b"track_metadata")
        path.write_bytes(data[:at] + b"?" * 40 + data[at + 40 :])
    return path
