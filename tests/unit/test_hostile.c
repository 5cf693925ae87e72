/* Each hostile text as every text of a snapshot: each screen, export, ticket and command stays harmless. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_app.h"
#include "fake_hostile.h"
#include "ticket.h"

#define LITERAL(text) {text, sizeof(text) - 1}
#define LONG 2000

/* Beside fake_hostile_names: U+202A-E, U+2066-9, marks of direction, what has no width. */
static const struct kt_text more[] = {
    LITERAL(""),
    LITERAL(" "),
    LITERAL("\x1b]52;c;ZXZpbA==\x07"),
    LITERAL("\x1bP+q544e\x1b\\\x1b[6n\x1b[c"),
    LITERAL("\xc2\x85\xc2\x90\xc2\x9d\xc2\x9c"),
    LITERAL("a\xe2\x80\xaa" "b\xe2\x80\xab" "c\xe2\x80\xac" "d\xe2\x80\xad" "e\xe2\x80\xae" "f"),
    LITERAL("a\xe2\x81\xa6" "b\xe2\x81\xa7" "c\xe2\x81\xa8" "d\xe2\x81\xa9" "e"),
    LITERAL("a\xe2\x80\x8e" "b\xe2\x80\x8f" "c\xd8\x9c" "d"),
    LITERAL("OK\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xe2\x81\xa0\xef\xbb\xbf\xc2\xad"),
    LITERAL("a\xe2\x80\xa8line\xe2\x80\xa9paragraph"),
    LITERAL("\xf3\xa0\x81\x81\xf3\xa0\x81\xbf tags"),
    LITERAL("\xcc\x80\xcc\x81\xcc\x82\xcc\x83\xcc\x84 marks of nothing"),
    LITERAL("z\xcc\x80\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88 many marks"),
    LITERAL("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d right to left by nature"),
    LITERAL("\xf4\x90\x80\x80\xf8\x88\x80\x80\x80\xe0\x80\x80\xc3"),
};

static void no_fault(const char *fault, const char *where, size_t number)
{
    if (fault)
        fail_msg("text %zu, %s: %s", number, where, fault);
}

static void check_copied(struct fake_app *s, size_t number)
{
    if (fake_app_key(s, "y") & UI_REACT_COPY)
        for (const char *text = ui_app_copy_text(s->app); *text; text++)
            if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e)
                fail_msg("text %zu is copied as it is", number);
    fake_app_draw(s);
    no_fault(fake_fault_of_canvas(&s->cv), "y", number);
    fake_app_key(s, "Esc");
}

static void check_ticket(struct fake_app *s, size_t number)
{
    struct kt_err err = {.code = KT_OK};
    char *bytes = NULL;
    size_t length = 0;
    assert_true(fake_app_key(s, "H") & UI_REACT_TICKET);
    struct ui_ticket *ticket = ui_app_take_ticket(s->app);
    assert_non_null(ticket);
    FILE *out = open_memstream(&bytes, &length);
    ui_ticket_write_text(ticket, out);
    fclose(out);
    no_fault(fake_fault_of_text(bytes, length, false), "a ticket's text", number);
    free(bytes);
    out = open_memstream(&bytes, &length);
    assert_int_equal(ui_ticket_write_json(ticket, out, &err), KT_OK);
    fclose(out);
    no_fault(fake_fault_of_json(bytes, length), "a ticket's document", number);
    free(bytes);
    ui_ticket_free(ticket);
    ui_app_ticket_done(s->app, true, "ticket: written");
}

/* All panels and what Enter leads to from them, the overlays and the prompts. */
static void check_screens(struct kt_text text, size_t number, bool ascii, int width)
{
    static const char *const keys[] = {"1", "i", "x", "Enter", "Enter", "Enter", "Esc", "Esc", "Esc", "2", "x", "Enter",
                                       "Enter", "t", "Esc", "Esc", "Esc", "3", "x", "Enter", "Esc", "4", "x", "Enter",
                                       "Esc", "5", "Enter", "Esc", "6", "x", "Enter", "Esc", "1", "a", "m", "!", "Esc",
                                       "N", "Esc", "?", "Esc", "s", "Esc", "/", "Esc", "f", "Esc", "O", "1"};
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_of_text(text));
    s.cv.ascii = ascii;
    ui_canvas_resize(&s.cv, width, 40);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        fake_app_key(&s, keys[i]);
        fake_app_draw(&s);
        no_fault(fake_fault_of_canvas(&s.cv), keys[i], number);
    }
    fake_app_key(&s, "O");
    check_copied(&s, number);
    check_ticket(&s, number);
    ui_app_failure(s.app, text.length ? text.bytes : "");
    fake_app_draw(&s);
    no_fault(fake_fault_of_canvas(&s.cv), "a failure", number);
    fake_app_strike(&s);
}

