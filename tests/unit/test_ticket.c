/* ticket, ticket_file: two files with what is on the screen, whole or none, and never in the place of another. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <cjson/cJSON.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_app.h"
#include "ticket_file.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/test_ticket.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

/* All names in the folder, sorted, with a blank behind each. */
static const char *names_there(void)
{
    static char all[4096];
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    all[0] = '\0';
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.' || entries[i]->d_name[1] == 'k')
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s ", entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return all;
}

static int remove_folder(void **state)
{
    (void)state;
    DIR *directory = opendir(folder);
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    closedir(directory);
    return rmdir(folder);
}

/* What the last of these keys wants written. */
static struct ui_ticket *ticket_of(const struct kt_snapshot *take_snap, const char *const *keys)
{
    struct fake_app s = {0};
    fake_app_raise(&s, take_snap);
    fake_app_draw(&s);
    unsigned reaction = 0;
    for (; *keys; keys++)
        reaction = fake_app_key(&s, *keys);
    assert_int_equal(reaction, UI_REACT_DRAW | UI_REACT_TICKET);
    struct ui_ticket *ticket = ui_app_take_ticket(s.app);
    assert_non_null(ticket);
    assert_null(ui_app_take_ticket(s.app));
    fake_app_strike(&s);
    return ticket;
}

static struct ui_ticket *plain(void)
{
    return ticket_of(fake_snapshot_full(), (const char *const[]){"H", NULL});
}

