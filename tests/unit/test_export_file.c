/* Files replaced whole or not at all, streams that fail, and the exit status that sums a snapshot up. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "export.h"
#include "fake_snapshot.h"

/* ---- files ---- */

struct folder {
    char path[64], file[100];
};

static void open_folder(struct folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/test_export.XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->file, sizeof folder->file, "%s/out", folder->path);
}

/* Removes all that is there; returns how many entries that were. */
static int close_folder(struct folder *folder)
{
    DIR *directory = opendir(folder->path);
    int count = 0;
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", folder->path, entry->d_name);
        count += entry->d_name[0] != '.' && unlink(path) == 0;
    }
    closedir(directory);
    rmdir(folder->path);
    return count;
}

static enum kt_code write_file(const char *path, struct kt_err *err)
{
    const struct kt_snapshot *snap = fake_snapshot_each_status();
    struct kt_export_settings settings = {.detail = KT_DETAIL_GROUPS};
    enum kt_code code = kt_export_file(KT_FORMAT_JSON, &snap, 1, &settings, path, err);
    kt_snapshot_unref(snap);
    return code;
}

static void a_file_is_replaced_whole(void **state)
{
    (void)state;
    struct folder folder;
    struct stat status;
    struct kt_err err;
    open_folder(&folder);
    FILE *old = fopen(folder.file, "w");
    fputs("old", old);
    fclose(old);
    old = fopen(folder.file, "r"); /* a reader that came before keeps what it opened */
    assert_int_equal(write_file(folder.file, &err), KT_OK);
    char text[8] = "";
    assert_int_equal(fread(text, 1, 7, old), 3);
    fclose(old);
    assert_int_equal(stat(folder.file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(status.st_size > 1000);
    assert_int_equal(close_folder(&folder), 1); /* and no temporary file beside it */
}

static void a_link_is_replaced_and_not_followed(void **state)
{
    (void)state;
    struct folder folder;
    struct stat status;
    struct kt_err err;
    char target[120];
    open_folder(&folder);
    snprintf(target, sizeof target, "%s/target", folder.path);
    fclose(fopen(target, "w"));
    assert_int_equal(symlink(target, folder.file), 0);
    assert_int_equal(write_file(folder.file, &err), KT_OK);
    assert_int_equal(stat(target, &status), 0);
    assert_int_equal(status.st_size, 0);
    assert_int_equal(lstat(folder.file, &status), 0);
    assert_true(S_ISREG(status.st_mode));
    close_folder(&folder);
}

/* /dev/stdout and its like lead through a folder of /proc; a file may stand at the other end. */
static void a_link_to_what_is_open_is_followed(void **state)
{
    (void)state;
    struct folder folder;
    struct stat before, after;
    struct kt_err err;
    char link[64];
    open_folder(&folder);
    FILE *file = fopen(folder.file, "w");
    assert_non_null(file);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fileno(file));
    if (lstat(link, &before) != 0) {
        fclose(file);
        close_folder(&folder);
        skip();
    }
    assert_int_equal(stat(folder.file, &before), 0);
    assert_int_equal(write_file(link, &err), KT_OK);
    fclose(file);
    assert_int_equal(stat(folder.file, &after), 0);
    assert_true(after.st_ino == before.st_ino);
    assert_true(after.st_size > 1000);
    assert_int_equal(close_folder(&folder), 1);
}

static void what_cannot_be_written_is_said_and_leaves_nothing(void **state)
{
    (void)state;
    struct folder folder;
    struct kt_err err = {.text = ""};
    open_folder(&folder);
    assert_int_equal(write_file("/nonexistent/folder/out", &err), KT_IO);
    assert_non_null(strstr(err.text, "/nonexistent/folder/out"));
    assert_int_equal(write_file(folder.path, &err), KT_IO); /* a folder */
    assert_int_equal(write_file("/dev/full", &err), KT_IO);
    assert_int_equal(write_file("/dev/null", &err), KT_OK);
    struct stat status;
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    assert_int_equal(close_folder(&folder), 0);
}

static void a_stream_that_fails_is_said(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_groups(50);
    struct kt_export_settings settings = {.detail = KT_DETAIL_PARTITIONS};
    const enum kt_format formats[] = {KT_FORMAT_JSON, KT_FORMAT_CSV, KT_FORMAT_TEXT};
    for (size_t i = 0; i < 3; i++) {
        struct kt_err err;
        FILE *full = fopen("/dev/full", "w");
        assert_non_null(full);
        assert_int_equal(kt_export(formats[i], &snap, 1, &settings, full, &err), KT_IO);
        fclose(full);
    }
    struct kt_err err;
    assert_int_equal(kt_export(KT_FORMAT_SCREEN, &snap, 1, &settings, stdout, &err), KT_INTERNAL);
    kt_snapshot_unref(snap);
}

/* ---- the exit status ---- */

struct verdict {
    enum kt_status worst;
    int64_t age_ms;
    uint32_t marks;
};

static int status_of(const struct verdict *verdicts, size_t count, bool partial)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    for (size_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "g%zu", i);
        fake_snapshot_group(snap, &(struct fake_group){.name = name,
                                                       .worst = verdicts[i].worst,
                                                       .partitions = 1,
                                                       .age_ms = verdicts[i].age_ms,
                                                       .marks = verdicts[i].marks});
    }
    const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
    snap->partial = partial;
    int status = kt_export_exit_status(&sealed, 1, 60000);
    kt_snapshot_unref(sealed);
    return status;
}

