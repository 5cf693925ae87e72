/*
 * app_draw: what the files that draw the app's areas share. Each area is drawn from the state and the canvas alone,
 * where ui_places says; only tui/app*.c include this. Thread: UI.
 */
#ifndef UI_APP_DRAW_H
#define UI_APP_DRAW_H

#include "app_state.h"

/* Lines of the screen; -1: not shown. Areas of height 0 are not shown. */
struct ui_places {
    int clusters, identity, counts, totals, tabs, titles, failure, footer;
    int body_y, body_height, body_width;
    int detail_x, detail_y, detail_width, detail_height; /* below the rows, or beside them */
    int strip_y, strip_height;
};

void ui_draw_tabs(struct ui_app *app, struct ui_canvas *cv, int y);
void ui_draw_body(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at);
void ui_draw_detail(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at);
void ui_draw_strip(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at);
void ui_draw_footer(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at);

/* A click there is as good as this key. */
void ui_spot_add(struct ui_app *app, int x, int y, int width, uint32_t key);

int ui_clamp(int value, int least, int most);

/* Draw text of our own or foreign, harmlessly: one line; several (both return what they took); a titled rule. */
int ui_draw_string(struct ui_canvas *cv, int x, int y, enum ui_role role, const char *text);
int ui_draw_wrapped(struct ui_canvas *cv, int x, int y, int width, int height, enum ui_role role, const char *text);
void ui_draw_rule(struct ui_canvas *cv, int x, int y, int width, enum ui_role role, const char *title);

/* "name" of the thing a view is narrowed down to, cut to fit. */
void ui_draw_focus_text(const struct ui_focus *focus, bool ascii, char *out, size_t room);

/* In the past: that the selected row is not there yet (or no more); "" where one is selected. */
void ui_draw_absent_text(const struct ui_app *app, const struct ui_view *view, char *out, size_t room);

/* What much of the trouble has in common, to be seen at a glance; "" where nothing has. */
void ui_draw_cause_text(const struct ui_app *app, char *out, size_t room);

/* The n-th problem as one reads them: the cause first, then the rest as they stand. */
const struct kt_problem *ui_problem_at(const struct kt_snapshot *snap, size_t n);

/* Of the cluster that is shown, else of the program; "" when nothing failed. */
const char *ui_failure_of(const struct ui_app *app);

#endif