static void two_files_lie_side_by_side(void **state)
{
    (void)state;
    struct kt_err err = {.code = KT_OK};
    struct ui_ticket *ticket = plain();
    for (int i = 0; i < 2; i++) {
        char *path = NULL;
        assert_int_equal(ui_ticket_save(ticket, folder, &path, &err), KT_OK);
        assert_int_equal(path[0], '/');
        char *whole = kt_format("%s.txt", path);
        struct stat status;
        assert_int_equal(stat(whole, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
        assert_true(status.st_size > 1000);
        free(whole);
        free(path);
    }
    /* The second one took nobody's place. */
    assert_string_equal(names_there(),
                        "kafkatop-prod-eu-20231114T221320Z-2.json kafkatop-prod-eu-20231114T221320Z-2.txt "
                        "kafkatop-prod-eu-20231114T221320Z.json kafkatop-prod-eu-20231114T221320Z.txt ");
    ui_ticket_free(ticket);
}

static void no_link_is_followed(void **state)
{
    (void)state;
    char path[160], victim[96];
    char *written = NULL;
    struct kt_err err = {.code = KT_OK};
    struct stat status;
    snprintf(victim, sizeof victim, "%s/victim", folder);
    snprintf(path, sizeof path, "%s/kafkatop-prod-eu-20231114T221320Z.json", folder);
    assert_int_equal(symlink(victim, path), 0);
    snprintf(path, sizeof path, "%s/kafkatop-prod-eu-20231114T221320Z-2.txt.part", folder);
    assert_int_equal(symlink(victim, path), 0);
    struct ui_ticket *ticket = plain();
    assert_int_equal(ui_ticket_save(ticket, folder, &written, &err), KT_OK);
    assert_non_null(strstr(written, "Z-3"));
    assert_int_equal(lstat(victim, &status), -1);
    assert_int_equal(lstat(path, &status), 0); /* not ours to remove */
    free(written);
    ui_ticket_free(ticket);
}

/* The disk is full after so many bytes. */
static void check_full(rlim_t bytes)
{
    struct rlimit before, limit;
    char *path = NULL;
    struct kt_err err = {.code = KT_OK};
    struct ui_ticket *ticket = plain();
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = bytes;
    void (*usual)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    enum kt_code code = ui_ticket_save(ticket, folder, &path, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, usual);
    assert_int_equal(code, KT_IO);
    assert_non_null(strstr(err.text, "File too large"));
    assert_string_equal(names_there(), "");
    ui_ticket_free(ticket);
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    check_full(0);
    check_full(100);
    check_full(8000); /* room for the text alone */
}

static void a_folder_that_is_gone_is_said(void **state)
{
    (void)state;
    char *path = NULL;
    struct kt_err err = {.code = KT_OK};
    struct ui_ticket *ticket = plain();
    assert_int_equal(ui_ticket_save(ticket, "/nowhere/at/all", &path, &err), KT_IO);
    assert_non_null(strstr(err.text, "No such file or directory"));
    ui_ticket_free(ticket);
}

static bool wait_for_end(struct ui_ticket_writer *writer, bool *written, char *text, size_t room)
{
    struct pollfd ready = {.fd = ui_ticket_writer_fd(writer), .events = POLLIN};
    while (poll(&ready, 1, 60000) == 1)
        if (ui_ticket_writer_end(writer, written, text, room))
            return true;
    return false;
}

static void home_takes_what_the_folder_refuses(void **state)
{
    (void)state;
    char gone[] = "/tmp/test_ticket_gone.XXXXXX", text[4400] = "";
    struct ui_ticket_writer *writer;
    struct kt_err err;
    bool written = false;
    int here = open(".", O_RDONLY);
    assert_non_null(mkdtemp(gone));
    assert_int_equal(chdir(gone), 0);
    assert_int_equal(rmdir(gone), 0);
    setenv("HOME", folder, 1);
    assert_int_equal(ui_ticket_writer_open(&writer, &err), KT_OK);
    assert_int_equal(ui_ticket_writer_start(writer, plain(), &err), KT_OK);
    assert_int_equal(ui_ticket_writer_start(writer, plain(), &err), KT_IO); /* one at a time */
    assert_true(wait_for_end(writer, &written, text, sizeof text));
    assert_true(written);
    assert_non_null(strstr(text, folder));
    assert_non_null(strstr(text, "the current folder: "));
    setenv("HOME", gone, 1);
    assert_int_equal(ui_ticket_writer_start(writer, plain(), &err), KT_OK);
    assert_true(wait_for_end(writer, &written, text, sizeof text));
    assert_false(written);
    assert_non_null(strstr(text, "no ticket: "));
    ui_ticket_writer_close(writer);
    assert_int_equal(fchdir(here), 0);
    close(here);
}

static void names_of_files_are_harmless(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"../../etc/passwd", "kafkatop-.._.._etc_passwd-"},
                                           {"a b\n'$(x)", "kafkatop-a_b____x_-"},
                                           {"", "kafkatop-cluster-"}};
    char name[UI_TICKET_NAME_ROOM];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_snapshot *snap = fake_snapshot_new();
        snap->name = fake_text(cases[i][0]);
        struct ui_ticket *ticket = ticket_of(fake_snapshot_seal(snap), (const char *const[]){"H", NULL});
        ui_ticket_name(ticket, name);
        assert_int_equal(strncmp(name, cases[i][1], strlen(cases[i][1])), 0);
        ticket->anonymous = true;
        ui_ticket_name(ticket, name);
        assert_int_equal(strncmp(name, "kafkatop-cluster-", 17), 0);
        ui_ticket_free(ticket);
    }
}

/* --- what is in them ------------------------------------------------------------------------------------- */

struct said {
    char *text;
    size_t length;
};

static struct said text_of(struct ui_ticket *ticket)
{
    struct said said;
    FILE *out = open_memstream(&said.text, &said.length);
    ui_ticket_write_text(ticket, out);
    fclose(out);
    return said;
}

static struct said document_text(struct ui_ticket *ticket)
{
    struct said said;
    struct kt_err err;
    FILE *out = open_memstream(&said.text, &said.length);
    assert_int_equal(ui_ticket_write_json(ticket, out, &err), KT_OK);
    fclose(out);
    return said;
}

static cJSON *cluster_of(cJSON *document)
{
    return cJSON_GetArrayItem(cJSON_GetObjectItem(document, "clusters"), 0);
}

