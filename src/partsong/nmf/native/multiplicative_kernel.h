/* Multiplicative updates of loadings and the sums that the components need, in one visit to a row.
 *
 * Rows are taken in tiles of ROWS, turned so that one feature, or one component, of all rows of
 * the tile lies side by side: entry (i, r) of such an array stands at i * ROWS + r. So every step
 * does the same to eight rows at once, and a row that is read once serves the update, the loss
 * and the sums.
 */

#include "elementary_kernel.h"

/* out(i, r) = sum over l of matrix[i * out_step + l * in_step] * in(l, r). Four rows of `out` at a
 * time, so that each number of `in` that is read is used four times. */
static void VARIANT(mix)(const double *matrix, ptrdiff_t out_step, ptrdiff_t in_step, ptrdiff_t n_out, ptrdiff_t n_in,
                         const double *in, double *out) {
    ptrdiff_t i = 0;
    for (; i + 4 <= n_out; i += 4)
        for (ptrdiff_t r = 0; r < ROWS; r += LANES) {
            lanes sum0 = {0}, sum1 = {0}, sum2 = {0}, sum3 = {0};
            const double *weight = matrix + i * out_step;
            for (ptrdiff_t l = 0; l < n_in; l++, weight += in_step) {
                const lanes number = LOAD(in + l * ROWS + r);
                sum0 += weight[0] * number;
                sum1 += weight[out_step] * number;
                sum2 += weight[2 * out_step] * number;
                sum3 += weight[3 * out_step] * number;
            }
            STORE(out + i * ROWS + r, sum0);
            STORE(out + (i + 1) * ROWS + r, sum1);
            STORE(out + (i + 2) * ROWS + r, sum2);
            STORE(out + (i + 3) * ROWS + r, sum3);
        }
    for (; i < n_out; i++)
        for (ptrdiff_t r = 0; r < ROWS; r += LANES) {
            lanes sum = {0};
            for (ptrdiff_t l = 0; l < n_in; l++)
                sum += matrix[i * out_step + l * in_step] * LOAD(in + l * ROWS + r);
            STORE(out + i * ROWS + r, sum);
        }
}

/* sums(c, j) += weighted(c, r) * in(j, r), kept as LANES partial sums. */
static void VARIANT(accumulate)(const double *weighted, ptrdiff_t n_components, const double *in, ptrdiff_t n_in,
                                double *sums) {
    for (ptrdiff_t c = 0; c < n_components; c++)
        for (ptrdiff_t j = 0; j < n_in; j++) {
            lanes sum = LOAD(sums + (c * n_in + j) * LANES);
            for (ptrdiff_t r = 0; r < ROWS; r += LANES)
                sum += LOAD(weighted + c * ROWS + r) * LOAD(in + j * ROWS + r);
            STORE(sums + (c * n_in + j) * LANES, sum);
        }
}

/* What pulls the loadings up and what holds them down, apart from H: the two halves of the
 * derivative by the product. `up` holds the product when this is called. */
static void VARIANT(halve)(const struct problem *problem, const struct tile *tile) {
    for (ptrdiff_t at = 0; at < problem->n_features * ROWS; at += LANES) {
        lanes inverse = VARIANT(inverse_or_zero)(LOAD(tile->up + at));
        lanes up = LOAD(tile->values + at) * inverse;
        if (problem->loss == ITAKURA_SAITO) {
            up *= inverse;
            if (problem->seen != NULL) inverse *= LOAD(tile->seen + at);
            STORE(tile->down + at, inverse);
        }
        STORE(tile->up + at, up);
    }
}

/* The same, and the loss of each row. */
static void VARIANT(halve_and_measure)(const struct problem *problem, const struct tile *tile) {
    const lanes nothing = {0};
    for (ptrdiff_t r = 0; r < ROWS; r += LANES) {
        lanes loss = nothing, unreached = nothing; /* values where the product is zero */
        for (ptrdiff_t at = r; at < problem->n_features * ROWS; at += ROWS) {
            const lanes product = LOAD(tile->up + at), value = LOAD(tile->values + at);
            const lanes seen = problem->seen == NULL ? SPREAD(1.0) : LOAD(tile->seen + at);
            const lanes inverse = VARIANT(inverse_or_zero)(product), ratio = value * inverse;
            const lanes log_ratio = VARIANT(logarithm)(ratio);
            unreached += VARIANT(keep)(inverse == nothing, value);
            if (problem->loss == KULLBACK_LEIBLER) {
                loss += value * log_ratio - value + seen * product;
                STORE(tile->up + at, ratio);
            } else {
                loss += VARIANT(keep)(value > nothing, ratio - log_ratio - 1.0);
                STORE(tile->up + at, ratio * inverse);
                STORE(tile->down + at, inverse * seen);
            }
        }
        STORE(tile->loss + r, VARIANT(where)(unreached > nothing, SPREAD(INFINITY), loss));
    }
}

