/*
 * Reading configuration files. libinih tells sections, remarks and pairs apart. How long a line may be, and whether
 * " ;" within a value begins a remark, is decided where the library is built, so it is handed lines that are short
 * enough, and the value is taken from the line itself.
 */
#include "option_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "option.h"
#include "whole_file.h"

#define FILE_MOST    (1024 * 1024)
#define LINE_MOST    8192
#define NAME_MOST    64 /* of a cluster */
#define SECTIONS_MOST 1000
#define MARK         "\xef\xbb\xbf" /* some editors begin UTF-8 with it */

void kt_option_file_release(struct kt_option_file *file)
{
    for (size_t i = 0; i < file->section_count; i++) {
        struct kt_file_section *section = &file->sections[i];
        for (size_t k = 0; k < section->entry_count; k++) {
            free(section->entries[k].key);
            free(section->entries[k].value);
        }
        free(section->entries);
        free(section->cluster);
    }
    free(file->sections);
    free(file->path);
    *file = (struct kt_option_file){0};
}

#ifndef HAVE_INIH

bool kt_option_file_possible(void)
{
    return false;
}

enum kt_code kt_option_file_parse(struct kt_option_file *file, const char *path, const char *bytes, size_t length,
                                  struct kt_err *err)
{
    (void)bytes, (void)length;
    *file = (struct kt_option_file){0};
    return kt_fail(err, KT_CONFIG, "this build has no configuration files (made without libinih): '%s' is not read",
                   kt_path_tail(path));
}

enum kt_code kt_option_file_read(struct kt_option_file *file, const char *path, struct kt_err *err)
{
    struct stat status;
    int sys = stat(path, &status) != 0 ? errno : 0;
    enum kt_code code = kt_option_file_parse(file, path, NULL, 0, err);
    err->sys = sys;
    return code;
}

#else

#include <ini.h>

bool kt_option_file_possible(void)
{
    return true;
}

/* What is between reader and handler. */
struct parsing {
    struct kt_option_file *file;
    const char *at, *end; /* what was not read yet */
    const char *text;     /* the line, without blanks at both ends */
    size_t length;
    unsigned line;
    struct kt_err *err;
    unsigned failed; /* the line that is wrong; 0: none */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void trim(const char **text, size_t *length)
{
    while (*length > 0 && is_blank(**text)) {
        (*text)++, (*length)--;
    }
    while (*length > 0 && is_blank((*text)[*length - 1])) {
        (*length)--;
    }
}

static bool fail(struct parsing *parsing, const char *fmt, ...) KT_PRINTF(2, 3);

static bool fail(struct parsing *parsing, const char *fmt, ...)
{
    char why[200];
    va_list args;
    va_start(args, fmt);
    kt_format_cut(why, sizeof why, fmt, args);
    va_end(args);
    kt_fail(parsing->err, KT_CONFIG, "%s:%u: %s", kt_path_tail(parsing->file->path), parsing->line, why);
    parsing->failed = parsing->line;
    return false;
}

/* ---- sections ---- */

static bool is_name(const char *text, size_t length)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    for (size_t i = 0; i < length; i++) {
        if (!memchr(allowed, text[i], sizeof allowed - 1)) {
            return false;
        }
    }
    return length > 0 && length <= NAME_MOST;
}

static bool is_section(const struct kt_file_section *section, const char *cluster, size_t length)
{
    if (!section->cluster || !cluster) {
        return !section->cluster && !cluster;
    }
    return strlen(section->cluster) == length && memcmp(section->cluster, cluster, length) == 0;
}

static bool add_section(struct parsing *parsing, const char *cluster, size_t length)
{
    struct kt_option_file *file = parsing->file;
    for (size_t i = 0; i < file->section_count; i++) {
        if (is_section(&file->sections[i], cluster, length)) {
            return fail(parsing, "[%s%.*s] stands in line %u already", cluster ? "cluster " : "kafkatop", (int)length,
                        cluster ? cluster : "", file->sections[i].line);
        }
    }
    if (file->section_count == SECTIONS_MOST) {
        return fail(parsing, "more than %d sections", SECTIONS_MOST);
    }
    file->sections = kt_resize(file->sections, file->section_count + 1, sizeof *file->sections);
    file->sections[file->section_count++] = (struct kt_file_section){
        .cluster = cluster ? kt_strndup(cluster, length) : NULL, .line = parsing->line};
    return true;
}