static int size_of(cJSON *cluster, const char *array)
{
    return cJSON_GetArraySize(cJSON_GetObjectItem(cluster, array));
}

static double screen_number(cJSON *cluster, const char *key)
{
    return cJSON_GetNumberValue(cJSON_GetObjectItem(cJSON_GetObjectItem(cluster, "screen"), key));
}

static void the_document_holds_what_is_shown(void **state)
{
    (void)state;
    static const struct {
        const char *keys[6];
        int groups, first_partitions, topics;
        int rows, rows_left_out, groups_left_out;
    } cases[] = {
        {{"H"}, 11, 1, 3, 11, 0, 0},
        {{"i", "H"}, 7, 1, 2, 7, 4, 4},
        {{"j", "j", "Enter", "H"}, 1, 4, 1, 4, 0, 10},
        {{"a", "j", "Q", "Enter", "H"}, 10, 1, 2, 10, 1, 1},
        {{"4", "H"}, 11, 1, 3, 3, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ui_ticket *ticket = ticket_of(fake_snapshot_full(), cases[i].keys);
        struct said said = document_text(ticket);
        cJSON *document = cJSON_Parse(said.text);
        assert_non_null(document);
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(document, "schema")), "kafkatop.snapshot/1");
        cJSON *cluster = cluster_of(document);
        assert_int_equal(size_of(cluster, "groups"), cases[i].groups);
        cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(cluster, "groups"), 0);
        assert_int_equal(size_of(first, "partitions"), cases[i].first_partitions);
        assert_int_equal(size_of(cluster, "topics"), cases[i].topics);
        assert_int_equal((int)screen_number(cluster, "rows"), cases[i].rows);
        assert_int_equal((int)screen_number(cluster, "rows_left_out"), cases[i].rows_left_out);
        assert_int_equal((int)screen_number(cluster, "groups_left_out"), cases[i].groups_left_out);
        cJSON_Delete(document);
        free(said.text);
        ui_ticket_free(ticket);
    }
}

static void hostile_names_do_no_harm(void **state)
{
    (void)state;
    static const char *const tabs[] = {"1", "2", "3", "4", "5"};
    for (size_t i = 0; i < sizeof tabs / sizeof tabs[0]; i++)
        for (int anonymous = 0; anonymous < 2; anonymous++) {
            const char *const keys[] = {tabs[i], anonymous ? "O" : "H", NULL};
            struct ui_ticket *ticket = ticket_of(fake_snapshot_hostile(), keys);
            struct said said = text_of(ticket);
            assert_int_equal(strlen(said.text), said.length);
            for (size_t k = 0; k < said.length; k++)
                assert_true((unsigned char)said.text[k] >= 0x20 || said.text[k] == '\n');
            free(said.text);
            said = document_text(ticket);
            cJSON *document = cJSON_Parse(said.text);
            assert_non_null(document);
            cJSON_Delete(document);
            free(said.text);
            ui_ticket_free(ticket);
        }
}

