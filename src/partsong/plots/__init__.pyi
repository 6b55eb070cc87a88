from .clusters import plot_clusters
from .genres import plot_genres
from .parts import plot_parts
from .reasons import plot_reasons
from .theme import theme

__all__ = ["plot_clusters", "plot_genres", "plot_parts", "plot_reasons", "theme"]
