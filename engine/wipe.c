#include "wipe.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

void kt_wipe(void *bytes, size_t length)
{
    volatile unsigned char *at = bytes;
    for (size_t i = 0; at && i < length; i++) {
        at[i] = 0;
    }
}

void *kt_wipe_grow(void *bytes, size_t *room)
{
    size_t before = *room;
    *room = before ? before * 2 : 256;
    void *more = kt_alloc(*room, 1);
    if (before) {
        memcpy(more, bytes, before);
        kt_wipe(bytes, before);
    }
    free(bytes);
    return more;
}

void kt_wipe_free(char *text)
{
    if (text) {
        kt_wipe(text, strlen(text));
    }
    free(text);
}