/* Multiply the loadings once. Under Kullback-Leibler this is the minimum of Lee and Seung's
 * auxiliary function with both penalties, under Itakura-Saito the update of Fevotte and Idier
 * (2011, equation 4.4) with the slope of the penalties in its denominator. */
static void VARIANT(multiply)(const struct problem *problem, const struct tile *tile) {
    const ptrdiff_t k = problem->n_components, m = problem->n_features;
    VARIANT(mix)(problem->H, 1, m, m, k, tile->loadings, tile->up);
    VARIANT(halve)(problem, tile);
    VARIANT(mix)(problem->H, m, 1, k, m, tile->up, tile->pull);
    if (problem->loss == ITAKURA_SAITO) VARIANT(mix)(problem->H, m, 1, k, m, tile->down, tile->hold);
    for (ptrdiff_t at = 0; at < k * ROWS; at += LANES) {
        const lanes old = LOAD(tile->loadings + at), pull = LOAD(tile->pull + at);
        const lanes hold = LOAD(tile->hold + at) + problem->l1;
        lanes divisor = hold, changed;
        if (problem->loss == ITAKURA_SAITO) {
            divisor += problem->l2 * old;
            changed = old * VARIANT(root)(pull / divisor);
        } else if (problem->l2 > 0) {
            divisor += VARIANT(root)(hold * hold + 4 * problem->l2 * old * pull);
            changed = 2 * old * pull / divisor;
        } else {
            changed = old * pull / divisor;
        }
        changed = VARIANT(where)(divisor > SPREAD(SMALLEST), changed, old);
        STORE(tile->loadings + at, VARIANT(keep)(changed >= SPREAD(VANISHED), changed));
    }
}

#if LANES == 8
#define MERGE_FIRST(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define MERGE_LAST(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#elif LANES == 4
#define MERGE_FIRST(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define MERGE_LAST(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#else
#define MERGE_FIRST(a, b) __builtin_shufflevector(a, b, 0, 2)
#define MERGE_LAST(a, b) __builtin_shufflevector(a, b, 1, 3)
#endif

/* Turn LANES rows of LANES numbers: merging each row of the first half with that of the second,
 * number by number, as often as LANES can be halved, leaves columns where there were rows. */
static inline void VARIANT(turn_square)(const double *rows, ptrdiff_t row_length, double *columns) {
    lanes old[LANES], turned[LANES];
    for (int i = 0; i < LANES; i++) turned[i] = LOAD(rows + i * row_length);
    for (int halves = LANES; halves > 1; halves /= 2) {
        for (int i = 0; i < LANES; i++) old[i] = turned[i];
        for (int i = 0; i < LANES / 2; i++) {
            turned[2 * i] = MERGE_FIRST(old[i], old[i + LANES / 2]);
            turned[2 * i + 1] = MERGE_LAST(old[i], old[i + LANES / 2]);
        }
    }
    for (int i = 0; i < LANES; i++) STORE(columns + i * ROWS, turned[i]);
}

#undef MERGE_FIRST
#undef MERGE_LAST

/* Turn n_rows rows into columns of ROWS numbers; rows that are not there become zero, which
 * changes nothing. */
static void VARIANT(turn)(const double *rows, ptrdiff_t n_rows, ptrdiff_t row_length, double *columns) {
    if (n_rows == ROWS && row_length >= LANES) {
        for (ptrdiff_t r = 0; r < ROWS; r += LANES)
            for (ptrdiff_t j = 0; j < row_length; j += LANES) {
                const ptrdiff_t column = j + LANES <= row_length ? j : row_length - LANES; /* the last ones again */
                VARIANT(turn_square)(rows + r * row_length + column, row_length, columns + column * ROWS + r);
            }
        return;
    }
    for (ptrdiff_t j = 0; j < row_length; j++)
        for (ptrdiff_t r = 0; r < ROWS; r++) columns[j * ROWS + r] = r < n_rows ? rows[r * row_length + j] : 0;
}

