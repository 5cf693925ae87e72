/*
 * kafkatop: from the command line to the engine and to a screen, or to text for other programs. All the parts are
 * put together here, and only here does the process end.
 */
#include <errno.h>
#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "batch.h"
#include "command.h"
#include "config.h"
#include "demo.h"
#include "doctor.h"
#include "engine.h"
#include "hook.h"
#include "loop.h"
#include "option.h"
#include "prefs.h"
#include "program.h"
#include "requests.h"
#include "screen_file.h"
#include "secret.h"
#include "signals.h"
#include "term.h"

#define PATH_MOST 1024
#define TELL_BATCH_MS 10000 /* how long the end of a run waits for --on-change ... */
#define TELL_MOMENT_MS 1000 /* ... and when somebody waits for the prompt */

/* One cluster; its engine may have to wait for the demonstration's stage. */
struct watched {
    struct session *session;
    const struct kt_options *options;
    struct kt_engine *engine; /* NULL: not yet */
};

struct session {
    struct kt_clusters clusters;
    struct watched watched[KT_CLUSTERS_MOST];
    struct ui_feed feeds[KT_CLUSTERS_MOST];
    struct ui_demo demo;
    const struct kt_snapshot *waiting; /* says what we wait for while there is no engine */
    struct kt_err failure;             /* why the engine could not open behind a screen that is up */
    const char *program_dir;           /* NULL: not known */
    char *screen_path;                 /* of what the screen saves; NULL: nowhere */
    struct ui_prefs prefs;             /* what it saved */
    char notice[PATH_MOST + 600]; /* what is wrong with it, or "" */
};

/* What is the same for all clusters. */
static const struct kt_options *program_options(const struct session *session)
{
    return &session->clusters.items[0];
}

static int say(const struct kt_err *err)
{
    if (err->text[0])
        fprintf(stderr, "kafkatop: %s\n", err->text);
    return kt_code_exit_status(err->code);
}

/* ---- engines as feeds ---- */

static enum kt_code open_engine(struct session *session, size_t number, struct kt_err *err)
{
    struct watched *watched = &session->watched[number];
    enum kt_code code = kt_engine_open(&watched->engine, watched->options, err);
    if (code == KT_OK) {
        session->feeds[number].clock = kt_engine_clock(watched->engine);
        session->feeds[number].wake_fd = kt_engine_wake_fd(watched->engine);
    }
    return code;
}

/* Opens the engine on the demonstration's cluster as soon as that stands. */
static void follow_demo(struct session *session)
{
    struct kt_options *options = &session->clusters.items[0];
    if (session->watched[0].engine || session->failure.code != KT_OK)
        return;
    switch (ui_demo_look(&session->demo, &session->failure)) {
    case UI_DEMO_COMING:
        return;
    case UI_DEMO_READY:
        free(options->brokers);
        options->brokers = kt_strdup(session->demo.line);
        if (open_engine(session, 0, &session->failure) == KT_OK)
            return;
        break;
    case UI_DEMO_FAILED:
        break;
    }
    session->feeds[0].wake_fd = -1; /* poll passes it over */
}

static const struct kt_snapshot *feed_latest(void *self)
{
    struct watched *watched = self;
    if (!watched->engine)
        follow_demo(watched->session);
    return watched->engine ? kt_engine_latest(watched->engine) : kt_snapshot_ref(watched->session->waiting);
}

static void feed_refresh(void *self)
{
    struct watched *watched = self;
    if (watched->engine && !kt_engine_ended(watched->engine))
        kt_engine_refresh(watched->engine);
}

static void feed_set_delay(void *self, int64_t delay_ms)
{
    struct watched *watched = self;
    if (watched->engine && !kt_engine_ended(watched->engine))
        kt_engine_set_delay(watched->engine, delay_ms);
}

static void feed_exact(void *self, struct kt_text group, struct kt_text topic, int64_t partition)
{
    struct watched *watched = self;
    if (watched->engine && !kt_engine_ended(watched->engine))
        kt_engine_exact(watched->engine, group, topic, partition);
}

static bool feed_ended(void *self)
{
    struct watched *watched = self;
    return watched->engine && kt_engine_ended(watched->engine);
}

static enum kt_code feed_failure(void *self, struct kt_err *err)
{
    struct watched *watched = self;
    const struct kt_err *failure = &watched->session->failure;
    if (watched->engine)
        return kt_engine_failure(watched->engine, err);
    if (failure->code != KT_OK)
        *err = *failure;
    return failure->code;
}

