from .consensus import ConsensusNMF
from .descents.descent import Descent, descend
from .descents.solver import Solver, Sums
from .divergence import divergence, reconstruction_error
from .estimator import NMF
from .initialization import initialize
from .kernel_states import KernelState, describe_kernels
from .least_squares import nonnegative_least_squares
from .minibatch import MiniBatchNMF
from .optimality import kkt_residual, loadings_gap
from .scale import balance_scale
from .selection.component_choice import ComponentChoice, choose_from_scores
from .selection.component_scores import ComponentScores
from .selection.component_search import ComponentSearch, choose_n_components
from .selection.matching import match_components
from .selection.parallel_analysis import ParallelAnalysis, parallel_analysis
from .streams.distributed import (
    connect_to_cluster,
    find_bounds_on_cluster,
    fit_rows_on_cluster,
    write_loadings_on_cluster,
)
from .streams.loading_files import write_loadings
from .streams.parquet import ParquetRows
from .streams.row_passes import transform_rows
from .streams.row_source import ArrayBlocks, RowSource, RowSourceError
from .streams.streaming import RowsFit, fit_rows

__all__ = [
    "NMF",
    "ArrayBlocks",
    "ComponentChoice",
    "ComponentScores",
    "ComponentSearch",
    "ConsensusNMF",
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
