/* The Python module partsong.nmf.native.incomplete: passes over rows with missing entries.
 *
 * See incomplete_kernel.h for what a pass does, and partsong/nmf/looks/row_systems.py for who calls it and
 * for the same in NumPy.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 64         /* rows taken together: what they need fits a first-level cache */
#define MOST_COMPONENTS 16
#define FULL_EXCHANGES 3 /* of all wrong components without progress, before the backup rule */
#define MOST_ROUNDS 60
#define COORDINATE_SWEEPS 500
#define TOLERANCE 1e-12  /* of the length of a row: how far a condition may be off */
#define DETERMINED 1e-10 /* part of a component that the earlier ones must leave, or it is a mix of them */
#define TIE_BREAK 1e-8   /* weight of the squared loadings of mixes, so that the shortest are found */
#define ACCURATE 1e-4    /* part from which on one solution of the equations is accurate */

/* A symmetric matrix stands by rows of its lower half. */
#define PAIRS(k) ((k) * ((k) + 1) / 2)
#define PAIR(i, j) ((i) * ((i) + 1) / 2 + (j))
#define MOST_PAIRS PAIRS(MOST_COMPONENTS)

/* What all rows share. */
struct problem {
    int k, m, pair_width;      /* components, features, pairs of components padded to lanes */
    const double *components;  /* k x m */
    const double *price, *ridge, *scale;
    const double *unseen;      /* m: what a square costs where the feature was not observed */
    double *pairs;             /* m x pair_width: products of two components, feature by feature */
    double hidden[MOST_COMPONENTS]; /* what the square of a loading costs in a row that saw nothing */
};

/* What one pass is asked to do. */
struct request {
    const char *x;
    int itemsize;
    long n;
    const double *weights;
    uint16_t *patterns;
    char *loadings;
    double *gradient, *products;
    double loss, cost; /* the result */
};

/* A few rows on their way through the pass: one column each, and below `gram` only those not done. */
struct block {
    double *values, *seen; /* m x BLOCK */
    double weights[BLOCK], loadings[MOST_COMPONENTS * BLOCK];
    double gram[MOST_PAIRS * BLOCK], pulls[MOST_COMPONENTS * BLOCK], squares[BLOCK];
    double used[MOST_COMPONENTS * BLOCK], fewest[BLOCK], tries[BLOCK];
    double solved[MOST_COMPONENTS * BLOCK], undone[BLOCK];
};

/* Move the columns at `places`, which rise, to the front. */
static void close_ranks_of(double *array, long count, const int *places, long n) {
    for (long i = 0; i < count; i++, array += BLOCK)
        for (long a = 0; a < n; a++) array[a] = array[places[a]];
}

static void close_ranks(struct block *b, const int *places, long n, int k) {
    close_ranks_of(b->gram, PAIRS(k), places, n);
    close_ranks_of(b->pulls, k, places, n);
    close_ranks_of(b->used, k, places, n);
    close_ranks_of(b->squares, 1, places, n);
    close_ranks_of(b->fewest, 1, places, n);
    close_ranks_of(b->tries, 1, places, n);
}

/* The last resort for a row that goes round in circles because components are all but parallel:
 * minimise over one loading after the other. */
static void settle_by_coordinates(struct block *b, long at, int k) {
    double w[MOST_COMPONENTS] = {0};
    for (int sweep = 0; sweep < COORDINATE_SWEEPS; sweep++)
        for (int c = 0; c < k; c++) {
            double slope = b->pulls[c * BLOCK + at];
            for (int j = 0; j < k; j++) slope -= w[j] * b->gram[PAIR(c > j ? c : j, c > j ? j : c) * BLOCK + at];
            w[c] += slope / b->gram[PAIR(c, c) * BLOCK + at];
            if (!(w[c] > 0)) w[c] = 0;
        }
    for (int c = 0; c < k; c++) {
        b->solved[c * BLOCK + at] = w[c];
        b->used[c * BLOCK + at] = w[c] > 0;
    }
    b->undone[at] = 0;
}

#define WHERE(condition, value) ((lanes)((VARIANT(truth))(condition) & (VARIANT(truth))(value)))

#define KERNEL "incomplete_kernel.h"
#include "variants.h"

/* Set ValueError unless a buffer holds as many bytes as its shape asks for; None has none to check. */
static int holds(const Py_buffer *buffer, const char *name, Py_ssize_t bytes) {
    if (buffer->buf == NULL || buffer->len == bytes) return 1;
    PyErr_Format(PyExc_ValueError, "%s holds %zd bytes, not the %zd that its shape asks for", name, buffer->len, bytes);
    return 0;
}

/* Set ValueError if an array that is to be filled cannot be written to. */
static int can_be_filled(const Py_buffer *buffer, const char *name) {
    if (buffer->buf == NULL || !buffer->readonly) return 1;
    PyErr_Format(PyExc_ValueError, "%s cannot be written to", name);
    return 0;
}

PyDoc_STRVAR(visit_doc,
             "visit(X, itemsize, components, unseen, price, ridge, scale, patterns, weights, loadings, gradient, products)\n--\n\n"
             "Find the best loadings of rows, NaN where something is missing, starting from `patterns`,\n"
             "which are overwritten. Unless they are None, fill `loadings` and add to `gradient` and to\n"
             "`products`, those of two loadings for each feature. Return the loss and what the loadings\n"
             "cost, if there is a gradient.");