static void init_feed(struct session *session, size_t number)
{
    session->watched[number] = (struct watched){session, &session->clusters.items[number], NULL};
    session->feeds[number] = (struct ui_feed){
        .self = &session->watched[number],
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

/* ---- what the screen saved ---- */

static void notice(struct session *session, const char *what, const char *why)
{
    if (!session->notice[0])
        snprintf(session->notice, sizeof session->notice, "%s%s: %s", session->screen_path, what, why);
}

static bool is_plain_option(const struct ui_pref *pref)
{
    static const char *const names[] = {"theme", "no-color", "mouse"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(pref->section, UI_PREFS_SCREEN) == 0 && strcmp(pref->key, names[i]) == 0)
            return true;
    return false;
}

/* Saved values of options get their place among the others. */
static enum kt_code suggest(struct session *session, const struct ui_pref *pref, struct kt_err *err)
{
    struct ui_theme theme;
    if (!is_plain_option(pref))
        return KT_OK;
    if (strcmp(pref->key, "theme") == 0) {
        if (strchr(pref->value, '/'))
            return kt_fail(err, KT_CONFIG, "a saved theme is a name, not a path");
        enum kt_code code = ui_theme_find(&theme, pref->value, session->program_dir, err);
        if (code != KT_OK)
            return code;
    }
    return kt_clusters_suggest(&session->clusters, pref->key, pref->value, session->screen_path, pref->line, err);
}

/* Nothing that it holds may keep anybody from looking at a cluster. */
static void read_screen(struct session *session)
{
    struct kt_err err = {.code = KT_OK};
    char *text, what[32];
    size_t length;
    session->screen_path = ui_screen_file_path();
    if (!session->screen_path)
        return;
    enum kt_code code = ui_screen_file_read(session->screen_path, &text, &length, &err);
    if (code == KT_OK && text)
        code = ui_prefs_read(&session->prefs, text, length, &err);
    if (code != KT_OK)
        notice(session, " is not used (W writes it anew)", err.text);
    free(text);
    for (size_t i = 0; i < session->prefs.count; i++)
        if (suggest(session, &session->prefs.items[i], &err) != KT_OK) {
            snprintf(what, sizeof what, ":%u", session->prefs.items[i].line);
            notice(session, what, err.text);
        }
}

static void print_screen(const struct session *session)
{
    for (size_t i = 0; i < session->prefs.count; i++) {
        const struct ui_pref *pref = &session->prefs.items[i];
        char name[140];
        snprintf(name, sizeof name, "%s %s", pref->section, pref->key);
        if (!is_plain_option(pref))
            printf("%-24s %-32s # %s:%u\n", name, pref->value, session->screen_path, pref->line);
    }
}

/* ---- what is not monitoring ---- */

/* Standard output may be full or closed even for --help. */
static int finish_output(void)
{
    struct kt_err err;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    bool unwanted = errno == EPIPE; /* its reader has enough, and wants no words for it */
    kt_fail(&err, KT_IO, "cannot write to standard output: %s", strerror(errno));
    return unwanted ? kt_code_exit_status(KT_IO) : say(&err);
}

/* Whether each cluster's settings make sense to the client library, too. */
static enum kt_code check_settings(const struct kt_clusters *clusters, struct kt_err *err)
{
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < clusters->count && code == KT_OK; i++)
        if (clusters->items[i].from_section || clusters->items[i].brokers)
            code = kt_engine_check(&clusters->items[i], err);
    return code;
}

static int run_doctor(const struct kt_clusters *clusters)
{
    const char *term = getenv("TERM");
    bool colour = isatty(STDOUT_FILENO) && !clusters->items[0].no_color && term && strcmp(term, "dumb") != 0;
    (void)signal(SIGPIPE, SIG_IGN); /* a peer that hangs up is an answer */
    return kt_doctor_run(clusters, stdout, colour);
}

static bool print_only(const struct session *session, int *status)
{
    const struct kt_clusters *clusters = &session->clusters;
    const struct kt_options *options = program_options(session);
    struct kt_err err = {.code = KT_OK};
    int found = 0;
    if (options->help)
        kt_options_help(stdout);
    else if (options->version)
        printf("kafkatop %s\n", KAFKATOP_VERSION), kt_requests_print(stdout);
    else if (options->print_config && check_settings(clusters, &err) != KT_OK)
        fprintf(stderr, "kafkatop: %s\n", err.text);
    else if (options->print_config)
        kt_clusters_print_config(clusters, stdout), print_screen(session);
    else if (options->doctor)
        found = run_doctor(clusters);
    else
        return false;
    if (options->print_config && session->notice[0])
        fprintf(stderr, "kafkatop: %s\n", session->notice);
    *status = err.code != KT_OK ? kt_code_exit_status(err.code) : finish_output();
    *status = *status ? *status : found;
    return true;
}

/* ---- starting ---- */

/*
 * For a single look threads share one heap: what one of them is done with serves the next. With a heap each, as the
 * library has it, the rest of all of them adds up; who watches for long has more threads that ask at once.
 */
static void spare_memory(const struct kt_options *options)
{
#ifdef M_ARENA_MAX
    if (options->iterations == 1)
        (void)mallopt(M_ARENA_MAX, 1);
#else
    (void)options;
#endif
}

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
    struct kt_options *options = &session->clusters.items[0];
    free(options->cluster);
    options->cluster = kt_strdup("demo");
    session->waiting = snapshot_of_waiting(options);
    session->feeds[0].wake_fd = session->demo.output;
    return KT_OK;
}

