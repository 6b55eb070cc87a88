"""``partsong parts NAME``: one part in full."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from partsong.cli.output import bar, new_table, print_line, print_table

if TYPE_CHECKING:
    from partsong.workflow import ListedPart

__all__ = ["print_part"]

_OTHER_COLUMNS = 40


def print_part(part: "ListedPart") -> None:
    """Print everything that is known of a part."""
    print_line(part.name, style="bold")
    print_line("; ".join(_sentences(part)) + ".")
    _print_features(part)
    _print_tracks(part)
    eras, genres = part.profile.decades, part.profile.genres
    _print_counts("decade", [(f"{era.decade}s", era.tracks, era.share, era.lift) for era in eras])
    _print_counts("genre", [(row.genre, row.tracks, row.share, row.lift) for row in genres])


def _sentences(part: "ListedPart") -> list[str]:
    sentences = [f"{part.share:.1%} of the catalog"]
    if part.part.is_hidden:
        sentences.append("hidden")
    else:
        sentences.append(f"{part.size:,} tracks belong to it")
    if part.part.stability is not None:
        sentences.append(f"stability {part.part.stability:.2f}")
    if part.profile.median_year is not None:
        sentences.append(f"median year {part.profile.median_year}")
    if part.part.members:
        sentences.append(f"merged from {' and '.join(m.name for m in part.part.members)}")
    return sentences


def _print_features(part: "ListedPart") -> None:
    table = new_table("feature", "its tracks are", "average", ">")
    for level in part.to_dict()["features"]:
        table.add_row(
            level["feature"], level["word"] or "", level["average"], f"{level['level']:+.1f} sd"
        )
    print_line()
    print_table(table)


def _print_tracks(part: "ListedPart") -> None:
    if part.tracks:
        table = new_table("typical tracks…")
        for track in part.tracks:
            table.add_row(track.label)
        print_line()
        print_table(table)
    if part.borderline:
        table = new_table("on the border…", "next part…", "lead>", beside=_OTHER_COLUMNS)
        for border in part.borderline:
            table.add_row(border.track.label, border.other, f"{border.lead:.1%}")
        print_line()
        print_table(table)


def _print_counts(header: str, rows: Sequence[tuple[str, int, float, float]]) -> None:
    if not rows:
        return
    largest = max(share for _, _, share, _ in rows)
    table = new_table(header, "tracks>", "", "share>", "lift>")
    for label, tracks, share, lift in rows:
        table.add_row(label, f"{tracks:,}", bar(share / largest), f"{share:.1%}", f"{lift:.1f}x")
    print_line()
    print_table(table)
