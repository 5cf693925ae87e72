#include "doctor_write.h"

#include <string.h>

#include "config.h"
#include "json.h"

static const struct {
    const char *word;
    const char *colour; /* SGR */
} looks[KT_FOUND_COUNT] = {
    [KT_FOUND_OK] = {"ok", "32"},
    [KT_FOUND_WARN] = {"warn", "33"},
    [KT_FOUND_FAIL] = {"FAIL", "1;31"},
    [KT_FOUND_SKIPPED] = {"skipped", "2"},
};

/* Names come from files of the user's: made harmless like all else. */
static void print_harmless(FILE *out, const char *fmt, ...) KT_PRINTF(2, 3);

static void print_harmless(FILE *out, const char *fmt, ...)
{
    char line[1200];
    va_list args;
    va_start(args, fmt);
    (void)kt_format_cut(line, sizeof line, fmt, args);
    va_end(args);
    fputs(line, out);
}

void kt_doctor_head(FILE *out, const struct kt_report *report)
{
    print_harmless(out, "cluster %s, brokers %s", report->name, report->bootstrap);
    fputc('\n', out);
}

void kt_doctor_line(FILE *out, const struct kt_finding *finding, bool colour)
{
    const char *word = looks[finding->mark].word;
    fprintf(out, "  %s%s%s%-8s%s%-15s %s", colour ? "\033[" : "", colour ? looks[finding->mark].colour : "",
            colour ? "m" : "", word, colour ? "\033[0m" : "", finding->step, finding->text);
    if (finding->ms >= 0)
        fprintf(out, " (%lld ms)", (long long)finding->ms);
    fputc('\n', out);
    if (finding->advice[0])
        fprintf(out, "%26s-> %s\n", "", finding->advice);
    if (finding->command)
        fprintf(out, "%26s$ %s\n", "", finding->command);
}

void kt_doctor_foot(FILE *out, const struct kt_report *report)
{
    fprintf(out, "%zu ok, %zu %s, %zu failed, %zu skipped: %s\n", report->marks[KT_FOUND_OK],
            report->marks[KT_FOUND_WARN], report->marks[KT_FOUND_WARN] == 1 ? "warning" : "warnings",
            report->marks[KT_FOUND_FAIL], report->marks[KT_FOUND_SKIPPED], report->meaning);
}

static void put_text(struct kt_json *json, const char *key, const char *text)
{
    kt_json_put_word(json, key, text && text[0] ? text : NULL);
}

static void write_step(struct kt_json *json, const struct kt_finding *finding)
{
    kt_json_item(json);
    kt_json_open(json, '{');
    put_text(json, "step", finding->step);
    put_text(json, "status", kt_found_name(finding->mark));
    kt_json_put_bool(json, "optional", finding->optional);
    put_text(json, "text", finding->text);
    put_text(json, "advice", finding->advice);
    put_text(json, "command", finding->command);
    if (finding->ms >= 0)
        kt_json_put_i64(json, "ms", finding->ms);
    else
        kt_json_put_null(json, "ms");
    kt_json_close(json, '}');
}

static void write_cluster(struct kt_json *json, const struct kt_report *report)
{
    kt_json_item(json);
    kt_json_open(json, '{');
    put_text(json, "name", report->name);
    put_text(json, "bootstrap", report->bootstrap);
    put_text(json, "meaning", report->meaning);
    kt_json_put_i64(json, "exit_status", kt_code_exit_status(report->code));
    kt_json_key(json, "steps");
    kt_json_open(json, '[');
    for (size_t i = 0; i < report->count; i++)
        write_step(json, &report->items[i]);
    kt_json_close(json, ']');
    kt_json_close(json, '}');
}

void kt_doctor_json(FILE *out, const struct kt_report *reports, size_t count, bool pretty)
{
    struct kt_json json;
    kt_json_begin(&json, out, pretty);
    kt_json_open(&json, '{');
    put_text(&json, "schema", "kafkatop.doctor/1");
    put_text(&json, "version", KAFKATOP_VERSION);
    kt_json_key(&json, "clusters");
    kt_json_open(&json, '[');
    for (size_t i = 0; i < count; i++)
        write_cluster(&json, &reports[i]);
    kt_json_close(&json, ']');
    kt_json_close(&json, '}');
    kt_json_end(&json);
    fputc('\n', out);
}
