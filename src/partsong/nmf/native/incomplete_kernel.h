/* One pass over rows with missing entries: exact non-negative loadings, the loss and its slope.
 *
 * A row that was not observed in full has a Gram matrix of its own: the products of the components
 * over the features that were. So there is one small system for each row, and lanes are rows: as
 * many as one register holds are solved side by side, without a branch. Rows exchange components
 * that were wrong and solve again: block principal pivoting with the backup rule of Kim and Park,
 * "Fast nonnegative matrix factorization: an active-set-like method and comparisons", SIAM J. Sci.
 * Comput. 33 (2011). Rows that are done step aside, and the others close ranks.
 *
 * The slope of the loss is the partial one, as the loadings are the best (variable projection).
 */

typedef int64_t VARIANT(truth) __attribute__((vector_size(LANES * 8))); /* all bits or none */

static inline int VARIANT(any)(VARIANT(truth) condition) { return VARIANT(negative_lanes)(WHERE(condition, SPREAD(-1.0))) != 0; }

/* Lay rows out by feature: what was observed, and 1 or 0 for whether it was. */
static void VARIANT(read_rows)(const struct problem *p, struct block *b, const struct request *q, long first, long n) {
    const int m = p->m;
    if (n < BLOCK) {
        memset(b->values, 0, (size_t)m * BLOCK * sizeof(double));
        memset(b->seen, 0, (size_t)m * BLOCK * sizeof(double));
        memset(b->weights, 0, sizeof b->weights);
    }
    for (long r = 0; r < n; r++) {
        if (q->itemsize == 8) {
            const double *source = (const double *)q->x + (first + r) * m;
            for (int f = 0; f < m; f++) b->values[f * BLOCK + r] = source[f];
        } else {
            const float *source = (const float *)q->x + (first + r) * m;
            for (int f = 0; f < m; f++) b->values[f * BLOCK + r] = source[f];
        }
        b->weights[r] = q->weights == NULL ? 1 : q->weights[first + r];
    }
    for (int f = 0; f < m; f++)
        for (long r = 0; r < n; r += LANES) {
            double *place = b->values + f * BLOCK + r;
            const lanes value = LOAD(place);
            const VARIANT(truth) seen = value == value;
            STORE(place, WHERE(seen, value));
            if (r + LANES <= n)
                STORE(b->seen + f * BLOCK + r, WHERE(seen, SPREAD(1.0)));
            else
                for (long lane = r; lane < n; lane++) b->seen[f * BLOCK + lane] = seen[lane - r] ? 1 : 0;
        }
}

/* Set up the system of every row: its Gram matrix, what pulls its loadings, and its size. */
static inline __attribute__((always_inline)) void VARIANT(set_up_systems)(const struct problem *p, struct block *b, long n, const int k) {
    const int m = p->m, n_pairs = PAIRS(k);
    for (long at = 0; at < n; at += LANES) {
        lanes squares = SPREAD(0.0);
        for (int f = 0; f < m; f++) squares += LOAD(b->values + f * BLOCK + at) * LOAD(b->values + f * BLOCK + at);
        STORE(b->squares + at, squares);
        for (int c = 0; c < k; c++) {
            lanes pull = SPREAD(-p->price[c]);
            for (int f = 0; f < m; f++) pull += LOAD(b->values + f * BLOCK + at) * SPREAD(p->components[c * m + f]);
            STORE(b->pulls + c * BLOCK + at, pull);
        }
        for (int pair = 0; pair < n_pairs; pair += ACCUMULATORS) {
            lanes sum[ACCUMULATORS];
            for (int i = 0; i < ACCUMULATORS; i++) sum[i] = SPREAD(0.0);
            for (int f = 0; f < m; f++) {
                const lanes seen = LOAD(b->seen + f * BLOCK + at);
                for (int i = 0; i < ACCUMULATORS; i++) sum[i] += seen * SPREAD(p->pairs[f * p->pair_width + pair + i]);
            }
            for (int i = 0; i < ACCUMULATORS; i++) STORE(b->gram + (pair + i) * BLOCK + at, sum[i]);
        }
        for (int c = 0; c < k; c++) { /* a component that cannot be seen gets nothing */
            double *place = b->gram + PAIR(c, c) * BLOCK + at;
            const lanes curvature = LOAD(place) + SPREAD(p->hidden[c]);
            STORE(place, curvature + WHERE(curvature < SPREAD(DBL_MIN), SPREAD(1.0)));
        }
    }
}

