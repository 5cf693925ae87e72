#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "screen_file.h"
#include "signals.h"
#include "ticket_file.h"

#define TICK_MS 1000
#define DRAW_GAP_MS 16     /* between two frames */
#define RESIZE_QUIET_MS 30 /* a window that is being dragged sends sizes by the dozen ... */
#define RESIZE_MOST_MS 120 /* ... and is still followed */
#define SETTLE_MS 150      /* after the last step of the cursor: what is told of the selected row follows */
#define KEYS_MOST 512      /* taken before drawing and looking elsewhere again */
#define NEVER INT64_MAX

/* What was seen of one feed. */
struct followed {
    uint64_t sequence; /* of the last snapshot */
    int64_t collected; /* complete collections */
    bool failed;       /* its failure is in sight */
};

struct running {
    const struct ui_loop *loop;
    struct ui_canvas canvas;
    int64_t drawn_at, tick_at;
    int64_t resize_at, resize_last; /* when to take a new size, and at the latest; NEVER when there is none */
    int64_t settle_at; /* when what follows the selection is drawn; NEVER: it is */
    bool draw, whole;  /* something changed; all must be sent */
    bool quit;
    struct ui_ticket_writer *writer; /* NULL: no ticket was asked for yet */
    int ended_by; /* a signal */
    struct followed feeds[KT_CLUSTERS_MOST];
    int64_t collected; /* complete collections seen of the cluster that had most */
};

static int64_t now_of(const struct running *run)
{
    return kt_mono(run->loop->clock);
}

static int64_t engine_now(const struct running *run)
{
    return kt_mono(run->loop->feeds->clock);
}

static void draw(struct running *run)
{
    const struct kt_clock *clock = run->loop->feeds->clock;
    const struct ui_term *term = run->loop->term;
    ui_app_draw(run->loop->app, &run->canvas, kt_mono(clock), kt_wall(clock));
    if (run->whole)
        run->settle_at = NEVER;
    term->ops->blit(term->self, &run->canvas,
                    run->whole                ? UI_BLIT_WHOLE
                    : run->settle_at != NEVER ? UI_BLIT_SOON
                                              : UI_BLIT_CHANGES);
    run->draw = run->whole = false;
    run->drawn_at = now_of(run);
}

static void take_size(struct running *run)
{
    int width, height;
    run->loop->term->ops->size(run->loop->term->self, &width, &height);
    run->resize_at = NEVER;
    run->draw = true;
    if (width == run->canvas.width && height == run->canvas.height)
        return;
    ui_canvas_resize(&run->canvas, width, height);
    run->whole = true;
}

static void expect_size(struct running *run)
{
    int64_t now = now_of(run);
    if (run->resize_at == NEVER)
        run->resize_last = now + RESIZE_MOST_MS;
    run->resize_at = now + RESIZE_QUIET_MS < run->resize_last ? now + RESIZE_QUIET_MS : run->resize_last;
}

/* Back from a stop: nothing on the screen or in the rates can be relied on. */
static void come_back(struct running *run)
{
    take_size(run);
    run->whole = true;
    for (size_t i = 0; i < run->loop->feed_count; i++)
        run->loop->feeds[i].refresh(run->loop->feeds[i].self);
}

static void save(struct running *run)
{
    const char *path = run->loop->screen_path;
    struct kt_err err;
    char *text = ui_app_setup_text(run->loop->app);
    enum kt_code code = path ? ui_screen_file_write(path, text, &err)
                             : kt_fail(&err, KT_IO, "neither XDG_CONFIG_HOME nor HOME says where");
    run->draw |= (ui_app_saved(run->loop->app, path, code == KT_OK ? NULL : err.text) & UI_REACT_DRAW) != 0;
    free(text);
}

static void begin_ticket(struct running *run)
{
    struct kt_err err = {.code = KT_OK};
    struct ui_ticket *ticket = ui_app_take_ticket(run->loop->app);
    if (!ticket)
        return;
    if (!run->writer && ui_ticket_writer_open(&run->writer, &err) != KT_OK)
        ui_ticket_free(ticket);
    else if (ui_ticket_writer_start(run->writer, ticket, &err) == KT_OK)
        return;
    ui_app_ticket_done(run->loop->app, false, err.text);
    run->draw = true;
}

