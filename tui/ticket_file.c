#include "ticket_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SAME_SECOND_MOST 99 /* tickets with one name */
#define CLOSE_MS 1000
#define TEXT_ROOM 4400

/* ---- the two files ---- */

enum { TEXT, DOCUMENT, FILES };

static const char *const endings[FILES] = {[TEXT] = "txt", [DOCUMENT] = "json"};

static enum kt_code fail_io(struct kt_err *err, const char *path, int sys)
{
    kt_fail(err, KT_IO, "cannot write '%s': %s", path, strerror(sys));
    err->sys = sys;
    return KT_IO;
}

static enum kt_code fill(struct ui_ticket *ticket, int which, const char *path, struct kt_err *err)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *out = file < 0 ? NULL : fdopen(file, "w");
    enum kt_code code = KT_OK;
    if (!out)
        return fail_io(err, path, errno);
    errno = 0;
    if (which == DOCUMENT)
        code = ui_ticket_write_json(ticket, out, err);
    else
        ui_ticket_write_text(ticket, out);
    if (code == KT_IO || (code == KT_OK && (fflush(out) != 0 || ferror(out))))
        code = fail_io(err, path, code == KT_IO && err->sys ? err->sys : errno ? errno : EIO);
    if (code == KT_OK && fsync(file) != 0 && errno != EINVAL)
        code = fail_io(err, path, errno);
    if (fclose(out) != 0 && code == KT_OK)
        code = fail_io(err, path, errno);
    return code;
}

/* Gives the file its name unless something has it. Where files cannot have two names, it is looked at first. */
static int give_name(const char *temporary, const char *path)
{
    struct stat status;
    if (link(temporary, path) == 0)
        return 0;
    if (errno == EEXIST || errno == ENOSPC || errno == ENOENT)
        return errno;
    if (lstat(path, &status) == 0)
        return EEXIST;
    return errno == ENOENT && rename(temporary, path) == 0 ? 0 : errno;
}

/* Both, or none. EEXIST in err->sys: the name is taken. */
static enum kt_code write_pair(struct ui_ticket *ticket, const char *base, struct kt_err *err)
{
    char *paths[FILES], *temporaries[FILES];
    enum kt_code code = KT_OK;
    int named = 0;
    for (int i = 0; i < FILES; i++) {
        paths[i] = kt_format("%s.%s", base, endings[i]);
        temporaries[i] = kt_format("%s.%s.part", base, endings[i]);
    }
    int begun = 0;
    for (; begun < FILES && code == KT_OK; begun++)
        code = fill(ticket, begun, temporaries[begun], err);
    /* One that was there before us is not ours to remove. */
    int ours = code != KT_OK && err->sys == EEXIST ? begun - 1 : begun;
    for (; named < FILES && code == KT_OK; named++) {
        int sys = give_name(temporaries[named], paths[named]);
        if (sys != 0) {
            code = fail_io(err, paths[named], sys);
            break;
        }
    }
    for (int i = 0; i < FILES; i++) {
        if (i < ours)
            unlink(temporaries[i]); /* gone already where it was renamed */
        if (i < named && code != KT_OK)
            unlink(paths[i]);
        free(paths[i]);
        free(temporaries[i]);
    }
    return code;
}

static bool is_taken(const char *base)
{
    bool taken = false;
    for (int i = 0; i < FILES && !taken; i++) {
        struct stat status;
        char *path = kt_format("%s.%s", base, endings[i]);
        taken = lstat(path, &status) == 0;
        free(path);
    }
    return taken;
}

enum kt_code ui_ticket_save(struct ui_ticket *ticket, const char *folder, char **path, struct kt_err *err)
{
    char name[UI_TICKET_NAME_ROOM];
    char *real = realpath(folder, NULL);
    if (!real)
        return fail_io(err, folder, errno);
    ui_ticket_name(ticket, name);
    enum kt_code code = kt_fail(err, KT_IO, "too many tickets called '%s'", name);
    for (int i = 1; i <= SAME_SECOND_MOST; i++) {
        char *base = i == 1 ? kt_format("%s/%s", strcmp(real, "/") == 0 ? "" : real, name)
                            : kt_format("%s/%s-%d", strcmp(real, "/") == 0 ? "" : real, name, i);
        if (!is_taken(base)) {
            err->sys = 0;
            code = write_pair(ticket, base, err);
            if (code == KT_OK) {
                *path = base;
                break;
            }
        }
        free(base);
        if (code != KT_OK && err->sys != 0 && err->sys != EEXIST)
            break;
    }
    free(real);
    return code;
}

/* ---- the thread ---- */

struct ui_ticket_writer {
    int ends[2]; /* a byte comes when one is done */
    pthread_t thread;
    struct ui_ticket *ticket; /* of the thread while it runs */
    bool busy;

    pthread_mutex_t lock; /* what follows */
    pthread_cond_t ended;
    bool done, written, left; /* left: nobody waits any more */
    char text[TEXT_ROOM];
};

