/* panel_all: the panels there are, one file each; panel.c puts them in order. */
#ifndef UI_PANEL_ALL_H
#define UI_PANEL_ALL_H

#include "view.h"

/* What a row of the events panel is: item kt_problem, kt_event or kt_log_line. */
enum ui_event_row { UI_ROW_PROBLEM, UI_ROW_EVENT, UI_ROW_LOG };

extern const struct ui_panel ui_panel_groups;
extern const struct ui_panel ui_panel_topics;
extern const struct ui_panel ui_panel_partitions;
extern const struct ui_panel ui_panel_brokers;
extern const struct ui_panel ui_panel_events;
extern const struct ui_panel ui_panel_members;
extern const struct ui_panel ui_panel_hosts;
extern const struct ui_panel ui_panel_logs;
extern const struct ui_panel ui_panel_readers;

#endif
