#include "export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "export_anonymous.h"
#include "export_format.h"
#include "json_utf8.h"

/* ---- formats ---- */

static const struct {
    const char *name;
    void (*write)(const struct kt_snapshot *const *snaps, size_t count,
                  const struct kt_export_settings *settings, FILE *out);
} formats[] = {
    [KT_FORMAT_TEXT] = {"text", kt_export_text},
    [KT_FORMAT_JSON] = {"JSON", kt_export_json},
    [KT_FORMAT_CSV] = {"CSV", kt_export_csv},
};

char *kt_export_name(struct kt_text name)
{
    if (name.length > (SIZE_MAX - 1) / 4) {
        kt_fatal("out of memory (a name of %zu bytes)", name.length);
    }
    char *out = kt_resize(NULL, name.length * 4 + 1, 1);
    size_t length = kt_utf8_printable(name.bytes, name.length, out, name.length * 4);
    out[length] = '\0';
    return out;
}

void kt_export_instant(int64_t ms, char *room, size_t size)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    if ((int64_t)seconds != ms / 1000 || !gmtime_r(&seconds, &parts) ||
        strftime(room, size, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        snprintf(room, size, "-");
    }
}

static void write_format(enum kt_format format, const struct kt_snapshot *const *snaps, size_t count,
                         const struct kt_export_settings *settings, FILE *out)
{
    if (!settings->anonymize) {
        formats[format].write(snaps, count, settings, out);
        return;
    }
    const struct kt_snapshot **copies = kt_alloc(count + 1, sizeof *copies);
    for (size_t i = 0; i < count; i++) {
        copies[i] = kt_snapshot_anonymous(snaps[i]);
    }
    formats[format].write(copies, count, settings, out);
    for (size_t i = 0; i < count; i++) {
        kt_snapshot_unref(copies[i]);
    }
    free(copies);
}

static enum kt_code fail_io(struct kt_err *err, const char *what, const char *path, int sys)
{
    kt_fail(err, KT_IO, "cannot write %s'%s': %s", what, path, strerror(sys));
    if (err) {
        err->sys = sys;
    }
    return KT_IO;
}

enum kt_code kt_export(enum kt_format format, const struct kt_snapshot *const *snaps, size_t count,
                       const struct kt_export_settings *settings, FILE *out, struct kt_err *err)
{
    if ((size_t)format >= sizeof formats / sizeof formats[0] || !formats[format].write) {
        return kt_fail(err, KT_INTERNAL, "format %d cannot be written", (int)format);
    }
    errno = 0;
    write_format(format, snaps, count, settings, out);
    if (fflush(out) != 0 || ferror(out)) {
        int sys = errno;
        kt_fail(err, KT_IO, "cannot write %s: %s", formats[format].name,
                sys ? strerror(sys) : "the stream failed");
        if (err) {
            err->sys = sys;
        }
        return KT_IO;
    }
    return KT_OK;
}

/* ---- files ---- */

/*
 * True for /dev/stdout, /dev/fd/1 and the like: links that the system keeps to what is open, where a rename
 * would take the link away from every other program.
 */
static bool is_of_the_system(const char *path)
{
    struct stat status;
    const char *slash = strrchr(path, '/');
    if (!slash || lstat(path, &status) != 0 || !S_ISLNK(status.st_mode)) {
        return false;
    }
    char *folder = kt_format("%.*s/", (int)(slash - path), path);
    char *real = realpath(folder, NULL);
    bool of_the_system = real && (strcmp(real, "/dev") == 0 || strncmp(real, "/proc/", 6) == 0);
    free(real);
    free(folder);
    return of_the_system;
}

/*
 * What is there and is no file (a device, a pipe) is written to as it is: a rename would put a file in its
 * place. Not through a link, which somebody else may have laid: that is replaced by the rename.
 */
static bool is_special(const char *path)
{
    struct stat status;
    if (is_of_the_system(path)) {
        return true;
    }
    return lstat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode) &&
           !S_ISLNK(status.st_mode);
}

