#include "panel.h"

#include <string.h>

#include "panel_all.h"

const struct ui_panel *const ui_panels[] = {
    &ui_panel_groups, &ui_panel_topics,  &ui_panel_partitions, &ui_panel_brokers, &ui_panel_events,
    &ui_panel_hosts,  &ui_panel_members, &ui_panel_logs,       &ui_panel_readers,
};

const unsigned ui_panel_count = sizeof ui_panels / sizeof ui_panels[0];

unsigned ui_panel_tabs(void)
{
    unsigned tabs = 0;
    while (tabs < ui_panel_count && ui_panels[tabs]->key)
        tabs++;
    return tabs;
}

unsigned ui_panel_find(const char *name)
{
    unsigned i = 0;
    while (i < ui_panel_count && strcmp(ui_panels[i]->name, name) != 0)
        i++;
    return i;
}
