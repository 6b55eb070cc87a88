/* One pass over rows: the exact non-negative loadings of each, and a Gram matrix per pattern.
 *
 * For fixed components the best loadings of a row are linear in the row once it is known which
 * components it uses, its pattern. So a table with one inverse per pattern answers every row with
 * two small products, and one comparison tells whether the pattern was right. Wrong ones exchange
 * components and try again: block principal pivoting with the backup rule of Kim and Park, "Fast
 * nonnegative matrix factorization: an active-set-like method and comparisons", SIAM J. Sci.
 * Comput. 33 (2011).
 *
 * Lanes are components, `vectors` registers of them. Rows are taken a small block at a time, and every step
 * goes over the whole block before the next, so that the processor works on many rows at once and
 * seldom has to guess a branch.
 */

/* Copy rows into the block in double precision, padded with zeros (after the 1 of `constant`). */
static void VARIANT(read_rows)(const struct tables *t, struct block *b, const char *x, int itemsize, const double *weights, long n) {
    const int m = t->m, stride = t->row_width;
    for (long r = 0; r < n; r++) {
        double *row = b->rows + r * stride;
        if (itemsize == 8 && m >= LANES) {
            /* Whole registers; the last one ends with the row and overlaps the one before. */
            const double *source = (const double *)x + r * m;
            for (int f = 0; f < m - LANES; f += LANES) STORE(row + f, LOAD(source + f));
            STORE(row + m - LANES, LOAD(source + m - LANES));
        } else if (itemsize == 8) {
            const double *source = (const double *)x + r * m;
            for (int f = 0; f < m; f++) row[f] = source[f];
        } else {
            const float *source = (const float *)x + r * m;
            for (int f = 0; f < m; f++) row[f] = source[f];
        }
        if (t->constant) row[m] = 1;
        b->weights[r] = weights == NULL ? 1 : weights[r];
    }
}

/* What pulls each loading up: the row times each component, less the price of a loading. */
static inline __attribute__((always_inline)) void VARIANT(project_rows)(const struct tables *t, struct block *b, long n, const int vectors) {
    const int m = t->m, width = vectors * LANES;
    for (long r = 0; r < n; r++) {
        const double *row = b->rows + r * t->row_width;
        lanes pull[MOST_COMPONENTS / LANES];
        for (int v = 0; v < vectors; v++) pull[v] = -LOAD(t->price + v * LANES);
        for (int f = 0; f < m; f++)
            for (int v = 0; v < vectors; v++) pull[v] += SPREAD(row[f]) * LOAD(t->components + f * width + v * LANES);
        lanes size = SPREAD(0.0);
        for (int v = 0; v < vectors; v++) {
            STORE(b->pulls + r * width + v * LANES, pull[v]);
            size += VARIANT(at_least_zero)(pull[v]) + VARIANT(at_least_zero)(-pull[v]);
        }
        b->slack[r] = t->tolerance * VARIANT(sum_lanes)(size);
    }
}

