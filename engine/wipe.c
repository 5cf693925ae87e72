#include "wipe.h"

#include <stdlib.h>
#include <string.h>

void kt_wipe(void *bytes, size_t length)
{
    volatile unsigned char *at = bytes;
    for (size_t i = 0; at && i < length; i++) {
        at[i] = 0;
    }
}

void kt_wipe_free(char *text)
{
    if (text) {
        kt_wipe(text, strlen(text));
    }
    free(text);
}
