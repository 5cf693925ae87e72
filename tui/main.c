/*
 * kafkatop: from the command line to the engine and to a screen, or to text for other programs. All the parts are
 * put together here, and only here does the process end.
 */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "batch.h"
#include "config.h"
#include "demo.h"
#include "engine.h"
#include "hook.h"
#include "loop.h"
#include "option.h"
#include "program.h"
#include "signals.h"
#include "term.h"

#define PATH_MOST 1024
#define TELL_BATCH_MS 10000 /* how long the end of a run waits for --on-change ... */
#define TELL_MOMENT_MS 1000 /* ... and when somebody waits for the prompt */

/* The engine opens when the demonstration stands, if there is one; until then a snapshot says what we wait for. */
struct session {
    struct kt_options options;
    struct ui_demo demo;
    struct kt_engine *engine; /* NULL: not yet */
    struct ui_feed feed;
    const struct kt_snapshot *waiting;
    struct kt_err failure;   /* why the engine could not open behind a screen that is up */
    const char *program_dir; /* NULL: not known */
};

static int say(const struct kt_err *err)
{
    if (err->text[0])
        fprintf(stderr, "kafkatop: %s\n", err->text);
    return kt_code_exit_status(err->code);
}

/* ---- the engine as a feed ---- */

static enum kt_code open_engine(struct session *session, struct kt_err *err)
{
    enum kt_code code = kt_engine_open(&session->engine, &session->options, err);
    if (code == KT_OK) {
        session->feed.clock = kt_engine_clock(session->engine);
        session->feed.wake_fd = kt_engine_wake_fd(session->engine);
    }
    return code;
}

/* Opens the engine on the demonstration's cluster as soon as that stands. */
static void follow_demo(struct session *session)
{
    if (session->engine || session->failure.code != KT_OK)
        return;
    switch (ui_demo_look(&session->demo, &session->failure)) {
    case UI_DEMO_COMING:
        return;
    case UI_DEMO_READY:
        free(session->options.brokers);
        session->options.brokers = kt_strdup(session->demo.line);
        if (open_engine(session, &session->failure) == KT_OK)
            return;
        break;
    case UI_DEMO_FAILED:
        break;
    }
    session->feed.wake_fd = -1; /* poll passes it over */
}

static const struct kt_snapshot *feed_latest(void *self)
{
    struct session *session = self;
    follow_demo(session);
    return session->engine ? kt_engine_latest(session->engine) : kt_snapshot_ref(session->waiting);
}

static void feed_refresh(void *self)
{
    struct session *session = self;
    if (session->engine && !kt_engine_ended(session->engine))
        kt_engine_refresh(session->engine);
}

static void feed_set_delay(void *self, int64_t delay_ms)
{
    struct session *session = self;
    if (session->engine && !kt_engine_ended(session->engine))
        kt_engine_set_delay(session->engine, delay_ms);
}

static void feed_exact(void *self, struct kt_text group, struct kt_text topic, int64_t partition)
{
    struct session *session = self;
    if (session->engine && !kt_engine_ended(session->engine))
        kt_engine_exact(session->engine, group, topic, partition);
}

static bool feed_ended(void *self)
{
    struct session *session = self;
    return session->engine && kt_engine_ended(session->engine);
}

static enum kt_code feed_failure(void *self, struct kt_err *err)
{
    struct session *session = self;
    if (session->engine)
        return kt_engine_failure(session->engine, err);
    if (session->failure.code != KT_OK)
        *err = session->failure;
    return session->failure.code;
}

static void init_feed(struct session *session)
{
    session->feed = (struct ui_feed){
        .self = session,
        .clock = &kt_clock_system,
        .wake_fd = -1,
        .latest = feed_latest,
        .refresh = feed_refresh,
        .set_delay = feed_set_delay,
        .exact = feed_exact,
        .ended = feed_ended,
        .failure = feed_failure,
    };
}

static int next_signal(void *self)
{
    (void)self;
    return ui_signals_next();
}

static struct ui_signal_source signal_source(void)
{
    return (struct ui_signal_source){.fd = ui_signals_fd(), .next = next_signal};
}

/* ---- what is not monitoring ---- */

/* Standard output may be full or closed even for --help. */
static int finish_output(void)
{
    struct kt_err err;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    kt_fail(&err, KT_IO, "cannot write to standard output: %s", strerror(errno));
    return say(&err);
}

static bool print_only(const struct kt_options *options)
{
    if (options->help)
        kt_options_help(stdout);
    else if (options->version)
        printf("kafkatop %s\n", KAFKATOP_VERSION);
    else if (options->print_config)
        kt_options_print_config(options, stdout);
    else
        return false;
    return true;
}

/* ---- starting ---- */

static struct kt_text text_of(const char *text)
{
    return (struct kt_text){text, strlen(text)};
}

static const struct kt_snapshot *snapshot_of_waiting(const struct kt_options *options)
{
    struct kt_snapshot *snap = kt_snapshot_new();
    snap->name = text_of(options->cluster);
    snap->activity = text_of("setting the demonstration's stage");
    snap->settings = options->settings;
    snap->taken_ms = kt_wall(&kt_clock_system);
    snap->taken_mono = kt_mono(&kt_clock_system);
    snap->controller = -1;
    snap->partial = true;
    return kt_snapshot_seal(snap);
}

