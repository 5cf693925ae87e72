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
#include "loop.h"
#include "option.h"
#include "program.h"
#include "signals.h"
#include "term.h"

#define DEMO_WAIT_MS 20000
#define PATH_MOST 1024

struct session {
    struct kt_options options;
    struct ui_demo demo;
    struct kt_engine *engine;
    const char *program_dir; /* NULL: not known */
};

static int say(const struct kt_err *err)
{
    if (err->text[0])
        fprintf(stderr, "kafkatop: %s\n", err->text);
    return kt_code_exit_status(err->code);
}

/* ---- the engine as a feed ---- */

static const struct kt_snapshot *feed_latest(void *self)
{
    return kt_engine_latest(self);
}

static void feed_refresh(void *self)
{
    kt_engine_refresh(self);
}

static void feed_set_delay(void *self, int64_t delay_ms)
{
    kt_engine_set_delay(self, delay_ms);
}

static bool feed_ended(void *self)
{
    return kt_engine_ended(self);
}

static enum kt_code feed_failure(void *self, struct kt_err *err)
{
    return kt_engine_failure(self, err);
}

static struct ui_feed feed_of(struct kt_engine *engine)
{
    return (struct ui_feed){
        .self = engine,
        .clock = kt_engine_clock(engine),
        .wake_fd = kt_engine_wake_fd(engine),
        .latest = feed_latest,
        .refresh = feed_refresh,
        .set_delay = feed_set_delay,
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

static enum kt_code start_demo(struct session *session, struct kt_err *err)
{
    char path[PATH_MOST], address[256];
    struct kt_options *options = &session->options;
    if (!ui_program_find(session->program_dir, UI_DEMO_PROGRAM, path, sizeof path))
        return kt_fail(err, KT_CONFIG, "there is no %s beside this program or in %s", UI_DEMO_PROGRAM, KAFKATOP_BINDIR);
    enum kt_code code = ui_demo_start(&session->demo, path, DEMO_WAIT_MS, address, sizeof address, err);
    if (code != KT_OK)
        return code;
    free(options->brokers);
    free(options->cluster);
    options->brokers = kt_strdup(address);
    options->cluster = kt_strdup("demo");
    return KT_OK;
}

static enum kt_code start(struct session *session, bool screen, struct kt_err *err)
{
    enum kt_code code = ui_signals_open(screen, err);
    if (code == KT_OK && session->options.demo)
        code = start_demo(session, err);
    if (code == KT_OK)
        code = kt_engine_open(&session->engine, &session->options, err);
    return code;
}

static void stop(struct session *session)
{
    kt_engine_close(session->engine);
    session->engine = NULL;
    ui_demo_stop(&session->demo);
}

/* ---- the two ways to run ---- */

static int run_batch(struct session *session)
{
    struct kt_err err = {.code = KT_OK};
    struct ui_feed feed = feed_of(session->engine);
    struct ui_signal_source signals = signal_source();
    struct ui_batch batch = {&session->options, &feed, &signals, &kt_clock_system, stdout};
    int status = ui_batch_run(&batch, &err);
    (void)say(&err);
    return status;
}

static int run_screen(struct session *session)
{
    struct kt_err err = {.code = KT_OK};
    struct ui_term term = ui_term_curses();
    struct ui_term_settings settings = {.ascii = session->options.ascii, .no_color = session->options.no_color};
    struct ui_app *app = ui_app_new(&session->options, session->program_dir);
    if (term.ops->open(term.self, &settings, &err) != KT_OK) {
        ui_app_free(app);
        return say(&err);
    }
    struct ui_feed feed = feed_of(session->engine);
    struct ui_signal_source signals = signal_source();
    struct ui_loop loop = {&term, app, &feed, &signals, &kt_clock_system, session->options.iterations};
    int number = ui_loop_run(&loop);
    term.ops->close(term.self);
    ui_app_free(app);
    return number ? 128 + number : 0;
}

static int run(struct session *session)
{
    struct kt_err err = {.code = KT_OK};
    bool screen = session->options.format == KT_FORMAT_SCREEN;
    if (screen && ui_term_check(&err) != KT_OK)
        return say(&err);
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
    kt_options_release(&session.options);
    if (status > 128)
        ui_signals_raise(status - 128);
    return status;
}
