from .component_choice import ComponentChoice, choose_from_scores
from .component_scores import ComponentScores
from .component_search import ComponentSearch, choose_n_components
from .descent import Descent, descend
from .distributed import (
    connect_to_cluster,
    find_bounds_on_cluster,
    fit_rows_on_cluster,
    write_loadings_on_cluster,
)
from .divergence import divergence, reconstruction_error
from .estimator import NMF
from .initialization import initialize
from .kernel_states import KernelState, describe_kernels
from .least_squares import nonnegative_least_squares
from .loading_files import write_loadings
from .matching import match_components
from .minibatch import MiniBatchNMF
from .optimality import kkt_residual, loadings_gap
from .parallel_analysis import ParallelAnalysis, parallel_analysis
from .parquet import ParquetRows
from .row_passes import transform_rows
from .row_source import ArrayBlocks, RowSource, RowSourceError
from .scale import balance_scale
from .solver import Solver, Sums
from .streaming import RowsFit, fit_rows

__all__ = [
    "NMF",
    "ArrayBlocks",
    "ComponentChoice",
    "ComponentScores",
    "ComponentSearch",
    "Descent",
    "KernelState",
    "MiniBatchNMF",
    "ParallelAnalysis",
    "ParquetRows",
    "RowSource",
    "RowSourceError",
    "RowsFit",
    "Solver",
    "Sums",
    "balance_scale",
    "choose_from_scores",
    "choose_n_components",
    "connect_to_cluster",
    "descend",
    "describe_kernels",
    "divergence",
    "find_bounds_on_cluster",
    "fit_rows",
    "fit_rows_on_cluster",
    "initialize",
    "kkt_residual",
    "loadings_gap",
    "match_components",
    "nonnegative_least_squares",
    "parallel_analysis",
    "reconstruction_error",
    "transform_rows",
    "write_loadings",
    "write_loadings_on_cluster",
]
