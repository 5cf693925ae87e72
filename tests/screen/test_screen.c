/*
 * Golden screens: what a user sees after some keys, as a grid of text and a grid of roles, at several sizes.
 *
 * No curses, no sleep, no clock: the app is called directly. Also compares docs/KEYS.md and the section of keys in
 * kafkatop.1 with what the table of actions says. Arguments: the source folder. Prints TAP.
 */
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "config.h"
#include "fake_snapshot.h"
#include "help.h"
#include "keymap.h"
#include "screens.h"
#include "ticket.h"

#define TAKEN_MONO INT64_C(5000000)
#define KEYS_BEGIN ".\\\" keys: begin (made by tests/screen/bless)\n"
#define KEYS_END ".\\\" keys: end\n"

static const char *source;
static bool bless;
static unsigned failures;

/* --- files ----------------------------------------------------------------------------------------------- */

static char *slurp(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t room = 1 << 16, length = 0;
    char *text = malloc(room + 1);
    for (size_t more; text && (more = fread(text + length, 1, room - length, file)) > 0;) {
        length += more;
        if (length == room)
            text = realloc(text, (room *= 2) + 1);
    }
    fclose(file);
    if (text)
        text[length] = '\0';
    return text;
}

static void spit(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
        printf("Bail out! cannot write %s\n", path);
        exit(1);
    }
}