static bool begin_section(struct parsing *parsing)
{
    const char *text = parsing->text + 1;
    size_t length = parsing->length - 1;
    static const char cluster[] = "cluster";
    if (length == 0 || text[length - 1] != ']') {
        return fail(parsing, "a section is [kafkatop] or [cluster NAME], and nothing behind it");
    }
    length--;
    trim(&text, &length);
    if (length == strlen("kafkatop") && memcmp(text, "kafkatop", length) == 0) {
        return add_section(parsing, NULL, 0);
    }
    int shown = length > 60 ? 60 : (int)length;
    if (length < strlen(cluster) || memcmp(text, cluster, strlen(cluster)) != 0 ||
        (length > strlen(cluster) && !is_blank(text[strlen(cluster)]))) {
        char word[NAME_MOST + 1];
        int first = (int)strcspn(text, " \t]");
        snprintf(word, sizeof word, "%.*s", first < shown ? first : shown, text);
        const char *near = kt_nearest_of_all(word, (const char *const[]){cluster, "kafkatop"}, 2);
        return fail(parsing, "unknown section [%.*s], did you mean [%s]?", shown, text,
                    strcmp(near, cluster) == 0 ? "cluster NAME" : near);
    }
    const char *name = text + strlen(cluster);
    length -= strlen(cluster);
    trim(&name, &length);
    if (!is_name(name, length)) {
        return fail(parsing, "[cluster NAME] takes a name of up to %d letters, digits, '.', '_' and '-'", NAME_MOST);
    }
    return add_section(parsing, name, length);
}

/* ---- lines ---- */

static bool check_line(struct parsing *parsing)
{
    if (parsing->length > LINE_MOST) {
        return fail(parsing, "longer than %d bytes", LINE_MOST);
    }
    for (size_t i = 0; i < parsing->length; i++) {
        unsigned char byte = (unsigned char)parsing->text[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
            return fail(parsing, "holds a control byte (0x%02x): this is no text", byte);
        }
    }
    return true;
}

static bool next_line(struct parsing *parsing)
{
    if (parsing->failed || parsing->at == parsing->end) {
        return false;
    }
    const char *newline = memchr(parsing->at, '\n', (size_t)(parsing->end - parsing->at));
    const char *end = newline ? newline : parsing->end;
    parsing->text = parsing->at;
    parsing->length = (size_t)(end - parsing->at);
    parsing->at = newline ? newline + 1 : end;
    parsing->line++;
    trim(&parsing->text, &parsing->length);
    return check_line(parsing);
}

/* Called by the library for each line; as fgets. */
static char *read_line(char *room, int size, void *self)
{
    struct parsing *parsing = self;
    if (size < 8 || !next_line(parsing)) {
        return NULL;
    }
    if (parsing->length > 0 && *parsing->text == '[' && !begin_section(parsing)) {
        return NULL;
    }
    size_t length = parsing->length > (size_t)size - 2 ? (size_t)size - 2 : parsing->length;
    memcpy(room, parsing->text, length);
    /* A section's name is ours already; the library may have less room for it. */
    if (length > 0 && *room == '[') {
        length = (size_t)snprintf(room, (size_t)size - 1, "[s]");
    }
    room[length] = '\n';
    room[length + 1] = '\0';
    return room;
}

/* Called by the library for each pair; not 0: go on. */
static int take_pair(void *self, const char *section, const char *name, const char *cut_value)
{
    struct parsing *parsing = self;
    struct kt_option_file *file = parsing->file;
    (void)section, (void)cut_value;
    if (file->section_count == 0) {
        return fail(parsing, "'%.60s' stands before any section: [cluster NAME] or [kafkatop]", name);
    }
    const char *value = parsing->text;
    const char *end = parsing->text + parsing->length;
    while (value < end && *value != '=' && *value != ':') {
        value++;
    }
    value += value < end;
    size_t length = (size_t)(end - value);
    trim(&value, &length);
    if (*name == '\0') {
        return fail(parsing, "there is nothing before the '='");
    }
    struct kt_file_section *last = &file->sections[file->section_count - 1];
    last->entries = kt_resize(last->entries, last->entry_count + 1, sizeof *last->entries);
    last->entries[last->entry_count++] =
        (struct kt_file_entry){kt_strdup(name), kt_strndup(value, length), parsing->line};
    return 1;
}

enum kt_code kt_option_file_parse(struct kt_option_file *file, const char *path, const char *bytes, size_t length,
                                  struct kt_err *err)
{
    *file = (struct kt_option_file){.path = kt_strdup(path)};
    struct parsing parsing = {.file = file, .at = bytes, .end = bytes + length, .err = err};
    if (length >= strlen(MARK) && memcmp(bytes, MARK, strlen(MARK)) == 0) {
        parsing.at += strlen(MARK);
    }
    int wrong = ini_parse_stream(read_line, &parsing, take_pair, &parsing);
    if (wrong > 0 && (parsing.failed == 0 || (unsigned)wrong < parsing.failed)) {
        parsing.line = (unsigned)wrong;
        fail(&parsing, "neither [section] nor key = value");
    } else if (wrong < 0 && parsing.failed == 0) {
        fail(&parsing, "the library that reads it failed");
    }
    return parsing.failed ? KT_CONFIG : KT_OK;
}

/* ---- files ---- */

enum kt_code kt_option_file_read(struct kt_option_file *file, const char *path, struct kt_err *err)
{
    struct kt_whole_file whole;
    *file = (struct kt_option_file){0};
    enum kt_code code = kt_whole_file_read(&whole, path, "configuration file", FILE_MOST, err);
    if (code == KT_OK) {
        code = kt_option_file_parse(file, path, whole.bytes, whole.length, err);
        file->open_to_all = whole.open_to_all;
    }
    kt_whole_file_release(&whole);
    return code;
}

#endif
