#include "program.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

void ui_program_hold_streams(void)
{
    /* Each opened for what nobody does with it. */
    static const int modes[] = {[STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0)
            return; /* without /dev/null, nothing worse than before */
}

static bool folder_of(const char *path, char *out, size_t room)
{
    char whole[PATH_MAX];
    if (!realpath(path, whole))
        return false;
    char *slash = strrchr(whole, '/');
    if (!slash)
        return false;
    *slash = '\0';
    int length = snprintf(out, room, "%s", whole[0] ? whole : "/");
    return length > 0 && (size_t)length < room;
}

/* As the shell found it. */
static bool folder_in_path(const char *name, char *out, size_t room)
{
    const char *at = getenv("PATH");
    char path[PATH_MAX];
    while (at && *at) {
        size_t length = strcspn(at, ":");
        int written = snprintf(path, sizeof path, "%.*s/%s", (int)length, at, name);
        if (written > 0 && (size_t)written < sizeof path && access(path, X_OK) == 0)
            return folder_of(path, out, room);
        at += length + (at[length] == ':');
    }
    return false;
}

bool ui_program_dir(const char *argv0, char *out, size_t room)
{
    if (folder_of("/proc/self/exe", out, room))
        return true;
    if (!argv0 || !*argv0)
        return false;
    return strchr(argv0, '/') ? folder_of(argv0, out, room) : folder_in_path(argv0, out, room);
}

bool ui_program_find(const char *dir, const char *name, char *out, size_t room)
{
    const char *const dirs[] = {dir, KAFKATOP_BINDIR};
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++) {
        int length = dirs[i] ? snprintf(out, room, "%s/%s", dirs[i], name) : 0;
        if (length > 0 && (size_t)length < room && access(out, X_OK) == 0)
            return true;
    }
    return false;
}