/* Solve a few rows for the components they use, and exchange what is wrong; mark those that are done. */
static inline __attribute__((always_inline)) void VARIANT(try_patterns)(struct block *b, long at, const int k) {
    lanes left[MOST_PAIRS], inverse[MOST_COMPONENTS], used[MOST_COMPONENTS], right[MOST_COMPONENTS], w[MOST_COMPONENTS];
    VARIANT(truth) loose = {0}, inaccurate = {0};
    for (int pair = 0; pair < PAIRS(k); pair++) left[pair] = LOAD(b->gram + pair * BLOCK + at);
    for (int j = 0; j < k; j++) { /* eliminate; what is not used has no effect, as its inverse is zero */
        const lanes pivot = left[PAIR(j, j)], curvature = LOAD(b->gram + PAIR(j, j) * BLOCK + at);
        used[j] = LOAD(b->used + j * BLOCK + at);
        loose |= (pivot < SPREAD(DETERMINED) * curvature) & (used[j] > SPREAD(0.5));
        inaccurate |= (pivot < SPREAD(ACCURATE) * curvature) & (used[j] > SPREAD(0.5));
        inverse[j] = used[j] / (VARIANT(at_least_zero)(pivot) + SPREAD(DBL_MIN));
        for (int i = j + 1; i < k; i++) {
            const lanes share = left[PAIR(i, j)] * inverse[j];
            for (int h = j + 1; h <= i; h++) left[PAIR(i, h)] -= share * left[PAIR(h, j)];
        }
        right[j] = LOAD(b->pulls + j * BLOCK + at);
        w[j] = SPREAD(0.0);
    }
    for (int step = 0;; step++) { /* right: what the loadings leave over, at first everything */
        lanes change[MOST_COMPONENTS];
        for (int j = 0; j < k; j++)
            for (int i = j + 1; i < k; i++) right[i] -= left[PAIR(i, j)] * inverse[j] * right[j];
        for (int j = k - 1; j >= 0; j--) {
            change[j] = right[j];
            for (int i = j + 1; i < k; i++) change[j] -= left[PAIR(i, j)] * change[i];
            change[j] *= inverse[j];
            w[j] += change[j];
        }
        for (int c = 0; c < k; c++) {
            right[c] = LOAD(b->pulls + c * BLOCK + at);
            for (int j = 0; j < k; j++) right[c] -= LOAD(b->gram + PAIR(c > j ? c : j, c > j ? j : c) * BLOCK + at) * w[j];
        }
        if (step == 1 || !VARIANT(any)(inaccurate)) break;
    }
    const lanes limit = SPREAD(TOLERANCE * TOLERANCE) * LOAD(b->squares + at);
    VARIANT(truth) wrong[MOST_COMPONENTS];
    lanes n_wrong = SPREAD(0.0);
    for (int c = 0; c < k; c++) { /* used ones must not be negative, the others not be worth using */
        const lanes curvature = LOAD(b->gram + PAIR(c, c) * BLOCK + at);
        const lanes fault = VARIANT(at_least_zero)(right[c] - used[c] * (right[c] + w[c] * curvature));
        wrong[c] = (fault * fault > limit * curvature) & ~loose;
        n_wrong += WHERE(wrong[c], SPREAD(1.0));
    }
    /* Exchange all that is wrong as long as that makes progress, else only the last of it, which
     * ends for sure. */
    const lanes fewest = LOAD(b->fewest + at), tries = LOAD(b->tries + at);
    const VARIANT(truth) better = n_wrong < fewest, all = better | (tries > SPREAD(0.5));
    VARIANT(truth) taken = {0};
    for (int c = k - 1; c >= 0; c--) {
        const VARIANT(truth) flip = wrong[c] & (all | ~taken);
        taken |= wrong[c];
        STORE(b->used + c * BLOCK + at, (lanes)((VARIANT(truth))used[c] ^ (flip & (VARIANT(truth))SPREAD(1.0))));
        STORE(b->solved + c * BLOCK + at, VARIANT(at_least_zero)(w[c]));
        /* Where the loadings are not determined, the shortest are wanted. */
        double *place = b->gram + PAIR(c, c) * BLOCK + at;
        STORE(place, LOAD(place) * (SPREAD(1.0) + WHERE(loose, SPREAD(TIE_BREAK))));
    }
    STORE(b->tries + at, WHERE(better, SPREAD((double)FULL_EXCHANGES)) + WHERE(~better, VARIANT(at_least_zero)(tries - SPREAD(1.0))));
    STORE(b->fewest + at, WHERE(better & ~loose, n_wrong) + WHERE(~better | loose, fewest));
    STORE(b->undone + at, n_wrong + WHERE(loose, SPREAD(1.0)));
}