static PyObject *visit(PyObject *self, PyObject *args) {
    (void)self;
    enum { X, COMPONENTS, UNSEEN, PRICE, RIDGE, SCALE, PATTERNS, WEIGHTS, LOADINGS, GRADIENT, PRODUCTS, N_BUFFERS };
    Py_buffer buffers[N_BUFFERS] = {{0}};
    int itemsize;
    if (!PyArg_ParseTuple(args, "y*iy*y*y*y*y*w*z*z*z*z*", &buffers[X], &itemsize, &buffers[COMPONENTS], &buffers[UNSEEN], &buffers[PRICE], &buffers[RIDGE],
                          &buffers[SCALE], &buffers[PATTERNS], &buffers[WEIGHTS], &buffers[LOADINGS], &buffers[GRADIENT], &buffers[PRODUCTS]))
        return NULL;
    PyObject *result = NULL;
    struct problem p = {0};
    struct block *b = NULL;
    const Py_ssize_t number = sizeof(double), k = buffers[PRICE].len / number, n = buffers[PATTERNS].len / (Py_ssize_t)sizeof(uint16_t);
    if (itemsize != 4 && itemsize != 8) {
        PyErr_Format(PyExc_ValueError, "numbers of %d bytes are neither float32 nor float64", itemsize);
        goto done;
    }
    const Py_ssize_t m = k > 0 ? buffers[COMPONENTS].len / (k * number) : 0;
    if (k < 1 || k > MOST_COMPONENTS || m < 1 || m > INT32_MAX / MOST_PAIRS) {
        PyErr_Format(PyExc_ValueError, "%zd components of %zd features: there must be 1 to %d components and a feature", k, m, MOST_COMPONENTS);
        goto done;
    }
    if (!holds(&buffers[X], "X", n * m * itemsize) || !holds(&buffers[COMPONENTS], "components", k * m * number) ||
        !holds(&buffers[UNSEEN], "unseen", m * number) ||
        !holds(&buffers[PRICE], "price", k * number) || !holds(&buffers[RIDGE], "ridge", k * number) ||
        !holds(&buffers[SCALE], "scale", k * number) || !holds(&buffers[WEIGHTS], "weights", n * number) ||
        !holds(&buffers[LOADINGS], "loadings", n * k * itemsize) || !holds(&buffers[GRADIENT], "gradient", k * m * number) ||
        !holds(&buffers[PRODUCTS], "products", m * PAIRS(k) * number) || !can_be_filled(&buffers[PRODUCTS], "products") ||
        !can_be_filled(&buffers[LOADINGS], "loadings") || !can_be_filled(&buffers[GRADIENT], "gradient"))
        goto done;
    const uint16_t *patterns = buffers[PATTERNS].buf;
    for (Py_ssize_t r = 0; r < n; r++)
        if (patterns[r] >> k) {
            PyErr_Format(PyExc_ValueError, "the pattern of row %zd names components that do not exist", r);
            goto done;
        }
    const int pair_width = ((int)PAIRS(k) + PADDING - 1) / PADDING * PADDING;
    const double *components = buffers[COMPONENTS].buf;
    p = (struct problem){(int)k, (int)m, pair_width, components, buffers[PRICE].buf, buffers[RIDGE].buf, buffers[SCALE].buf, buffers[UNSEEN].buf, NULL, {0}};
    p.pairs = calloc((size_t)m * pair_width, sizeof(double));
    b = calloc(1, sizeof *b);
    if (b != NULL) b->values = calloc(2 * (size_t)m * BLOCK, sizeof(double));
    if (p.pairs == NULL || b == NULL || b->values == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    b->seen = b->values + m * BLOCK;
    for (Py_ssize_t f = 0; f < m; f++)
        for (Py_ssize_t i = 0; i < k; i++)
            for (Py_ssize_t j = 0; j <= i; j++) p.pairs[f * pair_width + PAIR(i, j)] = components[i * m + f] * components[j * m + f];
    for (Py_ssize_t c = 0; c < k; c++) { /* a feature that was observed costs nothing beside its misfit */
        p.hidden[c] = p.ridge[c];
        for (Py_ssize_t f = 0; f < m; f++) {
            const double cost = p.unseen[f] * components[c * m + f] * components[c * m + f];
            p.hidden[c] += cost;
            p.pairs[f * pair_width + PAIR(c, c)] -= cost;
        }
    }
    struct request request = {buffers[X].buf, itemsize, (long)n, buffers[WEIGHTS].buf, buffers[PATTERNS].buf, buffers[LOADINGS].buf, buffers[GRADIENT].buf, buffers[PRODUCTS].buf, 0, 0};
    Py_BEGIN_ALLOW_THREADS
    CHOOSE(pass)(&p, b, &request);
    Py_END_ALLOW_THREADS
    result = Py_BuildValue("dd", request.loss, request.cost);
done:
    if (b != NULL) free(b->values);
    free(b);
    free(p.pairs);
    for (int i = 0; i < N_BUFFERS; i++) PyBuffer_Release(&buffers[i]);
    return result;
}

PyDoc_STRVAR(instructions_doc, "instructions()\n--\n\nReturn the instruction set that the kernels use here.");

static PyObject *instructions(PyObject *self, PyObject *ignored) {
    (void)self, (void)ignored;
    return PyUnicode_FromString(variant_names[best_variant()]);
}

static PyMethodDef methods[] = {
    {"visit", visit, METH_VARARGS, visit_doc},
    {"instructions", instructions, METH_NOARGS, instructions_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "incomplete", "Exact loadings, loss and slope for rows with missing entries.", 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_incomplete(void) { return PyModuleDef_Init(&module); }
