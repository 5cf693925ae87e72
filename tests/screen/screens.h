/*
 * screens: which screens are kept as golden ones: what is shown, which keys come before, at which sizes.
 *
 * To keep another one is a row in screens.c, and `make bless`. Thread: one.
 */
#ifndef SCREENS_H
#define SCREENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

enum sizes { TINY = 1, SMALL = 2, USUAL = 4, LARGE = 8, HUGE_ = 16, WIDE = 32 };

struct size {
    enum sizes bit;
    int width, height;
};

struct screen {
    const char *name;
    const struct kt_snapshot *(*snapshot)(void); /* NULL: none came yet */
    const char *keys;                            /* names, and "type:text" */
    unsigned sizes;
    bool ascii, secure;
    int64_t later_ms; /* since the snapshot was taken */
    const char *failure;
    bool several; /* two clusters more: one that is well, one that is down */
    bool well;    /* ... the first of them alone */
    bool before;  /* a snapshot of four minutes earlier came first */
};

extern const struct size sizes[];
extern const size_t sizes_count;
extern const struct screen screens[];
extern const size_t screens_count;

/* Collected, and there is nothing; a cluster that is well, one that is down; the full one four minutes earlier. */
const struct kt_snapshot *screens_nothing(void);
const struct kt_snapshot *screens_staging(void);
const struct kt_snapshot *screens_down(void);
const struct kt_snapshot *screens_earlier(void);

#endif
