/* Files as a whole, within bounds. */
#include "whole_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "wipe.h"

#define PATH_SHOWN 120

const char *kt_path_tail(const char *path)
{
    size_t length = strlen(path);
    return length > PATH_SHOWN ? path + length - PATH_SHOWN : path;
}

static enum kt_code fail_read(struct kt_err *err, const char *what, const char *path, int sys)
{
    kt_fail(err, KT_CONFIG, "cannot read the %s '%s': %s", what, kt_path_tail(path), strerror(sys));
    if (err) {
        err->sys = sys;
    }
    return KT_CONFIG;
}

static enum kt_code read_all(struct kt_whole_file *file, FILE *in, const char *path, const char *what, size_t most,
                             struct kt_err *err)
{
    size_t room = 4096;
    file->bytes = kt_alloc(room, 1);
    for (size_t more; (more = fread(file->bytes + file->length, 1, room - file->length, in)) > 0;) {
        file->length += more;
        if (file->length > most) {
            return kt_fail(err, KT_CONFIG, "'%s' is larger than %zu KiB: that is no %s", kt_path_tail(path),
                           most / 1024, what);
        }
        if (file->length == room) {
            file->bytes = kt_wipe_grow(file->bytes, &room); /* it may be a secret */
        }
    }
    return ferror(in) ? fail_read(err, what, path, errno) : KT_OK;
}

enum kt_code kt_whole_file_read(struct kt_whole_file *file, const char *path, const char *what, size_t most,
                                struct kt_err *err)
{
    struct stat status;
    *file = (struct kt_whole_file){0};
    FILE *in = fopen(path, "re");
    if (!in) {
        return fail_read(err, what, path, errno);
    }
    (void)setvbuf(in, NULL, _IONBF, 0); /* no copy in a buffer of the C library */
    bool known = fstat(fileno(in), &status) == 0;
    enum kt_code code = read_all(file, in, path, what, most, err);
    (void)fclose(in);
    file->open_to_all = known && S_ISREG(status.st_mode) && (status.st_mode & S_IROTH);
    if (code != KT_OK) {
        bool open_to_all = file->open_to_all;
        kt_whole_file_release(file);
        file->open_to_all = open_to_all;
    }
    return code;
}

void kt_whole_file_release(struct kt_whole_file *file)
{
    if (file->bytes) {
        kt_wipe(file->bytes, file->length);
    }
    free(file->bytes);
    *file = (struct kt_whole_file){0};
}