static void the_exit_status_is_the_worst_that_counts(void **state)
{
    (void)state;
    const struct verdict ok = {.worst = KT_STATUS_OK}, warn = {.worst = KT_STATUS_WARN},
                         old = {.worst = KT_STATUS_STOP, .age_ms = 60000},
                         young = {.worst = KT_STATUS_STALL, .age_ms = 59999},
                         unknown = {.worst = KT_STATUS_UNKNOWN},
                         abandoned = {
                             .worst = KT_STATUS_STOP, .age_ms = 90000000, .marks = KT_MARK_ABANDONED};
    const struct {
        struct verdict verdicts[3];
        size_t count;
        bool partial;
        int status;
    } cases[] = {
        {{ok, ok}, 2, false, 0},
        {{ok, warn}, 2, false, 1},
        {{ok, young}, 2, false, 1},
        {{warn, old}, 2, false, 2},
        {{unknown, ok}, 2, false, 3},
        {{unknown, warn}, 2, false, 3},
        {{unknown, young}, 2, false, 3},
        {{unknown, old}, 2, false, 2},
        {{ok, abandoned}, 2, false, 0},
        {{abandoned}, 1, false, 0},
        {{ok}, 1, true, 3},
        {{old}, 1, true, 2},
        {{ok}, 0, false, 3},
        {{warn, abandoned}, 2, false, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(status_of(cases[i].verdicts, cases[i].count, cases[i].partial), cases[i].status);
    }
    const struct kt_snapshot *empty = fake_snapshot_empty();
    assert_int_equal(kt_export_exit_status(&empty, 1, 0), 3);
    kt_snapshot_unref(empty);
}

static void groups_without_a_verdict_by_nature_miss_nothing(void **state)
{
    (void)state;
    struct kt_snapshot *snap = fake_snapshot_new();
    struct kt_arena *arena;
    struct kt_group *share = kt_group_new(&arena);
    share->name = fake_text("share");
    share->type = "share";
    kt_snapshot_take_group(snap, share);
    const struct kt_snapshot *sealed = kt_snapshot_seal(snap);
    assert_int_equal(kt_export_exit_status(&sealed, 1, 0), 0);
    share->type = "classic";
    assert_int_equal(kt_export_exit_status(&sealed, 1, 0), 3);
    share->type = NULL;
    share->status = KT_STATUS_ERR; /* since when is not known: no excuse */
    assert_int_equal(kt_export_exit_status(&sealed, 1, 60000), 2);
    kt_snapshot_unref(sealed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_replaced_whole),
        cmocka_unit_test(a_link_is_replaced_and_not_followed),
        cmocka_unit_test(a_link_to_what_is_open_is_followed),
        cmocka_unit_test(what_cannot_be_written_is_said_and_leaves_nothing),
        cmocka_unit_test(a_stream_that_fails_is_said),
        cmocka_unit_test(the_exit_status_is_the_worst_that_counts),
        cmocka_unit_test(groups_without_a_verdict_by_nature_miss_nothing),
    };
    return cmocka_run_group_tests_name("export_file", tests, NULL, NULL);
}