/* Find the best loadings of every row of the block. */
static inline __attribute__((always_inline)) void VARIANT(solve_rows)(struct block *b, const struct request *q, long first, long n, const int k) {
    int rows[BLOCK]; /* which rows are not done, and where they stand */
    for (int r = 0; r < BLOCK; r++) {
        const unsigned pattern = r < n ? q->patterns[first + r] : 0;
        for (int c = 0; c < k; c++) b->used[c * BLOCK + r] = pattern >> c & 1;
        b->fewest[r] = k + 1;
        b->tries[r] = FULL_EXCHANGES;
        rows[r] = r;
    }
    long n_active = n;
    for (int round = 0; n_active > 0; round++) {
        int places[BLOCK];
        long n_left = 0;
        if (round == MOST_ROUNDS)
            for (long a = 0; a < n_active; a++) settle_by_coordinates(b, a, k);
        else
            for (long at = 0; at < n_active; at += LANES) VARIANT(try_patterns)(b, at, k);
        for (long a = 0; a < n_active; a++) {
            const int r = rows[a];
            if (b->undone[a] > 0.5) {
                rows[n_left] = r;
                places[n_left++] = (int)a;
                continue;
            }
            unsigned pattern = 0;
            for (int c = 0; c < k; c++) {
                b->loadings[c * BLOCK + r] = b->solved[c * BLOCK + a];
                pattern |= (unsigned)b->used[c * BLOCK + a] << c;
            }
            q->patterns[first + r] = (uint16_t)pattern;
        }
        if (n_left < n_active) close_ranks(b, places, n_left, k);
        n_active = n_left;
    }
}