/* Whether another folder could do better. */
static bool is_of_the_folder(int sys)
{
    return sys == EACCES || sys == EPERM || sys == EROFS || sys == ENOENT || sys == ENOTDIR || sys == ELOOP;
}

static bool save(struct ui_ticket *ticket, char text[TEXT_ROOM])
{
    struct kt_err err = {.code = KT_OK}, second;
    const char *home = getenv("HOME");
    char *path = NULL;
    enum kt_code code = ui_ticket_save(ticket, ".", &path, &err);
    if (code == KT_OK) {
        snprintf(text, TEXT_ROOM, "ticket: %s.txt and .json", path);
    } else if (is_of_the_folder(err.sys) && home && home[0] == '/' &&
               ui_ticket_save(ticket, home, &path, &second) == KT_OK) {
        snprintf(text, TEXT_ROOM, "ticket: %s.txt and .json (the current folder: %s)", path, strerror(err.sys));
        code = KT_OK;
    } else {
        snprintf(text, TEXT_ROOM, "no ticket: %s", err.text);
    }
    free(path);
    return code == KT_OK;
}

static void free_writer(struct ui_ticket_writer *writer)
{
    close(writer->ends[0]);
    close(writer->ends[1]);
    pthread_cond_destroy(&writer->ended);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

static void *work(void *self)
{
    struct ui_ticket_writer *writer = self;
    char text[TEXT_ROOM];
    bool written = save(writer->ticket, text);
    ui_ticket_free(writer->ticket);
    pthread_mutex_lock(&writer->lock);
    memcpy(writer->text, text, sizeof writer->text);
    writer->written = written;
    writer->done = true;
    bool left = writer->left;
    if (!left && write(writer->ends[1], "", 1) != 1)
        writer->written = written; /* a full pipe: it was told before */
    pthread_cond_signal(&writer->ended);
    pthread_mutex_unlock(&writer->lock);
    if (left)
        free_writer(writer);
    return NULL;
}

enum kt_code ui_ticket_writer_open(struct ui_ticket_writer **writer, struct kt_err *err)
{
    struct ui_ticket_writer *one = kt_alloc(1, sizeof *one);
    if (pipe(one->ends) != 0) {
        free(one);
        return kt_fail(err, KT_INTERNAL, "no pipe: %s", strerror(errno));
    }
    for (int i = 0; i < 2; i++) {
        fcntl(one->ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(one->ends[i], F_SETFL, O_NONBLOCK);
    }
    pthread_mutex_init(&one->lock, NULL);
    pthread_cond_init(&one->ended, NULL);
    *writer = one;
    return KT_OK;
}

int ui_ticket_writer_fd(const struct ui_ticket_writer *writer)
{
    return writer->ends[0];
}

enum kt_code ui_ticket_writer_start(struct ui_ticket_writer *writer, struct ui_ticket *take_ticket, struct kt_err *err)
{
    sigset_t all, before;
    if (writer->busy) {
        ui_ticket_free(take_ticket);
        return kt_fail(err, KT_IO, "the ticket before is still being written");
    }
    writer->ticket = take_ticket;
    /* Signals are the other threads'; and a file that grows too large shall be an error, not an end. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int sys = pthread_create(&writer->thread, NULL, work, writer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (sys != 0) {
        ui_ticket_free(take_ticket);
        return kt_fail(err, KT_INTERNAL, "no thread: %s", strerror(sys));
    }
    writer->busy = true;
    return KT_OK;
}

bool ui_ticket_writer_end(struct ui_ticket_writer *writer, bool *written, char *text, size_t room)
{
    char byte;
    while (read(writer->ends[0], &byte, 1) == 1)
        continue;
    pthread_mutex_lock(&writer->lock);
    bool done = writer->done;
    if (done) {
        *written = writer->written;
        snprintf(text, room, "%s", writer->text);
        writer->done = false;
    }
    pthread_mutex_unlock(&writer->lock);
    if (done) {
        pthread_join(writer->thread, NULL);
        writer->busy = false;
    }
    return done;
}

void ui_ticket_writer_close(struct ui_ticket_writer *writer)
{
    struct timespec until;
    if (!writer)
        return;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += CLOSE_MS / 1000;
    pthread_mutex_lock(&writer->lock);
    for (int sys = 0; writer->busy && !writer->done && sys == 0;)
        sys = pthread_cond_timedwait(&writer->ended, &writer->lock, &until);
    bool done = writer->done;
    writer->left = writer->busy && !done;
    bool left = writer->left;
    pthread_t thread = writer->thread;
    pthread_mutex_unlock(&writer->lock);
    if (left) {
        pthread_detach(thread); /* it frees the writer when it comes back, maybe at once */
        return;
    }
    if (writer->busy)
        pthread_join(writer->thread, NULL);
    free_writer(writer);
}
