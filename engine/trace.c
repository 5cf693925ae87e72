#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "trace_fields.h"

#define FORMAT_NAME    "kafkatop-trace"
#define FORMAT_VERSION 1
#define LINE_MOST      ((size_t)16 << 20)
#define LINE_FIRST     4096

/* ---- writing ---- */

struct kt_trace_writer {
    FILE *out;
    bool ours;    /* close it */
    int64_t base; /* monotonic instant that the file calls 0 */
    bool anonymize;
    char *path;
    char *temporary; /* the name until a first collection is whole; NULL: it has its own */
    off_t whole;     /* so many bytes are whole collections; -1: no file that could be cut there */
    int failed;      /* errno of the first failure */
};

static struct kt_trace_writer *writer_new(FILE *out, int64_t base, int64_t wall, bool anonymize)
{
    struct kt_trace_writer *writer = kt_alloc(1, sizeof *writer);
    *writer = (struct kt_trace_writer){.out = out, .base = base, .anonymize = anonymize, .whole = -1};
    fprintf(out, FORMAT_NAME "\t%d\t%" PRId64 "\n", FORMAT_VERSION, wall);
    return writer;
}

struct kt_trace_writer *kt_trace_writer_new(FILE *out, int64_t wall_of_mono_zero, bool anonymize)
{
    return writer_new(out, 0, wall_of_mono_zero, anonymize);
}

/* In a shared folder nobody chooses for us what is overwritten: no link is followed, no name can be foreseen. */
static int open_beside(const char *path, char **temporary)
{
    struct stat status;
    if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        return open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
    }
    *temporary = kt_format("%s.XXXXXX", path);
    int fd = mkstemp(*temporary);
    if (fd >= 0) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return fd;
}

enum kt_code kt_trace_create(struct kt_trace_writer **writer, const char *path, const struct kt_clock *clock,
                             bool anonymize, struct kt_err *err)
{
    char *temporary = NULL;
    int fd = open_beside(path, &temporary);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!out) {
        int error = errno;
        if (fd >= 0) {
            close(fd);
        }
        free(temporary);
        return kt_fail(err, KT_IO, "cannot record into '%s': %s", path,
                       error == ELOOP ? "it is a symbolic link" : strerror(error));
    }
    *writer = writer_new(out, kt_mono(clock), kt_wall(clock), anonymize);
    (*writer)->ours = true;
    (*writer)->whole = temporary ? 0 : -1;
    (*writer)->temporary = temporary;
    (*writer)->path = kt_strdup(path);
    return KT_OK;
}

static void note_failure(struct kt_trace_writer *writer)
{
    if (!writer->failed) {
        writer->failed = errno ? errno : EIO;
    }
}

/* What was written so far is whole, and is given its name. */
static void make_whole(struct kt_trace_writer *writer)
{
    if (fflush(writer->out) != 0 || ferror(writer->out)) {
        note_failure(writer);
        return;
    }
    if (writer->whole < 0) {
        return;
    }
    writer->whole = ftello(writer->out);
    if (writer->temporary && rename(writer->temporary, writer->path) != 0) {
        note_failure(writer);
    } else {
        free(writer->temporary);
        writer->temporary = NULL;
    }
}

void kt_trace_write(struct kt_trace_writer *writer, const struct kt_obs *obs)
{
    struct kt_trace_io io = {.out = writer->out, .anonymize = writer->anonymize};
    if (!kt_trace_kinds[obs->kind].word) {
        kt_fatal("a recording has no word for observations of kind %d", (int)obs->kind);
    }
    struct kt_obs copy = *obs; /* a visit takes what it may also fill */
    fprintf(writer->out, "%s\t%" PRId64, kt_trace_kinds[obs->kind].word, obs->at - writer->base);
    kt_trace_kinds[obs->kind].visit(&io, &copy);
    if (putc('\n', writer->out) == EOF) {
        note_failure(writer);
    }
    if (obs->kind == KT_OBS_PASS) {
        make_whole(writer); /* what is complete survives a kill; a failure is found at the end */
    }
}

enum kt_code kt_trace_check(const struct kt_trace_writer *writer, struct kt_err *err)
{
    return writer->failed ? kt_fail(err, KT_IO, "cannot write the recording: %s", strerror(writer->failed)) : KT_OK;
}

enum kt_code kt_trace_close(struct kt_trace_writer *writer, struct kt_err *err)
{
    errno = 0;
    int file = writer->whole >= 0 ? dup(fileno(writer->out)) : -1;
    make_whole(writer);
    if (writer->ours && fclose(writer->out) != 0) {
        note_failure(writer);
    }
    int failed = writer->failed;
    if (failed && writer->temporary) {
        unlink(writer->temporary);
    } else if (failed && file >= 0 && ftruncate(file, writer->whole) != 0) {
        failed = errno; /* its last collection stays torn, which a replay passes over */
    }
    if (file >= 0) {
        close(file);
    }
    free(writer->temporary);
    free(writer->path);
    free(writer);
    return failed ? kt_fail(err, KT_IO, "cannot write the recording: %s", strerror(failed)) : KT_OK;
}

/* ---- reading ---- */

struct kt_trace_reader {
    FILE *in;
    int64_t wall;
    uint64_t line_number;
    bool whole; /* the line ended in a newline */
    char *line;
    size_t room;
    struct kt_arena arena; /* lists of the observation in hand */
};

