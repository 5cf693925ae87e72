/*
 * column: the contract of a column, which columns fit a width, and a row as cells on the canvas.
 *
 * A column owns its title, widths, text, sort value and help; to add one is to add a row to a panel's table.
 * Layout is pure: visible columns never overlap and never leave the given width; columns of priority 0 (status,
 * name, lag) stay while there is a cell for them. A user's choice of columns stands beside the table, which is const.
 * A cell writes text of our own making, or hands over a foreign name or a trend, which are drawn harmlessly and cut to
 * fit. Thread: UI.
 */
#ifndef UI_COLUMN_H
#define UI_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "canvas.h"
#include "list_rows.h"
#include "quiet.h"
#include "snapshot.h"
#include "status_look.h"
#include "view_identity.h"

#define UI_COLUMNS_MAX 24

/*
 * What a user made of a table's columns: all of them in an order, each shown or not. count 0: as the table says.
 * Those of priority 0 are always shown.
 */
struct ui_choice {
    unsigned count;                /* as in the table */
    uint8_t order[UI_COLUMNS_MAX]; /* indices in the table, each once */
    uint32_t hidden;               /* bits by index in the table */
};

/* What cells may depend on beside their row. */
struct ui_context {
    const struct kt_snapshot *snap;
    const struct ui_focus *focus;
    const struct ui_choice *choice; /* of columns; NULL: as the table says */
    const struct ui_quiet *quiet;   /* NULL: nothing is */
    struct ui_base *base; /* columns that count show the change since it; NULL: none */
    bool past;        /* an older snapshot is looked at: rows may not be there yet */
    bool exact;       /* numbers in full, not rounded */
    bool lag_as_time; /* the LAG column shows time */
    bool ascii;
    enum kt_trend_window window; /* that trends show */
};

/* One cell to be filled. Exactly one of text, name and trend is shown: trend, else name, else text. */
struct ui_slot {
    int width; /* given: the cells there are */
    char text[64];
    struct kt_text name;
    bool sentence; /* of name: cut at its end, not in its middle */
    char tail[24]; /* behind the name, never cut: "/12" */
    const struct kt_trend *trend;
    double trend_least; /* what its full height stands for at least; 0: nothing special */
    enum ui_role role; /* given: that of ordinary text */
};

enum ui_align { UI_LEFT, UI_RIGHT };

/* When a column is out of place. */
enum ui_hide { UI_HIDE_NEVER = 0, UI_HIDE_FOCUS_GROUP = 1, UI_HIDE_FOCUS_TOPIC = 2 };

/* Fills a cell. */
typedef void ui_cell(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot);
/* What a row sorts by: two numbers, the first one first; false: unknown, which sorts last in either direction. */
typedef bool ui_rank(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2]);
typedef struct kt_text ui_words(const struct ui_row *row, const struct ui_context *cx); /* ... or names */

struct ui_column {
    const char *id;    /* what one calls it: "lag" */
    const char *title; /* above the cells */
    const char *title_time; /* instead, while lag is shown as time; NULL: the same */
    const char *trend_of; /* it shows a trend, and this of what: the title says it with the window; NULL: no */
    const char *help;  /* one line */
    uint8_t min, want; /* cells: at least, and for ordinary values */
    uint8_t exact;     /* cells wanted for numbers in full; 0: as want */
    uint8_t most;      /* cells worth giving where there is room; 0: as want */
    uint8_t priority;  /* 0 stays; the highest goes first */
    enum ui_align align;
    unsigned hide; /* enum ui_hide bits */
    char letter;   /* key that sorts by it, 0 none */
    bool off;      /* not shown unless chosen */
    bool ascending; /* the natural direction; else the largest first */
    ui_cell *cell; /* NULL: its `words`, as a name */
    ui_rank *rank; /* a column of names has `words` instead; neither: does not sort */
    ui_words *words;
    ui_rank *count; /* of a column that counts: in rank[0] the number that is compared with a baseline (ui_base) */
};

/* What search, filter and "problems only" look at. */
struct ui_facts {
    struct kt_text texts[5]; /* names and words of the row; bytes NULL: none */
    enum ui_look_kind look;
    const char *state; /* coordinator's word, or NULL */
    bool lag_known;
    int64_t lag;
};

