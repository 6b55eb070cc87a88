from .assignment import MIXED, Assignment, assign_parts, part_shares
from .description import describe_parts
from .folding import fold_in
from .genres import GenrePair, GenreTable, genre_table
from .model import FitRecord, Model, build_model, rename_part
from .naming import name_parts
from .part import FeatureLevel, Part
from .reading import ModelInfo, read_model, read_model_info
from .writing import write_model

__all__ = [
    "MIXED",
    "Assignment",
    "FeatureLevel",
    "FitRecord",
    "GenrePair",
    "GenreTable",
    "Model",
    "ModelInfo",
    "Part",
    "assign_parts",
    "build_model",
    "describe_parts",
    "fold_in",
    "genre_table",
    "name_parts",
    "part_shares",
    "read_model",
    "read_model_info",
    "rename_part",
    "write_model",
]
