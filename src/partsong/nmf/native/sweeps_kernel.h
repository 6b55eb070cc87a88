/* Sweeps of hierarchical alternating least squares over a factor, by tiles of columns.
 *
 * Every column f of the factor minimises f'Gf/2 - b'f with the same small matrix G, so columns do
 * not depend on each other: lanes are columns. A tile is copied aside, swept as often as asked for
 * while it sits in the first-level cache, and copied back. Cichocki and Phan, "Fast local
 * algorithms for large scale nonnegative matrix and tensor factorizations", IEICE Transactions
 * E92-A (2009), algorithm 2.
 */

/* Copy up to WIDTH columns into a tile, a row of the factor after the other; the rest is zero. */
static void VARIANT(read_tile)(double *tile, const double *source, const struct layout *l, ptrdiff_t n_columns) {
    if (n_columns < WIDTH) memset(tile, 0, (size_t)(l->k * WIDTH) * sizeof(double));
    if (l->to_next_column == 1)
        for (ptrdiff_t row = 0; row < l->k; row++) memcpy(tile + row * WIDTH, source + row * l->to_next_row, (size_t)n_columns * sizeof(double));
    else
        for (ptrdiff_t c = 0; c < n_columns; c++)
            for (ptrdiff_t row = 0; row < l->k; row++) tile[row * WIDTH + c] = source[row + c * l->to_next_column];
}

static void VARIANT(write_tile)(const double *tile, double *target, const struct layout *l, ptrdiff_t n_columns) {
    if (l->to_next_column == 1)
        for (ptrdiff_t row = 0; row < l->k; row++) memcpy(target + row * l->to_next_row, tile + row * WIDTH, (size_t)n_columns * sizeof(double));
    else
        for (ptrdiff_t c = 0; c < n_columns; c++)
            for (ptrdiff_t row = 0; row < l->k; row++) target[row + c * l->to_next_column] = tile[row * WIDTH + c];
}

/* Minimise over one row after the other, never below zero. */
static void VARIANT(sweep_tile)(double *factor, const double *numerator, const double *gram, const double *inverse, ptrdiff_t k, ptrdiff_t n_sweeps) {
    for (ptrdiff_t sweep = 0; sweep < n_sweeps; sweep++)
        for (ptrdiff_t row = 0; row < k; row++) {
            lanes slope[WIDTH / LANES];
            for (int v = 0; v < WIDTH / LANES; v++) slope[v] = LOAD(numerator + row * WIDTH + v * LANES);
            for (ptrdiff_t j = 0; j < k; j++) {
                const lanes coupling = SPREAD(gram[row * k + j]);
                for (int v = 0; v < WIDTH / LANES; v++) slope[v] -= coupling * LOAD(factor + j * WIDTH + v * LANES);
            }
            for (int v = 0; v < WIDTH / LANES; v++) {
                const lanes best = LOAD(factor + row * WIDTH + v * LANES) + SPREAD(inverse[row]) * slope[v];
                STORE(factor + row * WIDTH + v * LANES, VARIANT(at_least_zero)(best));
            }
        }
}

static void VARIANT(sweep_columns)(double *factor, const double *numerator, const struct layout *l, const struct quadratic *q, double *room) {
    double *tile = room, *pull = room + l->k * WIDTH;
    for (ptrdiff_t first = l->first; first < l->last; first += WIDTH) {
        const ptrdiff_t n = l->last - first < WIDTH ? l->last - first : WIDTH, offset = first * l->to_next_column;
        VARIANT(read_tile)(tile, factor + offset, l, n);
        VARIANT(read_tile)(pull, numerator + offset, l, n);
        VARIANT(sweep_tile)(tile, pull, q->gram, q->inverse, l->k, q->n_sweeps);
        VARIANT(write_tile)(tile, factor + offset, l, n);
    }
}
