#include "ticket.h"

#include <stdlib.h>
#include <string.h>

#include "ticket_part.h"

#define NAME_MOST 80        /* of a cluster, in a file's name */
#define DETAIL_MOST 5000   /* partitions in a document that somebody shall open */

/* --- life ------------------------------------------------------------------------------------------------ */

struct ui_ticket *ui_ticket_new(const struct kt_snapshot *snap, const struct ui_panel *panel,
                                const struct ui_focus *focus, const struct ui_context *cx, const struct ui_list *list)
{
    struct ui_ticket *ticket = kt_alloc(1, sizeof *ticket);
    struct kt_err err;
    ticket->snap = kt_snapshot_ref(snap);
    ticket->panel = panel;
    ui_focus_copy(&ticket->focus, focus);
    if (cx->choice)
        ticket->choice = *cx->choice;
    if (cx->quiet)
        ui_quiet_copy(&ticket->quiet, cx->quiet);
    ticket->exact = cx->exact;
    ticket->lag_as_time = cx->lag_as_time;
    ticket->ascii = cx->ascii;
    ui_list_init(&ticket->list, &panel->table);
    ticket->list.sort = list->sort;
    ticket->list.ascending = list->ascending;
    ticket->list.problems_only = list->problems_only;
    ui_list_copy_marks(&ticket->list, list);
    ticket->base_known = cx->base && cx->base->snap && cx->base->snap->as_of_known;
    ticket->base_ms = ticket->base_known ? cx->base->snap->as_of_ms : 0;
    /* It was accepted once. */
    if (list->filter_text && ui_list_set_filter(&ticket->list, list->filter_text, &err) != KT_OK)
        kt_fatal("a filter is no filter any more: %s", err.text);
    return ticket;
}

void ui_ticket_free(struct ui_ticket *ticket)
{
    if (!ticket)
        return;
    ui_list_release(&ticket->list);
    ui_quiet_drop_all(&ticket->quiet);
    ui_focus_release(&ticket->focus);
    kt_snapshot_unref(ticket->snap);
    free(ticket);
}

void ui_ticket_name(const struct ui_ticket *ticket, char name[UI_TICKET_NAME_ROOM])
{
    static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    struct kt_text cluster = ticket->snap->name;
    char when[32], word[NAME_MOST + 1];
    size_t length = 0;
    if (ticket->anonymous || !cluster.bytes || cluster.length == 0)
        cluster = kt_text_of("cluster", 7);
    for (; length < cluster.length && length < NAME_MOST; length++)
        word[length] = cluster.bytes[length] && strchr(fine, cluster.bytes[length]) ? cluster.bytes[length] : '_';
    word[length] = '\0';
    ui_ticket_instant(ticket->made_ms, true, when, sizeof when);
    snprintf(name, UI_TICKET_NAME_ROOM, "kafkatop-%s-%s", word, when);
}

enum kt_code ui_ticket_write_json(struct ui_ticket *ticket, FILE *out, struct kt_err *err)
{
    struct ui_ticket_part part;
    struct kt_snapshot_keep keep;
    ui_ticket_rows(ticket);
    ui_ticket_part_make(ticket, &part, &keep);
    const struct ui_list *list = &ticket->list;
    bool hidden = ticket->anonymous && list->filter_text;
    struct kt_export_screen screen = {.panel = ticket->panel->name,
                                      .filter = hidden ? "(hidden)" : list->filter_text,
                                      .problems_only = list->problems_only,
                                      .rows = ticket->shown_count,
                                      .rows_left_out = ticket->row_count - ticket->shown_count,
                                      .groups_left_out = part.groups_left_out};
    struct kt_export_settings settings = {
        .detail = part.partitions > DETAIL_MOST && !keep.lag ? KT_DETAIL_GROUPS : KT_DETAIL_PARTITIONS,
        .pretty = true,
        .anonymize = ticket->anonymous,
        .screen = &screen};
    const struct kt_snapshot *snap = kt_snapshot_part(ticket->snap, &keep);
    enum kt_code code = kt_export(KT_FORMAT_JSON, &snap, 1, &settings, out, err);
    kt_snapshot_unref(snap);
    ui_ticket_part_release(&part);
    return code;
}
