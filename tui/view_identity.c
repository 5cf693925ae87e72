#include "view_identity.h"

#include <stdlib.h>

#include "error.h"

static int compare_text(struct kt_text a, struct kt_text b)
{
    if (!a.bytes || !b.bytes)
        return (a.bytes != NULL) - (b.bytes != NULL);
    return kt_text_compare(a, b);
}

int ui_identity_compare(const struct ui_identity *a, const struct ui_identity *b)
{
    int order = compare_text(a->first, b->first);
    if (order == 0)
        order = compare_text(a->second, b->second);
    if (order == 0)
        order = (a->number > b->number) - (a->number < b->number);
    return order ? order : (a->level > b->level) - (a->level < b->level);
}

struct kt_text ui_text_copy(struct kt_text text)
{
    struct kt_text copy = {NULL, 0};
    if (text.bytes) {
        copy.bytes = kt_strndup(text.bytes, text.length);
        copy.length = text.length;
    }
    return copy;
}

void ui_text_release(struct kt_text *text)
{
    free((void *)(uintptr_t)text->bytes);
    text->bytes = NULL;
    text->length = 0;
}

void ui_identity_copy(struct ui_identity *to, const struct ui_identity *from)
{
    /* The source may be the very row that the old copy names: copy first, give back then. */
    struct ui_identity copy = {ui_text_copy(from->first), ui_text_copy(from->second), from->number, from->level};
    ui_identity_release(to);
    *to = copy;
}

void ui_identity_release(struct ui_identity *identity)
{
    ui_text_release(&identity->first);
    ui_text_release(&identity->second);
    identity->number = 0;
}

void ui_focus_copy(struct ui_focus *to, const struct ui_focus *from)
{
    struct ui_focus copy = {ui_text_copy(from->group), ui_text_copy(from->topic), ui_text_copy(from->member),
                            ui_text_copy(from->host), from->has_broker, from->broker};
    ui_focus_release(to);
    *to = copy;
}

bool ui_focus_is_set(const struct ui_focus *focus)
{
    return focus->group.bytes || focus->topic.bytes || focus->member.bytes || focus->host.bytes || focus->has_broker;
}

bool ui_focus_is_same(const struct ui_focus *a, const struct ui_focus *b)
{
    return compare_text(a->group, b->group) == 0 && compare_text(a->topic, b->topic) == 0 &&
           compare_text(a->member, b->member) == 0 && compare_text(a->host, b->host) == 0 &&
           a->has_broker == b->has_broker && a->broker == b->broker;
}

void ui_focus_release(struct ui_focus *focus)
{
    ui_text_release(&focus->group);
    ui_text_release(&focus->topic);
    ui_text_release(&focus->member);
    ui_text_release(&focus->host);
    focus->has_broker = false;
    focus->broker = 0;
}
