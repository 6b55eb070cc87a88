/* The Python module partsong.nmf.native.pattern_loss: the loss as a function of the components, and
 * its minimum. See partsong/nmf/looks/pattern_loss.py for the first and partsong/nmf/looks/box_descent.py for
 * the second, both in NumPy too.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COMPONENTS 16
#define INDEPENDENT 1e-11 /* of its length: what must be left of a component beside earlier ones */

/* What factors cost, as in partsong/nmf/penalties.py. */
struct penalties { double l1_W, l2_W, l1_H, l2_H; };

/* Sums over patterns, and room to work on one of them. */
struct sums {
    int k, m, q, width;         /* components, features, columns (features and the 1), padded */
    long n_patterns;
    const uint16_t *patterns;
    double *grams;              /* n_patterns x q x width */
    struct penalties price;
    double total_squares;
    double products[MOST_COMPONENTS][MOST_COMPONENTS]; /* the components times each other */
    double lower[MOST_COMPONENTS][MOST_COMPONENTS];    /* their Cholesky factor, those in use */
    double inverse_pivot[MOST_COMPONENTS];
    int used[MOST_COMPONENTS];
    double *maps, *pulls;       /* 16 x width: from rows to loadings, and that times the Gram matrix */
    double *turned;             /* q x 16: the maps */
    double *pull;               /* k x width: W'X */
    double push[MOST_COMPONENTS * MOST_COMPONENTS]; /* W'W */
};

/* Factor the products of the components in use; leave out those that are but a mix of earlier
 * ones. Return how many are left. */
static int factor_used(struct sums *s, unsigned pattern) {
    int n = 0;
    for (int c = 0; c < s->k; c++) {
        if (!(pattern >> c & 1)) continue;
        double left = s->products[c][c];
        for (int j = 0; j < n; j++) {
            double sum = s->products[c][s->used[j]];
            for (int p = 0; p < j; p++) sum -= s->lower[n][p] * s->lower[j][p];
            s->lower[n][j] = sum * s->inverse_pivot[j];
            left -= s->lower[n][j] * s->lower[n][j];
        }
        if (!(left > INDEPENDENT * s->products[c][c])) continue;
        s->inverse_pivot[n] = 1 / sqrt(left);
        s->used[n++] = c;
    }
    return n;
}

#define KERNEL "pattern_loss_kernel.h"
#include "variants.h"

/* Return the loss for components, penalties included, and fill its gradient; both are k x width,
 * with the price of a loading in its column. */
static double loss_and_gradient(struct sums *s, const double *components, double *gradient) {
    CHOOSE(add_patterns)(s, components);
    double explained = 0, cost = 0;
    for (int c = 0; c < s->k; c++) {
        const double *own = components + c * s->width;
        double *slope = gradient + c * s->width;
        for (int f = 0; f < s->q; f++) explained += s->pull[c * s->width + f] * own[f];
        for (int f = 0; f < s->m; f++) {
            slope[f] = s->price.l1_H + s->price.l2_H * own[f] - s->pull[c * s->width + f];
            cost += s->price.l1_H * own[f] + s->price.l2_H / 2 * own[f] * own[f];
        }
        for (int j = 0; j < s->k; j++)
            for (int f = 0; f < s->m; f++) slope[f] += s->push[c * MOST_COMPONENTS + j] * components[j * s->width + f];
    }
    const double loss = (s->total_squares - explained) / 2 + cost;
    return loss > 0 ? loss : 0;
}

static void free_sums(struct sums *s) {
    if (s == NULL) return;
    free(s->grams);
    free(s->maps);
    free(s->pulls);
    free(s->turned);
    free(s->pull);
    free(s);
}

/* Read what both functions take, or set an exception. `keep` takes the patterns' buffer. */
static struct sums *read_sums(int k, int m, const struct penalties *price, const Py_buffer *patterns, const Py_buffer *grams) {
    const int q = m + (price->l1_W > 0);
    const Py_ssize_t n = patterns->len / (Py_ssize_t)sizeof(uint16_t);
    if (k < 1 || k > MOST_COMPONENTS || m < 1 || grams->len != n * q * q * (Py_ssize_t)sizeof(double)) {
        PyErr_SetString(PyExc_ValueError, "the arrays do not fit together: H (k, m) of at most 16 components, patterns (n,), grams (n, q, q), with q = m, or m + 1 where the sum of loadings costs");
        return NULL;
    }
    for (Py_ssize_t p = 0; p < n; p++)
        if (((const uint16_t *)patterns->buf)[p] >> k) {
            PyErr_Format(PyExc_ValueError, "pattern %zd names components that do not exist", p);
            return NULL;
        }
    struct sums *s = calloc(1, sizeof *s);
    if (s == NULL) return (struct sums *)PyErr_NoMemory();
    s->k = k, s->m = m, s->q = q, s->width = (q + PADDING - 1) / PADDING * PADDING;
    s->n_patterns = (long)n, s->patterns = patterns->buf, s->price = *price;
    const size_t side = (size_t)MOST_COMPONENTS * s->width;
    s->grams = calloc((size_t)n * q * s->width + 1, sizeof(double));
    s->maps = calloc(side, sizeof(double));
    s->pulls = calloc(side, sizeof(double));
    s->turned = calloc((size_t)q * MOST_COMPONENTS, sizeof(double));
    s->pull = calloc(side, sizeof(double));
    if (s->grams == NULL || s->maps == NULL || s->pulls == NULL || s->turned == NULL || s->pull == NULL) {
        free_sums(s);
        return (struct sums *)PyErr_NoMemory();
    }
    for (Py_ssize_t p = 0; p < n; p++) {
        const double *gram = (const double *)grams->buf + p * q * q;
        for (int i = 0; i < q; i++) memcpy(s->grams + (p * q + i) * s->width, gram + i * q, (size_t)q * sizeof(double));
        for (int f = 0; f < m; f++) s->total_squares += gram[f * q + f];
    }
    return s;
}