/* Add what the rows leave unexplained to the loss, and to its slope for the components. */
static inline __attribute__((always_inline)) void VARIANT(add_up)(const struct problem *p, struct block *b, struct request *q, long n, const int k) {
    const int m = p->m;
    lanes loss = SPREAD(0.0), cost = SPREAD(0.0);
    for (long at = 0; at < n; at += LANES)
        for (int c = 0; c < k; c++) {
            const lanes w = LOAD(b->loadings + c * BLOCK + at);
            cost += LOAD(b->weights + at) * w * (SPREAD(p->price[c]) + SPREAD(p->ridge[c] / 2) * w);
        }
    for (int f = 0; f < m; f++) {
        lanes slope[MOST_COMPONENTS], squares[MOST_COMPONENTS];
        for (int c = 0; c < k; c++) slope[c] = squares[c] = SPREAD(0.0);
        for (long at = 0; at < n; at += LANES) {
            const lanes seen = LOAD(b->seen + f * BLOCK + at), weight = LOAD(b->weights + at);
            lanes over = -LOAD(b->values + f * BLOCK + at);
            for (int c = 0; c < k; c++) over += LOAD(b->loadings + c * BLOCK + at) * SPREAD(p->components[c * m + f]);
            const lanes counted = over * seen * weight, price = (SPREAD(1.0) - seen) * weight;
            loss += SPREAD(0.5) * over * counted;
            for (int c = 0; c < k; c++) {
                const lanes w = LOAD(b->loadings + c * BLOCK + at);
                slope[c] += w * counted;
                squares[c] += w * price * w;
            }
        }
        for (int c = 0; c < k; c++) {
            const lanes hidden = SPREAD(p->unseen[f] * p->components[c * m + f]) * squares[c];
            cost += SPREAD(p->components[c * m + f] / 2) * hidden;
            for (int lane = 0; lane < LANES; lane++) q->gradient[c * m + f] += slope[c][lane] + hidden[lane];
        }
    }
    for (int lane = 0; lane < LANES; lane++) q->loss += loss[lane], q->cost += cost[lane];
}

/* Add the products of the loadings of each row to the sums of the features that were observed. */
static inline __attribute__((always_inline)) void VARIANT(add_products)(const struct problem *p, struct block *b, const struct request *q, long n, const int k) {
    double *products = b->gram; /* of rows that are all done */
    for (int i = 0; i < k; i++)
        for (int j = 0; j <= i; j++)
            for (long at = 0; at < n; at += LANES)
                STORE(products + PAIR(i, j) * BLOCK + at, LOAD(b->weights + at) * LOAD(b->loadings + i * BLOCK + at) * LOAD(b->loadings + j * BLOCK + at));
    for (int f = 0; f < p->m; f++)
        for (int pair = 0; pair < PAIRS(k); pair++) {
            lanes sum = SPREAD(0.0);
            for (long at = 0; at < n; at += LANES) sum += LOAD(products + pair * BLOCK + at) * LOAD(b->seen + f * BLOCK + at);
            for (int lane = 0; lane < LANES; lane++) q->products[f * PAIRS(k) + pair] += sum[lane];
        }
}

static void VARIANT(write_loadings)(const struct problem *p, const struct block *b, const struct request *q, long first, long n) {
    const int k = p->k;
    for (long r = 0; r < n; r++)
        for (int c = 0; c < k; c++) {
            const double w = b->loadings[c * BLOCK + r] * p->scale[c];
            if (q->itemsize == 8)
                ((double *)q->loadings)[(first + r) * k + c] = w;
            else
                ((float *)q->loadings)[(first + r) * k + c] = (float)w;
        }
}

static inline __attribute__((always_inline)) void VARIANT(pass_rows)(const struct problem *p, struct block *b, struct request *q, const int k) {
    for (long first = 0; first < q->n; first += BLOCK) {
        const long n = q->n - first < BLOCK ? q->n - first : BLOCK;
        VARIANT(read_rows)(p, b, q, first, n);
        VARIANT(set_up_systems)(p, b, n, k);
        VARIANT(solve_rows)(b, q, first, n, k);
        if (q->gradient != NULL) VARIANT(add_up)(p, b, q, n, k);
        if (q->products != NULL) VARIANT(add_products)(p, b, q, n, k);
        if (q->loadings != NULL) VARIANT(write_loadings)(p, b, q, first, n);
    }
}

static void VARIANT(pass)(const struct problem *p, struct block *b, struct request *q) {
    switch (p->k) { /* with a constant number of components the compiler unrolls the eliminations */
#define CASE(K) case K: VARIANT(pass_rows)(p, b, q, K); break;
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
        default: VARIANT(pass_rows)(p, b, q, p->k);
    }
}
