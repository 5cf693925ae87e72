#include "json_utf8.h"

#include <string.h>

/* How many bytes follow this first byte, and the least and greatest second byte; -1 for none. */
static int follow(unsigned char first, unsigned char *least, unsigned char *most)
{
    *least = 0x80;
    *most = 0xbf;
    if (first >= 0xc2 && first <= 0xdf) {
        return 1;
    }
    if (first >= 0xe0 && first <= 0xef) {
        *least = first == 0xe0 ? 0xa0 : 0x80;
        *most = first == 0xed ? 0x9f : 0xbf;
        return 2;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        *least = first == 0xf0 ? 0x90 : 0x80;
        *most = first == 0xf4 ? 0x8f : 0xbf;
        return 3;
    }
    return -1;
}

size_t kt_utf8_next(const char *bytes, size_t length, uint32_t *character)
{
    unsigned char first = (unsigned char)bytes[0], least, most;
    if (first < 0x80) {
        *character = first;
        return 1;
    }
    int more = follow(first, &least, &most);
    uint32_t value = first & (0x3fu >> (more > 0 ? more : 0));
    for (int i = 1; i <= more; i++) {
        unsigned char next = (size_t)i < length ? (unsigned char)bytes[i] : 0;
        if (next < least || next > most) {
            *character = KT_UTF8_BAD;
            return (size_t)i;
        }
        value = value << 6 | (next & 0x3fu);
        least = 0x80;
        most = 0xbf;
    }
    *character = more < 0 ? KT_UTF8_BAD : value;
    return more < 0 ? 1 : (size_t)more + 1;
}

size_t kt_utf8_plain(const char *bytes, size_t length)
{
    size_t i = 0;
    while (i < length && bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '"' && bytes[i] != ',' &&
           bytes[i] != '\\') {
        i++;
    }
    return i;
}

bool kt_utf8_valid(const char *bytes, size_t length)
{
    uint32_t character;
    for (size_t i = kt_utf8_plain(bytes, length); i < length; i += kt_utf8_next(bytes + i, length - i, &character)) {
        if (kt_utf8_next(bytes + i, length - i, &character), character == KT_UTF8_BAD) {
            return false;
        }
    }
    return true;
}

bool kt_utf8_is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff) || c == KT_UTF8_BAD;
}

size_t kt_utf8_printable(const char *bytes, size_t length, char *out, size_t room)
{
    static const char digits[] = "0123456789abcdef";
    size_t used = 0, step;
    for (size_t i = 0; i < length; i += step) {
        uint32_t character;
        step = kt_utf8_next(bytes + i, length - i, &character);
        bool control = kt_utf8_is_control(character);
        if (room - used < (control ? 4 * step : step)) {
            break;
        }
        for (size_t k = 0; k < step; k++) {
            unsigned char byte = (unsigned char)bytes[i + k];
            if (control) {
                out[used++] = '\\';
                out[used++] = 'x';
                out[used++] = digits[byte >> 4];
                out[used++] = digits[byte & 15];
            } else {
                out[used++] = (char)byte;
            }
        }
    }
    return used;
}
