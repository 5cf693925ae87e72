/* Full names of the row, why it is as it is, and commands to paste: none of them changes anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app_state.h"
#include "panel_all.h"

#define NAME_MOST 249 /* bytes of a name in a command, as Kafka's own tools take them */
#define WORD_ROOM 1400
#define COMMAND_ROOM 4000

/* Whether a terminal shows each byte as itself. */
static bool is_plain(struct kt_text name)
{
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)name.bytes[i] < 0x20 || (unsigned char)name.bytes[i] > 0x7e)
            return false;
    return true;
}

/* In quotes that no POSIX shell looks into. */
static void quote_plain(struct kt_text name, char *out)
{
    size_t length = 0;
    out[length++] = '\'';
    for (size_t i = 0; i < name.length; i++) {
        if (name.bytes[i] == '\'') {
            memcpy(out + length, "'\\''", 4);
            length += 4;
        } else {
            out[length++] = name.bytes[i];
        }
    }
    out[length++] = '\'';
    out[length] = '\0';
}

/* What a terminal would not show, and what printf would look into, as octal numbers. */
static void quote_bytes(struct kt_text name, char *out)
{
    size_t length = (size_t)sprintf(out, "\"$(printf '");
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = (unsigned char)name.bytes[i];
        if (byte < 0x20 || byte > 0x7e || strchr("'\\%", byte) || (i == 0 && byte == '-'))
            length += (size_t)sprintf(out + length, "\\%03o", byte);
        else
            out[length++] = (char)byte;
    }
    strcpy(out + length, "')\"");
}

/* The name as one word of a shell; false: no command line holds it: a NUL ends arguments, $() eats a last newline. */
static bool quote(struct kt_text name, char out[WORD_ROOM])
{
    if (!name.bytes || name.length == 0 || name.length > NAME_MOST || memchr(name.bytes, '\0', name.length) ||
        name.bytes[name.length - 1] == '\n')
        return false;
    if (is_plain(name))
        quote_plain(name, out);
    else
        quote_bytes(name, out);
    return true;
}

/* The first one goes to the clipboard. An option takes its word behind "=", where a leading dash is none of its own. */
static void add_command(struct ui_app *app, const char *tool, const char *option, struct kt_text name, const char *rest)
{
    char word[WORD_ROOM] = "", servers[WORD_ROOM], command[COMMAND_ROOM];
    struct kt_text at = app->at->shown->bootstrap;
    if (option && !quote(name, word)) {
        ui_lines_add(&app->overlay.lines, "no command: the name holds bytes that no command line takes");
        return;
    }
    if (!at.bytes || at.length > NAME_MOST || !is_plain(at) || !quote(at, servers))
        snprintf(servers, sizeof servers, "HOST:PORT");
    bool dash = option && name.bytes[0] == '-';
    snprintf(command, sizeof command, "%s --bootstrap-server %s --describe%s%s%s%s%s", tool, servers,
             option ? " " : "", option ? option : "", !option ? "" : dash ? "=" : " ", word, rest);
    ui_lines_add(&app->overlay.lines, "%s", command);
    if (!app->copy_text)
        app->copy_text = kt_strdup(command);
}

/* Tools of Kafka's know nothing of our settings; what these are is not repeated. */
static void add_login(struct ui_app *app)
{
    const struct kt_options *options = app->at->options;
    for (size_t i = 0; i < options->property_count; i++)
        if (strncmp(options->properties[i].key, "sasl.", 5) == 0 ||
            strncmp(options->properties[i].key, "ssl.", 4) == 0 ||
            strcmp(options->properties[i].key, "security.protocol") == 0) {
            ui_lines_add(&app->overlay.lines,
                         "this cluster is reached with settings of its own: add --command-config client.properties");
            return;
        }
}

static void add_commands(struct ui_app *app, const struct ui_panel *panel, const struct ui_row *row,
                         const struct kt_group *group)
{
    static const char groups[] = "kafka-consumer-groups.sh", topics[] = "kafka-topics.sh";
    struct ui_identity what = panel->table.identify(row);
    struct kt_text topic = {NULL, 0};
    char rest[64];
    if (panel == &ui_panel_topics || panel == &ui_panel_readers)
        topic = what.first;
    else if (panel == &ui_panel_partitions || panel == &ui_panel_logs)
        topic = what.second;
    ui_lines_add(&app->overlay.lines, " ");
    if (group) {
        add_command(app, groups, "--group", group->name, "");
        add_command(app, groups, "--group", group->name, " --members --verbose");
    }
    if (topic.bytes)
        add_command(app, topics, "--topic", topic, "");
    if (panel == &ui_panel_brokers) {
        snprintf(rest, sizeof rest, " --broker-list %lld", (long long)what.number);
        add_command(app, "kafka-log-dirs.sh", NULL, topic, rest);
        add_command(app, topics, NULL, topic, " --under-replicated-partitions");
    }
    if (app->copy_text)
        add_login(app);
}

/* What bad partitions have in common, in the whole cluster and in the row's group. */
static void add_causes(struct ui_app *app, const struct kt_group *group)
{
    const struct kt_snapshot *snap = app->at->shown;
    for (size_t i = 0; i < snap->cause_count; i++) {
        const struct kt_cause *cause = &snap->causes[i];
        char text[1200];
        if (cause->group.bytes && (!group || !ui_text_equal(cause->group, group->name)))
            continue;
        ui_say_text(text, sizeof text, cause->text);
        ui_lines_add(&app->overlay.lines, "  cause: %s", text);
    }
}

/* The facts that large screens show beside the rows. */
static void add_facts(struct ui_app *app, const struct ui_panel *panel, const struct ui_row *row,
                      const struct ui_context *cx)
{
    char text[2400], *line = text;
    if (!panel->more || panel->more(row, cx, text, sizeof text) == 0)
        return;
    ui_lines_add(&app->overlay.lines, " ");
    for (char *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = '\0';
        ui_lines_add(&app->overlay.lines, "  %s", line);
    }
}

static void add_since(struct ui_app *app, const struct kt_group *group)
{
    char text[64];
    time_t seconds = (time_t)(group->since / 1000);
    struct tm parts;
    if (KT_KNOWS(group, KT_GROUP_since) && gmtime_r(&seconds, &parts) &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0)
        ui_lines_add(&app->overlay.lines, "  group's status since %s", text);
}

void ui_overlay_names(struct ui_app *app)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_row *row = ui_list_current(&view->list);
    const struct ui_panel *panel = ui_panel_of_row(view->panel, row);
    struct ui_context cx = ui_app_context(app, view);
    struct ui_facts facts = {0};
    char text[2048];
    ui_overlay_open(app, "FULL NAMES: any key closes");
    panel->table.facts(row, &cx, &facts);
    for (size_t i = 0; i < sizeof facts.texts / sizeof facts.texts[0]; i++)
        if (facts.texts[i].bytes) {
            ui_say_text(text, sizeof text, facts.texts[i]);
            ui_lines_add(&app->overlay.lines, "  %s", text);
        }
    ui_lines_add(&app->overlay.lines, "  %s", ui_look(facts.look)->word);
    if (ui_app_describe(app, view, row, text, sizeof text) > 0)
        ui_lines_add(&app->overlay.lines, "  %s", text);
    const struct kt_group *group = ui_panel_group(panel, row, &cx);
    if (group)
        add_since(app, group);
    add_causes(app, group);
    add_commands(app, panel, row, group);
    add_facts(app, panel, row, &cx);
}
