#include "log.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How many of the last lines a new one is compared with. */
#define COALESCE_DEPTH 8

struct kt_log {
    const struct kt_clock *clock;
    pthread_mutex_t lock;
    uint64_t written; /* lines ever stored; the next goes to written % KT_LOG_LINES */
    struct kt_log_line lines[KT_LOG_LINES];
};

struct kt_log *kt_log_new(const struct kt_clock *clock)
{
    struct kt_log *log = kt_alloc(1, sizeof *log);

    log->clock = clock;
    if (pthread_mutex_init(&log->lock, NULL) != 0)
        kt_fatal("cannot make the log's lock");
    return log;
}

void kt_log_free(struct kt_log *log)
{
    if (!log)
        return;
    pthread_mutex_destroy(&log->lock);
    free(log);
}

static size_t kept(const struct kt_log *log)
{
    return log->written < KT_LOG_LINES ? (size_t)log->written : KT_LOG_LINES;
}

/* The line stored `back` lines ago, 1 being the last. */
static struct kt_log_line *line_back(struct kt_log *log, size_t back)
{
    return &log->lines[(log->written - back) % KT_LOG_LINES];
}

/* "(after 12ms in state UP, 3 identical error(s) suppressed)" is no news: goes to its end. */
static const char *behind_time(const char *text)
{
    static const char open[] = "(after ";
    if (strncmp(text, open, sizeof open - 1) != 0)
        return text;
    for (int depth = 0; *text; text++) {
        depth += (*text == '(') - (*text == ')');
        if (depth == 0)
            break;
    }
    return text;
}

static bool says_the_same(const char *one, const char *other)
{
    while (*one && *one == *other) {
        one = behind_time(one + 1);
        other = behind_time(other + 1);
    }
    return *one == *other;
}

static bool count_repeat(struct kt_log *log, const char text[KT_LOG_TEXT], int64_t now)
{
    for (size_t back = 1; back <= COALESCE_DEPTH && back <= kept(log); back++) {
        struct kt_log_line *line = line_back(log, back);

        if (!says_the_same(line->text, text))
            continue;
        memcpy(line->text, text, sizeof line->text);
        line->times++;
        line->last_wall = now;
        return true;
    }
    return false;
}

void kt_log_add(struct kt_log *log, const char *fmt, ...)
{
    char text[KT_LOG_TEXT];
    int64_t now;
    va_list args;

    if (!log)
        return;
    va_start(args, fmt);
    kt_format_cut(text, sizeof text, fmt, args);
    va_end(args);
    now = kt_wall(log->clock);

    pthread_mutex_lock(&log->lock);
    if (!count_repeat(log, text, now)) {
        struct kt_log_line *line = &log->lines[log->written % KT_LOG_LINES];

        line->at_wall = now;
        line->last_wall = now;
        line->times = 1;
        memcpy(line->text, text, sizeof text);
        log->written++;
    }
    pthread_mutex_unlock(&log->lock);
}

size_t kt_log_copy(struct kt_log *log, struct kt_log_line *lines, size_t room)
{
    size_t count;

    if (!log)
        return 0;
    pthread_mutex_lock(&log->lock);
    count = kept(log) < room ? kept(log) : room;
    for (size_t i = 0; i < count; i++)
        lines[i] = *line_back(log, count - i);
    pthread_mutex_unlock(&log->lock);
    return count;
}
