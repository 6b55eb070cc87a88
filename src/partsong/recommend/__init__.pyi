from .similar import Recommendation, similar_tracks

__all__ = ["Recommendation", "similar_tracks"]
