from .centres import Centre, find_centres
from .harmony import camelot_code, key_distances, tempo_distances
from .leaning import lean
from .many import pick_for_many
from .nearest import NearestRows, unit_rows
from .ordering import angle_distances, blend_distances, order_rows, path_cost
from .paths import Walk, walk_rows
from .picking import Described, Limits, Pick, RankedRows, pick_tracks
from .taste import HALF_LIFE, count_plays, find_taste, weigh_tracks
from .whynot import Placing, place_row

__all__ = [
    "HALF_LIFE",
    "Centre",
    "Described",
    "Limits",
    "NearestRows",
    "Pick",
    "Placing",
    "RankedRows",
    "Walk",
    "angle_distances",
    "blend_distances",
    "camelot_code",
    "count_plays",
    "find_centres",
    "find_taste",
    "key_distances",
    "lean",
    "order_rows",
    "path_cost",
    "pick_for_many",
    "pick_tracks",
    "place_row",
    "tempo_distances",
    "unit_rows",
    "walk_rows",
    "weigh_tracks",
]
