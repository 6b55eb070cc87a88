from .nearest import NearestRows
from .similar import Recommendation, similar_tracks

__all__ = ["NearestRows", "Recommendation", "similar_tracks"]
