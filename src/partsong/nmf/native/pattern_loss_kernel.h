/* The loss of all rows, from one Gram matrix for each pattern, and its gradient.
 *
 * The rows of a pattern have loadings B x, where B solves (H_P H_P') B = H_P. So W'X and W'W are
 * sums of B C and of B C B' over the patterns, with C the Gram matrix of the pattern's rows. Lanes
 * are features where nothing else is said.
 */

/* Solve for the map from rows to the loadings of the components in use. */
static inline void VARIANT(solve_maps)(struct sums *s, const double *components, int n) {
    const int width = s->width;
    for (int f = 0; f < width; f += LANES) {
        for (int i = 0; i < n; i++) {
            lanes value = LOAD(components + s->used[i] * width + f);
            for (int p = 0; p < i; p++) value -= SPREAD(s->lower[i][p]) * LOAD(s->maps + p * width + f);
            STORE(s->maps + i * width + f, value * SPREAD(s->inverse_pivot[i]));
        }
        for (int i = n - 1; i >= 0; i--) {
            lanes value = LOAD(s->maps + i * width + f);
            for (int p = i + 1; p < n; p++) value -= SPREAD(s->lower[p][i]) * LOAD(s->maps + p * width + f);
            STORE(s->maps + i * width + f, value * SPREAD(s->inverse_pivot[i]));
        }
    }
}

/* Multiply the maps by the Gram matrix of the rows, four components at a time. */
static inline void VARIANT(pull_components)(struct sums *s, const double *gram, int n) {
    enum { ROWS = 4, REGISTERS = PADDING / LANES };
    const int q = s->q, width = s->width;
    for (int first = 0; first < n; first += ROWS)
        for (int f = 0; f < width; f += PADDING) {
            lanes sum[ROWS][REGISTERS];
            for (int i = 0; i < ROWS; i++)
                for (int v = 0; v < REGISTERS; v++) sum[i][v] = SPREAD(0.0);
            for (int g = 0; g < q; g++)
                for (int v = 0; v < REGISTERS; v++) {
                    const lanes row = LOAD(gram + g * width + f + v * LANES);
                    for (int i = 0; i < ROWS; i++) sum[i][v] += SPREAD(s->maps[(first + i) * width + g]) * row;
                }
            for (int i = 0; i < ROWS; i++)
                for (int v = 0; v < REGISTERS; v++) STORE(s->pulls + (first + i) * width + f + v * LANES, sum[i][v]);
        }
}

/* Add what one pattern knows to W'X and W'W. */
static void VARIANT(add_pattern)(struct sums *s, const double *components, unsigned pattern, const double *gram) {
    const int q = s->q, width = s->width, n = factor_used(s, pattern);
    VARIANT(solve_maps)(s, components, n);
    VARIANT(pull_components)(s, gram, n);
    for (int i = 0; i < n; i++) {
        double *pull = s->pull + s->used[i] * width;
        for (int f = 0; f < width; f += LANES) STORE(pull + f, LOAD(pull + f) + LOAD(s->pulls + i * width + f));
    }
    /* Here lanes are components, so the maps are turned over first. */
    const int places = n > PADDING ? MOST_COMPONENTS : PADDING;
    for (int i = 0; i < n; i++)
        for (int f = 0; f < q; f++) s->turned[f * MOST_COMPONENTS + i] = s->maps[i * width + f];
    for (int i = 0; i < n; i++) {
        double products[MOST_COMPONENTS];
        for (int c = 0; c < places; c += LANES) {
            lanes sum = SPREAD(0.0);
            for (int f = 0; f < q; f++) sum += SPREAD(s->pulls[i * width + f]) * LOAD(s->turned + f * MOST_COMPONENTS + c);
            STORE(products + c, sum);
        }
        for (int j = 0; j < n; j++) s->push[s->used[i] * MOST_COMPONENTS + s->used[j]] += products[j];
    }
}

/* Set pull and push to W'X and W'W for components (k x width, the price of a loading included). */
static void VARIANT(add_patterns)(struct sums *s, const double *components) {
    memset(s->pull, 0, (size_t)s->k * s->width * sizeof(double));
    memset(s->push, 0, sizeof s->push);
    for (int i = 0; i < s->k; i++)
        for (int j = 0; j <= i; j++) {
            double sum = i == j ? s->price.l2_W : 0;
            for (int f = 0; f < s->m; f++) sum += components[i * s->width + f] * components[j * s->width + f];
            s->products[i][j] = s->products[j][i] = sum;
        }
    for (long p = 0; p < s->n_patterns; p++) VARIANT(add_pattern)(s, components, s->patterns[p], s->grams + p * s->q * s->width);
}
