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
    pid_t pid;         /* 0: none */
    int input, output; /* our ends */
    char line[256];    /* the first line, as far as it came */
    size_t length;
};

enum ui_demo_state { UI_DEMO_COMING, UI_DEMO_READY, UI_DEMO_FAILED };

/* Starts the program at `path`. KT_INTERNAL when it cannot. */
KT_MUST_CHECK enum kt_code ui_demo_start(struct ui_demo *demo, const char *path, struct kt_err *err);

/*
 * Looks, without waiting, whether the cluster stands: then `line` is its bootstrap address. `output` is readable when
 * there is something to look at. FAILED: err has the program's own words.
 */
enum ui_demo_state ui_demo_look(struct ui_demo *demo, struct kt_err *err);

/* Ends it; nothing happens when none runs. */
void ui_demo_stop(struct ui_demo *demo);

#endif
