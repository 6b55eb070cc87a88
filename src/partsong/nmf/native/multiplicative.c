/* Multiplicative updates under the Kullback-Leibler and Itakura-Saito losses, for dense rows.
 *
 * This file checks and unpacks what Python passes; multiplicative_kernel.h does the arithmetic.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>

#define ROWS 32            /* of a tile: it and what is made of it fit the first cache */
#define SMALLEST DBL_MIN   /* the smallest number of full precision, and whose reciprocal is finite */
#define VANISHED 1e-100    /* loadings below it become 0: they add nothing, and tiny numbers are slow */

#define LARGEST INT_MAX    /* of a dimension, so that the product of two is a ptrdiff_t */

enum loss { KULLBACK_LEIBLER, ITAKURA_SAITO };

struct problem {
    enum loss loss;
    ptrdiff_t n_rows, n_features, n_components, n_updates;
    int sums_wanted;
    double l1, l2;
    const double *values, *seen, *weights, *H; /* seen and weights may be NULL */
    const double *totals;                      /* the sum of each component */
    double *loadings, *numerator, *denominator;
};

/* Scratch for ROWS rows. `up` and `down` hold one number a feature, `pull` and `hold` one a
 * component; `numerator` and `denominator` are the sums so far, eight partial ones each. */
struct tile {
    double *values, *seen, *loadings, *up, *down, *pull, *hold, *loss, *ones, *numerator, *denominator;
};

static ptrdiff_t denominator_length(const struct problem *problem) {
    const int shared = problem->loss == KULLBACK_LEIBLER && problem->seen == NULL;
    return problem->n_components * (shared ? 1 : problem->n_features);
}

#define KERNEL "multiplicative_kernel.h"
#include "variants.h"

/* Returns the loss, or -1 when there is no memory. */
static double run(struct problem *problem) {
    const size_t m = problem->n_features, k = problem->n_components;
    const size_t n_sums = m * k * PADDING;
    double *scratch = calloc(4 * m * ROWS + 3 * k * ROWS + 2 * ROWS + 2 * n_sums + k, sizeof(double));
    if (scratch == NULL) return -1;
    struct tile tile;
    double *next = scratch;
    tile.values = next, next += m * ROWS;
    tile.seen = next, next += m * ROWS;
    tile.up = next, next += m * ROWS;
    tile.down = next, next += m * ROWS;
    tile.loadings = next, next += k * ROWS;
    tile.pull = next, next += k * ROWS;
    tile.hold = next, next += k * ROWS;
    tile.loss = next, next += ROWS;
    tile.ones = next, next += ROWS;
    tile.numerator = next, next += n_sums;
    tile.denominator = next, next += n_sums;
    double *totals = next;
    for (size_t c = 0; c < k; c++)
        for (size_t j = 0; j < m; j++) totals[c] += problem->H[c * m + j];
    for (int r = 0; r < ROWS; r++) tile.ones[r] = 1;
    problem->totals = totals;
    double loss = CHOOSE(visit)(problem, &tile);
    free(scratch);
    return loss < 0 ? 0 : loss; /* rounding may take a perfect fit below */
}

static int has_length(const Py_buffer *buffer, ptrdiff_t n, const char *name) {
    const ptrdiff_t size = sizeof(double);
    if (buffer->len % size == 0 && buffer->len / size == n) return 1;
    PyErr_Format(PyExc_ValueError, "%s holds %zd bytes, not %zd numbers of double precision.", name, buffer->len, n);
    return 0;
}

PyDoc_STRVAR(visit_doc,
"visit(loss, shape, values, seen, weights, H, loadings, penalties, n_updates, numerator, denominator)\n"
"--\n\n"
"Multiply loadings n_updates times in place, fill the sums, and return the loss.\n\n"
"loss is 0 for Kullback-Leibler and 1 for Itakura-Saito; shape (n_rows, n_features, n_components);\n"
"penalties (l1, l2). All arrays are contiguous and in double precision; seen and weights may be\n"
"None, and so may both sums: then the loss is 0.");

static PyObject *visit(PyObject *module, PyObject *arguments) {
    (void)module;
    struct problem problem = {0};
    int loss_number;
    double loss = 0;
    Py_buffer values = {0}, seen = {0}, weights = {0}, H = {0}, loadings = {0}, numerator = {0}, denominator = {0};
    PyObject *numerator_or_none, *denominator_or_none, *result = NULL;
    if (!PyArg_ParseTuple(arguments, "i(nnn)y*z*z*y*w*(dd)nOO", &loss_number, &problem.n_rows,
                          &problem.n_features, &problem.n_components, &values, &seen, &weights, &H,
                          &loadings, &problem.l1, &problem.l2, &problem.n_updates,
                          &numerator_or_none, &denominator_or_none))
        return NULL;
    const ptrdiff_t n = problem.n_rows, m = problem.n_features, k = problem.n_components;
    problem.loss = loss_number == 0 ? KULLBACK_LEIBLER : ITAKURA_SAITO;
    problem.values = values.buf;
    problem.seen = seen.buf;
    problem.weights = weights.buf;
    problem.H = H.buf;
    problem.loadings = loadings.buf;
    problem.sums_wanted = numerator_or_none != Py_None;
    if (loss_number < 0 || loss_number > 1) {
        PyErr_SetString(PyExc_ValueError, "loss is 0 or 1.");
        goto done;
    }
    if (n < 0 || m < 1 || k < 1 || n > LARGEST || m > LARGEST || k > LARGEST) {
        PyErr_SetString(PyExc_ValueError, "shape needs at least one feature and one component, and fewer than 2^31.");
        goto done;
    }
    if (!has_length(&values, n * m, "values") || !has_length(&H, k * m, "H") ||
        !has_length(&loadings, k * n, "loadings") || (seen.buf != NULL && !has_length(&seen, n * m, "seen")) ||
        (weights.buf != NULL && !has_length(&weights, n, "weights")))
        goto done;
    if (problem.sums_wanted) {
        if (PyObject_GetBuffer(numerator_or_none, &numerator, PyBUF_WRITABLE) < 0 ||
            PyObject_GetBuffer(denominator_or_none, &denominator, PyBUF_WRITABLE) < 0)
            goto done;
        if (!has_length(&numerator, k * m, "numerator") ||
            !has_length(&denominator, denominator_length(&problem), "denominator"))
            goto done;
        problem.numerator = numerator.buf;
        problem.denominator = denominator.buf;
    }
    Py_BEGIN_ALLOW_THREADS
    loss = run(&problem);
    Py_END_ALLOW_THREADS
    result = loss < 0 ? PyErr_NoMemory() : PyFloat_FromDouble(loss);
done:
    if (numerator.obj != NULL) PyBuffer_Release(&numerator);
    if (denominator.obj != NULL) PyBuffer_Release(&denominator);
    PyBuffer_Release(&values);
    if (seen.obj != NULL) PyBuffer_Release(&seen);
    if (weights.obj != NULL) PyBuffer_Release(&weights);
    PyBuffer_Release(&H);
    PyBuffer_Release(&loadings);
    return result;
}

static PyObject *instructions(PyObject *module, PyObject *unused) {
    (void)module;
    (void)unused;
    return PyUnicode_FromString(variant_names[best_variant()]);
}

static PyMethodDef methods[] = {
    {"visit", visit, METH_VARARGS, visit_doc},
    {"instructions", instructions, METH_NOARGS, "Return the name of the instructions in use."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "multiplicative", "Multiplicative updates, compiled.", 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_multiplicative(void) { return PyModuleDef_Init(&definition); }
