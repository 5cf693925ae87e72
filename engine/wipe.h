/*
 * wipe: memory that held a secret, overwritten before it is given back. Thread: any.
 */
#ifndef KT_WIPE_H
#define KT_WIPE_H

#include <stddef.h>

/* Overwrites with zeros, also what is not looked at afterwards. NULL is allowed. */
void kt_wipe(void *bytes, size_t length);

/* Wipes a text and frees it; NULL is allowed. */
void kt_wipe_free(char *text);

/*
 * Twice as much room for the same bytes, the rest zeroed, and no copy of them left where they were, as realloc would
 * leave one. `bytes` (NULL with *room 0: the first) is taken; to be freed; kt_fatal without memory.
 */
void *kt_wipe_grow(void *bytes, size_t *room);

#endif