static void end_ticket(struct running *run)
{
    char text[4400];
    bool written;
    if (!ui_ticket_writer_end(run->writer, &written, text, sizeof text))
        return;
    ui_app_ticket_done(run->loop->app, written, text);
    run->draw = true;
}

static void obey(struct running *run, unsigned reaction)
{
    const struct ui_loop *loop = run->loop;
    const struct ui_term *term = loop->term;
    const struct ui_feed *feed = &loop->feeds[ui_app_at(loop->app)];
    run->draw = run->draw || (reaction & UI_REACT_DRAW);
    if (reaction & UI_REACT_QUIT)
        run->quit = true;
    if (reaction & UI_REACT_REFRESH)
        feed->refresh(feed->self);
    if (reaction & UI_REACT_DELAY)
        feed->set_delay(feed->self, ui_app_delay_ms(loop->app));
    if (reaction & UI_REACT_EXACT) {
        const struct ui_identity *wish = ui_app_exact(loop->app);
        feed->exact(feed->self, wish->first, wish->second, wish->number);
    }
    if (reaction & UI_REACT_THEME) {
        term->ops->theme(term->self, ui_app_theme(loop->app));
        run->draw = true;
    }
    if (reaction & UI_REACT_MOUSE)
        term->ops->mouse(term->self, ui_app_mouse(loop->app));
    if (reaction & UI_REACT_SAVE)
        save(run);
    if (reaction & UI_REACT_TICKET)
        begin_ticket(run);
    if (reaction & UI_REACT_COPY)
        term->ops->copy(term->self, ui_app_copy_text(loop->app));
    if (reaction & UI_REACT_SUSPEND) {
        term->ops->suspend(term->self);
        come_back(run);
    }
    if (reaction & UI_REACT_REDRAW) {
        take_size(run);
        run->whole = true;
    }
}

static void take_snapshot(struct running *run, unsigned number)
{
    const struct ui_feed *feed = &run->loop->feeds[number];
    struct followed *followed = &run->feeds[number];
    struct kt_err err;
    const struct kt_snapshot *snap = feed->latest(feed->self);
    obey(run, ui_app_cluster_snapshot(run->loop->app, number, snap));
    ui_hook_look(run->loop->hook, snap);
    if (snap->collected && snap->sequence != followed->sequence)
        followed->collected++;
    if (followed->collected > run->collected)
        run->collected = followed->collected;
    followed->sequence = snap->sequence;
    kt_snapshot_unref(snap);
    bool failed = feed->failure(feed->self, &err) != KT_OK;
    if (failed || followed->failed)
        obey(run, ui_app_cluster_failure(run->loop->app, number, failed ? err.text : ""));
    followed->failed = failed;
}

static void take_signals(struct running *run)
{
    const struct ui_signal_source *signals = run->loop->signals;
    bool told = false; /* the SIGCONT that ends our own stop says nothing new */
    for (int number; (number = signals->next(signals->self)) != 0;) {
        if (number == SIGTSTP) {
            run->loop->term->ops->suspend(run->loop->term->self);
            come_back(run);
            told = true;
        } else if (number == SIGCONT && told) {
            told = false;
        } else if (number == SIGCONT) {
            run->loop->term->ops->resume(run->loop->term->self);
            come_back(run);
        } else if (number == SIGWINCH) {
            expect_size(run);
        } else if (ui_signals_ends(number) && run->ended_by == 0) {
            run->ended_by = number;
        }
    }
}

/* A cursor that is held down costs two rows a step; the rest of the screen follows when it comes to rest. */
static void take_input(struct running *run, const struct ui_input *input)
{
    unsigned reaction = ui_app_input(run->loop->app, input, engine_now(run));
    if (reaction & UI_REACT_DRAW)
        run->settle_at = reaction & UI_REACT_MOVED ? now_of(run) + SETTLE_MS : NEVER;
    obey(run, reaction);
}