/* Solve every row of `active` for its pattern; return how many were wrong, and go on with them. */
static inline __attribute__((always_inline)) int VARIANT(try_patterns)(struct tables *t, struct block *b, int *active, int n_active, const int k, const int vectors) {
    const int width = vectors * LANES;
    int n_left = 0;
    for (int a = 0; a < n_active; a++) {
        const int r = active[a];
        const unsigned pattern = b->patterns[r];
        int slot = t->slot_of[pattern];
        if (__builtin_expect(slot < 0, 0)) {
            slot = add_slot(t, pattern);
            if (slot < 0) return -1;
        }
        const double *inverse = t->inverses + (long)slot * k * width, *pull = b->pulls + r * width;
        double *loading = b->loadings + r * width;
        lanes w[MOST_COMPONENTS / LANES], slope[MOST_COMPONENTS / LANES];
        for (int v = 0; v < vectors; v++) w[v] = SPREAD(0.0);
        for (int c = 0; c < k; c++)
            for (int v = 0; v < vectors; v++) w[v] += SPREAD(pull[c]) * LOAD(inverse + c * width + v * LANES);
        for (int v = 0; v < vectors; v++) STORE(loading + v * LANES, w[v]);
        for (int step = 0;; step++) {
            for (int v = 0; v < vectors; v++) slope[v] = LOAD(pull + v * LANES);
            for (int c = 0; c < k; c++)
                for (int v = 0; v < vectors; v++) slope[v] -= SPREAD(loading[c]) * LOAD(t->gram + c * width + v * LANES);
            if (step == t->refinements) break;
            double left_over[MOST_COMPONENTS];
            for (int v = 0; v < vectors; v++) STORE(left_over + v * LANES, slope[v]);
            for (int c = 0; c < k; c++)
                for (int v = 0; v < vectors; v++) w[v] += SPREAD(left_over[c]) * LOAD(inverse + c * width + v * LANES);
            for (int v = 0; v < vectors; v++) STORE(loading + v * LANES, w[v]);
        }
        unsigned wrong = 0;
        const lanes slack = SPREAD(b->slack[r]);
        for (int v = 0; v < vectors; v++) {
            const unsigned used = pattern >> (v * LANES) & ((1u << LANES) - 1);
            wrong |= ((VARIANT(negative_lanes)(w[v] + slack) & used) | (VARIANT(negative_lanes)(slack - slope[v]) & ~used)) << (v * LANES);
        }
        wrong &= (1u << k) - 1; /* sums that overflow make the padding anything */
        b->slots[r] = slot;
        /* Exchange all that is wrong as long as that makes progress, else only the last of it,
         * which ends for sure. Nothing wrong changes nothing, so no branch is needed. */
        const int n_wrong = __builtin_popcount(wrong), better = n_wrong < b->fewest[r], tries = b->tries[r];
        b->patterns[r] = (uint16_t)(pattern ^ (better || tries > 0 ? wrong : 1u << (31 - __builtin_clz(wrong | 1))));
        b->tries[r] = (uint8_t)(better ? FULL_EXCHANGES : tries - (tries > 0));
        b->fewest[r] = (uint8_t)(better ? n_wrong : b->fewest[r]);
        active[n_left] = r;
        n_left += wrong != 0;
    }
    return n_left;
}

/* Add the waiting rows of one pattern to its Gram matrix: its upper blocks of eight by eight. */
static void VARIANT(flush_slot)(struct tables *t, int slot) {
    const int stride = t->row_width, n = t->n_waiting[slot];
    const double *rows = t->waiting + (long)slot * WAITING * stride;
    double *gram = t->grams + (long)slot * stride * stride;
    for (int first = 0; first < stride; first += ACCUMULATORS)
        for (int second = first / PADDING * PADDING; second < stride; second += PADDING) {
            lanes sum[ACCUMULATORS][PADDING / LANES];
            for (int i = 0; i < ACCUMULATORS; i++)
                for (int v = 0; v < PADDING / LANES; v++) sum[i][v] = LOAD(gram + (first + i) * stride + second + v * LANES);
            for (int r = 0; r < n; r++)
                for (int v = 0; v < PADDING / LANES; v++) {
                    const lanes row = LOAD(rows + r * stride + second + v * LANES);
                    for (int i = 0; i < ACCUMULATORS; i++) sum[i][v] += SPREAD(rows[r * stride + first + i]) * row;
                }
            for (int i = 0; i < ACCUMULATORS; i++)
                for (int v = 0; v < PADDING / LANES; v++) STORE(gram + (first + i) * stride + second + v * LANES, sum[i][v]);
        }
    t->n_waiting[slot] = 0;
}

