/* prefs and screen_file: what is saved comes back; hostile files are refused; nothing else is written to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prefs.h"
#include "screen_file.h"

static char *text_of(const struct ui_prefs *prefs)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    ui_prefs_write(prefs, out);
    fclose(out);
    return text;
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    struct ui_prefs prefs = {0}, again;
    struct kt_err err;
    ui_prefs_set(&prefs, "screen", "theme", "night");
    ui_prefs_set(&prefs, "panel groups", "sort", "lag");
    ui_prefs_set(&prefs, "screen", "units", "full");
    ui_prefs_set(&prefs, "panel topics", "columns", "status -name = ; #");
    ui_prefs_set(&prefs, "screen", "theme", "light");
    ui_prefs_set(&prefs, "panel groups", "sort", ui_prefs_get(&prefs, "panel groups", "sort"));
    ui_prefs_set(&prefs, "screen", "units", NULL);
    ui_prefs_set(&prefs, "screen", "nothing", NULL);
    char *text = text_of(&prefs);
    assert_int_equal(ui_prefs_read(&again, text, strlen(text), &err), KT_OK);
    assert_int_equal(again.count, 3);
    assert_string_equal(ui_prefs_get(&again, "screen", "theme"), "light");
    assert_string_equal(ui_prefs_get(&again, "panel topics", "columns"), "status -name = ; #");
    assert_null(ui_prefs_get(&again, "screen", "units"));
    assert_null(ui_prefs_get(&again, "screen", "version"));
    char *second = text_of(&again);
    assert_int_equal(strlen(second), strlen(text));
    free(text);
    free(second);
    ui_prefs_release(&prefs);
    ui_prefs_release(&again);
}

static void hostile_texts_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "no version"},
        {"[screen]\ntheme = x\n", "no version"},
        {"[screen]\nversion = 2\n", "version '2'"},
        {"[screen]\nversion = 1\nnonsense\n", "line 3"},
        {"version = 1\n", "line 1"},
        {"[screen\n", "line 1"},
        {"[]\n", "line 1"},
        {"[screen]\nversion = 1\nversion = 1\n", "line 3"},
        {"[screen]\nversion = 1\ntheme = \033[31m\n", "line 3"},
        {"[screen]\nversion = 1\ntheme = \xc3\xa4\n", "line 3"},
        {"[screen]\nVERSION = 1\n", "line 2"},
        {"[screen]\n= 1\n", "line 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ui_prefs prefs;
        struct kt_err err;
        assert_int_equal(ui_prefs_read(&prefs, cases[i].text, strlen(cases[i].text), &err), KT_CONFIG);
        assert_non_null(strstr(err.text, cases[i].why));
        assert_int_equal(prefs.count, 0);
    }
    char *large = kt_alloc(70000, 1);
    struct ui_prefs prefs;
    struct kt_err err;
    memset(large, '\n', 70000);
    assert_int_equal(ui_prefs_read(&prefs, large, 70000, &err), KT_CONFIG);
    size_t length = (size_t)sprintf(large, "[screen]\nversion = 1\n");
    for (int i = 0; i < 400; i++)
        length += (size_t)sprintf(large + length, "k%d = 1\n", i);
    assert_int_equal(ui_prefs_read(&prefs, large, length, &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "too many"));
    length = (size_t)sprintf(large, "[screen]\nversion = 1\nk = %*s\n", 2000, "x");
    assert_int_equal(ui_prefs_read(&prefs, large, length, &err), KT_CONFIG);
    free(large);
}

/* --- the file -------------------------------------------------------------------------------------------- */

struct place {
    char base[200], path[300];
};

static void find_place(struct place *place)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(place->base, sizeof place->base, "%s/kafkatop-screen-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(place->base));
    assert_int_equal(setenv("XDG_CONFIG_HOME", place->base, 1), 0);
    char *path = ui_screen_file_path();
    snprintf(place->path, sizeof place->path, "%s", path);
    free(path);
}

static void leave_place(const struct place *place)
{
    char folder[300];
    snprintf(folder, sizeof folder, "%s/kafkatop", place->base);
    unlink(place->path);
    rmdir(place->path);
    assert_int_equal(rmdir(folder), 0); /* nothing else is left in it */
    rmdir(place->base);
}

static void it_is_whole_and_private(void **state)
{
    (void)state;
    struct place place;
    struct kt_err err;
    struct stat about;
    char *text;
    size_t length;
    find_place(&place);
    assert_int_equal(ui_screen_file_read(place.path, &text, &length, &err), KT_OK);
    assert_null(text);
    mode_t before = umask(0);
    assert_int_equal(ui_screen_file_write(place.path, "one\n", &err), KT_OK);
    umask(before);
    assert_int_equal(stat(place.path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    *strrchr(place.path, '/') = '\0';
    assert_int_equal(stat(place.path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0700);
    place.path[strlen(place.path)] = '/';
    assert_int_equal(ui_screen_file_write(place.path, "two\n", &err), KT_OK);
    assert_int_equal(ui_screen_file_read(place.path, &text, &length, &err), KT_OK);
    assert_int_equal(length, 4);
    assert_memory_equal(text, "two\n", 4);
    free(text);
    leave_place(&place);
}

static void it_leads_nowhere_else(void **state)
{
    (void)state;
    struct place place;
    struct kt_err err;
    char other[300], *text;
    size_t length;
    find_place(&place);
    assert_int_equal(ui_screen_file_write(place.path, "mine\n", &err), KT_OK);
    snprintf(other, sizeof other, "%s/other", place.base);
    assert_int_equal(rename(place.path, other), 0);
    assert_int_equal(symlink(other, place.path), 0);
    assert_int_equal(ui_screen_file_write(place.path, "yours\n", &err), KT_IO);
    assert_non_null(strstr(err.text, "symbolic link"));
    assert_int_equal(ui_screen_file_read(other, &text, &length, &err), KT_OK);
    assert_memory_equal(text, "mine\n", 5);
    free(text);
    unlink(place.path);
    unlink(other);
    assert_int_equal(mkdir(place.path, 0700), 0);
    assert_int_equal(ui_screen_file_write(place.path, "yours\n", &err), KT_IO);
    assert_int_equal(ui_screen_file_read(place.path, &text, &length, &err), KT_CONFIG);
    rmdir(place.path);
    assert_int_equal(mkfifo(place.path, 0600), 0);
    assert_int_equal(ui_screen_file_read(place.path, &text, &length, &err), KT_CONFIG); /* and does not wait */
    assert_int_equal(ui_screen_file_write(place.path, "yours\n", &err), KT_IO);
    leave_place(&place);
}

static void places_follow_the_environment(void **state)
{
    (void)state;
    assert_int_equal(setenv("XDG_CONFIG_HOME", "relative", 1), 0);
    assert_int_equal(setenv("HOME", "/srv/somebody", 1), 0);
    char *path = ui_screen_file_path();
    assert_string_equal(path, "/srv/somebody/.config/kafkatop/screen");
    free(path);
    assert_int_equal(unsetenv("HOME"), 0);
    assert_null(ui_screen_file_path());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),    cmocka_unit_test(hostile_texts_are_refused),
        cmocka_unit_test(it_is_whole_and_private),     cmocka_unit_test(it_leads_nowhere_else),
        cmocka_unit_test(places_follow_the_environment),
    };
    return cmocka_run_group_tests_name("prefs", tests, NULL, NULL);
}
