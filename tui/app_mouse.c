/* The mouse, where it is on: rows, titles, and whatever was drawn as a spot that stands for a key. */
#include "app_state.h"

#define WHEEL_ROWS 3

/* The column whose title stands at x, or -1. */
static int column_at(struct ui_app *app, struct ui_view *view, int x)
{
    struct ui_columns layout;
    struct ui_context cx = ui_app_context(app, view);
    ui_columns_layout(&layout, &view->panel->table, &cx, app->drawn.body_width, view->list.skip);
    for (unsigned i = 0; i < layout.count; i++)
        if (x >= layout.placed[i].x && x < layout.placed[i].x + layout.placed[i].width)
            return layout.placed[i].column;
    return -1;
}

static unsigned click_title(struct ui_app *app, int x)
{
    struct ui_view *view = ui_app_view(app);
    int column = column_at(app, view, x);
    const struct ui_column *columns = view->panel->table.columns;
    if (column < 0 || (!columns[column].rank && !columns[column].words))
        return 0;
    return ui_app_sort_by(app, (unsigned)column);
}

/* The first click selects, one more on the same row opens it. */
static unsigned click_row(struct ui_app *app, size_t line)
{
    struct ui_view *view = ui_app_view(app);
    size_t at = view->list.top + line;
    if (at >= view->list.shown_count)
        return 0;
    if (app->clicked && at == view->list.cursor && !view->list.gone) {
        app->clicked = false;
        return ui_app_run_key(app, UI_KEY_ENTER);
    }
    ui_list_move_to(&view->list, &view->panel->table, at);
    view->list.anchored = true;
    app->clicked = true;
    return UI_REACT_DRAW;
}

static const struct ui_spot *spot_at(const struct ui_app *app, int x, int y)
{
    for (unsigned i = 0; i < app->drawn.spot_count; i++) {
        const struct ui_spot *spot = &app->drawn.spots[i];
        if (y == spot->y && x >= spot->x && x < spot->x + spot->width)
            return spot;
    }
    return NULL;
}

static unsigned click(struct ui_app *app, const struct ui_input *input)
{
    const struct ui_spot *spot = spot_at(app, input->x, input->y);
    int line = input->y - app->drawn.body_y;
    bool again = app->clicked;
    app->clicked = false;
    if (spot)
        return ui_app_run_key(app, spot->key);
    if (input->x >= app->drawn.body_width)
        return 0;
    if (input->y == app->drawn.titles_y)
        return click_title(app, input->x);
    app->clicked = again;
    return line >= 0 && line < app->drawn.body_height ? click_row(app, (size_t)line) : 0;
}

unsigned ui_app_mouse_input(struct ui_app *app, const struct ui_input *input)
{
    struct ui_view *view = ui_app_view(app);
    if (!app->mouse || app->prompt.open)
        return 0;
    if (app->overlay.open)
        return ui_overlay_click(app, input);
    if (input->button == 1)
        return click(app, input);
    if (input->button != 4 && input->button != 5)
        return 0;
    app->clicked = false;
    ui_list_move(&view->list, &view->panel->table, input->button == 4 ? -WHEEL_ROWS : WHEEL_ROWS);
    return UI_REACT_DRAW | UI_REACT_MOVED;
}
