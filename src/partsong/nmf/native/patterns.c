/* The Python module partsong.nmf.native.patterns: tables for fixed components, and passes over rows.
 *
 * See patterns_kernel.h for what a pass does, and partsong/nmf/looks/patterns.py for who calls it and for
 * the same in NumPy.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 128         /* rows taken together: what they need fits a first-level cache */
#define WAITING 16        /* rows of one pattern added to its Gram matrix together */
#define FULL_EXCHANGES 3  /* of all wrong components without progress, before the backup rule */
#define COORDINATE_SWEEPS 500
#define MOST_COMPONENTS 16

/* All that depends on the components, the Gram matrices of the rows seen, and room to work. */
struct tables {
    int k, m, constant;        /* components, features, whether rows get a 1 added */
    int width, row_width;      /* components and features (and the 1), padded to lanes */
    int refinements, max_rounds;
    double tolerance;
    double *components;        /* m x width: the transposed components */
    double *gram;              /* k x width: their products, with the penalty on squares */
    double price[MOST_COMPONENTS], scale[MOST_COMPONENTS];
    int32_t *slot_of;          /* 2^k: where a pattern's tables are, or -1 */
    int n_slots, capacity;
    uint16_t *pattern_of;
    double *inverses;          /* a slot: k x width, zero where a component is not used */
    double *grams;             /* a slot: row_width x row_width, the upper blocks */
    double *waiting;           /* a slot: WAITING x row_width */
    int *n_waiting;
    int64_t *n_rows;
    struct block *block;
};

/* What one pass is asked to do. */
struct request {
    const char *x;
    int itemsize, gather;
    long n;
    const double *weights;
    uint16_t *patterns;
    char *loadings;
    long *unsettled;
};

/* A few rows on their way through the pass. */
struct block {
    double pulls[BLOCK * MOST_COMPONENTS], loadings[BLOCK * MOST_COMPONENTS];
    double *rows; /* BLOCK x row_width */
    double slack[BLOCK], weights[BLOCK], roots[BLOCK];
    uint16_t patterns[BLOCK];
    int slots[BLOCK];
    uint8_t fewest[BLOCK], tries[BLOCK];
};

#include "aligned.h"

/* Invert the Gram matrix of the components that a pattern uses, by Cholesky, into a full table. */
static void invert_used(const struct tables *t, unsigned pattern, double *inverse) {
    int used[MOST_COMPONENTS], n = 0;
    double lower[MOST_COMPONENTS][MOST_COMPONENTS], column[MOST_COMPONENTS];
    for (int c = 0; c < t->k; c++)
        if (pattern >> c & 1) used[n++] = c;
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double sum = t->gram[used[i] * t->width + used[j]];
            for (int p = 0; p < j; p++) sum -= lower[i][p] * lower[j][p];
            lower[i][j] = i == j ? sqrt(sum > DBL_EPSILON ? sum : DBL_EPSILON) : sum / lower[j][j];
        }
    for (int c = 0; c < n; c++) {
        for (int i = 0; i < n; i++) {
            double sum = i == c;
            for (int p = 0; p < i; p++) sum -= lower[i][p] * column[p];
            column[i] = sum / lower[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            double sum = column[i];
            for (int p = i + 1; p < n; p++) sum -= lower[p][i] * column[p];
            column[i] = sum / lower[i][i];
        }
        for (int i = 0; i < n; i++) inverse[used[c] * t->width + used[i]] = column[i];
    }
}

/* Make the array that `place` points to hold `count` items of `size`, new ones zero; leave it as it
 * was if that fails. (memcpy, as C lets no void ** point to a double *.) */
static int grow(void *place, size_t old_count, size_t count, size_t size) {
    void *old, *array = new_zeros(count, size);
    if (array == NULL) return -1;
    memcpy(&old, place, sizeof old);
    if (old != NULL) memcpy(array, old, old_count * size);
    free_zeros(old);
    memcpy(place, &array, sizeof array);
    return 0;
}

/* Return the slot of a pattern met for the first time, or -1 for want of memory. */
static int add_slot(struct tables *t, unsigned pattern) {
    if (t->n_slots == t->capacity) {
        const size_t old = (size_t)t->capacity, more = old ? 2 * old : 64, row = (size_t)t->row_width * sizeof(double);
        if (grow(&t->inverses, old, more, (size_t)t->k * t->width * sizeof(double)) || grow(&t->grams, old, more, row * t->row_width) ||
            grow(&t->waiting, old, more, row * WAITING) || grow(&t->n_waiting, old, more, sizeof(int)) ||
            grow(&t->n_rows, old, more, sizeof(int64_t)) || grow(&t->pattern_of, old, more, sizeof(uint16_t)))
            return -1;
        t->capacity = (int)more;
    }
    invert_used(t, pattern, t->inverses + (size_t)t->n_slots * t->k * t->width);
    t->pattern_of[t->n_slots] = (uint16_t)pattern;
    t->slot_of[pattern] = t->n_slots;
    return t->n_slots++;
}