static enum kt_code start_demo(struct session *session, struct kt_err *err)
{
    char path[PATH_MOST];
    if (!ui_program_find(session->program_dir, UI_DEMO_PROGRAM, path, sizeof path))
        return kt_fail(err, KT_CONFIG, "there is no %s beside this program or in %s", UI_DEMO_PROGRAM, KAFKATOP_BINDIR);
    enum kt_code code = ui_demo_start(&session->demo, path, err);
    if (code != KT_OK)
        return code;
    free(session->options.cluster);
    session->options.cluster = kt_strdup("demo");
    session->waiting = snapshot_of_waiting(&session->options);
    session->feed.wake_fd = session->demo.output;
    return KT_OK;
}

static enum kt_code start(struct session *session, bool screen, struct kt_err *err)
{
    enum kt_code code = ui_signals_open(screen, err);
    init_feed(session);
    if (code == KT_OK)
        code = session->options.demo ? start_demo(session, err) : open_engine(session, err);
    return code;
}

/*
 * The process is about to end, and whoever pressed q waits for the prompt: what the engine holds goes with it. Only
 * a recording must be brought to its end; an engine that ended by itself makes nobody wait.
 */
static void stop(struct session *session)
{
    if (session->engine && (session->options.record || kt_engine_ended(session->engine)))
        kt_engine_close(session->engine);
    ui_demo_stop(&session->demo);
}

/* ---- --on-change ---- */

static void say_line(void *self, const char *line)
{
    (void)self;
    fprintf(stderr, "kafkatop: %s\n", line);
}

/* Under the screen a line would tear it. */
static void log_line(void *self, const char *line)
{
    struct session *session = self;
    if (session->engine)
        kt_engine_note(session->engine, line);
}

static void say_secure(const struct session *session)
{
    if (session->options.on_change && session->options.secure)
        fprintf(stderr, "kafkatop: --on-change is off under --secure\n");
}

static void close_hook(struct ui_hook *hook, int64_t most_ms)
{
    size_t lost = ui_hook_close(hook, most_ms);
    if (lost > 0)
        fprintf(stderr, "kafkatop: %zu changes were not told to the command of --on-change\n", lost);
}

/* ---- the two ways to run ---- */

static int run_batch(struct session *session)
{
    struct kt_err err = {.code = KT_OK};
    struct ui_signal_source signals = signal_source();
    struct ui_batch batch = {&session->options, &session->feed, &signals, &kt_clock_system, stdout, NULL};
    if (ui_hook_open(&batch.hook, &session->options, say_line, session, &err) != KT_OK)
        return say(&err);
    int status = ui_batch_run(&batch, &err);
    close_hook(batch.hook, status > 128 ? TELL_MOMENT_MS : TELL_BATCH_MS);
    (void)say(&err);
    return status;
}

static int run_screen(struct session *session)
{
    struct kt_err err = {.code = KT_OK};
    struct ui_term term = ui_term_curses();
    struct ui_term_settings settings = {.ascii = session->options.ascii, .no_color = session->options.no_color};
    struct ui_hook *hook = NULL;
    if (ui_hook_open(&hook, &session->options, log_line, session, &err) != KT_OK)
        return say(&err);
    struct ui_app *app = ui_app_new(&session->options, session->program_dir);
    if (term.ops->open(term.self, &settings, &err) != KT_OK) {
        ui_app_free(app);
        close_hook(hook, 0);
        return say(&err);
    }
    struct ui_signal_source signals = signal_source();
    struct ui_loop loop = {.term = &term,
                           .app = app,
                           .feeds = &session->feed,
                           .feed_count = 1,
                           .signals = &signals,
                           .clock = &kt_clock_system,
                           .iterations = session->options.iterations,
                           .hook = hook};
    int number = ui_loop_run(&loop);
    term.ops->close(term.self);
    ui_app_free(app);
    close_hook(hook, TELL_MOMENT_MS);
    return number ? 128 + number : 0;
}

static int run(struct session *session)
{
    struct kt_err err = {.code = KT_OK};
    bool screen = session->options.format == KT_FORMAT_SCREEN;
    struct ui_theme theme;
    if (screen && ui_term_check(&err) != KT_OK)
        return say(&err);
    /* The app looks it up again; here a slip of the pen is told before the screen covers it. */
    if (screen && session->options.theme &&
        ui_theme_find(&theme, session->options.theme, session->program_dir, &err) != KT_OK)
        return say(&err);
    say_secure(session);
    if (screen)
        kt_fatal_set_hook(ui_term_restore_now);
    if (start(session, screen, &err) != KT_OK) {
        stop(session);
        return say(&err);
    }
    int status = screen ? run_screen(session) : run_batch(session);
    stop(session);
    return status;
}

int main(int argc, char *argv[])
{
    static struct session session;
    static char dir[PATH_MOST];
    struct kt_err err = {.code = KT_OK};
    int status;
    setlocale(LC_CTYPE, ""); /* numbers are written with a point wherever we run */
    session.program_dir = ui_program_dir(argc > 0 ? argv[0] : NULL, dir, sizeof dir) ? dir : NULL;
    if (kt_options_parse(&session.options, argc, argv, &err) != KT_OK)
        status = say(&err);
    else if (print_only(&session.options))
        status = finish_output();
    else
        status = run(&session);
    if (status > 128)
        ui_signals_raise(status - 128);
    _exit(status); /* the engine's threads may still run: nothing of theirs is to be torn down under them */
}
