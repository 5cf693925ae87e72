/*
 * program: where the running executable lies, and what lies beside it. Thread: main.
 */
#ifndef UI_PROGRAM_H
#define UI_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Before anything is opened: a standard stream that whoever started us has closed must not become the first file or
 * socket of ours, into which results or messages would then be written. Using one still fails.
 */
void ui_program_hold_streams(void);

/* The folder of the executable without a slash at its end; false when the system does not tell. */
bool ui_program_dir(const char *argv0, char *out, size_t room);

/* The path of another executable of ours: beside this one (dir may be NULL), else where it is installed. */
bool ui_program_find(const char *dir, const char *name, char *out, size_t room);

#endif
