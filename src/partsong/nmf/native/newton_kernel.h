/* The best loadings of rows for fixed components, LANES rows at once, by projected Newton steps.
 *
 * Every row goes its own way: what is done for the others of its lanes never changes its numbers.
 */

#include "elementary_kernel.h"

static inline int VARIANT(any)(VARIANT(bits) chosen) {
    long long found = 0;
    for (int lane = 0; lane < LANES; lane++) found |= chosen[lane];
    return found != 0;
}

/* What is known of LANES rows, one entry a feature or a component. */
struct VARIANT(rows) {
    lanes *values, *seen;       /* a feature */
    lanes *product, *weights;   /* a feature */
    lanes *loadings, *trial, *next, *gradient, *pull, *hold, *direction, *curvatures, *units,
        *pivots, *inverse_pivots;   /* a component */
    VARIANT(bits) *is_fixed;    /* a component */
    lanes *factor;              /* component by component */
};

static void VARIANT(multiply_out)(const struct problem *problem, const lanes *loadings, lanes *product) {
    const ptrdiff_t m = problem->n_features;
    for (ptrdiff_t j = 0; j < m; j++) {
        lanes sum = {0};
        for (ptrdiff_t c = 0; c < problem->n_components; c++) sum += problem->H[c * m + j] * loadings[c];
        product[j] = sum;
    }
}

static lanes VARIANT(pull_of)(const struct problem *problem, ptrdiff_t c, const lanes *entries) {
    lanes sum = {0};
    for (ptrdiff_t j = 0; j < problem->n_features; j++) sum += problem->H[c * problem->n_features + j] * entries[j];
    return sum;
}

/* The part of the loss that depends on the loadings. */
static lanes VARIANT(measure)(const struct problem *problem, const struct VARIANT(rows) *rows, const lanes *loadings) {
    const lanes nothing = {0};
    lanes loss = nothing, unreached = nothing; /* values where the product is zero */
    VARIANT(multiply_out)(problem, loadings, rows->product);
    for (ptrdiff_t j = 0; j < problem->n_features; j++) {
        const lanes inverse = VARIANT(inverse_or_zero)(rows->product[j]);
        const lanes logarithm = VARIANT(keep)(inverse > nothing, VARIANT(logarithm)(rows->product[j]));
        unreached += VARIANT(keep)(inverse == nothing, rows->values[j]);
        if (problem->loss == KULLBACK_LEIBLER)
            loss -= rows->values[j] * logarithm;
        else
            loss += rows->values[j] * inverse + rows->seen[j] * logarithm;
    }
    for (ptrdiff_t c = 0; c < problem->n_components; c++) {
        const lanes slope = problem->l1[c] + problem->l2[c] / 2 * loadings[c];
        loss += loadings[c] * (problem->loss == KULLBACK_LEIBLER ? rows->hold[c] + slope : slope);
    }
    return VARIANT(where)(unreached > nothing, SPREAD(INFINITY), loss);
}

/* Both halves of the gradient without penalties; under Kullback-Leibler the second is fixed. */
static void VARIANT(halve)(const struct problem *problem, const struct VARIANT(rows) *rows) {
    const ptrdiff_t m = problem->n_features;
    VARIANT(multiply_out)(problem, rows->loadings, rows->product);
    for (ptrdiff_t j = 0; j < m; j++) {
        const lanes inverse = VARIANT(inverse_or_zero)(rows->product[j]);
        const lanes ratio = rows->values[j] * inverse;
        rows->weights[j] = problem->loss == KULLBACK_LEIBLER ? ratio : ratio * inverse;
    }
    for (ptrdiff_t c = 0; c < problem->n_components; c++) rows->pull[c] = VARIANT(pull_of)(problem, c, rows->weights);
    if (problem->loss == KULLBACK_LEIBLER) return;
    for (ptrdiff_t j = 0; j < m; j++) rows->weights[j] = rows->seen[j] * VARIANT(inverse_or_zero)(rows->product[j]);
    for (ptrdiff_t c = 0; c < problem->n_components; c++) rows->hold[c] = VARIANT(pull_of)(problem, c, rows->weights);
}