/* All that a list has to know about one panel's rows. */
struct ui_table {
    const struct ui_column *columns;
    size_t count;
    unsigned sort;  /* index of the column that sorts at first */
    bool unordered; /* rows do not come in the order of their identity */
    bool quiets;    /* identities are groups, or partitions of groups: see quiet.h */
    /*
     * What lies beneath a row when it is opened: rows of the table `below`, added by `children`. They show what they
     * have for the columns of this table, found by their ids, and in the column `name` what `label` says.
     */
    const struct ui_table *below; /* NULL: nothing; then so are the others */
    void (*children)(const struct ui_row *row, const struct ui_context *cx, struct ui_rows *rows);
    ui_cell *label;
    unsigned name;
    struct ui_identity (*identify)(const struct ui_row *row);
    void (*facts)(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *facts);
};

/* The table whose row it is: `table`, or what lies below it. */
const struct ui_table *ui_table_of_row(const struct ui_table *table, const struct ui_row *row);
struct ui_identity ui_row_identity(const struct ui_table *table, const struct ui_row *row);
/* The column with this id; NULL: there is none. */
const struct ui_column *ui_table_column(const struct ui_table *table, const char *id);
/* What the row is called in quiet.h; false: nothing there. And whether it is quiet. */
bool ui_row_can_be_quiet(const struct ui_table *table, const struct ui_row *row, struct ui_identity *what);
enum ui_quiet_kind ui_row_quiet(const struct ui_table *table, const struct ui_context *cx, const struct ui_row *row);

/*
 * Rows of an earlier snapshot, the baseline, beside which columns that count show how much they changed since: "+1.2k",
 * "-30", "0", "new" where the row was not there, "-" where either is not known. They sort by that, a new row as if it
 * had grown from nothing. The rows are those of the same panel and focus, so a panel has nothing else to do.
 */
struct ui_base_rows {
    const struct ui_table *table;
    struct ui_rows rows;
    size_t hint;    /* where the next row is probably found */
    bool unordered; /* not in the order of their identity */
};

struct ui_base {
    const struct kt_snapshot *snap; /* borrowed; NULL: no baseline */
    struct ui_base_rows levels[2];  /* those beneath others are made when the first is looked for */
};

/* `base` is zero. The rows of the table are given by the caller, into levels[0].rows. */
void ui_base_init(struct ui_base *base, const struct kt_snapshot *snap, const struct ui_table *table);
void ui_base_release(struct ui_base *base);

/* Whether this column of `table`, or of what is below it, shows changes; the two others only where it does. */
bool ui_base_shows(const struct ui_context *cx, const struct ui_table *table, const struct ui_column *column);
void ui_base_cell(const struct ui_row *row, const struct ui_context *cx, const struct ui_column *column,
                  struct ui_slot *slot);
bool ui_base_rank(const struct ui_row *row, const struct ui_context *cx, const struct ui_column *column,
                  int64_t rank[2]);

struct ui_placed {
    uint8_t column;   /* index in the table */
    uint8_t priority; /* of this layout */
    int x, width;
};

struct ui_columns {
    unsigned count;
    struct ui_placed placed[UI_COLUMNS_MAX];
};

/* Whether one can sort by it. */
bool ui_column_sorts(const struct ui_column *column);

/* The columns that are to be shown where there is room, in their order, as indices in the table; returns how many. */
unsigned ui_columns_chosen(const struct ui_table *table, const struct ui_context *cx, uint8_t out[UI_COLUMNS_MAX]);

/*
 * Chooses and places columns in `width` cells, leaving out the first `skip` of those that may be left out. What does
 * not fit goes by priority; where a user moved columns, those further right go first.
 */
void ui_columns_layout(struct ui_columns *layout, const struct ui_table *table, const struct ui_context *cx,
                       int width, unsigned skip);

/* How many columns ui_columns_layout can be told to skip. */
unsigned ui_columns_skippable(const struct ui_table *table, const struct ui_context *cx);