static void VARIANT(load_tile)(const struct problem *problem, const struct tile *tile, ptrdiff_t first,
                               ptrdiff_t n_rows) {
    const ptrdiff_t k = problem->n_components, m = problem->n_features;
    VARIANT(turn)(problem->values + first * m, n_rows, m, tile->values);
    if (problem->seen != NULL) VARIANT(turn)(problem->seen + first * m, n_rows, m, tile->seen);
    for (ptrdiff_t c = 0; c < k; c++) {
        memcpy(tile->loadings + c * ROWS, problem->loadings + c * problem->n_rows + first, n_rows * sizeof(double));
        for (ptrdiff_t r = n_rows; r < ROWS; r++) tile->loadings[c * ROWS + r] = 0;
    }
    if (problem->loss == KULLBACK_LEIBLER && problem->seen != NULL)
        VARIANT(mix)(problem->H, m, 1, k, m, tile->seen, tile->hold);
}

/* Add the tile to the sums and return its loss. */
static double VARIANT(summarise_tile)(const struct problem *problem, const struct tile *tile, ptrdiff_t first,
                                      ptrdiff_t n_rows) {
    const ptrdiff_t k = problem->n_components, m = problem->n_features;
    VARIANT(mix)(problem->H, 1, m, m, k, tile->loadings, tile->up);
    VARIANT(halve_and_measure)(problem, tile);
    double loss = 0;
    for (ptrdiff_t r = 0; r < n_rows; r++) {
        const double weight = problem->weights == NULL ? 1 : problem->weights[first + r];
        if (weight > 0) loss += weight * tile->loss[r];
    }
    if (problem->weights != NULL)
        for (ptrdiff_t c = 0; c < k; c++)
            for (ptrdiff_t r = 0; r < n_rows; r++) tile->loadings[c * ROWS + r] *= problem->weights[first + r];
    VARIANT(accumulate)(tile->loadings, k, tile->up, m, tile->numerator);
    if (problem->loss == ITAKURA_SAITO)
        VARIANT(accumulate)(tile->loadings, k, tile->down, m, tile->denominator);
    else if (problem->seen != NULL)
        VARIANT(accumulate)(tile->loadings, k, tile->seen, m, tile->denominator);
    else
        VARIANT(accumulate)(tile->loadings, k, tile->ones, 1, tile->denominator);
    return loss;
}

static void VARIANT(add_partial_sums)(const double *partial, ptrdiff_t n, double *sums) {
    for (ptrdiff_t i = 0; i < n; i++) {
        sums[i] = 0;
        for (int lane = 0; lane < LANES; lane++) sums[i] += partial[i * LANES + lane];
    }
}

/* Go over all rows: multiply their loadings `n_updates` times, then add them to the sums. */
static double VARIANT(visit)(const struct problem *problem, const struct tile *tile) {
    const ptrdiff_t k = problem->n_components, m = problem->n_features;
    double loss = 0;
    if (problem->loss == KULLBACK_LEIBLER && problem->seen == NULL) /* the same for all rows */
        for (ptrdiff_t c = 0; c < k; c++)
            for (ptrdiff_t r = 0; r < ROWS; r++) tile->hold[c * ROWS + r] = problem->totals[c];
    for (ptrdiff_t first = 0; first < problem->n_rows; first += ROWS) {
        const ptrdiff_t left = problem->n_rows - first, n_rows = left < ROWS ? left : ROWS;
        VARIANT(load_tile)(problem, tile, first, n_rows);
        for (ptrdiff_t update = 0; update < problem->n_updates; update++) VARIANT(multiply)(problem, tile);
        for (ptrdiff_t c = 0; c < problem->n_components; c++)
            memcpy(problem->loadings + c * problem->n_rows + first, tile->loadings + c * ROWS, n_rows * sizeof(double));
        if (problem->sums_wanted) loss += VARIANT(summarise_tile)(problem, tile, first, n_rows);
    }
    if (problem->sums_wanted) {
        VARIANT(add_partial_sums)(tile->numerator, k * m, problem->numerator);
        VARIANT(add_partial_sums)(tile->denominator, denominator_length(problem), problem->denominator);
    }
    return loss;
}
