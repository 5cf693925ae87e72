/* Keys of configuration files, and the clusters that follow from file, environment and arguments together. */
#include "option_cluster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_java.h"
#include "option_table.h"
#include "whole_file.h"

#define WORDS_MOST 120

/* ---- keys ---- */

/* Keys of [cluster NAME] that are no options. */
static const char *const own_keys[] = {"manual", "colour"};
static const char *const colours[] = {"plain", "caution", "danger", NULL};

static enum kt_code wrong(const struct kt_option_file *file, unsigned line, struct kt_err *err, const char *fmt, ...)
    KT_PRINTF(4, 5);

static enum kt_code wrong(const struct kt_option_file *file, unsigned line, struct kt_err *err, const char *fmt, ...)
{
    char why[200];
    va_list args;
    va_start(args, fmt);
    kt_format_cut(why, sizeof why, fmt, args);
    va_end(args);
    return kt_fail(err, KT_CONFIG, "%s:%u: %s", kt_path_tail(file->path), line, why);
}

static bool may_stand(const struct kt_option_row *row, bool in_cluster)
{
    return row->place == KT_PLACE_BOTH || row->place == (in_cluster ? KT_PLACE_CLUSTER : KT_PLACE_PROGRAM);
}

static enum kt_code unknown_key(const struct kt_option_file *file, const struct kt_file_section *section,
                                const struct kt_file_entry *entry, struct kt_err *err)
{
    const char *words[WORDS_MOST];
    size_t count = 0;
    bool in_cluster = section->cluster != NULL;
    for (size_t i = 0; i < kt_option_row_count && count + 2 < WORDS_MOST; i++) {
        if (may_stand(&kt_option_rows[i], in_cluster)) {
            words[count++] = kt_option_rows[i].name;
        }
    }
    for (size_t i = 0; i < sizeof own_keys / sizeof own_keys[0] && in_cluster; i++) {
        words[count++] = own_keys[i];
    }
    return wrong(file, entry->line, err, "unknown key '%.60s', did you mean '%s'?", entry->key,
                 kt_nearest_of_all(entry->key, words, count));
}

/* An option that has no place in this section. */
static enum kt_code misplaced(const struct kt_option_file *file, const struct kt_option_row *row, unsigned line,
                              struct kt_err *err)
{
    return wrong(file, line, err,
                 row->place == KT_PLACE_NONE      ? "'%s' belongs to one run: give it on the command line"
                 : row->place == KT_PLACE_CLUSTER ? "'%s' belongs into a [cluster NAME] section"
                                                  : "'%s' is of the whole program: it belongs into [kafkatop]",
                 row->name);
}

static enum kt_code take_own(struct kt_options *options, const struct kt_option_file *file,
                             const struct kt_file_entry *entry, bool *manual, struct kt_err *err)
{
    if (strcmp(entry->key, "manual") == 0) {
        bool yes = strcmp(entry->value, "yes") == 0;
        if (!yes && strcmp(entry->value, "no") != 0) {
            return wrong(file, entry->line, err, "'manual' takes yes or no, not '%.40s'", entry->value);
        }
        if (manual) {
            *manual = yes;
        }
        return KT_OK;
    }
    for (unsigned i = 0; colours[i]; i++) {
        if (strcmp(colours[i], entry->value) == 0) {
            options->colour = (enum kt_colour)i;
            options->colour_said = (struct kt_said){KT_ORIGIN_SECTION, entry->line};
            return KT_OK;
        }
    }
    return wrong(file, entry->line, err, "'colour' takes plain, caution or danger, not '%.40s'", entry->value);
}