/* The last resort for a row that goes round in circles because components are all but parallel:
 * minimise over one loading after the other. */
static int settle_by_coordinates(struct tables *t, struct block *b, int r) {
    double *w = b->loadings + r * t->width;
    const double *pull = b->pulls + r * t->width;
    unsigned pattern = 0;
    memset(w, 0, (size_t)t->width * sizeof(double));
    for (int sweep = 0; sweep < COORDINATE_SWEEPS; sweep++)
        for (int c = 0; c < t->k; c++) {
            double slope = pull[c];
            for (int j = 0; j < t->k; j++) slope -= w[j] * t->gram[c * t->width + j];
            w[c] += slope / t->gram[c * t->width + c];
            if (!(w[c] > 0)) w[c] = 0;
        }
    for (int c = 0; c < t->k; c++) pattern |= (unsigned)(w[c] > 0) << c;
    b->patterns[r] = (uint16_t)pattern;
    b->slots[r] = t->slot_of[pattern] >= 0 ? t->slot_of[pattern] : add_slot(t, pattern);
    return b->slots[r];
}

#define KERNEL "patterns_kernel.h"
#include "variants.h"

static void free_tables(struct tables *t) {
    if (t == NULL) return;
    if (t->block != NULL) free_zeros(t->block->rows);
    free_zeros(t->block);
    free_zeros(t->components);
    free_zeros(t->gram);
    free(t->slot_of);
    free_zeros(t->pattern_of);
    free_zeros(t->inverses);
    free_zeros(t->grams);
    free_zeros(t->waiting);
    free_zeros(t->n_waiting);
    free_zeros(t->n_rows);
    free(t);
}

static void free_capsule(PyObject *capsule) { free_tables(PyCapsule_GetPointer(capsule, "partsong.tables")); }

static int padded(int count) { return (count + PADDING - 1) / PADDING * PADDING; }

/* Set ValueError unless a buffer holds as many bytes as its shape asks for. */
static int holds(const Py_buffer *buffer, const char *name, Py_ssize_t bytes) {
    if (buffer->len == bytes) return 1;
    PyErr_Format(PyExc_ValueError, "%s holds %zd bytes, not the %zd that its shape asks for", name, buffer->len, bytes);
    return 0;
}

PyDoc_STRVAR(prepare_doc,
             "prepare(components, gram, price, scale, k, m, constant, tolerance, refinements, max_rounds)\n--\n\n"
             "Return tables for passes with these components, for one thread at a time.");

static PyObject *prepare(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer components, gram, price, scale;
    int k, m, constant, refinements, max_rounds;
    double tolerance;
    if (!PyArg_ParseTuple(args, "y*y*y*y*iipdii", &components, &gram, &price, &scale, &k, &m, &constant, &tolerance, &refinements, &max_rounds))
        return NULL;
    PyObject *capsule = NULL;
    struct tables *t = NULL;
    if (k < 1 || k > MOST_COMPONENTS || m < 1) {
        PyErr_Format(PyExc_ValueError, "%d components of %d features: there must be 1 to %d components and a feature", k, m, MOST_COMPONENTS);
        goto done;
    }
    const Py_ssize_t number = sizeof(double);
    if (!holds(&components, "components", k * (Py_ssize_t)m * number) || !holds(&gram, "gram", k * k * number) ||
        !holds(&price, "price", k * number) || !holds(&scale, "scale", k * number))
        goto done;
    t = calloc(1, sizeof *t);
    if (t == NULL) goto no_memory;
    t->k = k, t->m = m, t->constant = constant, t->tolerance = tolerance, t->refinements = refinements, t->max_rounds = max_rounds;
    t->width = padded(k), t->row_width = padded(m + constant);
    t->components = new_zeros((size_t)m * t->width, sizeof(double));
    t->gram = new_zeros((size_t)k * t->width, sizeof(double));
    t->slot_of = malloc(sizeof(int32_t) << k);
    t->block = new_zeros(1, sizeof *t->block);
    if (t->components == NULL || t->gram == NULL || t->slot_of == NULL || t->block == NULL) goto no_memory;
    t->block->rows = new_zeros((size_t)BLOCK * t->row_width, sizeof(double));
    if (t->block->rows == NULL) goto no_memory;
    memset(t->slot_of, 0xff, sizeof(int32_t) << k);
    for (int c = 0; c < k; c++) {
        for (int f = 0; f < m; f++) t->components[f * t->width + c] = ((const double *)components.buf)[c * m + f];
        for (int j = 0; j < k; j++) t->gram[c * t->width + j] = ((const double *)gram.buf)[c * k + j];
        t->price[c] = ((const double *)price.buf)[c];
        t->scale[c] = ((const double *)scale.buf)[c];
    }
    capsule = PyCapsule_New(t, "partsong.tables", free_capsule);
    goto done;
no_memory:
    PyErr_NoMemory();
done:
    if (capsule == NULL) free_tables(t);
    PyBuffer_Release(&components);
    PyBuffer_Release(&gram);
    PyBuffer_Release(&price);
    PyBuffer_Release(&scale);
    return capsule;
}

