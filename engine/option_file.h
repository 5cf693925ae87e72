/*
 * option_file: a configuration file as sections of keys and values, each with its line; what they mean is for others.
 *
 * The file is hostile: at most 1 MiB, lines of at most 8 KiB, no control bytes. One line is one setting: blanks at
 * both ends are nothing, between them each byte is the value's, so that no password must be disguised. Only
 * [kafkatop] and [cluster NAME] are sections, each at most once. Thread: any.
 */
#ifndef KT_OPTION_FILE_H
#define KT_OPTION_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct kt_file_entry {
    char *key;
    char *value;
    unsigned line;
};

struct kt_file_section {
    char *cluster; /* NULL: [kafkatop] */
    unsigned line;
    struct kt_file_entry *entries;
    size_t entry_count;
};

struct kt_option_file {
    char *path;
    struct kt_file_section *sections; /* as they stand */
    size_t section_count;
    bool open_to_all; /* everybody on this machine may read it */
};

/*
 * Reads the file at `path` into `file` (zeroed by this call); give back with kt_option_file_release in any case.
 * KT_CONFIG when it cannot be read or makes no sense: err names the file and the line. err->sys is errno when it
 * could not be opened. A build without libinih says so.
 */
KT_MUST_CHECK enum kt_code kt_option_file_read(struct kt_option_file *file, const char *path, struct kt_err *err);

/* The same from memory. */
KT_MUST_CHECK enum kt_code kt_option_file_parse(struct kt_option_file *file, const char *path, const char *bytes,
                                                size_t length, struct kt_err *err);
void kt_option_file_release(struct kt_option_file *file);

/* Whether this build reads configuration files. */
bool kt_option_file_possible(void);

#endif
