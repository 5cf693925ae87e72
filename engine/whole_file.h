/*
 * whole_file: the bytes of a file that somebody named, at most so many.
 *
 * Also of a pipe, such as what a shell puts in place of <(command): it is read once and to its end. Thread: any.
 */
#ifndef KT_WHOLE_FILE_H
#define KT_WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct kt_whole_file {
    char *bytes; /* not ended by a NUL; to be freed, or kt_whole_file_release wipes it first */
    size_t length;
    bool open_to_all; /* everybody on this machine may read it */
};

/*
 * `what` names the kind of file in errors ("configuration file"). KT_CONFIG when it cannot be read (err->sys is errno)
 * or has more than `most` bytes. `file` is zeroed by this call.
 */
KT_MUST_CHECK enum kt_code kt_whole_file_read(struct kt_whole_file *file, const char *path, const char *what,
                                              size_t most, struct kt_err *err);
void kt_whole_file_release(struct kt_whole_file *file);

/* The end of a path, where it is too long for a message. */
const char *kt_path_tail(const char *path);

#endif
