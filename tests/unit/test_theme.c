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

#include "theme.h"

static struct ui_theme theme;
static struct kt_err err;

static enum kt_code parse(const char *text)
{
    return ui_theme_parse(&theme, "trial", text, strlen(text), &err);
}

static void refuses(const char *text, const char *why)
{
    struct ui_theme before = theme;
    assert_int_equal(parse(text), KT_CONFIG);
    if (!strstr(err.text, why))
        fail_msg("'%s' does not say '%s'", err.text, why);
    assert_memory_equal(&before, &theme, sizeof theme);
}

static void test_styles(void **state)
{
    (void)state;
    assert_int_equal(parse("# remark\n\n  # another\r\nok = red\r\nwarn=bright-blue on 17 bold underline\n"
                           "err = #D55E00/166/9 on default italic\nselected = reverse dim"),
                     KT_OK);
    assert_int_equal(theme.styles[UI_ROLE_ok].foreground.c16, 1);
    assert_int_equal(theme.styles[UI_ROLE_ok].foreground.c256, 1);
    assert_int_equal(theme.styles[UI_ROLE_ok].background.c16, UI_COLOR_DEFAULT);
    assert_int_equal(theme.styles[UI_ROLE_warn].foreground.c256, 12);
    assert_int_equal(theme.styles[UI_ROLE_warn].background.c256, 17);
    assert_int_equal(theme.styles[UI_ROLE_warn].attributes, UI_BOLD | UI_UNDERLINE);
    assert_int_equal(theme.styles[UI_ROLE_err].foreground.rgb, 0xd55e00);
    assert_int_equal(theme.styles[UI_ROLE_err].foreground.c256, 166);
    assert_int_equal(theme.styles[UI_ROLE_err].foreground.c16, 9);
    assert_int_equal(theme.styles[UI_ROLE_selected].attributes, UI_REVERSE | UI_DIM);
    assert_string_equal(theme.name, "trial");
}

static void test_parents(void **state)
{
    (void)state;
    assert_int_equal(parse("err = red\nrewind = blue\nheader = bold"), KT_OK);
    assert_int_equal(theme.styles[UI_ROLE_stop].foreground.c16, 1);
    assert_int_equal(theme.styles[UI_ROLE_rewind].foreground.c16, 4);
    assert_int_equal(theme.styles[UI_ROLE_alarm].foreground.c16, 1);
    assert_int_equal(theme.styles[UI_ROLE_column_sorted].attributes, UI_BOLD);
    assert_true(theme.given[UI_ROLE_err] && !theme.given[UI_ROLE_stop]);
}

static void test_like_another_role(void **state)
{
    (void)state;
    assert_int_equal(parse("stop = like stall\n"), KT_CONFIG); /* which does not stand above */
    assert_int_equal(parse("stall = white on red bold\nstop = like stall underline\nrewind = like stall yellow"),
                     KT_OK);
    assert_int_equal(theme.styles[UI_ROLE_stop].background.c16, 1);
    assert_int_equal(theme.styles[UI_ROLE_stop].attributes, UI_BOLD | UI_UNDERLINE);
    assert_int_equal(theme.styles[UI_ROLE_rewind].foreground.c16, 3);
    assert_int_equal(theme.styles[UI_ROLE_rewind].background.c16, 1);
}

/* A theme that paints its background must not have holes in it. */
static void test_unsaid_colours_are_those_of_text(void **state)
{
    (void)state;
    assert_int_equal(parse("ok = red\nprompt = bold\nwarn = on yellow\nerr = default on default\n"
                           "stop = like ok\ntext = white on blue\n"),
                     KT_OK);
    assert_int_equal(theme.styles[UI_ROLE_ok].foreground.c16, 1);
    assert_int_equal(theme.styles[UI_ROLE_ok].background.c16, 4);
    assert_int_equal(theme.styles[UI_ROLE_stop].background.c16, 4);
    assert_int_equal(theme.styles[UI_ROLE_prompt].foreground.c16, 7);
    assert_int_equal(theme.styles[UI_ROLE_warn].foreground.c16, 7);
    assert_int_equal(theme.styles[UI_ROLE_err].background.c16, UI_COLOR_DEFAULT);
}

static void test_what_a_theme_is_made_for(void **state)
{
    (void)state;
    assert_int_equal(parse("ok = red\n"), KT_OK);
    assert_int_equal(theme.made_for, UI_MADE_FOR_ANY);
    assert_int_equal(parse("background = light\n"), KT_OK);
    assert_int_equal(theme.made_for, UI_MADE_FOR_LIGHT);
    assert_int_equal(parse("background = dark\n"), KT_OK);
    assert_int_equal(theme.made_for, UI_MADE_FOR_DARK);
    refuses("background = dim", "line 1: 'dim'");
    refuses("background = dark light", "line 1");
    refuses("background = dark\nbackground = dark", "line 2: 'background'");
}