PyDoc_STRVAR(visit_doc,
             "visit(tables, X, itemsize, patterns, weights, loadings, gather)\n--\n\n"
             "Classify rows, starting from `patterns`, which are overwritten, and fill `loadings`.\n"
             "Return (what the loadings explain, number of rows left to the last resort).");

static PyObject *visit(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *capsule, *result = NULL;
    Py_buffer x, patterns, weights = {0}, loadings = {0};
    int itemsize, gather;
    if (!PyArg_ParseTuple(args, "Oy*iw*z*z*p", &capsule, &x, &itemsize, &patterns, &weights, &loadings, &gather)) return NULL;
    struct tables *t = PyCapsule_GetPointer(capsule, "partsong.tables");
    if (t == NULL) goto done;
    if (itemsize != 4 && itemsize != 8) {
        PyErr_Format(PyExc_ValueError, "numbers of %d bytes are neither float32 nor float64", itemsize);
        goto done;
    }
    const Py_ssize_t n = patterns.len / (Py_ssize_t)sizeof(uint16_t);
    if (!holds(&x, "X", n * t->m * itemsize) || (weights.buf != NULL && !holds(&weights, "weights", n * (Py_ssize_t)sizeof(double)))) goto done;
    if (loadings.buf != NULL && (!holds(&loadings, "loadings", n * t->k * itemsize) || loadings.readonly)) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "loadings cannot be written to");
        goto done;
    }
    for (Py_ssize_t r = 0; r < n; r++)
        if (((const uint16_t *)patterns.buf)[r] >> t->k) {
            PyErr_Format(PyExc_ValueError, "the pattern of row %zd names components that do not exist", r);
            goto done;
        }
    long unsettled = 0;
    double explained = 0;
    int failed;
    const struct request request = {x.buf, itemsize, gather, (long)n, weights.buf, patterns.buf, loadings.buf, &unsettled};
    Py_BEGIN_ALLOW_THREADS
    failed = CHOOSE(pass)(t, t->block, &request, &explained);
    Py_END_ALLOW_THREADS
    result = failed ? PyErr_NoMemory() : Py_BuildValue("dl", explained, unsettled);
done:
    PyBuffer_Release(&x);
    PyBuffer_Release(&patterns);
    PyBuffer_Release(&weights);
    PyBuffer_Release(&loadings);
    return result;
}

PyDoc_STRVAR(collect_doc,
             "collect(tables)\n--\n\n"
             "Return the patterns gathered since the last call (uint16) and their Gram matrices (float64), as bytes.");

static PyObject *collect(PyObject *self, PyObject *capsule) {
    (void)self;
    struct tables *t = PyCapsule_GetPointer(capsule, "partsong.tables");
    if (t == NULL) return NULL;
    const int size = t->m + t->constant, stride = t->row_width;
    Py_ssize_t n = 0;
    for (int slot = 0; slot < t->n_slots; slot++) n += t->n_rows[slot] > 0;
    PyObject *patterns = PyBytes_FromStringAndSize(NULL, n * (Py_ssize_t)sizeof(uint16_t));
    PyObject *grams = PyBytes_FromStringAndSize(NULL, n * size * size * (Py_ssize_t)sizeof(double));
    if (patterns == NULL || grams == NULL) {
        Py_XDECREF(patterns);
        Py_XDECREF(grams);
        return NULL;
    }
    uint16_t *pattern = (uint16_t *)PyBytes_AsString(patterns);
    double *out = (double *)PyBytes_AsString(grams);
    for (int slot = 0; slot < t->n_slots; slot++) {
        if (t->n_rows[slot] == 0) continue;
        double *gram = t->grams + (size_t)slot * stride * stride;
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++) *out++ = i <= j ? gram[i * stride + j] : gram[j * stride + i];
        *pattern++ = t->pattern_of[slot];
        t->n_rows[slot] = 0;
        memset(gram, 0, (size_t)stride * stride * sizeof(double));
    }
    return Py_BuildValue("NN", patterns, grams);
}

PyDoc_STRVAR(instructions_doc, "instructions()\n--\n\nReturn the instruction set that the kernels use here.");

static PyObject *instructions(PyObject *self, PyObject *ignored) {
    (void)self, (void)ignored;
    return PyUnicode_FromString(variant_names[best_variant()]);
}

static PyMethodDef methods[] = {
    {"prepare", prepare, METH_VARARGS, prepare_doc},
    {"visit", visit, METH_VARARGS, visit_doc},
    {"collect", collect, METH_O, collect_doc},
    {"instructions", instructions, METH_NOARGS, instructions_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "patterns", "Exact loadings and Gram matrices by pattern.", 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_patterns(void) { return PyModuleDef_Init(&module); }