/* A paste into each prompt. */
static void check_prompts(struct kt_text text, size_t number)
{
    static const char *const prompts[] = {"/", "f", "d"};
    struct ui_input paste = {.key = UI_KEY_PASTE};
    size_t length = text.length < sizeof paste.paste ? text.length : sizeof paste.paste - 1;
    if (length > 0)
        memcpy(paste.paste, text.bytes, length);
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    for (size_t i = 0; i < sizeof prompts / sizeof prompts[0]; i++) {
        fake_app_key(&s, prompts[i]);
        ui_app_input(s.app, &paste, s.now);
        fake_app_draw(&s);
        no_fault(fake_fault_of_canvas(&s.cv), prompts[i], number);
        fake_app_key(&s, "Enter");
        fake_app_draw(&s);
        no_fault(fake_fault_of_canvas(&s.cv), "what was asked", number);
        fake_app_key(&s, "Esc");
    }
    fake_app_strike(&s);
}

static void check(struct kt_text text, size_t number)
{
    const struct kt_snapshot *snap = fake_snapshot_of_text(text);
    no_fault(fake_fault_of_exports(snap, 0, FAKE_EXPORTS), "an export", number);
    kt_snapshot_unref(snap);
    check_screens(text, number, false, 80);
    check_screens(text, number, false, 200);
    check_screens(text, number, true, 120);
    check_prompts(text, number);
}

static void each_hostile_text_is_harmless_everywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < fake_hostile_count; i++)
        check(fake_hostile_names[i], i);
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        check(more[i], fake_hostile_count + i);
}

static void long_texts_are_harmless_everywhere(void **state)
{
    (void)state;
    static const struct kt_text pieces[] = {LITERAL("x"), LITERAL("\x1b[31m"), LITERAL("\xe6\xbc\xa2"),
                                            LITERAL("\xcc\x81"), LITERAL("\xff"), LITERAL("\xe2\x80\xae")};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        char text[LONG + 1] = "";
        for (size_t k = 0; k < LONG; k++)
            text[k] = pieces[i].bytes[k % pieces[i].length];
        check((struct kt_text){text, LONG}, 1000 + i);
    }
}

/* The check itself sees what it is there for. */
static void harm_is_seen(void **state)
{
    (void)state;
    assert_non_null(fake_fault_of_text("a\xe2\x80\xae", 4, false));
    assert_non_null(fake_fault_of_text("\x1b", 1, false));
    assert_non_null(fake_fault_of_text("\xff", 1, false));
    assert_non_null(fake_fault_of_csv("a,b\r\nc\r\n", 8));
    assert_null(fake_fault_of_csv("a,b\r\n\"c,\",d\r\n", 13));
    assert_non_null(fake_fault_of_json("{\"a\":1}}\n", 9));
    assert_null(fake_fault_of_json("{\"a\":1}\n", 8));
    const struct kt_snapshot *snap = fake_snapshot_of_text(fake_text("seen"));
    assert_string_equal(kt_lag_record_error(&snap->groups[0]->lags[0]).bytes, "seen");
    assert_string_equal(snap->brokers[1].rack.bytes, "seen");
    kt_snapshot_unref(snap);
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_of_text(fake_text("seen")));
    fake_app_draw(&s);
    assert_null(fake_fault_of_canvas(&s.cv));
    s.cv.cells[100].code = 0x202e;
    assert_non_null(fake_fault_of_canvas(&s.cv));
    fake_app_strike(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_hostile_text_is_harmless_everywhere),
        cmocka_unit_test(long_texts_are_harmless_everywhere),
        cmocka_unit_test(harm_is_seen),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "en_US.UTF-8");
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