/* The loading after one multiplicative update, which never raises the loss. */
static lanes VARIANT(multiplied)(const struct problem *problem, const struct VARIANT(rows) *rows, ptrdiff_t c) {
    const lanes old = rows->loadings[c], pull = rows->pull[c], hold = rows->hold[c] + problem->l1[c];
    lanes divisor = hold, changed;
    if (problem->loss == ITAKURA_SAITO) {
        divisor += problem->l2[c] * old;
        changed = old * VARIANT(root)(pull / divisor);
    } else {
        divisor += VARIANT(root)(hold * hold + 4 * problem->l2[c] * old * pull);
        changed = 2 * old * pull / divisor;
    }
    return VARIANT(keep)(divisor > SPREAD(SMALLEST), changed);
}

/* The weights of the second derivative by the product; `definite` ones are never negative. */
static void VARIANT(weigh)(const struct problem *problem, const struct VARIANT(rows) *rows, int definite) {
    for (ptrdiff_t j = 0; j < problem->n_features; j++) {
        const lanes value = rows->values[j], product = rows->product[j];
        const lanes inverse = VARIANT(inverse_or_zero)(product);
        if (problem->loss == KULLBACK_LEIBLER)
            rows->weights[j] = value * inverse * inverse;
        else if (definite)
            rows->weights[j] = (value + VARIANT(keep)(value > product, value - product)) * inverse * inverse * inverse;
        else
            rows->weights[j] = rows->seen[j] * (2 * value - product) * inverse * inverse * inverse;
    }
}

/* The second derivative by each loading. */
static void VARIANT(find_curvatures)(const struct problem *problem, const struct VARIANT(rows) *rows) {
    for (ptrdiff_t c = 0; c < problem->n_components; c++) {
        const double *component = problem->H + c * problem->n_features;
        lanes sum = SPREAD(problem->l2[c]);
        for (ptrdiff_t j = 0; j < problem->n_features; j++) sum += component[j] * component[j] * rows->weights[j];
        rows->curvatures[c] = sum;
    }
}

/* Factor the second derivatives over the loadings that are not fixed, as L D L', in units that make
 * their diagonal 1: loadings may differ by many orders of magnitude. Where a pivot is all but zero,
 * as along a straight slope, another takes its place, and the loading goes its own way, ten times
 * as far as a Newton step on its own. Returns where it was so. */
static VARIANT(bits) VARIANT(factorise)(const struct problem *problem, const struct VARIANT(rows) *rows) {
    const ptrdiff_t k = problem->n_components, m = problem->n_features;
    VARIANT(bits) is_indefinite = {0};
    for (ptrdiff_t c = 0; c < k; c++) {
        const VARIANT(bits) is_curved = rows->curvatures[c] > SPREAD(SMALLEST);
        rows->units[c] = VARIANT(keep)(is_curved & ~rows->is_fixed[c], 1.0 / VARIANT(root)(rows->curvatures[c]));
        is_indefinite |= ~is_curved & ~rows->is_fixed[c];
    }
    for (ptrdiff_t c = 0; c < k; c++) {
        lanes pivot = SPREAD(1.0);
        for (ptrdiff_t l = 0; l < c; l++) pivot -= rows->factor[c * k + l] * rows->factor[c * k + l] * rows->pivots[l];
        const VARIANT(bits) is_usable = pivot > SPREAD(SMALLEST_PIVOT);
        is_indefinite |= ~is_usable & ~rows->is_fixed[c];
        rows->pivots[c] = VARIANT(where)(is_usable, pivot, SPREAD(OTHER_PIVOT));
        rows->inverse_pivots[c] = 1.0 / rows->pivots[c];
        for (ptrdiff_t i = c + 1; i < k; i++) {
            lanes sum = {0};
            for (ptrdiff_t j = 0; j < m; j++)
                sum += problem->H[c * m + j] * problem->H[i * m + j] * rows->weights[j];
            sum *= rows->units[c] * rows->units[i];
            for (ptrdiff_t l = 0; l < c; l++)
                sum -= rows->factor[i * k + l] * rows->factor[c * k + l] * rows->pivots[l];
            rows->factor[i * k + c] = VARIANT(keep)(is_usable, sum * rows->inverse_pivots[c]);
        }
    }
    return is_indefinite;
}

