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

static cJSON *text_of(const char *text)
{
    return text && text[0] ? kt_json_text(text, strlen(text)) : kt_json_null();
}

static void write_step(struct kt_json *json, const struct kt_finding *finding)
{
    cJSON *row = kt_json_object();
    kt_json_item(json);
    kt_json_open(json, '{');
    kt_json_put(row, "step", text_of(finding->step));
    kt_json_put(row, "status", text_of(kt_found_name(finding->mark)));
    kt_json_put(row, "optional", kt_json_bool(finding->optional));
    kt_json_put(row, "text", text_of(finding->text));
    kt_json_put(row, "advice", text_of(finding->advice));
    kt_json_put(row, "command", text_of(finding->command));
    kt_json_put(row, "ms", finding->ms >= 0 ? kt_json_i64(finding->ms) : kt_json_null());
    kt_json_take_members(json, row);
    kt_json_close(json, '}');
}

static void write_cluster(struct kt_json *json, const struct kt_report *report)
{
    cJSON *row = kt_json_object();
    kt_json_item(json);
    kt_json_open(json, '{');
    kt_json_put(row, "name", text_of(report->name));
    kt_json_put(row, "bootstrap", text_of(report->bootstrap));
    kt_json_put(row, "meaning", text_of(report->meaning));
    kt_json_put(row, "exit_status", kt_json_i64(kt_code_exit_status(report->code)));
    kt_json_take_members(json, row);
    kt_json_key(json, "steps");
    kt_json_open(json, '[');
    for (size_t i = 0; i < report->count; i++)
        write_step(json, &report->items[i]);
    kt_json_close(json, ']');
    kt_json_close(json, '}');
}

void kt_doctor_json(FILE *out, const struct kt_report *reports, size_t count, bool pretty)
{
    struct kt_json json = {.out = out, .pretty = pretty};
    cJSON *row = kt_json_object();
    kt_json_open(&json, '{');
    kt_json_put(row, "schema", text_of("kafkatop.doctor/1"));
    kt_json_put(row, "version", text_of(KAFKATOP_VERSION));
    kt_json_take_members(&json, row);
    kt_json_key(&json, "clusters");
    kt_json_open(&json, '[');
    for (size_t i = 0; i < count; i++)
        write_cluster(&json, &reports[i]);
    kt_json_close(&json, ']');
    kt_json_close(&json, '}');
    fputc('\n', out);
}
