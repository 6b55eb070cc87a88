from .clusters import plot_clusters
from .components import plot_components
from .correlations import correlate_features, plot_correlations
from .coverage import plot_coverage
from .distributions import plot_distributions
from .families import plot_families
from .genres import plot_genres
from .parts import plot_parts
from .profiles import plot_profile
from .reasons import plot_reasons
from .representation import plot_decades, plot_genre_sizes
from .scatters import plot_scatters
from .scorecard import plot_scorecard
from .search import plot_search
from .themes import theme
from .track_map import plot_track_map
from .years import plot_years

__all__ = [
    "correlate_features",
    "plot_clusters",
    "plot_components",
    "plot_correlations",
    "plot_coverage",
    "plot_decades",
    "plot_distributions",
    "plot_families",
    "plot_genre_sizes",
    "plot_genres",
    "plot_parts",
    "plot_profile",
    "plot_reasons",
    "plot_scatters",
    "plot_scorecard",
    "plot_search",
    "plot_track_map",
    "plot_years",
    "theme",
]