/* Copy H (k, m) into k x width, with the price of a loading in its column. */
static void lay_out(const struct sums *s, const double *H, double *components) {
    for (int c = 0; c < s->k; c++) {
        memcpy(components + c * s->width, H + c * s->m, (size_t)s->m * sizeof(double));
        if (s->q > s->m) components[c * s->width + s->m] = -s->price.l1_W;
    }
}

PyDoc_STRVAR(sums_doc,
             "sums(H, k, m, l1_W, l2_W, patterns, grams, pull, push)\n--\n\n"
             "Fill pull (k, m) with W'X and push (k, k) with W'W; return what the loadings explain.");

static PyObject *sums(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer H, patterns, grams, pull, push;
    struct penalties price = {0};
    int k, m;
    if (!PyArg_ParseTuple(args, "y*iiddy*y*w*w*", &H, &k, &m, &price.l1_W, &price.l2_W, &patterns, &grams, &pull, &push)) return NULL;
    PyObject *result = NULL;
    double *components = NULL;
    struct sums *s = read_sums(k, m, &price, &patterns, &grams);
    if (s == NULL) goto done;
    const Py_ssize_t number = sizeof(double);
    if (H.len != k * (Py_ssize_t)m * number || pull.len != H.len || push.len != k * k * number) {
        PyErr_SetString(PyExc_ValueError, "H and pull are (k, m), push is (k, k)");
        goto done;
    }
    components = calloc((size_t)k * s->width, sizeof(double));
    if (components == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    double explained = 0;
    Py_BEGIN_ALLOW_THREADS
    lay_out(s, H.buf, components);
    CHOOSE(add_patterns)(s, components);
    for (int c = 0; c < k; c++) {
        for (int f = 0; f < s->q; f++) explained += s->pull[c * s->width + f] * components[c * s->width + f];
        memcpy((double *)pull.buf + c * m, s->pull + c * s->width, (size_t)m * sizeof(double));
        memcpy((double *)push.buf + c * k, s->push + c * MOST_COMPONENTS, (size_t)k * sizeof(double));
    }
    Py_END_ALLOW_THREADS
    result = PyFloat_FromDouble(explained);
done:
    free(components);
    free_sums(s);
    PyBuffer_Release(&H);
    PyBuffer_Release(&patterns);
    PyBuffer_Release(&grams);
    PyBuffer_Release(&pull);
    PyBuffer_Release(&push);
    return result;
}

#include "box_descent.h"

PyDoc_STRVAR(minimize_doc,
             "minimize(H, k, m, l1_W, l2_W, l1_H, l2_H, patterns, grams, lower, upper, tol, max_steps)\n--\n\n"
             "Minimise over components between lower and upper, from H, which is overwritten; return the loss.");

static PyObject *minimize(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer H, patterns, grams, lower, upper;
    struct penalties price;
    int k, m, max_steps;
    double tol;
    if (!PyArg_ParseTuple(args, "w*iiddddy*y*y*y*di", &H, &k, &m, &price.l1_W, &price.l2_W, &price.l1_H, &price.l2_H, &patterns, &grams,
                          &lower, &upper, &tol, &max_steps))
        return NULL;
    PyObject *result = NULL;
    struct box_descent *d = NULL;
    struct sums *s = read_sums(k, m, &price, &patterns, &grams);
    if (s == NULL) goto done;
    if (H.len != k * (Py_ssize_t)m * (Py_ssize_t)sizeof(double) || lower.len != H.len || upper.len != H.len) {
        PyErr_SetString(PyExc_ValueError, "H, lower and upper are (k, m)");
        goto done;
    }
    d = new_box_descent(k * s->width);
    if (d == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    double loss;
    Py_BEGIN_ALLOW_THREADS
    lay_out(s, H.buf, d->x);
    /* Padding and prices stay where they are: their box has no room. */
    memcpy(d->lower, d->x, (size_t)d->n * sizeof(double));
    memcpy(d->upper, d->x, (size_t)d->n * sizeof(double));
    for (int c = 0; c < k; c++) {
        memcpy(d->lower + c * s->width, (const double *)lower.buf + c * m, (size_t)m * sizeof(double));
        memcpy(d->upper + c * s->width, (const double *)upper.buf + c * m, (size_t)m * sizeof(double));
    }
    loss = descend_in_box(d, s, tol, max_steps);
    for (int c = 0; c < k; c++) memcpy((double *)H.buf + c * m, d->x + c * s->width, (size_t)m * sizeof(double));
    Py_END_ALLOW_THREADS
    result = PyFloat_FromDouble(loss);
done:
    free_box_descent(d);
    free_sums(s);
    PyBuffer_Release(&H);
    PyBuffer_Release(&patterns);
    PyBuffer_Release(&grams);
    PyBuffer_Release(&lower);
    PyBuffer_Release(&upper);
    return result;
}

PyDoc_STRVAR(instructions_doc, "instructions()\n--\n\nReturn the instruction set that the kernels use here.");

static PyObject *instructions(PyObject *self, PyObject *ignored) {
    (void)self, (void)ignored;
    return PyUnicode_FromString(variant_names[best_variant()]);
}

static PyMethodDef methods[] = {
    {"sums", sums, METH_VARARGS, sums_doc},
    {"minimize", minimize, METH_VARARGS, minimize_doc},
    {"instructions", instructions, METH_NOARGS, instructions_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "pattern_loss", "The loss as a function of the components.", 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_pattern_loss(void) { return PyModuleDef_Init(&module); }
