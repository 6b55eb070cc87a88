/* Minimise the loss over components in a box: a projected quasi-Newton descent, with a few pairs of
 * steps and slopes for memory. The same, step by step, as partsong/nmf/looks/box_descent.py, where the
 * sources are named and the reasons given.
 */
enum { MEMORY = 12, SHORTENINGS = 12 };

static const double FIRST_STEP = 0.05, SUFFICIENT = 1e-4, CURVED = 1e-8;

struct box_descent {
    int n, n_pairs, newest;
    double *x, *slope, *lower, *upper; /* n each */
    double *direction, *trial, *trial_slope;
    double *steps, *changes;           /* MEMORY x n: pairs of steps and changes of the slope */
};

static void free_box_descent(struct box_descent *d) {
    if (d == NULL) return;
    free(d->x);
    free(d);
}

static struct box_descent *new_box_descent(int n) {
    struct box_descent *d = calloc(1, sizeof *d);
    if (d == NULL) return NULL;
    d->n = n;
    d->x = calloc((size_t)n * (7 + 2 * MEMORY), sizeof(double));
    if (d->x == NULL) {
        free_box_descent(d);
        return NULL;
    }
    double **part[] = {&d->slope, &d->lower, &d->upper, &d->direction, &d->trial, &d->trial_slope, &d->steps};
    for (int i = 0; i < 7; i++) *part[i] = d->x + (size_t)n * (i + 1);
    d->changes = d->steps + (size_t)n * MEMORY;
    return d;
}

static double dot(const double *a, const double *b, int n) {
    double part[4] = {0, 0, 0, 0};
    int i = 0;
    for (; i + 4 <= n; i += 4)
        for (int j = 0; j < 4; j++) part[j] += a[i + j] * b[i + j];
    for (; i < n; i++) part[0] += a[i] * b[i];
    return part[0] + part[1] + part[2] + part[3];
}

/* Where the slope pushes against a wall of the box. */
static int is_blocked(const struct box_descent *d, int i) {
    return (d->x[i] <= d->lower[i] && d->slope[i] >= 0) || (d->x[i] >= d->upper[i] && d->slope[i] <= 0);
}

/* Set the direction to the quasi-Newton step among the entries that are not blocked. Return the
 * slope along it, or 0 where nothing can move. */
static double choose_direction(struct box_descent *d) {
    const int n = d->n;
    double *q = d->direction, weight[MEMORY], curvature[MEMORY];
    for (int i = 0; i < n; i++) q[i] = is_blocked(d, i) ? 0 : d->slope[i];
    const double steepest = dot(q, q, n);
    if (!(steepest > 0)) return 0;
    double scale = 0;
    for (int age = 0; age < d->n_pairs; age++) {
        const int pair = (d->newest - age + MEMORY) % MEMORY;
        const double *s = d->steps + (size_t)pair * n, *y = d->changes + (size_t)pair * n;
        double ss = 0, sy = 0, yy = 0, sq = 0;
        for (int i = 0; i < n; i++) {
            const double own = is_blocked(d, i) ? 0 : s[i];
            ss += own * own, sy += own * y[i], sq += own * q[i];
            yy += is_blocked(d, i) ? 0 : y[i] * y[i];
        }
        curvature[age] = sy > CURVED * sqrt(ss) * sqrt(yy) ? sy : 0;
        if (curvature[age] == 0) continue;
        if (scale == 0) scale = sy / yy;
        weight[age] = sq / sy;
        for (int i = 0; i < n; i++)
            if (!is_blocked(d, i)) q[i] -= weight[age] * y[i];
    }
    if (scale > 0) {
        for (int i = 0; i < n; i++) q[i] *= scale;
        for (int age = d->n_pairs - 1; age >= 0; age--) {
            if (curvature[age] == 0) continue;
            const int pair = (d->newest - age + MEMORY) % MEMORY;
            const double *s = d->steps + (size_t)pair * n, *y = d->changes + (size_t)pair * n;
            const double back = weight[age] - dot(y, q, n) / curvature[age];
            for (int i = 0; i < n; i++)
                if (!is_blocked(d, i)) q[i] += back * s[i];
        }
        for (int i = 0; i < n; i++) q[i] = -q[i];
        const double along = dot(q, d->slope, n);
        if (along < 0) return along;
        d->n_pairs = 0;
        for (int i = 0; i < n; i++) q[i] = is_blocked(d, i) ? 0 : d->slope[i];
    }
    double largest = 0;
    for (int i = 0; i < n; i++) largest = fmax(largest, fabs(q[i]));
    for (int i = 0; i < n; i++) q[i] *= -FIRST_STEP / largest;
    return -FIRST_STEP / largest * steepest;
}

static double descend_in_box(struct box_descent *d, struct sums *s, double tol, int max_steps) {
    const int n = d->n;
    double loss = loss_and_gradient(s, d->x, d->slope);
    for (int step = 0; step < max_steps; step++) {
        if (choose_direction(d) == 0) break;
        double length = 1, trial_loss = loss;
        int is_lower = 0;
        for (int i = 0; i < SHORTENINGS && !is_lower; i++) {
            double promise = 0;
            for (int j = 0; j < n; j++) {
                d->trial[j] = fmin(fmax(d->x[j] + length * d->direction[j], d->lower[j]), d->upper[j]);
                promise += d->slope[j] * (d->trial[j] - d->x[j]);
            }
            trial_loss = loss_and_gradient(s, d->trial, d->trial_slope);
            is_lower = trial_loss <= loss + SUFFICIENT * promise && trial_loss < loss;
            /* The parabola through both losses and the slope says where to look next. */
            const double guess = -promise / (2 * (trial_loss - loss - promise));
            if (!is_lower) length *= guess > 0.1 && guess < 0.5 ? guess : guess >= 0.5 ? 0.5 : 0.1;
        }
        if (!is_lower) break;
        d->newest = (d->newest + 1) % MEMORY;
        d->n_pairs += d->n_pairs < MEMORY;
        double *moved = d->steps + (size_t)d->newest * n, *change = d->changes + (size_t)d->newest * n;
        for (int j = 0; j < n; j++) {
            moved[j] = d->trial[j] - d->x[j];
            change[j] = d->trial_slope[j] - d->slope[j];
            d->x[j] = d->trial[j];
            d->slope[j] = d->trial_slope[j];
        }
        const double gain = loss - trial_loss;
        loss = trial_loss;
        if (gain <= tol * loss) break;
    }
    return loss;
}
