/* Arrays that begin where a cache line does: a register of 64 bytes that lies across two lines takes
 * two reads. Written out, as not every C library for Windows has aligned_alloc.
 */
enum { CACHE_LINE = 64 };

/* Return `count` items of `size`, all zero, or NULL for want of memory. */
static void *new_zeros(size_t count, size_t size) {
    if (size != 0 && count > (SIZE_MAX - CACHE_LINE - sizeof(void *)) / size) return NULL;
    char *origin = calloc(1, count * size + CACHE_LINE + sizeof(void *));
    if (origin == NULL) return NULL;
    char *start = origin + sizeof(void *);
    start += (CACHE_LINE - (uintptr_t)start % CACHE_LINE) % CACHE_LINE;
    memcpy(start - sizeof(void *), &origin, sizeof origin); /* for free_zeros */
    return start;
}

static void free_zeros(void *start) {
    if (start == NULL) return;
    void *origin;
    memcpy(&origin, (char *)start - sizeof(void *), sizeof origin);
    free(origin);
}