/* Makes a choice that is as the table says, in full, so that it can be changed. */
void ui_choice_begin(struct ui_choice *choice, const struct ui_table *table);
/* Whether it differs from the table: at all; in the order. */
bool ui_choice_differs(const struct ui_choice *choice, const struct ui_table *table);
bool ui_choice_moved(const struct ui_choice *choice);
/* Shows or hides the column at a place of the order; false: it stays. */
bool ui_choice_toggle(struct ui_choice *choice, const struct ui_table *table, unsigned place);
/* Moves it by -1 or 1; returns its new place. */
unsigned ui_choice_move(struct ui_choice *choice, unsigned place, int by);
/*
 * As text and back: ids in order, '-' before those that are hidden. What a text does not name comes last, as the
 * table says; words that name no column are passed over; returns how many were.
 */
void ui_choice_write(const struct ui_choice *choice, const struct ui_table *table, char *out, size_t room);
unsigned ui_choice_read(struct ui_choice *choice, const struct ui_table *table, const char *text);

/* The line of titles; the sorted one has a 'v' (largest first) or '^' behind it. */
void ui_columns_draw_titles(struct ui_canvas *cv, const struct ui_columns *layout, const struct ui_table *table,
                            const struct ui_context *cx, int x, int y, int width, unsigned sort, bool ascending);

struct ui_row_style {
    bool selected;
    bool pinned;
    const char *match; /* text to be highlighted in names, or NULL */
};

void ui_columns_draw_row(struct ui_canvas *cv, const struct ui_columns *layout, const struct ui_table *table,
                         const struct ui_context *cx, const struct ui_row *row, int x, int y, int width,
                         const struct ui_row_style *style);

/* Fills the cell of a row that belongs to the column's table. */
void ui_column_fill(const struct ui_column *column, const struct ui_row *row, const struct ui_context *cx,
                    struct ui_slot *slot);

/* ... that belongs to the table, or lies beneath one that does; false: that one has nothing to say in this column. */
bool ui_column_fill_any(const struct ui_table *table, unsigned number, const struct ui_row *row,
                        const struct ui_context *cx, struct ui_slot *slot);

/* Filling slots. Each writes what is known, "-" where not; a number too long for its cell is rounded. */
void ui_slot_text(struct ui_slot *slot, enum ui_role role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void ui_slot_name(struct ui_slot *slot, struct kt_text name); /* foreign text, cut in the middle */
void ui_slot_sentence(struct ui_slot *slot, struct kt_text text); /* foreign text, cut at its end */
void ui_slot_status(struct ui_slot *slot, enum ui_look_kind kind);
void ui_slot_idle(struct ui_slot *slot); /* instead of a status: nothing to judge, for it owns no partition */
void ui_slot_count(struct ui_slot *slot, const struct ui_context *cx, bool known, int64_t value, bool at_least);
/* A count that may be a lower bound, and of offsets rather than messages (compacted topics): ">", "~". */
void ui_slot_lag(struct ui_slot *slot, const struct ui_context *cx, bool known, int64_t value, bool at_least,
                 bool approximate);
void ui_slot_offset(struct ui_slot *slot, bool known, int64_t value); /* in full wherever it fits */
void ui_slot_rate(struct ui_slot *slot, bool known, double per_second);
/* Of a lag: growth is bad. The direction ("up", "down") has an arrow and a role, where there is one. */
void ui_slot_change(struct ui_slot *slot, const struct ui_context *cx, bool known, double per_minute,
                    const char *direction);
void ui_slot_percent(struct ui_slot *slot, bool known, double share);
void ui_slot_duration(struct ui_slot *slot, bool known, int64_t ms, bool at_least);
void ui_slot_time_lag(struct ui_slot *slot, bool known, int64_t ms, const char *tier, bool at_least);
void ui_slot_eta(struct ui_slot *slot, bool known, int64_t ms, bool never);
void ui_slot_clock(struct ui_slot *slot, bool known, int64_t wall_ms);

/* Numbers with a fraction as a rank in the same order. False for what is no number. */
bool ui_rank_fraction(bool known, double value, int64_t rank[2]);
bool ui_rank_number(bool known, int64_t value, int64_t rank[2]);
/* The status: the worst first; of equal words the one that is longest behind, then the one with the largest lag. */
bool ui_rank_look(enum ui_look_kind look, int64_t behind_ms, int64_t lag, int64_t rank[2]);

#endif