static void test_poorer_terminals(void **state)
{
    (void)state;
    assert_int_equal(parse("ok = #FF0000\nwarn = 214\nerr = #112233/default/bright-red\n"), KT_OK);
    struct ui_color ok = theme.styles[UI_ROLE_ok].foreground;
    assert_int_equal(ui_color_at(ok, UI_DEPTH_TRUE), 0xff0000);
    assert_int_equal(ui_color_at(ok, 256), 196);
    assert_int_equal(ui_color_at(ok, 16), 9);
    assert_int_equal(ui_color_at(ok, 8), 1);
    assert_int_equal(ui_color_at(ok, 0), UI_COLOR_DEFAULT);
    struct ui_color warn = theme.styles[UI_ROLE_warn].foreground;
    assert_int_equal(ui_color_at(warn, UI_DEPTH_TRUE), 0xffaf00);
    assert_int_equal(ui_color_at(warn, 256), 214);
    assert_true(ui_color_at(warn, 16) >= 0 && ui_color_at(warn, 16) < 16);
    struct ui_color bad = theme.styles[UI_ROLE_err].foreground;
    assert_int_equal(ui_color_at(bad, 256), UI_COLOR_DEFAULT);
    assert_int_equal(ui_color_at(bad, 8), 1);
    /* Grey is 8 of 16; of 8 colours it would become black, which is nothing on black. */
    assert_int_equal(parse("dim = #8A8A8A/245/bright-black\n"), KT_OK);
    assert_int_equal(ui_color_at(theme.styles[UI_ROLE_dim].foreground, 16), 8);
    assert_int_equal(ui_color_at(theme.styles[UI_ROLE_dim].foreground, 8), UI_COLOR_DEFAULT);
}

static void test_bold_is_bright_where_there_are_eight_colours(void **state)
{
    (void)state;
    assert_int_equal(parse("ok = bright-red\nwarn = black on yellow bold underline\nerr = bright-black\nstop = bold\n"
                           "dim = blue on white bold"),
                     KT_OK);
    assert_int_equal(ui_theme_attributes(&theme.styles[UI_ROLE_ok], 8), UI_BOLD);
    assert_int_equal(ui_theme_attributes(&theme.styles[UI_ROLE_ok], 16), 0);
    assert_int_equal(ui_theme_attributes(&theme.styles[UI_ROLE_warn], 8), UI_UNDERLINE);
    assert_int_equal(ui_theme_attributes(&theme.styles[UI_ROLE_warn], 16), UI_BOLD | UI_UNDERLINE);
    assert_int_equal(ui_theme_attributes(&theme.styles[UI_ROLE_err], 8), 0);
    assert_int_equal(ui_theme_attributes(&theme.styles[UI_ROLE_stop], 8), UI_BOLD);
    assert_int_equal(ui_theme_attributes(&theme.styles[UI_ROLE_stop], 0), UI_BOLD);
    assert_int_equal(ui_theme_attributes(&theme.styles[UI_ROLE_dim], 8), 0);
}

static void test_refusals_name_the_line(void **state)
{
    char text[700];
    (void)state;
    ui_theme_builtin(&theme);
    refuses("ok = red\n\nno-such = red", "line 3: 'no-such' is no role");
    refuses("ok = red\nok = blue", "line 2: 'ok' is given twice");
    refuses("ok", "is not 'role = style'");
    refuses("ok =", "is not 'role = style'");
    refuses("ok red blue", "is not 'role = style'");
    refuses("ok = purple", "'purple'");
    refuses("ok = red blue", "'blue'");
    refuses("ok = 256", "'256'");
    refuses("ok = -1", "'-1'");
    refuses("ok = #12345", "'#12345'");
    refuses("ok = #12345g", "'#12345g'");
    refuses("ok = red on", "'on'");
    refuses("ok = red on blue on green", "'on'");
    refuses("ok = #112233/1/2/3", "no colour");
    refuses("ok = #112233/1/16", "no colour");
    refuses("ok = bright-3", "'bright-3'");
    refuses("ok = red/", "'red/'");
    refuses("ok = bold = red", "'='");
    refuses("ok = a\x1b[31m", "line 1");
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    refuses(text, "line 1: too long");
    assert_int_equal(ui_theme_parse(&theme, "t", "ok = re\0d", 9, &err), KT_CONFIG);
    /* Foreign text in the message neither floods nor steers. */
    memcpy(text, "ok = ", 5);
    text[250] = '\0';
    refuses(text, "line 1");
    assert_true(strlen(err.text) < 150);
}

