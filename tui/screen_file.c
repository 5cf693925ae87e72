#include "screen_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST (64 * 1024)

char *ui_screen_file_path(void)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (xdg && xdg[0] == '/')
        return kt_format("%s/kafkatop/screen", xdg);
    return home && home[0] == '/' ? kt_format("%s/.config/kafkatop/screen", home) : NULL;
}

/* --- reading --------------------------------------------------------------------------------------------- */

static enum kt_code read_all(int fd, char *text, size_t *length, struct kt_err *err)
{
    struct stat about;
    *length = 0;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        return kt_fail(err, KT_CONFIG, "it is no regular file");
    for (;;) {
        ssize_t got = read(fd, text + *length, FILE_MOST + 1 - *length);
        if (got < 0 && errno != EINTR)
            return kt_fail(err, KT_CONFIG, "%s", strerror(errno));
        if (got == 0)
            return KT_OK;
        *length += got > 0 ? (size_t)got : 0;
        if (*length > FILE_MOST)
            return kt_fail(err, KT_CONFIG, "it is larger than %d KiB", FILE_MOST / 1024);
    }
}

enum kt_code ui_screen_file_read(const char *path, char **text, size_t *length, struct kt_err *err)
{
    *text = NULL;
    *length = 0;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY); /* a pipe by that name must not hold us up */
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return KT_OK;
    if (fd < 0)
        return kt_fail(err, KT_CONFIG, "%s", strerror(errno));
    *text = kt_alloc(FILE_MOST + 1, 1);
    enum kt_code code = read_all(fd, *text, length, err);
    close(fd);
    if (code != KT_OK) {
        free(*text);
        *text = NULL;
    }
    return code;
}

/* --- writing --------------------------------------------------------------------------------------------- */

/* Opens the folder of `path`, making what is missing of it; -1: err is filled. */
static int open_folder(const char *path, struct kt_err *err)
{
    char *folder = kt_strdup(path);
    *strrchr(folder, '/') = '\0';
    for (char *slash = strchr(folder + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
            break; /* what open says below is about the same folder */
        if (!slash)
            break;
        *slash = '/';
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        kt_fail(err, KT_IO, "folder '%.120s': %s", folder, strerror(errno));
    free(folder);
    return fd;
}

static enum kt_code write_all(int fd, const char *text, struct kt_err *err)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t put = write(fd, text, left);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return kt_fail(err, KT_IO, "%s", strerror(errno));
        text += put;
        left -= (size_t)put;
    }
    return fsync(fd) == 0 || errno == EINVAL ? KT_OK : kt_fail(err, KT_IO, "%s", strerror(errno));
}

static enum kt_code replace(int folder, const char *name, const char *text, struct kt_err *err)
{
    char beside[64];
    snprintf(beside, sizeof beside, ".screen.%ld", (long)getpid());
    unlinkat(folder, beside, 0); /* of one who died with our number */
    int fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return kt_fail(err, KT_IO, "%s", strerror(errno));
    enum kt_code code = write_all(fd, text, err);
    if (close(fd) != 0 && code == KT_OK)
        code = kt_fail(err, KT_IO, "%s", strerror(errno));
    if (code == KT_OK && renameat(folder, beside, folder, name) != 0)
        code = kt_fail(err, KT_IO, "%s", strerror(errno));
    if (code != KT_OK)
        unlinkat(folder, beside, 0);
    return code;
}

enum kt_code ui_screen_file_write(const char *path, const char *text, struct kt_err *err)
{
    const char *name = strrchr(path, '/') + 1;
    struct stat about;
    int folder = open_folder(path, err);
    if (folder < 0)
        return KT_IO;
    enum kt_code code = KT_OK;
    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(about.st_mode))
        code = kt_fail(err, KT_IO, "'%.120s' is %s and is left alone", path,
                       S_ISLNK(about.st_mode) ? "a symbolic link" : "no regular file");
    if (code == KT_OK)
        code = replace(folder, name, text, err);
    close(folder);
    return code;
}
