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
#include "prefs.h"
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
    struct ui_base base; /* rows of the cluster's baseline */
    bool built; /* rows are in step with the snapshot shown */
};

/* Text that covers the rows, or the lower ones: help, names, a menu. */
struct ui_overlay {
    bool open;
    bool beside; /* leaves rows in sight where there is room: what is chosen shows there at once */
    char title[160];
    struct ui_lines lines; /* of a menu: headings begin without a blank, and the cursor passes over them */
    size_t top;    /* first visible line, after wrapping; lines of a menu are cut */
    int cursor;    /* of a menu; -1: nothing to choose */
    int hang;      /* cells by which a line that is wrapped goes on further right, where there is room for them */
    unsigned (*pick)(struct ui_app *app, int line);  /* Enter; the menu is closed before */
    unsigned (*moved)(struct ui_app *app, int line); /* the cursor came here; NULL: nothing happens */
    unsigned (*left)(struct ui_app *app);            /* closed without a choice; NULL: nothing happens */
    /* Asked about each key first; false: it means what it means in any menu. Enter and clicks come as Enter. */
    bool (*key)(struct ui_app *app, uint32_t key, unsigned *reaction);
};

/* Where a click is as good as a key. */
struct ui_spot {
    int x, y, width;
    uint32_t key;
};

#define UI_SPOTS_MOST 64

/* What an open prompt is for. An error keeps it open. */
typedef enum kt_code ui_accept(struct ui_app *app, const char *text, unsigned *reaction, struct kt_err *err);

/* Where things were drawn last: for pages and the mouse. */
struct ui_drawn {
    int width, height;
    int body_width;
    int titles_y; /* -1: not shown */
    int body_y, body_height;
    int overlay_y, overlay_height; /* its lines, without its title */
    struct ui_spot spots[UI_SPOTS_MOST];
    unsigned spot_count;
};

/* One cluster, and the place in it that the user went to: another one has another place. */
struct ui_cluster {
    const struct kt_options *options;         /* borrowed */
    const struct kt_snapshot *latest, *shown; /* each a reference, or NULL */
    struct ui_tally tally;                    /* of shown */
    struct ui_quiet quiet;                    /* what was acknowledged or muted here */
    struct ui_shelf shelf;                    /* what was shown, and what came while the screen stood still */
    const struct kt_snapshot *base;           /* a reference: columns show the change since; or NULL */
    bool back;                                /* an older one is shown, whatever comes */
    struct ui_view roots[UI_TABS_MAX];
    unsigned tab;
    struct ui_view *stack[UI_STACK_MAX]; /* views opened from the root, the current one last */
    unsigned depth;
    struct ui_view detail; /* what Enter would show, on large screens */
    bool has_detail;       /* it would show something */
    int64_t delay_ms;
    char failure[512];
};

struct ui_app {
    const struct kt_options *options; /* of the program; borrowed */
    struct ui_keymap keys;
    struct ui_theme theme, mono_theme;
    struct ui_theme kept_theme; /* while others are looked at */
    bool kept_mono;
    char *program_dir;            /* or NULL */
    struct ui_prefs loaded;       /* what was saved before this start */
    struct ui_prefs prefs;        /* with what the user has set since: what W saves */
    struct ui_choice *choices;    /* of columns, by panel */
    struct ui_theme_list *themes; /* of the open menu, or NULL */
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
    char failure[512]; /* of the program, not of one cluster */
    bool exact, lag_as_time, mono, mouse;
    enum kt_trend_window window; /* of all sparklines */
    bool ascii; /* of the canvas drawn last */
    int64_t now_mono;
    int64_t wall_ahead_ms; /* the wall clock against it, as last told */
    int64_t touched_at; /* last key */
    int64_t turned_at;  /* last turn of the cycle, or key */
    bool clicked;       /* the row under the cursor was clicked, and nothing came since */
    struct ui_drawn drawn;
    struct ui_identity wish; /* owned: what exact time lags are asked of */
    struct ui_identity mute_wish; /* owned: what the prompt is about to mute */
    char *copy_text;
    struct ui_ticket *ticket; /* owned: to be written */
};

/* app.c */
void ui_app_say(struct ui_app *app, enum ui_role role, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void ui_cluster_show(struct ui_cluster *cluster, const struct kt_snapshot *snap); /* takes a reference of its own */

/* app_time.c */
void ui_app_keep(struct ui_app *app, struct ui_cluster *cluster); /* its latest snapshot, on the shelf */
bool ui_cluster_stands(const struct ui_app *app, const struct ui_cluster *cluster); /* paused, or looking back */

/* app_view.c */
struct ui_view *ui_app_view(struct ui_app *app); /* the current one */
struct ui_context ui_app_context(const struct ui_app *app, struct ui_view *view);
void ui_app_sync(struct ui_app *app);                    /* rows of the current view */
void ui_app_reorder(struct ui_app *app);                 /* after its sort, filter or pins changed */
void ui_cluster_forget_rows(struct ui_cluster *cluster); /* of all its views */
void ui_cluster_forget_base(struct ui_cluster *cluster); /* and rows, which may be sorted by it */
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
unsigned ui_overlay_click(struct ui_app *app, const struct ui_input *input); /* also the wheel */
void ui_overlay_refill(struct ui_app *app, void (*fill)(struct ui_app *app, struct ui_lines *lines)); /* in its place */
int ui_overlay_lines(const struct ui_app *app); /* cells high with its title */
void ui_overlay_draw(struct ui_app *app, struct ui_canvas *cv, int y, int height);
void ui_overlay_help(struct ui_app *app);
void ui_overlay_sort_menu(struct ui_app *app);
/* app_names.c: names, reason, commands; the first of these is left in copy_text */
void ui_overlay_names(struct ui_app *app);

/* app.c: one key as if it were pressed; app_mouse.c */
unsigned ui_app_run_key(struct ui_app *app, uint32_t key);
unsigned ui_app_mouse_input(struct ui_app *app, const struct ui_input *input);

/* app_find.c: sorts the current view, and keeps that in mind */
unsigned ui_app_sort_by(struct ui_app *app, unsigned column);

/* app_prefs.c: what the user set, to be saved; and what was saved, on new views */
void ui_prefs_note_sort(struct ui_app *app, const struct ui_view *view);
void ui_prefs_note_columns(struct ui_app *app, unsigned panel);
void ui_prefs_init_columns(struct ui_app *app, unsigned panel);
void ui_prefs_init_view(const struct ui_prefs *prefs, struct ui_view *view);
void ui_prefs_reset_sort(struct ui_app *app, struct ui_view *view); /* as at the start */

/*
 * What can be set for all panels: a name as in the file, words for its states, and the action that goes on to the next
 * one. The action calls ui_setting_note.
 */
struct ui_setting {
    const char *name;
    const char *help;
    const char *words[4];
    unsigned (*state)(const struct ui_app *app);
    unsigned (*next)(struct ui_app *app, int argument);
    bool option; /* also an option of that name, which wins */
};

extern const struct ui_setting ui_settings[];
extern const unsigned ui_setting_count;
void ui_setting_note(struct ui_app *app, const char *name);
void ui_setting_start(struct ui_app *app, const char *name); /* as at the start */

/* app_setup.c, app_themes.c */
void ui_overlay_setup(struct ui_app *app);
void ui_overlay_themes(struct ui_app *app);

/* app_draw.c: the bytes of text that fit one line of `cells`, breaking at blanks where it can. At least one glyph. */
size_t ui_wrap(const char *text, size_t length, int cells, bool ascii);

#endif
