#include "term_copy.h"

#include <string.h>

size_t ui_copy_sequence(const char *text, char out[UI_COPY_ROOM])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char begin[] = "\033]52;c;";
    const unsigned char *in = (const unsigned char *)text;
    size_t length = strlen(text), to = sizeof begin - 1;
    if (length > UI_COPY_MOST)
        return 0;
    memcpy(out, begin, to);
    for (size_t i = 0; i < length; i += 3) {
        unsigned group = (unsigned)in[i] << 16 | (i + 1 < length ? (unsigned)in[i + 1] << 8 : 0) |
                         (i + 2 < length ? in[i + 2] : 0);
        out[to++] = digits[group >> 18];
        out[to++] = digits[group >> 12 & 63];
        out[to++] = i + 1 < length ? digits[group >> 6 & 63] : '=';
        out[to++] = i + 2 < length ? digits[group & 63] : '=';
    }
    out[to++] = '\007';
    return to;
}
