/*
 * app_state: what the app's files share: its state, and the steps they do for one another.
 *
 * Only tui/app*.c include this. The current view's rows are in step with `shown` after ui_app_sync; rows of other
 * views are forgotten whenever `shown` changes, so that no row outlives its snapshot. Thread: UI.
 */
#ifndef UI_APP_STATE_H
#define UI_APP_STATE_H

#include "action.h"
#include "app.h"
#include "help.h"
#include "keymap.h"
#include "meter.h"
#include "panel.h"
#include "prompt.h"
#include "quiet.h"
#include "shelf.h"
#include "view.h"

#define UI_STACK_MAX 8
#define UI_MESSAGE_MS 5000

/* A panel with its own selection, sort and filter, narrowed down to a focus. */
struct ui_view {
    const struct ui_panel *panel;
    struct ui_focus focus;
    struct ui_list list;
    bool built; /* rows are in step with the snapshot shown */
};

/* Text that covers the rows: help, names, a menu. */
struct ui_overlay {
    bool open;
    char title[80];
    struct ui_lines lines;
    size_t top;    /* first visible wrapped line */
    int cursor;    /* of a menu; -1: nothing to choose */
    unsigned (*pick)(struct ui_app *app, int line);
};

/* What an open prompt is for. An error keeps it open. */
typedef enum kt_code ui_accept(struct ui_app *app, const char *text, unsigned *reaction, struct kt_err *err);

/* Where things were drawn last: for pages and the mouse. */
struct ui_drawn {
    int width, height;
    int titles_y; /* -1: not shown */
    int body_y, body_height;
};

/* One cluster, and the place in it that the user went to: another one has another place. */
struct ui_cluster {
    const struct kt_options *options;         /* borrowed */
    const struct kt_snapshot *latest, *shown; /* each a reference, or NULL */
    struct ui_tally tally;                    /* of shown */
    struct ui_quiet quiet;                    /* what was acknowledged or muted here */
    struct ui_shelf shelf;                    /* what was shown, and what came while the screen stood still */
    bool back;                                /* an older one is shown, whatever comes */
    struct ui_view roots[UI_TABS_MAX];
    unsigned tab;
    struct ui_view *stack[UI_STACK_MAX]; /* views opened from the root, the current one last */
    unsigned depth;
    struct ui_view detail; /* partitions of the selected group, on large screens */
    int64_t delay_ms;
    char failure[256];
};

struct ui_app {
    const struct kt_options *options; /* of the program; borrowed */
    struct ui_keymap keys;
    struct ui_theme theme, mono_theme;
    struct ui_cluster **clusters; /* at least one */
    unsigned cluster_count;
    struct ui_cluster *at; /* the one that is shown */
    bool paused;
    int64_t paused_at;
    struct ui_prompt prompt;
    ui_accept *accept;
    struct ui_overlay overlay;
    char message[256];
    enum ui_role message_role;
    int64_t message_until;
    char failure[256]; /* of the program, not of one cluster */
    bool exact, lag_as_time, mono, mouse;
    bool ascii; /* of the canvas drawn last */
    int64_t now_mono;
    int64_t wall_ahead_ms; /* the wall clock against it, as last told */
    int64_t touched_at; /* last key or turn of the cycle */
    struct ui_drawn drawn;
    struct ui_identity wish; /* owned: what exact time lags are asked of */
    struct ui_identity mute_wish; /* owned: what the prompt is about to mute */
    char *copy_text;
};

/* app.c */
void ui_app_say(struct ui_app *app, enum ui_role role, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void ui_cluster_show(struct ui_cluster *cluster, const struct kt_snapshot *snap); /* takes a reference of its own */

/* app_time.c */
void ui_app_keep(struct ui_app *app, struct ui_cluster *cluster); /* its latest snapshot, on the shelf */
bool ui_cluster_stands(const struct ui_app *app, const struct ui_cluster *cluster); /* paused, or looking back */

/* app_view.c */
struct ui_view *ui_app_view(struct ui_app *app); /* the current one */
struct ui_context ui_app_context(const struct ui_app *app, const struct ui_view *view);
void ui_app_sync(struct ui_app *app);                    /* rows of the current view */
void ui_app_reorder(struct ui_app *app);                 /* after its sort, filter or pins changed */
void ui_cluster_forget_rows(struct ui_cluster *cluster); /* of all its views */
void ui_cluster_leave(struct ui_cluster *cluster);       /* all opened views: back to the root */
void ui_app_go(struct ui_app *app, unsigned tab);        /* to the root of a tab */
bool ui_app_enter(struct ui_app *app);                   /* opens the selected row; false: there is nothing behind it */
bool ui_app_up(struct ui_app *app);                      /* one level; false: at the root */
void ui_app_detail(struct ui_app *app);                  /* brings the detail view in step with the selection */
void ui_view_release(struct ui_view *view);

/* app_quiet.c */
void ui_quiet_of_snapshot(struct ui_app *app, struct ui_cluster *cluster); /* after its latest one came */
void ui_quiet_of_tick(struct ui_app *app, int64_t now_wall);
/* Until when the row is quiet, if it is, and why it has its status; returns the length. */
size_t ui_app_describe(struct ui_app *app, struct ui_view *view, const struct ui_row *row, char *out, size_t room);

/* app_ask.c: prompts */
unsigned ui_app_ask(struct ui_app *app, const char *label, const char *text, ui_accept *accept);
unsigned ui_app_prompt_input(struct ui_app *app, const struct ui_input *input);

/* app_overlay.c */
void ui_overlay_open(struct ui_app *app, const char *title);
void ui_overlay_close(struct ui_app *app);
unsigned ui_overlay_key(struct ui_app *app, uint32_t key);
void ui_overlay_draw(struct ui_app *app, struct ui_canvas *cv, int y, int height);
void ui_overlay_help(struct ui_app *app);
void ui_overlay_sort_menu(struct ui_app *app);
void ui_overlay_names(struct ui_app *app); /* full names, the reason and a command, which is left in copy_text */

/* app_draw.c: the bytes of text that fit one line of `cells`, breaking at blanks where it can. At least one glyph. */
size_t ui_wrap(const char *text, size_t length, int cells, bool ascii);

#endif