/* Reads one line without its newline; *length as read. *more is false at the end of the file. */
static enum kt_code read_line(struct kt_trace_reader *reader, size_t *length, bool *more, struct kt_err *err)
{
    size_t used = 0;
    int byte;
    while ((byte = getc_unlocked(reader->in)) != EOF && byte != '\n') {
        if (used + 2 > reader->room) {
            if (reader->room >= LINE_MOST) {
                return kt_fail(err, KT_PROTOCOL, "recording, line %" PRIu64 ": longer than %zu bytes",
                               reader->line_number + 1, LINE_MOST);
            }
            reader->room = reader->room ? reader->room * 2 : LINE_FIRST;
            reader->line = kt_resize(reader->line, reader->room, 1);
        }
        reader->line[used++] = (char)byte;
    }
    if (byte == EOF && ferror(reader->in)) {
        return kt_fail(err, KT_IO, "cannot read the recording: %s", strerror(errno));
    }
    *more = byte != EOF || used > 0;
    *length = used;
    if (*more) {
        reader->line_number++;
        reader->whole = byte != EOF;
        if (!reader->line) {
            reader->room = LINE_FIRST;
            reader->line = kt_alloc(reader->room, 1);
        }
        reader->line[used] = '\0';
    }
    return KT_OK;
}

static enum kt_code cut_line(const struct kt_trace_reader *reader, struct kt_err *err)
{
    kt_fail(err, KT_PROTOCOL, "recording, line %" PRIu64 ": it breaks off", reader->line_number);
    if (err) {
        err->retry = true;
    }
    return KT_PROTOCOL;
}

static enum kt_code bad_line(const struct kt_trace_reader *reader, const char *what, struct kt_err *err)
{
    return kt_fail(err, KT_PROTOCOL, "recording, line %" PRIu64 ": %s", reader->line_number, what);
}

static enum kt_code read_header(struct kt_trace_reader *reader, struct kt_err *err)
{
    size_t length;
    bool more;
    enum kt_code code = read_line(reader, &length, &more, err);
    if (code != KT_OK) {
        return code;
    }
    if (!more) {
        return kt_fail(err, KT_PROTOCOL, "recording is empty");
    }
    struct kt_trace_io io = {.at = reader->line, .end = reader->line + length};
    const char *name = kt_trace_token(&io);
    int64_t version = 0;
    kt_trace_i64(&io, &version);
    kt_trace_i64(&io, &reader->wall);
    if (!name || strcmp(name, FORMAT_NAME) != 0) {
        return bad_line(reader, "this is no recording of kafkatop", err);
    }
    if (io.bad || version != FORMAT_VERSION) {
        return bad_line(reader, "a version of the format that this kafkatop does not know", err);
    }
    return KT_OK;
}

enum kt_code kt_trace_open(struct kt_trace_reader **out, FILE *in, struct kt_err *err)
{
    struct kt_trace_reader *reader = kt_alloc(1, sizeof *reader);
    reader->in = in;
    kt_arena_init(&reader->arena);
    enum kt_code code = read_header(reader, err);
    if (code != KT_OK) {
        kt_trace_reader_free(reader);
        return code;
    }
    *out = reader;
    return KT_OK;
}

int64_t kt_trace_wall_of_mono_zero(const struct kt_trace_reader *reader)
{
    return reader->wall;
}

static int kind_of(const char *word)
{
    for (int kind = 0; kind < KT_OBS_KIND_COUNT; kind++) {
        if (kt_trace_kinds[kind].word && strcmp(kt_trace_kinds[kind].word, word) == 0) {
            return kind;
        }
    }
    return -1;
}

/* Remarks and empty lines are passed over: recordings are also written by hand. */
static enum kt_code read_told_line(struct kt_trace_reader *reader, size_t *length, bool *more,
                                   struct kt_err *err)
{
    enum kt_code code;
    do {
        code = read_line(reader, length, more, err);
    } while (code == KT_OK && *more && reader->whole && (*length == 0 || reader->line[0] == '#'));
    return code;
}

enum kt_code kt_trace_next(struct kt_trace_reader *reader, struct kt_obs *obs, bool *more, struct kt_err *err)
{
    size_t length;
    *more = false;
    enum kt_code code = read_told_line(reader, &length, more, err);
    if (code != KT_OK || !*more) {
        return code;
    }
    if (!reader->whole) {
        return cut_line(reader, err);
    }
    if (memchr(reader->line, '\0', length)) {
        return bad_line(reader, "a NUL byte", err);
    }
    kt_arena_reset(&reader->arena);
    struct kt_trace_io io = {.at = reader->line, .end = reader->line + length, .arena = &reader->arena};
    const char *word = kt_trace_token(&io);
    int kind = word ? kind_of(word) : -1;
    if (kind < 0) {
        return bad_line(reader, "an observation of a kind that this kafkatop does not know", err);
    }
    memset(obs, 0, sizeof *obs);
    obs->kind = (enum kt_obs_kind)kind;
    kt_trace_i64(&io, &obs->at);
    kt_trace_kinds[kind].visit(&io, obs);
    if (io.bad) {
        return bad_line(reader, "a field is missing or makes no sense", err);
    }
    if (io.at <= io.end) {
        return bad_line(reader, "more fields than its kind has", err);
    }
    return KT_OK;
}

void kt_trace_reader_free(struct kt_trace_reader *reader)
{
    if (reader) {
        kt_arena_release(&reader->arena);
        free(reader->line);
        free(reader);
    }
}
