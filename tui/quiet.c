#include "quiet.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MINUTE_MS INT64_C(60000)
#define NAME_MOST 80 /* bytes of a name in a message */

/* --- entries --------------------------------------------------------------------------------------------- */

/* The first entry that does not come before *what. */
static unsigned place_of(const struct ui_quiet *quiet, const struct ui_identity *what)
{
    unsigned low = 0, high = quiet->count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (ui_identity_compare(&quiet->entries[middle].what, what) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool stands_at(const struct ui_quiet *quiet, unsigned place, const struct ui_identity *what)
{
    return place < quiet->count && ui_identity_compare(&quiet->entries[place].what, what) == 0;
}

bool ui_quiet_put(struct ui_quiet *quiet, const struct ui_identity *what, enum ui_quiet_kind kind,
                  enum ui_look_kind look, int64_t now_ms, int64_t until_ms)
{
    unsigned place = place_of(quiet, what);
    struct ui_quiet_entry *entry = &quiet->entries[place];
    if (!stands_at(quiet, place, what)) {
        if (quiet->count == UI_QUIET_MOST)
            return false;
        memmove(entry + 1, entry, (quiet->count - place) * sizeof *entry);
        quiet->count++;
        *entry = (struct ui_quiet_entry){.kind = kind};
        ui_identity_copy(&entry->what, what);
    }
    entry->kind = kind;
    entry->look = look;
    entry->from_ms = now_ms;
    entry->until_ms = until_ms;
    return true;
}

static void remove_at(struct ui_quiet *quiet, unsigned place)
{
    struct ui_quiet_entry *entry = &quiet->entries[place];
    ui_identity_release(&entry->what);
    quiet->count--;
    memmove(entry, entry + 1, (quiet->count - place) * sizeof *entry);
}

bool ui_quiet_drop(struct ui_quiet *quiet, const struct ui_identity *what)
{
    unsigned place = place_of(quiet, what);
    if (!stands_at(quiet, place, what))
        return false;
    remove_at(quiet, place);
    return true;
}

unsigned ui_quiet_drop_all(struct ui_quiet *quiet)
{
    unsigned count = quiet->count;
    while (quiet->count > 0)
        remove_at(quiet, quiet->count - 1);
    return count;
}

void ui_quiet_copy(struct ui_quiet *to, const struct ui_quiet *from)
{
    for (to->count = 0; to->count < from->count; to->count++) {
        struct ui_quiet_entry *entry = &to->entries[to->count];
        *entry = from->entries[to->count];
        entry->what = (struct ui_identity){.number = 0};
        ui_identity_copy(&entry->what, &from->entries[to->count].what);
    }
    to->shows_muted = from->shows_muted;
}

const struct ui_quiet_entry *ui_quiet_own(const struct ui_quiet *quiet, const struct ui_identity *what)
{
    unsigned place = place_of(quiet, what);
    return stands_at(quiet, place, what) ? &quiet->entries[place] : NULL;
}

const struct ui_quiet_entry *ui_quiet_find(const struct ui_quiet *quiet, const struct ui_identity *what)
{
    const struct ui_quiet_entry *own = quiet->count > 0 ? ui_quiet_own(quiet, what) : NULL;
    if (own || quiet->count == 0 || !what->second.bytes)
        return own;
    struct ui_identity group = {.first = what->first};
    return ui_quiet_own(quiet, &group);
}

unsigned ui_quiet_count(const struct ui_quiet *quiet, enum ui_quiet_kind kind)
{
    unsigned count = 0;
    for (unsigned i = 0; i < quiet->count; i++)
        count += quiet->entries[i].kind == kind;
    return count;
}

/* --- ends ------------------------------------------------------------------------------------------------ */

bool ui_quiet_look_at(const struct kt_snapshot *snap, const struct ui_identity *what, enum ui_look_kind *look)
{
    const struct kt_group *group = kt_snapshot_group(snap, what->first.bytes, what->first.length);
    if (!group)
        return false;
    if (!what->second.bytes) {
        *look = ui_look_of_group(group);
        return true;
    }
    const struct kt_lag *lag = kt_group_lag(group, what->second.bytes, what->second.length, what->number);
    if (lag)
        *look = ui_look_of_lag(lag);
    return lag != NULL;
}

static void name_of(const struct ui_identity *what, char *out, size_t room)
{
    int group = what->first.length > NAME_MOST ? NAME_MOST : (int)what->first.length;
    int topic = what->second.length > NAME_MOST ? NAME_MOST : (int)what->second.length;
    if (what->second.bytes)
        snprintf(out, room, "%.*s %.*s/%lld", group, what->first.bytes, topic, what->second.bytes,
                 (long long)what->number);
    else
        snprintf(out, room, "%.*s", group, what->first.bytes);
}

/* `how` is how it looks now, or NULL where it was time. */
static void end_at(struct ui_quiet *quiet, unsigned place, const char *how, struct ui_quiet_ended *ended)
{
    const struct ui_quiet_entry *entry = &quiet->entries[place];
    const char *word = entry->kind == UI_QUIET_MUTED ? "muted" : "acknowledged";
    char name[NAME_MOST * 2 + 32];
    name_of(&entry->what, name, sizeof name);
    if (ended->count++ > 0)
        snprintf(ended->text, sizeof ended->text, "%u rows are no longer acknowledged or muted", ended->count);
    else if (how)
        snprintf(ended->text, sizeof ended->text, "%s now, no longer %s: %s", how, word, name);
    else
        snprintf(ended->text, sizeof ended->text, "no longer %s, it was until now: %s", word, name);
    remove_at(quiet, place);
}

/* Not knowing is no recovery. */
static bool is_well(enum ui_look_kind look)
{
    return look == UI_LOOK_OK || look == UI_LOOK_EMPTY;
}

void ui_quiet_snapshot(struct ui_quiet *quiet, const struct kt_snapshot *snap, struct ui_quiet_ended *ended)
{
    *ended = (struct ui_quiet_ended){0};
    for (unsigned i = quiet->count; i-- > 0;) {
        const struct ui_quiet_entry *entry = &quiet->entries[i];
        enum ui_look_kind look;
        if (entry->kind == UI_QUIET_ACKNOWLEDGED && ui_quiet_look_at(snap, &entry->what, &look) &&
            (look > entry->look || is_well(look)))
            end_at(quiet, i, ui_look(look)->word, ended);
    }
}

void ui_quiet_tick(struct ui_quiet *quiet, int64_t now_ms, struct ui_quiet_ended *ended)
{
    *ended = (struct ui_quiet_ended){0};
    for (unsigned i = quiet->count; i-- > 0;)
        if (now_ms >= quiet->entries[i].until_ms)
            end_at(quiet, i, NULL, ended);
}

/* --- words ----------------------------------------------------------------------------------------------- */

static void instant(int64_t ms, bool with_day, char *out, size_t room)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    if (!gmtime_r(&seconds, &parts) || strftime(out, room, with_day ? "%m-%d %H:%MZ" : "%H:%MZ", &parts) == 0)
        snprintf(out, room, "-");
}

size_t ui_quiet_say(const struct ui_quiet_entry *entry, char *out, size_t room)
{
    char from[32], until[32];
    const int64_t day = INT64_C(86400000);
    bool days = entry->from_ms / day != entry->until_ms / day;
    instant(entry->from_ms, days, from, sizeof from);
    instant(entry->until_ms, days, until, sizeof until);
    int length = snprintf(out, room, "%s at %s until %s", entry->kind == UI_QUIET_MUTED ? "muted" : "acknowledged",
                          from, until);
    return length < 0 ? 0 : (size_t)length < room ? (size_t)length : room - 1;
}

bool ui_quiet_parse(const char *text, int64_t *ms)
{
    int64_t sum = 0;
    const char *at = text;
    at += strspn(at, " ");
    if (!*at)
        return false;
    while (*at && *at != ' ') {
        int64_t number = 0;
        size_t digits = strspn(at, "0123456789");
        if (digits == 0 || digits > 6)
            return false;
        for (size_t i = 0; i < digits; i++)
            number = number * 10 + (at[i] - '0');
        at += digits;
        int64_t unit = *at == 'm' ? MINUTE_MS : *at == 'h' ? 60 * MINUTE_MS : *at == 'd' ? 1440 * MINUTE_MS : 0;
        if (unit == 0 || sum > UI_QUIET_LONGEST_MS)
            return false;
        sum += number * unit;
        at++;
    }
    *ms = sum;
    return at[strspn(at, " ")] == '\0' && sum >= MINUTE_MS && sum <= UI_QUIET_LONGEST_MS;
}