static void take_keys(struct running *run)
{
    const struct ui_term *term = run->loop->term;
    struct ui_input input;
    for (int i = 0; i < KEYS_MOST && !run->quit && term->ops->key(term->self, &input); i++) {
        if (input.key == UI_KEY_HANGUP) {
            run->ended_by = SIGHUP;
            return;
        }
        if (input.key == UI_KEY_RESIZE)
            expect_size(run);
        else
            take_input(run, &input);
    }
}

static void tick(struct running *run)
{
    const struct kt_clock *clock = run->loop->feeds->clock;
    int64_t now = now_of(run);
    take_keys(run); /* a paste whose end got lost is over by time alone */
    obey(run, ui_app_tick(run->loop->app, kt_mono(clock), kt_wall(clock)));
    run->tick_at = now - run->tick_at < TICK_MS ? run->tick_at + TICK_MS : now + TICK_MS;
}

static int wait_of(const struct running *run)
{
    int64_t until = run->tick_at < run->resize_at ? run->tick_at : run->resize_at;
    if (run->settle_at < until)
        until = run->settle_at;
    if (run->draw && run->drawn_at + DRAW_GAP_MS < until)
        until = run->drawn_at + DRAW_GAP_MS;
    int64_t wait = until - now_of(run);
    return wait < 0 ? 0 : wait > TICK_MS ? TICK_MS : (int)wait;
}

static void step(struct running *run)
{
    enum { KEYS, SIGNALS, TICKET, FEEDS };
    struct pollfd fds[FEEDS + KT_CLUSTERS_MOST] = {
        [KEYS] = {.fd = run->loop->term->ops->fd(run->loop->term->self), .events = POLLIN},
        [SIGNALS] = {.fd = run->loop->signals->fd, .events = POLLIN},
        [TICKET] = {.fd = run->writer ? ui_ticket_writer_fd(run->writer) : -1, .events = POLLIN},
    };
    for (size_t i = 0; i < run->loop->feed_count; i++)
        fds[FEEDS + i] = (struct pollfd){.fd = run->loop->feeds[i].wake_fd, .events = POLLIN};
    int ready = poll(fds, (nfds_t)(FEEDS + run->loop->feed_count), wait_of(run));
    if (ready < 0 && errno != EINTR && errno != EAGAIN)
        kt_fatal("poll: %s", strerror(errno));
    take_signals(run);
    if (ready > 0) {
        if (fds[KEYS].revents & POLLIN)
            take_keys(run);
        if ((fds[KEYS].revents & (POLLHUP | POLLERR | POLLNVAL)) && run->ended_by == 0)
            run->ended_by = SIGHUP;
        if (fds[TICKET].revents & POLLIN)
            end_ticket(run);
        for (unsigned i = 0; i < run->loop->feed_count; i++)
            if (fds[FEEDS + i].revents & POLLIN)
                take_snapshot(run, i);
    }
    if (now_of(run) >= run->resize_at)
        take_size(run);
    if (now_of(run) >= run->tick_at)
        tick(run);
    if (now_of(run) >= run->settle_at) {
        run->settle_at = NEVER;
        run->draw = true;
    }
    if (run->draw && run->resize_at == NEVER && now_of(run) >= run->drawn_at + DRAW_GAP_MS)
        draw(run);
}

int ui_loop_run(const struct ui_loop *loop)
{
    struct running run = {.loop = loop, .resize_at = NEVER, .settle_at = NEVER};
    ui_canvas_init(&run.canvas);
    run.canvas.ascii = loop->term->ops->ascii(loop->term->self);
    run.tick_at = now_of(&run);
    loop->term->ops->theme(loop->term->self, ui_app_theme(loop->app));
    loop->term->ops->mouse(loop->term->self, ui_app_mouse(loop->app));
    take_size(&run);
    for (unsigned i = 0; i < loop->feed_count; i++)
        take_snapshot(&run, i);
    tick(&run);
    draw(&run);
    while (!run.quit && run.ended_by == 0 && (loop->iterations == 0 || run.collected < loop->iterations))
        step(&run);
    ui_ticket_writer_close(run.writer);
    ui_canvas_release(&run.canvas);
    return run.ended_by;
}