static bool is_own(const char *key)
{
    for (size_t i = 0; i < sizeof own_keys / sizeof own_keys[0]; i++) {
        if (strcmp(own_keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

/* Only the client library knows its properties; those that it knows and have no dot in their names are few. */
static bool may_be_property(const char *key)
{
    return strchr(key, '.') || strcmp(key, "debug") == 0;
}

/* Commands that tell secrets are written as others write them: with an underscore. */
static const struct kt_option_row *row_of_key(const char *key)
{
    static const char *const both[][2] = {{"password_command", "password-command"}, {"token_command", "token-command"}};
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        if (strcmp(key, both[i][0]) == 0) {
            key = both[i][1];
        }
    }
    return kt_option_row_of(key, strlen(key));
}

static enum kt_code take_entry(struct kt_options *options, const struct kt_option_file *file,
                               const struct kt_file_section *section, const struct kt_file_entry *entry,
                               bool *manual, struct kt_err *err)
{
    const struct kt_option_row *row = row_of_key(entry->key);
    struct kt_said said = {section->cluster ? KT_ORIGIN_SECTION : KT_ORIGIN_FILE, entry->line};
    struct kt_err fault;
    enum kt_code code;
    if (section->cluster && is_own(entry->key)) {
        return take_own(options, file, entry, manual, err);
    }
    if (row && row->kind != KT_OPTION_PROPERTY) {
        if (!may_stand(row, section->cluster != NULL)) {
            return misplaced(file, row, entry->line, err);
        }
        code = kt_option_set(options, row, entry->value, said, &fault);
    } else if (section->cluster && may_be_property(entry->key)) {
        code = kt_option_set_property(options, entry->key, entry->value, said, &fault);
    } else {
        return unknown_key(file, section, entry, err);
    }
    return code == KT_OK ? KT_OK : wrong(file, entry->line, err, "%s", fault.text);
}

/* What cannot be repeated and is: which of the two is meant? */
static enum kt_code check_once(const struct kt_option_file *file, const struct kt_file_section *section, size_t at,
                               struct kt_err *err)
{
    const struct kt_file_entry *entry = &section->entries[at];
    const struct kt_option_row *row = row_of_key(entry->key);
    if (row && (row->kind == KT_OPTION_LIST || row->kind == KT_OPTION_NAMES)) {
        return KT_OK;
    }
    for (size_t i = 0; i < at; i++) {
        bool same = row ? row_of_key(section->entries[i].key) == row : strcmp(section->entries[i].key, entry->key) == 0;
        if (same) {
            return wrong(file, entry->line, err, "'%.60s' stands in line %u already", entry->key,
                         section->entries[i].line);
        }
    }
    return KT_OK;
}

enum kt_code kt_option_apply(struct kt_options *options, const struct kt_option_file *file,
                             const struct kt_file_section *section, bool *manual, struct kt_err *err)
{
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < section->entry_count && code == KT_OK; i++) {
        code = check_once(file, section, i, err);
        if (code == KT_OK) {
            code = take_entry(options, file, section, &section->entries[i], manual, err);
        }
    }
    return code;
}

/* ---- the file ---- */

static void warn(struct kt_clusters *clusters, char *line)
{
    struct kt_list *list = &clusters->warnings;
    list->items = kt_resize(list->items, list->count + 1, sizeof *list->items);
    list->items[list->count++] = line;
}

/* The user's own place for it; NULL: there is none. To be freed. */
static char *user_config(void)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (xdg && xdg[0] == '/') {
        return kt_format("%s/kafkatop/config", xdg);
    }
    return home && home[0] == '/' ? kt_format("%s/.config/kafkatop/config", home) : NULL;
}

/* One that nobody named: what is not there is no error, and what cannot be read is only told. False: none. */
static enum kt_code read_default(struct kt_clusters *clusters, struct kt_option_file *file, const char *path,
                                 bool *found, struct kt_err *err)
{
    *found = false;
    if (!path) {
        return KT_OK;
    }
    err->sys = 0;
    enum kt_code code = kt_option_file_read(file, path, err);
    bool absent_file = err->sys == ENOENT || err->sys == ENOTDIR;
    if (code == KT_OK) {
        *found = true;
    } else if (err->sys || !kt_option_file_possible()) {
        if (!absent_file) {
            warn(clusters, kt_strdup(err->text));
        }
        kt_option_file_release(file);
        code = KT_OK;
    }
    return code;
}

/* Leaves file->path NULL when there is none. */
static enum kt_code read_file(struct kt_clusters *clusters, struct kt_option_file *file, const char *given,
                              const char *system_config, struct kt_err *err)
{
    bool found = false;
    if (given) {
        return kt_option_file_read(file, given, err);
    }
    char *own = user_config();
    enum kt_code code = read_default(clusters, file, own, &found, err);
    free(own);
    if (code == KT_OK && !found) {
        code = read_default(clusters, file, system_config, &found, err);
    }
    return code;
}

/* Every section must make sense, also one that is not used today. */
static enum kt_code check_file(const struct kt_option_file *file, bool *manual, struct kt_err *err)
{
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < file->section_count && code == KT_OK; i++) {
        struct kt_options trial;
        kt_options_init(&trial);
        code = kt_option_apply(&trial, file, &file->sections[i], &manual[i], err);
        kt_options_release(&trial);
    }
    return code;
}