/* Whatever is shown and filtered by, no name gets out. */
static void an_anonymous_one_names_nobody(void **state)
{
    (void)state;
    static const char *const names[] = {"secretgroup", "secrettopic", "secrethost", "secretrack", "secretclient",
                                        "secretcluster", "secretid", "secretunseen", "secretfilter"};
    static const char *const tabs[] = {"1", "2", "3", "4", "5"};
    for (size_t i = 0; i < sizeof tabs / sizeof tabs[0] * 2; i++) {
        struct kt_snapshot *snap = fake_snapshot_new();
        snap->name = fake_text("secretcluster");
        snap->cluster_id = fake_text("secretid");
        snap->bootstrap = fake_text("secrethost:9092");
        fake_snapshot_brokers(snap, 1);
        snap->brokers[0].host = fake_text("secrethost");
        snap->brokers[0].rack = fake_text("secretrack");
        fake_snapshot_topic(snap, "secrettopic", 2);
        fake_snapshot_group(snap, &(struct fake_group){.name = "secretgroup", .topic = "secrettopic",
                                                       .worst = KT_STATUS_STOP, .partitions = 1, .members = 1, .lag = 9,
                                                       .why = "STOP in secrettopic/1: group secretgroup is Empty"});
        struct kt_group *group = (struct kt_group *)(uintptr_t)snap->groups[0];
        group->members[0].client_id = fake_text("secretclient");
        group->members[0].host = fake_text("secrethost");
        fake_snapshot_problem(snap, KT_SCOPE_GROUP, "secretunseen", "GROUP_AUTHORIZATION_FAILED",
                              "group 'secretunseen' may not be read at secrethost");
        fake_snapshot_event(snap, &(struct kt_event){.at_ms = FAKE_NOW_MS, .kind = KT_EVENT_STATUS,
                                                     .group = fake_text("secretgroup"),
                                                     .topic = fake_text("secrettopic"),
                                                     .text = fake_text("secretgroup left secrettopic/1")});
        fake_snapshot_log(snap, "secrethost did something");
        struct fake_app s = {0};
        fake_app_raise(&s, fake_snapshot_seal(snap));
        fake_app_key(&s, tabs[i / 2]);
        if (i % 2 == 1) {
            fake_app_key(&s, "f");
            for (const char *at = "!secretfilter"; *at; at++) {
                struct ui_input input = {.key = (unsigned char)*at};
                ui_app_input(s.app, &input, s.now);
            }
            fake_app_key(&s, "Enter");
        }
        fake_app_key(&s, "Enter"); /* one level down, where there is one */
        fake_app_key(&s, "O");
        struct ui_ticket *ticket = ui_app_take_ticket(s.app);
        struct said said[] = {text_of(ticket), document_text(ticket)};
        for (size_t k = 0; k < 2; k++) {
            for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
                if (strstr(said[k].text, names[n]))
                    fail_msg("%s gets out in view %s: %s", names[n], tabs[i / 2], said[k].text);
            free(said[k].text);
        }
        ui_ticket_free(ticket);
        fake_app_strike(&s);
    }
}

static void a_secure_screen_writes_nothing(void **state)
{
    (void)state;
    struct fake_app s = {.options.secure = true};
    fake_app_raise(&s, fake_snapshot_full());
    assert_int_equal(fake_app_key(&s, "H"), UI_REACT_DRAW);
    assert_int_equal(fake_app_key(&s, "O"), UI_REACT_DRAW);
    assert_null(ui_app_take_ticket(s.app));
    fake_app_strike(&s);
}

static void the_end_is_told(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    fake_app_key(&s, "H");
    assert_non_null(strstr(fake_app_screen(&s), "writing a ticket"));
    ui_app_ticket_done(s.app, true, "ticket: /tmp/x.txt and .json");
    assert_non_null(strstr(fake_app_screen(&s), "ticket: /tmp/x.txt and .json"));
    /* A path that does not fit is shown whole, over the rows. */
    ui_app_ticket_done(s.app, true, "ticket: /a/very/long/path/that/has/no/end/in/sight/and/goes/on/and/on/until"
                                    "/it/ends/here.txt and .json");
    assert_non_null(strstr(fake_app_screen(&s), "TICKET: any key closes"));
    fake_app_key(&s, "q"); /* closes it */
    assert_null(strstr(fake_app_screen(&s), "TICKET: any key closes"));
    fake_app_strike(&s);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_files_lie_side_by_side),
        TEST(no_link_is_followed),
        TEST(a_full_disk_leaves_nothing),
        TEST(a_folder_that_is_gone_is_said),
        TEST(home_takes_what_the_folder_refuses),
        TEST(names_of_files_are_harmless),
        TEST(the_document_holds_what_is_shown),
        TEST(hostile_names_do_no_harm),
        TEST(an_anonymous_one_names_nobody),
        TEST(a_secure_screen_writes_nothing),
        TEST(the_end_is_told),
    };
    return cmocka_run_group_tests_name("ticket", tests, NULL, NULL);
}
