/* Compile one kernel several times, once for each instruction set, and choose when it is called.
 *
 *     #define KERNEL "patterns_kernel.h"
 *     #include "variants.h"
 *
 * includes the file with VARIANT(name) standing for name_baseline, name_avx2 and name_avx512. The
 * kernel writes its arithmetic on `lanes`: LANES doubles side by side, as many as one register of
 * the instruction set holds (2, 4 or 8). Arrays are padded to PADDING numbers, which every variant
 * divides. ACCUMULATORS is how many sums, each PADDING wide, stay in registers at once. For each
 * variant there are negative_lanes(value), one bit for every lane below zero, sum_lanes(value) and
 * at_least_zero(value). CHOOSE(name) is the best variant that runs here.
 */
#include <stdlib.h>
#include <string.h>

#if !defined(__GNUC__)
#error "The kernels are written with the vector types of GCC and Clang."
#endif

#define PADDING 8
#define LOAD(address) ((lanes) * (const loose_lanes *)(address))
#define STORE(address, value) (*(loose_lanes *)(address) = (loose_lanes)(value))
/* Less zero, not plus: -0.0 + 0.0 is another number, so the compiler could not leave that out. */
#define SPREAD(number) ((number) - (lanes){0})

enum variant { BASELINE, AVX2, AVX512 };
static const char *const variant_names[] = {"baseline", "avx2", "avx512"};

#define DEFINE_LANES(variant, bytes) \
    typedef double lanes_##variant __attribute__((vector_size(bytes))); \
    typedef double loose_lanes_##variant __attribute__((vector_size(bytes), aligned(8), may_alias))

DEFINE_LANES(baseline, 16);

static inline unsigned negative_lanes_baseline(lanes_baseline value) {
    return (unsigned)(value[0] < 0) | (unsigned)(value[1] < 0) << 1;
}

static inline lanes_baseline at_least_zero_baseline(lanes_baseline value) {
    return (lanes_baseline){value[0] > 0 ? value[0] : 0, value[1] > 0 ? value[1] : 0};
}

static inline double sum_lanes_baseline(lanes_baseline value) { return value[0] + value[1]; }

#define VARIANT(name) name##_baseline
#define lanes lanes_baseline
#define loose_lanes loose_lanes_baseline
#define LANES 2
#define ACCUMULATORS 2
#include KERNEL
#undef ACCUMULATORS
#undef LANES
#undef loose_lanes
#undef lanes
#undef VARIANT

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#define WITH_AVX2 _Pragma("clang attribute push(__attribute__((target(\"avx2,fma\"))), apply_to = function)")
#define WITH_AVX512 _Pragma("clang attribute push(__attribute__((target(\"avx512f,avx512dq,avx512vl,avx2,fma\"))), apply_to = function)")
#define AS_BEFORE _Pragma("clang attribute pop")
#else
#define WITH_AVX2 _Pragma("GCC push_options") _Pragma("GCC target(\"avx2,fma\")")
#define WITH_AVX512 _Pragma("GCC push_options") _Pragma("GCC target(\"avx512f,avx512dq,avx512vl,avx2,fma\")")
#define AS_BEFORE _Pragma("GCC pop_options")
#endif

DEFINE_LANES(avx2, 32);
WITH_AVX2

static inline unsigned negative_lanes_avx2(lanes_avx2 value) { return (unsigned)_mm256_movemask_pd((__m256d)value); }

static inline lanes_avx2 at_least_zero_avx2(lanes_avx2 value) {
    return (lanes_avx2)_mm256_max_pd((__m256d)value, _mm256_setzero_pd());
}

static inline double sum_lanes_avx2(lanes_avx2 value) {
    const __m128d half = _mm_add_pd(_mm256_castpd256_pd128((__m256d)value), _mm256_extractf128_pd((__m256d)value, 1));
    return half[0] + half[1];
}

#define VARIANT(name) name##_avx2
#define lanes lanes_avx2
#define loose_lanes loose_lanes_avx2
#define LANES 4
#define ACCUMULATORS 4
#include KERNEL
#undef ACCUMULATORS
#undef LANES
#undef loose_lanes
#undef lanes
#undef VARIANT
AS_BEFORE

DEFINE_LANES(avx512, 64);
WITH_AVX512

static inline unsigned negative_lanes_avx512(lanes_avx512 value) { return _mm512_movepi64_mask((__m512i)value); }

static inline lanes_avx512 at_least_zero_avx512(lanes_avx512 value) {
    return (lanes_avx512)_mm512_max_pd((__m512d)value, _mm512_setzero_pd());
}

static inline double sum_lanes_avx512(lanes_avx512 value) { return _mm512_reduce_add_pd((__m512d)value); }

#define VARIANT(name) name##_avx512
#define lanes lanes_avx512
#define loose_lanes loose_lanes_avx512
#define LANES 8
#define ACCUMULATORS 8
#include KERNEL
#undef ACCUMULATORS
#undef LANES
#undef loose_lanes
#undef lanes
#undef VARIANT
AS_BEFORE

#define CHOOSE(name) \
    (best_variant() == AVX512 ? name##_avx512 : best_variant() == AVX2 ? name##_avx2 : name##_baseline)

static enum variant supported_variant(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return AVX512;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? AVX2 : BASELINE;
}

#else

#define CHOOSE(name) name##_baseline

static enum variant supported_variant(void) { return BASELINE; }

#endif

/* The environment may ask for less than the processor has, never for more. */
static enum variant best_variant(void) {
    static int chosen = -1;
    if (chosen < 0) {
        int best = supported_variant();
        const char *wish = getenv("PARTSONG_INSTRUCTIONS");
        for (int variant = 0; wish != NULL && variant < best; variant++)
            if (strcmp(wish, variant_names[variant]) == 0) best = variant;
        chosen = best;
    }
    return (enum variant)chosen;
}