static void warn_of_secrets(struct kt_clusters *clusters, const struct kt_option_file *file)
{
    for (size_t i = 0; i < file->section_count && file->open_to_all; i++) {
        for (size_t k = 0; k < file->sections[i].entry_count; k++) {
            const struct kt_file_entry *entry = &file->sections[i].entries[k];
            if (*entry->value && !row_of_key(entry->key) && kt_property_is_secret(entry->key)) {
                warn(clusters, kt_format("%s:%u: everybody on this machine can read this '%s': chmod 600 the file",
                                         kt_path_tail(file->path), entry->line, entry->key));
                return;
            }
        }
    }
}

/* ---- the clusters ---- */

/* What a cluster's options are made of. */
struct sources {
    int argc;
    char *const *argv;
    const struct kt_option_file *file; /* path NULL: none */
    const bool *manual;                /* of each section */
    const struct kt_java_properties *java; /* of --command-config */
    struct kt_list *warnings;
};

static const struct kt_file_section *find_section(const struct kt_option_file *file, const char *cluster)
{
    for (size_t i = 0; i < file->section_count; i++) {
        const char *name = file->sections[i].cluster;
        if (name ? cluster && strcmp(name, cluster) == 0 : !cluster) {
            return &file->sections[i];
        }
    }
    return NULL;
}

static bool has_brokers(const struct kt_options *options)
{
    return options->brokers || kt_options_property(options, "test.mock.num.brokers");
}

/* The options of one section, or of none (NULL): all that was said of it, by weight. */
static enum kt_code make_options(struct kt_options *options, const struct sources *sources,
                                 const struct kt_file_section *section, struct kt_err *err)
{
    const struct kt_option_file *file = sources->file;
    kt_options_init(options);
    enum kt_code code = kt_options_fill(options, sources->argc, sources->argv, err);
    if (code == KT_OK && file->path && !options->config) {
        options->config = kt_strdup(file->path);
    }
    if (code == KT_OK && section) {
        options->from_section = true;
        free(options->cluster);
        options->cluster = kt_strdup(section->cluster);
        code = kt_option_apply(options, file, section, NULL, err);
    }
    if (code == KT_OK) {
        code = kt_option_java_apply(options, sources->java, sources->warnings, err);
    }
    const struct kt_file_section *program = find_section(file, NULL);
    if (code == KT_OK && program) {
        code = kt_option_apply(options, file, program, NULL, err);
    }
    if (code == KT_OK) {
        code = kt_options_finish(options, err);
    }
    if (code == KT_OK && section && !has_brokers(options)) {
        code = wrong(file, section->line, err, "[cluster %s] has no brokers", section->cluster);
    }
    return code;
}

static enum kt_code add(struct kt_clusters *clusters, const struct sources *sources,
                        const struct kt_file_section *section, struct kt_err *err)
{
    if (clusters->count == KT_CLUSTERS_MOST) {
        return kt_fail(err, KT_CONFIG, "more than %d clusters at once: choose some with -c", KT_CLUSTERS_MOST);
    }
    clusters->items = kt_resize(clusters->items, clusters->count + 1, sizeof *clusters->items);
    return make_options(&clusters->items[clusters->count++], sources, section, err);
}

static enum kt_code unknown_cluster(const struct kt_option_file *file, const char *name, struct kt_err *err)
{
    const char **names = kt_alloc(file->section_count + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < file->section_count; i++) {
        if (file->sections[i].cluster) {
            names[count++] = file->sections[i].cluster;
        }
    }
    const char *nearest = kt_nearest_of_all(name, names, count);
    const char *path = file->path ? kt_path_tail(file->path) : NULL;
    free(names);
    if (!path) {
        return kt_fail(err, KT_USAGE, "no cluster '%.60s': there is no configuration file", name);
    }
    if (!nearest) {
        return kt_fail(err, KT_USAGE, "no cluster '%.60s': %s has no [cluster NAME]", name, path);
    }
    return kt_fail(err, KT_USAGE, "no cluster '%.60s' in %s, did you mean '%s'?", name, path, nearest);
}

