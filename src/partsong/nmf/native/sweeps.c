/* The Python module partsong.nmf.native.sweeps: least squares over one row of a factor after the other.
 *
 * See sweeps_kernel.h for the arithmetic, and partsong/nmf/normal_equations.py for who calls it and
 * for the same in NumPy.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <stddef.h>
#include <stdint.h>

#define WIDTH 32 /* columns of a tile: enough to keep the multipliers busy, few enough for the cache */

#define ALIGNMENT 64 /* bytes: a cache line */

/* Where the entries of a factor stand, and which of its columns to sweep over. */
struct layout {
    ptrdiff_t k, first, last, to_next_row, to_next_column;
};

/* The quadratic that every column minimises, with the inverses of the diagonal. */
struct quadratic {
    const double *gram;
    double *inverse;
    ptrdiff_t n_sweeps;
};

#define KERNEL "sweeps_kernel.h"
#include "variants.h"

/* Set ValueError unless a buffer holds as many numbers as its shape asks for. */
static int holds(const Py_buffer *buffer, const char *name, Py_ssize_t count) {
    const Py_ssize_t bytes = count * (Py_ssize_t)sizeof(double);
    if (buffer->len == bytes) return 1;
    PyErr_Format(PyExc_ValueError, "%s holds %zd bytes, not the %zd that its shape asks for", name, buffer->len, bytes);
    return 0;
}

PyDoc_STRVAR(sweep_doc,
             "sweep(factor, numerator, gram, k, n_sweeps, by_column, first, last)\n--\n\n"
             "Sweep over the columns `first` to `last` of a factor, in place: (k, n), or (n, k) with `by_column`.");

static PyObject *sweep(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer factor, numerator, gram;
    Py_ssize_t k, n_sweeps, first, last;
    int by_column;
    PyObject *result = NULL;
    double *room = NULL, *aligned;
    if (!PyArg_ParseTuple(args, "w*y*y*nnpnn", &factor, &numerator, &gram, &k, &n_sweeps, &by_column, &first, &last)) return NULL;
    if (k < 1 || k > gram.len || n_sweeps < 0) { /* then k * k is small enough to be computed */
        PyErr_Format(PyExc_ValueError, "%zd sweeps over a factor of %zd rows cannot be made", n_sweeps, k);
        goto done;
    }
    const Py_ssize_t n = factor.len / (k * (Py_ssize_t)sizeof(double));
    if (!holds(&gram, "gram", k * k) || !holds(&factor, "factor", k * n) || !holds(&numerator, "numerator", k * n)) goto done;
    if (first < 0 || last > n) {
        PyErr_Format(PyExc_ValueError, "columns %zd to %zd are not among the %zd of the factor", first, last, n);
        goto done;
    }
    room = PyMem_Malloc((size_t)(2 * k * WIDTH + k) * sizeof(double) + ALIGNMENT);
    if (room == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    aligned = (double *)(((uintptr_t)room + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    const struct layout layout = {k, first, last, by_column ? 1 : n, by_column ? k : 1};
    const struct quadratic quadratic = {gram.buf, aligned + 2 * k * WIDTH, n_sweeps};
    for (Py_ssize_t row = 0; row < k; row++) { /* a row that nothing depends on stays as it is */
        const double curvature = quadratic.gram[row * k + row];
        quadratic.inverse[row] = curvature > DBL_MIN ? 1 / curvature : 0;
    }
    Py_BEGIN_ALLOW_THREADS
    CHOOSE(sweep_columns)(factor.buf, numerator.buf, &layout, &quadratic, aligned);
    Py_END_ALLOW_THREADS
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(room);
    PyBuffer_Release(&factor);
    PyBuffer_Release(&numerator);
    PyBuffer_Release(&gram);
    return result;
}

PyDoc_STRVAR(instructions_doc, "instructions()\n--\n\nReturn the instruction set that the kernels use here.");

static PyObject *instructions(PyObject *self, PyObject *ignored) {
    (void)self, (void)ignored;
    return PyUnicode_FromString(variant_names[best_variant()]);
}

static PyMethodDef methods[] = {
    {"sweep", sweep, METH_VARARGS, sweep_doc},
    {"instructions", instructions, METH_NOARGS, instructions_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "sweeps", "Sweeps of hierarchical alternating least squares.", 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_sweeps(void) { return PyModuleDef_Init(&module); }
