"""What an import of features says of how well they go with those that were there."""

from partsong.catalog import Catalog
from partsong.plain_text import counted
from partsong.workflow.agreement import measure_agreement

__all__ = ["agreement_notes"]


def agreement_notes(store: Catalog, analysis: str) -> list[str]:
    """Say in a sentence how far an analysis agrees with the one that shares most tracks with it.

    Parameters
    ----------
    store
        The catalog.
    analysis
        The analysis that was just added.

    Returns
    -------
    list of str
        Nothing where the catalog has no other analysis.

    Examples
    --------
    >>> agreement_notes(Catalog(catalog), "reccobeats")
    []
    """
    measured = [
        one
        for one in measure_agreement(store).features
        if analysis in {one.analysis, one.reference}
    ]
    if not measured:
        return []
    most = max(measured, key=lambda one: one.n_shared)
    other = most.reference if most.analysis == analysis else most.analysis
    alike = sorted(
        (one.rank_correlation, one.feature)
        for one in measured
        if other in {one.analysis, one.reference} and one.rank_correlation is not None
    )
    if not alike:
        have = "has" if most.n_shared == 1 else "have"
        few = f"Only {counted(most.n_shared)} with features of {other} {have} some of {analysis}"
        return [f"{few} too: too few to compare the two."]
    (low, least), (high, best) = alike[0], alike[-1]
    where = f"Where {other} has measured too ({counted(most.n_shared)}), ranks agree most in {best}"
    return [f"{where} ({high:.2f}) and least in {least} ({low:.2f}); partsong check tells of all."]
