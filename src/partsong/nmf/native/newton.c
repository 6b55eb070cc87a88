/* The Python module partsong.nmf.native.newton: loadings for fixed components under the
 * Kullback-Leibler and Itakura-Saito losses, for dense rows.
 *
 * This file checks and unpacks what Python passes; newton_kernel.h does the arithmetic, and
 * partsong/nmf/newton_loadings.py the same in NumPy.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define SMALLEST DBL_MIN      /* the smallest number of full precision, and whose reciprocal is finite */
#define LARGEST INT_MAX       /* of a dimension, so that the product of two is a ptrdiff_t */
#define MULTIPLICATIONS 5     /* to come near before the first Newton step */
#define NEWTON_STEPS 100
#define HALVINGS 12           /* of a step, before a multiplicative update takes its place */
#define STILL 1e-12           /* a row is done when no loading moves by more than this part of its total,
                               * or grows by half */
#define ROUNDING 1e-14        /* of a row's loss: a rise that may be a rounding error */
#define SMALLEST_PIVOT 1e-10  /* in units that make the diagonal 1 */
#define OTHER_PIVOT 0.1       /* what takes the place of a smaller one */

enum loss { KULLBACK_LEIBLER, ITAKURA_SAITO };

struct problem {
    enum loss loss;
    ptrdiff_t n_rows, n_features, n_components;
    const double *values, *seen, *H, *l1, *l2; /* seen may be NULL; a penalty for each component */
    double *loadings;
};

#define KERNEL "newton_kernel.h"
#include "variants.h"

static int has_length(const Py_buffer *buffer, ptrdiff_t n, const char *name) {
    const ptrdiff_t size = sizeof(double);
    if (buffer->len % size == 0 && buffer->len / size == n) return 1;
    PyErr_Format(PyExc_ValueError, "%s holds %zd bytes, not %zd numbers of double precision.", name, buffer->len, n);
    return 0;
}

PyDoc_STRVAR(solve_doc,
"solve(loss, shape, values, seen, H, penalties, loadings)\n"
"--\n\n"
"Fill in the best loadings.\n\n"
"loss is 0 for Kullback-Leibler and 1 for Itakura-Saito; shape (n_rows, n_features, n_components);\n"
"penalties (l1, l2), one number for each component. All arrays are contiguous and in double\n"
"precision; seen may be None.");

static PyObject *solve(PyObject *module, PyObject *arguments) {
    (void)module;
    struct problem problem = {0};
    int loss, failed = 0;
    Py_buffer values = {0}, seen = {0}, H = {0}, l1 = {0}, l2 = {0}, loadings = {0};
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(arguments, "i(nnn)y*z*y*(y*y*)w*", &loss, &problem.n_rows, &problem.n_features,
                          &problem.n_components, &values, &seen, &H, &l1, &l2, &loadings))
        return NULL;
    const ptrdiff_t n = problem.n_rows, m = problem.n_features, k = problem.n_components;
    if (loss < 0 || loss > 1) {
        PyErr_SetString(PyExc_ValueError, "loss is 0 or 1.");
        goto done;
    }
    if (n < 0 || m < 1 || k < 1 || n > LARGEST || m > LARGEST || k > LARGEST) {
        PyErr_SetString(PyExc_ValueError, "shape needs at least one feature and one component, and fewer than 2^31.");
        goto done;
    }
    if (!has_length(&values, n * m, "values") || !has_length(&H, k * m, "H") || !has_length(&l1, k, "l1") ||
        !has_length(&l2, k, "l2") || !has_length(&loadings, k * n, "loadings") ||
        (seen.buf != NULL && !has_length(&seen, n * m, "seen")))
        goto done;
    problem.loss = (enum loss)loss;
    problem.values = values.buf;
    problem.seen = seen.buf;
    problem.H = H.buf;
    problem.l1 = l1.buf;
    problem.l2 = l2.buf;
    problem.loadings = loadings.buf;
    Py_BEGIN_ALLOW_THREADS
    failed = CHOOSE(solve)(&problem);
    Py_END_ALLOW_THREADS
    result = failed ? PyErr_NoMemory() : Py_NewRef(Py_None);
done:
    PyBuffer_Release(&values);
    if (seen.obj != NULL) PyBuffer_Release(&seen);
    PyBuffer_Release(&H);
    PyBuffer_Release(&l1);
    PyBuffer_Release(&l2);
    PyBuffer_Release(&loadings);
    return result;
}

static PyObject *instructions(PyObject *module, PyObject *unused) {
    (void)module;
    (void)unused;
    return PyUnicode_FromString(variant_names[best_variant()]);
}

static PyMethodDef methods[] = {
    {"solve", solve, METH_VARARGS, solve_doc},
    {"instructions", instructions, METH_NOARGS, "Return the name of the instructions in use."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "newton", "Loadings by Newton steps, compiled.", 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_newton(void) { return PyModuleDef_Init(&definition); }