/* Let every row wait with others of its pattern, until there are enough to add up. */
static void VARIANT(gather_rows)(struct tables *t, struct block *b, long n) {
    const int stride = t->row_width;
    for (long r = 0; r < n; r++) {
        const int slot = b->slots[r];
        double *place = t->waiting + ((long)slot * WAITING + t->n_waiting[slot]) * stride;
        const double *row = b->rows + r * stride;
        const lanes weight = SPREAD(b->roots[r]);
        for (int f = 0; f < stride; f += LANES) STORE(place + f, weight * LOAD(row + f));
        t->n_rows[slot]++;
        if (++t->n_waiting[slot] == WAITING) VARIANT(flush_slot)(t, slot);
    }
}

/* Classify one block and do with it what was asked for; return what its loadings explain. */
static inline __attribute__((always_inline)) int VARIANT(pass_block)(struct tables *t, struct block *b, const struct request *q, long first, long n, const int k, const int vectors, double *explained) {
    const int width = vectors * LANES;
    int active[BLOCK], n_active = (int)n;
    VARIANT(read_rows)(t, b, q->x + first * t->m * q->itemsize, q->itemsize, q->weights == NULL ? NULL : q->weights + first, n);
    VARIANT(project_rows)(t, b, n, vectors);
    for (int r = 0; r < n; r++) {
        active[r] = r;
        b->patterns[r] = q->patterns[first + r];
        b->fewest[r] = (uint8_t)(k + 1);
        b->tries[r] = FULL_EXCHANGES;
    }
    for (int round = 0; n_active > 0 && round < t->max_rounds; round++) {
        n_active = VARIANT(try_patterns)(t, b, active, n_active, k, vectors);
        if (n_active < 0) return -1;
    }
    for (int a = 0; a < n_active; a++)
        if (settle_by_coordinates(t, b, active[a]) < 0) return -1;
    q->unsettled[0] += n_active;
    lanes sum[MOST_COMPONENTS / LANES] = {SPREAD(0.0)};
    for (int r = 0; r < n; r++) {
        q->patterns[first + r] = b->patterns[r];
        const lanes weight = SPREAD(b->weights[r]);
        for (int v = 0; v < vectors; v++) {
            const lanes w = VARIANT(at_least_zero)(LOAD(b->loadings + r * width + v * LANES));
            STORE(b->loadings + r * width + v * LANES, w);
            sum[v] += weight * w * LOAD(b->pulls + r * width + v * LANES);
        }
    }
    for (int v = 0; v < vectors; v++) *explained += VARIANT(sum_lanes)(sum[v]);
    if (q->loadings != NULL)
        for (int r = 0; r < n; r++) {
            const double *loading = b->loadings + r * width;
            if (q->itemsize == 8)
                for (int c = 0; c < k; c++) ((double *)q->loadings)[(first + r) * k + c] = loading[c] * t->scale[c];
            else
                for (int c = 0; c < k; c++) ((float *)q->loadings)[(first + r) * k + c] = (float)(loading[c] * t->scale[c]);
        }
    if (q->gather) {
        for (int r = 0; r < n; r++) b->roots[r] = q->weights == NULL ? 1 : sqrt(b->weights[r]);
        VARIANT(gather_rows)(t, b, n);
    }
    return 0;
}

static int VARIANT(pass)(struct tables *t, struct block *b, const struct request *q, double *explained) {
    for (long first = 0; first < q->n; first += BLOCK) {
        const long n = q->n - first < BLOCK ? q->n - first : BLOCK;
        int failed;
        switch (t->k) { /* with a constant number of components the compiler unrolls the products */
#define CASE(K) case K: failed = VARIANT(pass_block)(t, b, q, first, n, K, (K + PADDING - 1) / PADDING * PADDING / LANES, explained); break;
            CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
            CASE(9) CASE(10) CASE(11) CASE(12) CASE(13) CASE(14) CASE(15) default: CASE(16)
#undef CASE
        }
        if (failed) return -1;
    }
    if (q->gather)
        for (int slot = 0; slot < t->n_slots; slot++)
            if (t->n_waiting[slot] > 0) VARIANT(flush_slot)(t, slot);
    return 0;
}