static bool is_chosen(const struct kt_list *chosen, const char *name)
{
    for (size_t i = 0; i < chosen->count; i++) {
        if (strcmp(chosen->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Those of -c, else all that are not manual. */
static enum kt_code add_sections(struct kt_clusters *clusters, const struct sources *sources,
                                 const struct kt_list *chosen, struct kt_err *err)
{
    const struct kt_option_file *file = sources->file;
    enum kt_code code = KT_OK;
    size_t sections = 0;
    for (size_t i = 0; i < chosen->count; i++) {
        if (!find_section(file, chosen->items[i])) {
            return unknown_cluster(file, chosen->items[i], err);
        }
    }
    for (size_t i = 0; i < file->section_count && code == KT_OK; i++) {
        const struct kt_file_section *section = &file->sections[i];
        sections += section->cluster != NULL;
        if (section->cluster &&
            (chosen->count > 0 ? is_chosen(chosen, section->cluster) : !sources->manual[i])) {
            code = add(clusters, sources, section, err);
        }
    }
    if (code == KT_OK && sections > 0 && clusters->count == 0) {
        code = kt_fail(err, KT_USAGE, "every cluster of %s is manual: choose with -c NAME",
                       kt_path_tail(file->path));
    }
    return code;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct kt_options *)a)->cluster, ((const struct kt_options *)b)->cluster);
}

static enum kt_code make_clusters(struct kt_clusters *clusters, const struct sources *sources,
                                  const struct kt_options *asked, struct kt_err *err)
{
    bool alone = asked->demo || asked->replay || has_brokers(asked);
    enum kt_code code = alone ? KT_OK : add_sections(clusters, sources, &asked->chosen, err);
    if (code == KT_OK && clusters->count == 0) {
        code = add(clusters, sources, NULL, err);
    }
    if (code == KT_OK && clusters->count > 1 && asked->record) {
        code = kt_fail(err, KT_USAGE, "--record writes one cluster down, and %zu are watched: choose one with -c NAME",
                       clusters->count);
    }
    if (code == KT_OK) {
        qsort(clusters->items, clusters->count, sizeof *clusters->items, by_name);
    }
    return code;
}

enum kt_code kt_clusters_parse(struct kt_clusters *clusters, int argc, char *const argv[], const char *system_config,
                               struct kt_err *err)
{
    struct kt_options asked;
    struct kt_option_file file = {0};
    struct kt_java_properties java = {0};
    bool *manual = NULL;
    *clusters = (struct kt_clusters){0};
    enum kt_code code = kt_options_parse(&asked, argc, argv, err);
    bool only_text = asked.help || asked.version;
    if (code == KT_OK && !only_text) {
        code = read_file(clusters, &file, asked.config, system_config, err);
    }
    if (code == KT_OK && !only_text) {
        code = kt_option_java_read(&java, &asked, err);
    }
    if (code == KT_OK && !only_text) {
        code = kt_option_java_apply(&asked, &java, &clusters->warnings, err);
    }
    if (code == KT_OK) {
        manual = kt_alloc(file.section_count + 1, sizeof *manual);
        code = check_file(&file, manual, err);
    }
    if (code == KT_OK) {
        struct sources sources = {argc, argv, &file, manual, &java, &clusters->warnings};
        warn_of_secrets(clusters, &file);
        code = only_text ? add(clusters, &sources, NULL, err) : make_clusters(clusters, &sources, &asked, err);
    }
    free(manual);
    kt_java_properties_release(&java);
    kt_option_file_release(&file);
    kt_options_release(&asked);
    return code;
}

static enum kt_code suggest(struct kt_options *options, const struct kt_option_row *row, const char *value,
                            const char *path, unsigned line, struct kt_err *err)
{
    if (!options->screen) {
        options->screen = kt_strdup(path);
    }
    return kt_option_set(options, row, value, (struct kt_said){KT_ORIGIN_SCREEN, line}, err);
}

enum kt_code kt_clusters_suggest(struct kt_clusters *clusters, const char *name, const char *value, const char *path,
                                 unsigned line, struct kt_err *err)
{
    const struct kt_option_row *row = kt_option_row_of(name, strlen(name));
    enum kt_code code = KT_OK;
    if (!row || row->place != KT_PLACE_PROGRAM) {
        return kt_fail(err, KT_USAGE, "there is no option '%.60s' to be saved", name);
    }
    for (size_t i = 0; i < clusters->count && code == KT_OK; i++) {
        code = suggest(&clusters->items[i], row, value, path, line, err);
    }
    return code;
}

bool kt_option_given(const struct kt_options *options, const char *name)
{
    return kt_option_said(options, name).from > KT_ORIGIN_SCREEN;
}

void kt_clusters_release(struct kt_clusters *clusters)
{
    for (size_t i = 0; i < clusters->count; i++) {
        kt_options_release(&clusters->items[i]);
    }
    for (size_t i = 0; i < clusters->warnings.count; i++) {
        free(clusters->warnings.items[i]);
    }
    free(clusters->warnings.items);
    free(clusters->items);
    *clusters = (struct kt_clusters){0};
}
