/*
 * screen_file: the file that the key W writes, $XDG_CONFIG_HOME/kafkatop/screen: found, read and written safely.
 *
 * It is written beside its place and renamed there, so that a reader finds the old one or the new one, whole; of two
 * that write at once the last one wins. It is the user's alone (0600, its folder 0700) and never a way to another
 * file: what is no regular file of that name is left alone. Thread: UI.
 */
#ifndef UI_SCREEN_FILE_H
#define UI_SCREEN_FILE_H

#include <stddef.h>

#include "error.h"

/* Its path; NULL: neither XDG_CONFIG_HOME nor HOME names a place. To be freed. */
char *ui_screen_file_path(void);

/* The whole file, to be freed; *text is NULL (and all is well) when there is none. KT_CONFIG when it cannot be read. */
KT_MUST_CHECK enum kt_code ui_screen_file_read(const char *path, char **text, size_t *length, struct kt_err *err);

/* Writes it, making its folder where that is missing. KT_IO leaves what was there as it was. */
KT_MUST_CHECK enum kt_code ui_screen_file_write(const char *path, const char *text, struct kt_err *err);

#endif