static void test_selected_rows_stay_readable(void **state)
{
    (void)state;
    ui_theme_builtin(&theme);
    struct ui_style bad = ui_theme_style(&theme, UI_ROLE_stop, false);
    struct ui_style under_cursor = ui_theme_style(&theme, UI_ROLE_stop, true);
    assert_int_equal(under_cursor.background.rgb, bad.background.rgb);
    struct ui_style plain = ui_theme_style(&theme, UI_ROLE_text, true);
    assert_int_equal(plain.background.rgb, theme.styles[UI_ROLE_selected].background.rgb);
    struct ui_style warn = ui_theme_style(&theme, UI_ROLE_warn, true);
    assert_int_equal(warn.foreground.rgb, theme.styles[UI_ROLE_selected].foreground.rgb);
    ui_theme_mono(&theme);
    assert_true(ui_theme_style(&theme, UI_ROLE_warn, true).attributes & UI_REVERSE);
    assert_true(ui_theme_style(&theme, UI_ROLE_warn, true).attributes & UI_BOLD);
    assert_false(ui_theme_has_colors(&theme));
}

/* ---- looking up ---- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_lookup(void **state)
{
    char base[] = "/tmp/kafkatop-theme-XXXXXX", path[200], dir[200];
    (void)state;
    assert_non_null(mkdtemp(base));
    setenv("XDG_CONFIG_HOME", base, 1);
    snprintf(dir, sizeof dir, "%s/program", base);
    assert_int_equal(mkdir(dir, 0700), 0);
    snprintf(path, sizeof path, "%s/program/themes", base);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/program/themes/night.theme", base);
    write_file(path, "ok = red\n");
    assert_int_equal(ui_theme_find(&theme, "night", dir, &err), KT_OK);
    assert_string_equal(theme.name, "night");
    assert_int_equal(ui_theme_find(&theme, path, NULL, &err), KT_OK); /* a path */
    assert_int_equal(ui_theme_find(&theme, "default", NULL, &err), KT_OK);
    assert_int_equal(ui_theme_find(&theme, "mono", dir, &err), KT_OK);
    assert_int_equal(ui_theme_find(&theme, "nigth", dir, &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "'nigth' (there are default, mono, night"));
    char names[3][UI_THEME_NAME];
    assert_int_equal(ui_theme_names(dir, names, 2), 2);
    assert_int_equal(ui_theme_names(dir, names, 3), 3);
    assert_string_equal(names[0], "default");
    assert_string_equal(names[1], "mono");
    assert_string_equal(names[2], "night");
    assert_int_equal(ui_theme_find(&theme, "..", dir, &err), KT_CONFIG);
    assert_int_equal(ui_theme_find(&theme, "", dir, &err), KT_CONFIG);
    assert_int_equal(ui_theme_load(&theme, dir, &err), KT_CONFIG);
    assert_int_equal(ui_theme_load(&theme, "/dev/null", &err), KT_CONFIG);
    write_file(path, "ok = nothing\n");
    assert_int_equal(ui_theme_find(&theme, "night", dir, &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "theme 'night' line 1"));
    /* The user's own comes first. */
    snprintf(dir, sizeof dir, "%s/kafkatop", base);
    mkdir(dir, 0700);
    snprintf(dir, sizeof dir, "%s/kafkatop/themes", base);
    mkdir(dir, 0700);
    snprintf(dir, sizeof dir, "%s/kafkatop/themes/night.theme", base);
    write_file(dir, "ok = blue\n");
    char program[200];
    snprintf(program, sizeof program, "%s/program", base);
    assert_int_equal(ui_theme_find(&theme, "night", program, &err), KT_OK);
    assert_int_equal(theme.styles[UI_ROLE_ok].foreground.c16, 4);
    unlink(path);
    unlink(dir);
    for (char *at = dir; (at = strrchr(dir, '/')) != NULL && at > dir + strlen(base) - 1;) {
        *at = '\0';
        if (rmdir(dir) != 0)
            break;
    }
    snprintf(path, sizeof path, "%s/program/themes", base);
    rmdir(path);
    rmdir(program);
    rmdir(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_parents),
        cmocka_unit_test(test_like_another_role),
        cmocka_unit_test(test_unsaid_colours_are_those_of_text),
        cmocka_unit_test(test_what_a_theme_is_made_for),
        cmocka_unit_test(test_poorer_terminals),
        cmocka_unit_test(test_bold_is_bright_where_there_are_eight_colours),
        cmocka_unit_test(test_refusals_name_the_line),
        cmocka_unit_test(test_selected_rows_stay_readable),
        cmocka_unit_test(test_lookup),
    };
    return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