/* Solve for the step to the minimum of the local quadratic. What is fixed has no unit: it goes to
 * zero. */
static void VARIANT(find_direction)(const struct problem *problem, const struct VARIANT(rows) *rows) {
    const ptrdiff_t k = problem->n_components;
    for (ptrdiff_t c = 0; c < k; c++) {
        lanes sum = -rows->gradient[c] * rows->units[c];
        for (ptrdiff_t l = 0; l < c; l++) sum -= rows->factor[c * k + l] * rows->direction[l];
        rows->direction[c] = sum;
    }
    for (ptrdiff_t c = k - 1; c >= 0; c--) {
        lanes sum = rows->direction[c] * rows->inverse_pivots[c];
        for (ptrdiff_t i = c + 1; i < k; i++) sum -= rows->factor[i * k + c] * rows->direction[i];
        rows->direction[c] = sum;
    }
    for (ptrdiff_t c = 0; c < k; c++) {
        const lanes step = rows->direction[c] * rows->units[c];
        rows->direction[c] = VARIANT(where)(rows->is_fixed[c], -rows->loadings[c], step);
    }
}

/* One step of every row in `moving`; returns which of them have still to go on. */
static VARIANT(bits) VARIANT(step)(const struct problem *problem, const struct VARIANT(rows) *rows,
                                   VARIANT(bits) moving, lanes total) {
    const ptrdiff_t k = problem->n_components;
    const lanes nothing = {0}, now = VARIANT(measure)(problem, rows, rows->loadings);
    const lanes size = VARIANT(where)(now < nothing, -now, now);
    const lanes allowed = now + ROUNDING * VARIANT(where)(size > total, size, total);
    VARIANT(halve)(problem, rows);
    for (ptrdiff_t c = 0; c < k; c++) {
        const lanes loading = rows->loadings[c];
        rows->gradient[c] = rows->hold[c] + problem->l1[c] + problem->l2[c] * loading - rows->pull[c];
    }
    VARIANT(weigh)(problem, rows, 0);
    VARIANT(find_curvatures)(problem, rows);
    /* What a Newton step on its own would bring to zero goes there; the others do not wait for it. */
    for (ptrdiff_t c = 0; c < k; c++) {
        const lanes slope_at_zero = rows->gradient[c] - rows->curvatures[c] * rows->loadings[c];
        rows->is_fixed[c] = (rows->gradient[c] >= nothing) & (slope_at_zero >= nothing);
    }
    const VARIANT(bits) is_indefinite = VARIANT(factorise)(problem, rows);
    VARIANT(find_direction)(problem, rows);
    if (problem->loss == ITAKURA_SAITO && VARIANT(any)(is_indefinite & moving)) {
        for (ptrdiff_t c = 0; c < k; c++) rows->trial[c] = rows->direction[c];
        VARIANT(weigh)(problem, rows, 1);
        VARIANT(find_curvatures)(problem, rows);
        VARIANT(factorise)(problem, rows);
        VARIANT(find_direction)(problem, rows);
        for (ptrdiff_t c = 0; c < k; c++)
            rows->direction[c] = VARIANT(where)(is_indefinite, rows->direction[c], rows->trial[c]);
    }
    VARIANT(bits) pending = moving;
    for (int halving = 0; halving < HALVINGS && VARIANT(any)(pending); halving++) {
        const double part = ldexp(1.0, -halving);
        for (ptrdiff_t c = 0; c < k; c++) {
            const lanes goal = rows->loadings[c] + part * rows->direction[c];
            rows->trial[c] = VARIANT(keep)(goal > nothing, goal);
        }
        const VARIANT(bits) is_allowed = pending & (VARIANT(measure)(problem, rows, rows->trial) <= allowed);
        for (ptrdiff_t c = 0; c < k; c++) rows->next[c] = VARIANT(where)(is_allowed, rows->trial[c], rows->next[c]);
        pending &= ~is_allowed;
    }
    lanes change = nothing;
    VARIANT(bits) is_growing = {0}; /* from next to nothing, to something that will matter */
    for (ptrdiff_t c = 0; c < k; c++) {
        const lanes old = rows->loadings[c];
        lanes changed = VARIANT(where)(pending, VARIANT(multiplied)(problem, rows, c), rows->next[c]);
        changed = VARIANT(where)(moving, changed, old);
        rows->loadings[c] = changed;
        const lanes distance = VARIANT(where)(changed > old, changed - old, old - changed);
        change = VARIANT(where)(distance > change, distance, change);
        is_growing |= changed > 1.5 * old;
    }
    return moving & ((change > STILL * total) | is_growing);
}