static enum kt_code write_special(enum kt_format format, const struct kt_snapshot *const *snaps, size_t count,
                                  const struct kt_export_settings *settings, const char *path,
                                  struct kt_err *err)
{
    FILE *out = fopen(path, "we");
    if (!out) {
        return fail_io(err, "", path, errno);
    }
    enum kt_code code = kt_export(format, snaps, count, settings, out, err);
    if (fclose(out) != 0 && code == KT_OK) {
        code = fail_io(err, "", path, errno);
    }
    return code;
}

/* All of the document in the file, on the disk, under its temporary name. */
static enum kt_code fill(enum kt_format format, const struct kt_snapshot *const *snaps, size_t count,
                         const struct kt_export_settings *settings, int file, const char *path,
                         struct kt_err *err)
{
    FILE *out = fdopen(file, "w");
    if (!out) {
        int sys = errno;
        close(file);
        return fail_io(err, "", path, sys);
    }
    struct kt_err fault;
    enum kt_code code = kt_export(format, snaps, count, settings, out, &fault);
    if (code != KT_OK) {
        code = fault.code == KT_IO && fault.sys ? fail_io(err, "", path, fault.sys)
                                                : kt_fail(err, fault.code, "%s", fault.text);
    } else if (fsync(file) != 0 && errno != EINVAL) {
        code = fail_io(err, "", path, errno);
    }
    if (fclose(out) != 0 && code == KT_OK) {
        code = fail_io(err, "", path, errno);
    }
    return code;
}

enum kt_code kt_export_file(enum kt_format format, const struct kt_snapshot *const *snaps, size_t count,
                            const struct kt_export_settings *settings, const char *path, struct kt_err *err)
{
    if (is_special(path)) {
        return write_special(format, snaps, count, settings, path, err);
    }
    char *temporary = kt_format("%s.XXXXXX", path);
    int file = mkstemp(temporary);
    if (file < 0) {
        int sys = errno;
        free(temporary);
        return fail_io(err, "", path, sys);
    }
    fcntl(file, F_SETFD, FD_CLOEXEC);
    enum kt_code code = fill(format, snaps, count, settings, file, path, err);
    if (code == KT_OK && rename(temporary, path) != 0) {
        code = fail_io(err, "", path, errno);
    }
    if (code != KT_OK) {
        unlink(temporary);
    }
    free(temporary);
    return code;
}

/* ---- the exit status ---- */

enum { EXIT_ALL_OK, EXIT_WARN, EXIT_ERR, EXIT_UNSURE };

/* Share groups have no verdict by their nature; nothing is missing where theirs is not known. */
static bool needs_verdict(const struct kt_group *group)
{
    return !group->type || strcmp(group->type, "share") != 0;
}

static void look_at(const struct kt_snapshot *snap, const struct kt_group *group, int64_t hold_ms,
                    bool found[4])
{
    if (group->marks & KT_MARK_ABANDONED) {
        return;
    }
    switch (kt_status_of_group(group->status)) {
    case KT_STATUS_OK:
        break;
    case KT_STATUS_WARN:
        found[EXIT_WARN] = true;
        break;
    case KT_STATUS_UNKNOWN:
        found[EXIT_UNSURE] = found[EXIT_UNSURE] || needs_verdict(group);
        break;
    default:
        found[kt_snapshot_held(snap, group, hold_ms) ? EXIT_WARN : EXIT_ERR] = true;
    }
}

int kt_export_exit_status(const struct kt_snapshot *const *snaps, size_t count, int64_t hold_ms)
{
    bool found[4] = {false};
    size_t groups = 0;
    for (size_t i = 0; i < count; i++) {
        const struct kt_snapshot *snap = snaps[i];
        found[EXIT_UNSURE] = found[EXIT_UNSURE] || !snap->collected || snap->partial || snap->stale;
        groups += snap->group_count;
        for (size_t k = 0; k < snap->group_count; k++) {
            look_at(snap, snap->groups[k], hold_ms, found);
        }
    }
    return found[EXIT_ERR]                     ? EXIT_ERR
           : found[EXIT_UNSURE] || groups == 0 ? EXIT_UNSURE
           : found[EXIT_WARN]                  ? EXIT_WARN
                                               : EXIT_ALL_OK;
}