static enum kt_code start(struct session *session, bool screen, struct kt_err *err)
{
    enum kt_code code = ui_signals_open(screen, err);
    for (size_t i = 0; i < session->clusters.count; i++)
        init_feed(session, i);
    if (code == KT_OK && program_options(session)->demo)
        return start_demo(session, err);
    for (size_t i = 0; i < session->clusters.count && code == KT_OK; i++)
        code = open_engine(session, i, err);
    return code;
}

/*
 * The process is about to end, and whoever pressed q waits for the prompt: what the engines hold goes with it. Only
 * a recording must be brought to its end; an engine that ended by itself makes nobody wait.
 */
static void stop(struct session *session)
{
    for (size_t i = 0; i < session->clusters.count; i++) {
        struct watched *watched = &session->watched[i];
        if (watched->engine && (watched->options->record || kt_engine_ended(watched->engine)))
            kt_engine_close(watched->engine);
    }
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
    if (session->watched[0].engine)
        kt_engine_note(session->watched[0].engine, line);
}

static void say_secure(const struct session *session)
{
    if (program_options(session)->on_change && program_options(session)->secure)
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
    const struct kt_options *options = program_options(session);
    struct ui_batch batch = {.options = session->clusters.items,
                             .feeds = session->feeds,
                             .count = session->clusters.count,
                             .signals = &signals,
                             .clock = &kt_clock_system,
                             .out = stdout,
                             .say = say_line,
                             .self = session};
    if (ui_hook_open(&batch.hook, options, say_line, session, &err) != KT_OK)
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
    const struct kt_options *options = program_options(session);
    /* What was only saved can be taken back on the screen. */
    bool no_color = options->no_color && kt_option_given(options, "no-color");
    struct ui_term_settings settings = {.ascii = options->ascii, .no_color = no_color};
    struct ui_hook *hook = NULL;
    if (ui_hook_open(&hook, options, log_line, session, &err) != KT_OK)
        return say(&err);
    struct ui_app *app = ui_app_new(options, session->program_dir);
    for (size_t i = 1; i < session->clusters.count; i++)
        ui_app_add(app, &session->clusters.items[i]);
    ui_app_set_up(app, &session->prefs, session->notice[0] ? session->notice : NULL);
    if (term.ops->open(term.self, &settings, &err) != KT_OK) {
        ui_app_free(app);
        close_hook(hook, 0);
        return say(&err);
    }
    struct ui_signal_source signals = signal_source();
    struct ui_loop loop = {.term = &term,
                           .app = app,
                           .feeds = session->feeds,
                           .feed_count = session->clusters.count,
                           .signals = &signals,
                           .clock = &kt_clock_system,
                           .iterations = options->iterations,
                           .hook = hook,
                           .screen_path = session->screen_path};
    int number = ui_loop_run(&loop);
    term.ops->close(term.self);
    ui_app_free(app);
    close_hook(hook, TELL_MOMENT_MS);
    return number ? 128 + number : 0;
}

static int run(struct session *session)
{
    struct kt_err err = {.code = KT_OK};
    const struct kt_options *options = program_options(session);
    bool screen = options->format == KT_FORMAT_SCREEN;
    struct ui_theme theme;
    if (screen && ui_term_check(&err) != KT_OK)
        return say(&err);
    /* The app looks it up again; here a slip of the pen is told before the screen covers it. */
    if (screen && options->theme &&
        ui_theme_find(&theme, options->theme, session->program_dir, &err) != KT_OK)
        return say(&err);
    say_secure(session);
    spare_memory(options);
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
    ui_program_hold_streams();
    setlocale(LC_CTYPE, ""); /* numbers are written with a point wherever we run */
    session.program_dir = ui_program_dir(argc > 0 ? argv[0] : NULL, dir, sizeof dir) ? dir : NULL;
    enum kt_code code = kt_clusters_parse(&session.clusters, argc, argv, KAFKATOP_SYSCONFDIR "/config", &err);
    kt_secret_hide(argc, argv);
    if (kt_secret_held(&session.clusters))
        kt_secret_guard();
    for (size_t i = 0; i < session.clusters.warnings.count; i++)
        fprintf(stderr, "kafkatop: %s\n", session.clusters.warnings.items[i]);
    const struct kt_options *options = program_options(&session);
    if (code == KT_OK && !options->help && !options->version &&
        (options->format == KT_FORMAT_SCREEN || options->print_config))
        read_screen(&session);
    if (code != KT_OK)
        status = say(&err);
    else if (!print_only(&session, &status))
        status = run(&session);
    kt_command_end_all();
    if (status > 128)
        ui_signals_raise(status - 128);
    _exit(status); /* the engine's threads may still run: nothing of theirs is to be torn down under them */
}