static void print_lines(const char *mark, const char *text)
{
    while (text && *text) {
        size_t length = strcspn(text, "\n");
        printf("# %s%.*s\n", mark, (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void compare(const char *name, const char *path, const char *said)
{
    if (bless)
        spit(path, said);
    char *wanted = slurp(path);
    bool same = wanted && strcmp(wanted, said) == 0;
    if (!same) {
        print_lines("wanted |", wanted ? wanted : "(no such file)");
        print_lines("is     |", said);
        failures++;
    }
    printf("%sok - %s\n", same ? "" : "not ", name);
    free(wanted);
}

/* What a function writes to a stream, as a string. */
struct capture {
    char *text;
    size_t length;
    FILE *stream;
};

static FILE *capture_open(struct capture *capture)
{
    capture->stream = open_memstream(&capture->text, &capture->length);
    if (!capture->stream)
        exit(1);
    return capture->stream;
}

static const char *capture_close(struct capture *capture)
{
    fclose(capture->stream);
    return capture->text;
}

/* --- screens --------------------------------------------------------------------------------------------- */

static void type_text(struct ui_app *app, const char *text)
{
    for (; *text; text++) {
        struct ui_input input = {.key = (unsigned char)*text};
        ui_app_input(app, &input, TAKEN_MONO);
    }
}

static void press(struct ui_app *app, struct ui_canvas *cv, const char *keys)
{
    char word[64];
    int length;
    for (; sscanf(keys, " %63s%n", word, &length) == 1; keys += length) {
        struct ui_input input = {.key = UI_KEY_NONE};
        if (strncmp(word, "type:", 5) == 0) {
            type_text(app, word + 5);
        } else if (ui_key_parse(word, &input.key)) {
            ui_app_input(app, &input, TAKEN_MONO);
        } else {
            printf("Bail out! no key is called %s\n", word);
            exit(1);
        }
        ui_app_draw(app, cv, TAKEN_MONO, FAKE_NOW_MS);
    }
}

static void add_cluster(struct ui_app *app, unsigned number, struct kt_options *options, const char *name,
                        const struct kt_snapshot *snap)
{
    options->cluster = (char *)(uintptr_t)name;
    ui_app_add(app, options);
    ui_app_cluster_snapshot(app, number, snap);
    kt_snapshot_unref(snap);
}

static void take(struct ui_app *app, const struct kt_snapshot *snap)
{
    ui_app_snapshot(app, snap);
    kt_snapshot_unref(snap);
}

static void draw(const struct screen *screen, struct ui_canvas *cv)
{
    struct kt_options options = {.settings.delay_ms = 2000, .secure = screen->secure};
    options.cluster = (char *)(uintptr_t)"prod-eu";
    struct kt_options others[] = {options, options};
    struct ui_app *app = ui_app_new(&options, source);
    cv->ascii = screen->ascii;
    if (screen->several) {
        options.from_section = others[0].from_section = others[1].from_section = true;
        options.colour = KT_COLOUR_DANGER;
        add_cluster(app, 1, &others[0], "staging", screens_staging());
        if (!screen->well) {
            others[1].colour = KT_COLOUR_CAUTION;
            add_cluster(app, 2, &others[1], "disaster-recovery", screens_down());
        }
    }
    if (screen->before)
        take(app, screens_earlier());
    if (screen->snapshot)
        take(app, screen->snapshot());
    if (screen->failure)
        ui_app_failure(app, screen->failure);
    ui_app_draw(app, cv, TAKEN_MONO, FAKE_NOW_MS);
    if (screen->keys)
        press(app, cv, screen->keys);
    ui_app_draw(app, cv, TAKEN_MONO + screen->later_ms, FAKE_NOW_MS + screen->later_ms);
    ui_app_free(app);
}

static void check_screen(const struct screen *screen, const struct size *size)
{
    struct ui_canvas cv;
    struct capture capture;
    char name[128], path[1200];
    ui_canvas_init(&cv);
    ui_canvas_resize(&cv, size->width, size->height);
    draw(screen, &cv);
    for (int roles = 0; roles < 2; roles++) {
        FILE *out = capture_open(&capture);
        if (roles)
            ui_canvas_write_roles(&cv, out);
        else
            ui_canvas_write_text(&cv, out);
        const char *said = capture_close(&capture);
        snprintf(name, sizeof name, "%s-%dx%d.%s", screen->name, size->width, size->height, roles ? "roles" : "text");
        snprintf(path, sizeof path, "%s/tests/screen/golden/%s", source, name);
        compare(name, path, said);
        free(capture.text);
    }
    ui_canvas_release(&cv);
}

/* --- tickets --------------------------------------------------------------------------------------------- */

static const struct ticket {
    const char *name;
    const struct kt_snapshot *(*snapshot)(void);
    const char *keys; /* the last one writes it */
} tickets[] = {
    {"groups", fake_snapshot_full, "H"},
    {"groups-filtered", fake_snapshot_full, "f type:status:st Enter i H"},
    {"groups-quiet", fake_snapshot_full, "a j Q Enter e H"},
    {"groups-hostile", fake_snapshot_hostile, "H"},
    {"groups-open", fake_snapshot_full, "j j x j b H"},
    {"groups-open-anonymous", fake_snapshot_full, "t O"},
    {"topics-open-anonymous", fake_snapshot_full, "2 t O"},
    {"groups-anonymous", fake_snapshot_full, "f type:status:st Enter O"},
    {"partitions-group", fake_snapshot_full, "j j Enter H"},
    {"topics", fake_snapshot_full, "2 H"},
    {"members-anonymous", fake_snapshot_full, "j j Enter Enter O"},
    {"brokers-anonymous", fake_snapshot_full, "4 O"},
    {"events-anonymous", fake_snapshot_full, "5 O"},
    {"nothing", screens_nothing, "H"},
};

/* A new version is no news in a golden file. */
static char *without_version(const char *said)
{
    const char *at = strstr(said, KAFKATOP_VERSION);
    size_t before = at ? (size_t)(at - said) : 0, length = strlen(said) + 8;
    char *text = malloc(length);
    if (!text || !at)
        exit(1);
    snprintf(text, length, "%.*sVERSION%s", (int)before, said, at + strlen(KAFKATOP_VERSION));
    return text;
}

static void check_ticket(const struct ticket *wanted)
{
    struct kt_options options = {.settings.delay_ms = 2000, .cluster = (char *)(uintptr_t)"prod-eu"};
    struct ui_canvas cv;
    struct capture capture;
    char name[128], path[1200];
    struct ui_app *app = ui_app_new(&options, NULL);
    const struct kt_snapshot *snap = wanted->snapshot();
    ui_canvas_init(&cv);
    ui_canvas_resize(&cv, 80, 24);
    ui_app_snapshot(app, snap);
    kt_snapshot_unref(snap);
    ui_app_draw(app, &cv, TAKEN_MONO, FAKE_NOW_MS);
    press(app, &cv, wanted->keys);
    struct ui_ticket *ticket = ui_app_take_ticket(app);
    FILE *out = capture_open(&capture);
    if (ticket)
        ui_ticket_write_text(ticket, out);
    snprintf(name, sizeof name, "ticket-%s.txt", wanted->name);
    snprintf(path, sizeof path, "%s/tests/screen/golden/%s", source, name);
    char *said = without_version(capture_close(&capture));
    compare(name, path, said);
    free(said);
    free(capture.text);
    ui_ticket_free(ticket);
    ui_canvas_release(&cv);
    ui_app_free(app);
}

/* --- documents ------------------------------------------------------------------------------------------- */

static void check_keys_document(void)
{
    struct capture capture;
    char path[1200];
    ui_help_write_markdown(capture_open(&capture));
    const char *said = capture_close(&capture);
    snprintf(path, sizeof path, "%s/docs/KEYS.md", source);
    compare("docs/KEYS.md says what the keys do", path, said);
    free(capture.text);
}

/* The manual belongs to others: only what stands between the two marks is ours. */
static void check_manual(void)
{
    struct capture capture;
    char path[1200];
    snprintf(path, sizeof path, "%s/kafkatop.1", source);
    char *manual = slurp(path);
    char *begin = manual ? strstr(manual, KEYS_BEGIN) : NULL;
    char *end = begin ? strstr(begin, KEYS_END) : NULL;
    if (!end) {
        printf("%s\n", manual ? "not ok - kafkatop.1 lacks the marks around its keys"
                              : "ok - kafkatop.1 says what the keys do # SKIP there is no manual");
        failures += manual != NULL;
        free(manual);
        return;
    }
    FILE *out = capture_open(&capture);
    fwrite(manual, 1, (size_t)(begin - manual) + strlen(KEYS_BEGIN), out);
    ui_help_write_roff(out);
    fputs(end, out);
    compare("kafkatop.1 says what the keys do", path, capture_close(&capture));
    free(capture.text);
    free(manual);
}

int main(int argc, char **argv)
{
    source = argc > 1 ? argv[1] : ".";
    const char *blessed = getenv("KAFKATOP_BLESS");
    bless = blessed && *blessed;
    if (!setlocale(LC_ALL, "C.UTF-8") && !setlocale(LC_ALL, "en_US.UTF-8")) {
        printf("ok - golden screens # SKIP there is no UTF-8 locale\n");
        return 0;
    }
    for (size_t i = 0; i < screens_count; i++)
        for (size_t j = 0; j < sizes_count; j++)
            if (screens[i].sizes & sizes[j].bit)
                check_screen(&screens[i], &sizes[j]);
    for (size_t i = 0; i < sizeof tickets / sizeof tickets[0]; i++)
        check_ticket(&tickets[i]);
    check_keys_document();
    check_manual();
    return failures > 0;
}
