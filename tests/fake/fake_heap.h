/*
 * fake_heap: how many bytes the process has allocated and not given back.
 *
 * Asked of whoever keeps the heap: the address sanitizer, else glibc. Elsewhere, under the thread sanitizer and under
 * valgrind, it is not known and 0. Bytes that the allocator adds to each block count.
 *
 * Thread: one, while no other allocates.
 */
#ifndef FAKE_HEAP_H
#define FAKE_HEAP_H

#include <stddef.h>

size_t fake_heap_live(void);

#endif