static void VARIANT(load_rows)(const struct problem *problem, const struct VARIANT(rows) *rows, ptrdiff_t first,
                               ptrdiff_t n_rows) {
    const ptrdiff_t m = problem->n_features;
    for (ptrdiff_t j = 0; j < m; j++) {
        lanes values = {0}, seen = {0};
        for (ptrdiff_t r = 0; r < n_rows; r++) {
            values[r] = problem->values[(first + r) * m + j];
            seen[r] = problem->seen == NULL ? 1 : problem->seen[(first + r) * m + j];
        }
        rows->values[j] = values;
        rows->seen[j] = seen;
    }
    for (ptrdiff_t c = 0; c < problem->n_components; c++) rows->hold[c] = VARIANT(pull_of)(problem, c, rows->seen);
}

static void VARIANT(solve_rows)(const struct problem *problem, const struct VARIANT(rows) *rows) {
    const ptrdiff_t k = problem->n_components;
    const lanes nothing = {0};
    lanes total = nothing;
    for (ptrdiff_t j = 0; j < problem->n_features; j++) total += rows->values[j];
    VARIANT(bits) moving = total > nothing;
    for (ptrdiff_t c = 0; c < k; c++) rows->loadings[c] = VARIANT(keep)(rows->hold[c] > nothing, total / (double)k);
    for (int update = 0; update < MULTIPLICATIONS; update++) {
        VARIANT(halve)(problem, rows);
        for (ptrdiff_t c = 0; c < k; c++) rows->trial[c] = VARIANT(multiplied)(problem, rows, c);
        for (ptrdiff_t c = 0; c < k; c++) rows->loadings[c] = rows->trial[c];
    }
    for (int step = 0; step < NEWTON_STEPS && VARIANT(any)(moving); step++)
        moving = VARIANT(step)(problem, rows, moving, total);
}

static int VARIANT(solve)(const struct problem *problem) {
    const size_t k = (size_t)problem->n_components, m = (size_t)problem->n_features;
    char *scratch = malloc((4 * m + 12 * k + k * k + 1) * sizeof(lanes));
    if (scratch == NULL) return -1;
    const size_t astray = (uintptr_t)scratch % sizeof(lanes);
    lanes *next = (lanes *)(scratch + (astray == 0 ? 0 : sizeof(lanes) - astray));
    struct VARIANT(rows) rows;
    rows.values = next, next += m;
    rows.seen = next, next += m;
    rows.product = next, next += m;
    rows.weights = next, next += m;
    rows.loadings = next, next += k;
    rows.trial = next, next += k;
    rows.next = next, next += k;
    rows.gradient = next, next += k;
    rows.pull = next, next += k;
    rows.hold = next, next += k;
    rows.direction = next, next += k;
    rows.curvatures = next, next += k;
    rows.units = next, next += k;
    rows.inverse_pivots = next, next += k;
    rows.pivots = next, next += k;
    rows.is_fixed = (VARIANT(bits) *)next, next += k;
    rows.factor = next;
    for (ptrdiff_t first = 0; first < problem->n_rows; first += LANES) {
        const ptrdiff_t left = problem->n_rows - first, n_rows = left < LANES ? left : LANES;
        VARIANT(load_rows)(problem, &rows, first, n_rows);
        VARIANT(solve_rows)(problem, &rows);
        for (ptrdiff_t c = 0; c < problem->n_components; c++)
            for (ptrdiff_t r = 0; r < n_rows; r++)
                problem->loadings[c * problem->n_rows + first + r] = rows.loadings[c][r];
    }
    free(scratch);
    return 0;
}
