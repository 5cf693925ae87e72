/*
 * demo: the stage of --demo, a program of its own that plays a cluster on loopback.
 *
 * It ends when its standard input does, so it goes with us however we go. Thread: main.
 */
#ifndef UI_DEMO_H
#define UI_DEMO_H

#include <stddef.h>
#include <sys/types.h>

#include "error.h"

#define UI_DEMO_PROGRAM "kafkatop-demo"

struct ui_demo {
    pid_t pid; /* 0: none */
    int input, output; /* our ends */
};

/*
 * Starts the program at `path` and waits at most wait_ms until it has written its bootstrap address, its first line,
 * which goes to `address`. KT_INTERNAL with its own words when it does not come up.
 */
KT_MUST_CHECK enum kt_code ui_demo_start(struct ui_demo *demo, const char *path, int wait_ms, char *address,
                                         size_t room, struct kt_err *err);

/* Ends it; nothing happens when none runs. */
void ui_demo_stop(struct ui_demo *demo);

#endif
