/*
 * app_do: what the table of actions calls, one function an action or a family of actions; each returns reaction bits
 * (app.h) and takes the row's argument, whose meaning stands here where there is one. Thread: UI.
 */
#ifndef UI_APP_DO_H
#define UI_APP_DO_H

struct ui_app;

/* app_move.c */
unsigned ui_do_move_lines(struct ui_app *app, int lines);
unsigned ui_do_move_half(struct ui_app *app, int sign);
unsigned ui_do_move_page(struct ui_app *app, int sign);
unsigned ui_do_move_end(struct ui_app *app, int sign);
unsigned ui_do_scroll_columns(struct ui_app *app, int by);
unsigned ui_do_go_to(struct ui_app *app, int tab);
unsigned ui_do_go_by(struct ui_app *app, int by);
unsigned ui_do_next_cluster(struct ui_app *app, int by);
unsigned ui_do_open_row(struct ui_app *app, int argument);
unsigned ui_do_go_back(struct ui_app *app, int argument);

/* app_find.c */
unsigned ui_do_sort_next(struct ui_app *app, int by);
unsigned ui_do_sort_by_letter(struct ui_app *app, int letter);
unsigned ui_do_sort_reverse(struct ui_app *app, int argument);
unsigned ui_do_sort_menu(struct ui_app *app, int argument);
unsigned ui_do_ask_search(struct ui_app *app, int argument);
unsigned ui_do_find_next(struct ui_app *app, int sign);
unsigned ui_do_ask_filter(struct ui_app *app, int argument);
unsigned ui_do_problems_only(struct ui_app *app, int argument);
unsigned ui_do_reset(struct ui_app *app, int argument);

/* app_time.c */
unsigned ui_do_toggle_pause(struct ui_app *app, int argument);
unsigned ui_do_step_in_time(struct ui_app *app, int by); /* -1: to an older snapshot, 1: to a newer one */
unsigned ui_do_baseline(struct ui_app *app, int argument);
unsigned ui_do_refresh(struct ui_app *app, int argument);
unsigned ui_do_step_delay(struct ui_app *app, int sign);
unsigned ui_do_ask_delay(struct ui_app *app, int argument);
unsigned ui_do_next_window(struct ui_app *app, int argument);

/* app_rows.c */
unsigned ui_do_pin(struct ui_app *app, int argument);
unsigned ui_do_ask_exact(struct ui_app *app, int argument);
unsigned ui_do_unpin_all(struct ui_app *app, int argument);
unsigned ui_do_follow(struct ui_app *app, int argument);
unsigned ui_do_expand(struct ui_app *app, int argument);
unsigned ui_do_tree(struct ui_app *app, int argument);

/* app_ticket.c: argument 1: with names replaced */
unsigned ui_do_ticket(struct ui_app *app, int anonymous);

/* app_quiet.c */
unsigned ui_do_acknowledge(struct ui_app *app, int argument);
unsigned ui_do_ask_mute(struct ui_app *app, int argument);
unsigned ui_do_loud(struct ui_app *app, int argument);
unsigned ui_do_show_muted(struct ui_app *app, int argument);

/* app_show.c */
unsigned ui_do_toggle_exact(struct ui_app *app, int argument);
unsigned ui_do_toggle_lag_unit(struct ui_app *app, int argument);
unsigned ui_do_toggle_mono(struct ui_app *app, int argument);
unsigned ui_do_toggle_mouse(struct ui_app *app, int argument);
unsigned ui_do_set_up(struct ui_app *app, int argument);
unsigned ui_do_choose_theme(struct ui_app *app, int argument);
unsigned ui_do_save(struct ui_app *app, int argument);
unsigned ui_do_show_help(struct ui_app *app, int argument);
unsigned ui_do_show_names(struct ui_app *app, int argument);
unsigned ui_do_react(struct ui_app *app, int reaction);

#endif
