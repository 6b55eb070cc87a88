/* Reciprocals, logarithms and square roots of several doubles at once; part of other kernels.
 *
 * SMALLEST is the smallest number of full precision, whose reciprocal is finite.
 */

typedef long long VARIANT(bits) __attribute__((vector_size(LANES * sizeof(double))));
typedef unsigned long long VARIANT(whole) __attribute__((vector_size(LANES * sizeof(double))));

static inline lanes VARIANT(where)(VARIANT(bits) chosen, lanes yes, lanes no) {
    return (lanes)((chosen & (VARIANT(bits))yes) | (~chosen & (VARIANT(bits))no));
}

/* The chosen lanes, and 0 for the others. */
static inline lanes VARIANT(keep)(VARIANT(bits) chosen, lanes number) {
    return (lanes)(chosen & (VARIANT(bits))number);
}

/* 1 / number, for numbers neither tiny nor huge. AVX-512 divides in sixteen cycles, or estimates 14
 * bits in two; two Newton steps make them 53, to about one unit in the last place. */
static inline lanes VARIANT(inverse)(lanes number) {
#if LANES == 8
    lanes estimate = (lanes)_mm512_rcp14_pd((__m512d)number);
    estimate += estimate * (1.0 - number * estimate);
    return estimate + estimate * (1.0 - number * estimate);
#else
    return 1.0 / number;
#endif
}

/* 1 / number, or 0 where the number is too small to divide by. */
static inline lanes VARIANT(inverse_or_zero)(lanes number) {
    const VARIANT(bits) usable = number > SPREAD(SMALLEST);
    return VARIANT(keep)(usable, VARIANT(inverse)(number));
}

static inline lanes VARIANT(root)(lanes number) {
    for (int lane = 0; lane < LANES; lane++) number[lane] = sqrt(number[lane]);
    return number;
}

/* The natural logarithm of positive numbers, to about one unit in the last place: the number is
 * 2^e * f with f in [sqrt(1/2), sqrt(2)); with s = (f - 1) / (f + 1), log(f) = 2 atanh(s), and
 * the polynomial for 2 atanh(s) / s - 2 is that of fdlibm's e_log.c (Sun Microsystems 1993; its
 * error there is below 2^-58.45). For 0 it returns a finite number, so 0 * log(0) is 0. */
static inline lanes VARIANT(logarithm)(lanes number) {
    /* Unsigned where numbers may wrap around, as those of wild arguments do. */
    const VARIANT(whole) all = (VARIANT(whole))number;
    const VARIANT(bits) exponent = (VARIANT(bits))(all - 0x3fe6a09e667f3bcdULL) >> 52; /* sqrt(1/2) */
    const lanes f = (lanes)(all - ((VARIANT(whole))exponent << 52));
    /* 1.5 * 2^52 has room for a whole number in its last bits: no conversion is needed. */
    const lanes e = (lanes)((VARIANT(whole))exponent + 0x4338000000000000ULL) - 0x1.8p52;
    const lanes u = f - 1.0;
    const lanes s = u * VARIANT(inverse)(f + 1.0);
    const lanes z = s * s;
    lanes tail = SPREAD(1.479819860511658591e-01);
    tail = tail * z + 1.531383769920937332e-01;
    tail = tail * z + 1.818357216161805012e-01;
    tail = tail * z + 2.222219843214978396e-01;
    tail = tail * z + 2.857142874366239149e-01;
    tail = tail * z + 3.999999999940941908e-01;
    tail = tail * z + 6.666666666666735130e-01;
    tail *= z;
    /* 2 s = u - s u, so log(f) = u - s (u - tail): the large part u carries no rounding. */
    return e * 1.90821492927058770002e-10 - (s * (u - tail) - u) + e * 6.93147180369123816490e-01;
}
