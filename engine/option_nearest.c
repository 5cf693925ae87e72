/* The word that somebody meant. */
#include <string.h>

#include "option.h"

#define WORD_MOST 64
#define PART_LEAST 5 /* letters in a row that tell what is meant */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`; both at most WORD_MOST.
 */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t before[WORD_MOST + 1], last[WORD_MOST + 1], row[WORD_MOST + 1];
    for (size_t j = 0; j <= b_length; j++) {
        last[j] = j;
        before[j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && before[j - 2] + 1 < row[j]) {
                row[j] = before[j - 2] + 1;
            }
        }
        memcpy(before, last, (b_length + 1) * sizeof last[0]);
        memcpy(last, row, (b_length + 1) * sizeof last[0]);
    }
    return last[b_length];
}

static const char *find(const char *word, const char *const *words, size_t count, bool however_far)
{
    size_t length = strlen(word), best = SIZE_MAX;
    const char *nearest = NULL;
    if (length == 0 || length > WORD_MOST) {
        return however_far && count > 0 ? words[0] : NULL;
    }
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(words[i]);
        if (other > WORD_MOST) {
            continue;
        }
        /* A word cut short, such as "iter", is near to what it begins. */
        bool begins = length >= 3 && other > length && strncmp(words[i], word, length) == 0;
        size_t far = begins ? 1 : distance(word, length, words[i], other);
        size_t allowed = 1 + (length > other ? length : other) / 4;
        if ((far <= allowed || however_far) && far < best) {
            best = far;
            nearest = words[i];
        }
    }
    return nearest;
}

const char *kt_nearest(const char *word, const char *const *words, size_t count)
{
    return find(word, words, count, false);
}

/* The longest run of letters that both have. */
static size_t shared(const char *a, const char *b)
{
    size_t most = 0;
    for (size_t i = 0; a[i] && i < WORD_MOST; i++) {
        for (size_t j = 0; b[j] && j < WORD_MOST; j++) {
            size_t length = 0;
            while (a[i + length] && a[i + length] == b[j + length]) {
                length++;
            }
            most = length > most ? length : most;
        }
    }
    return most;
}

/* "noverify" is far from "enable.ssl.certificate.verification", and means that. */
static const char *find_part(const char *word, const char *const *words, size_t count)
{
    const char *nearest = NULL;
    size_t best = PART_LEAST - 1;
    for (size_t i = 0; i < count; i++) {
        size_t length = shared(word, words[i]);
        if (length > best) {
            best = length;
            nearest = words[i];
        }
    }
    return nearest;
}

const char *kt_nearest_of_all(const char *word, const char *const *words, size_t count)
{
    const char *nearest = find(word, words, count, false);
    nearest = nearest ? nearest : find_part(word, words, count);
    return nearest ? nearest : find(word, words, count, true);
}
