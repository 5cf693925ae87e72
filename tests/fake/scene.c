#include "scene.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

void scene_judge(struct scene *scene, int64_t now)
{
    scene->look.now = now;
    scene->look.wall = now;
    scene->look.fresh_at = now;
    scene->look.ends_at = now;
    kt_judge(&scene->track, &scene->look, &scene->window, &scene->settings, true, &scene->verdict);
}

void scene_commit(struct scene *scene, int64_t offset, int64_t at)
{
    kt_track_commit(&scene->track, offset, at, false);
    scene->look.committed = offset;
    scene->look.committed_at = at;
    scene->look.committed_known = true;
}

void scene_blank(struct scene *scene)
{
    memset(scene, 0, sizeof *scene);
    kt_track_init(&scene->track);
    kt_window_init(&scene->window, 10);
    scene->settings = (struct kt_settings){.intervals = 10, .delay_ms = 2000};
    scene->look = (struct kt_look){.fresh_known = true,
                                   .exact = true,
                                   .ends_known = true,
                                   .start_known = true,
                                   .type = KT_TYPE_CLASSIC,
                                   .state = KT_STATE_STABLE,
                                   .members_known = true,
                                   .members = 1,
                                   .ever_had_members = true,
                                   .owned = KT_YES,
                                   .subscribed = KT_YES};
}

void scene_begin(struct scene *scene)
{
    scene_blank(scene);
    int64_t offset = OFFSET - 10;
    scene->look.log_end = OFFSET;
    scene_commit(scene, offset, START - 20 * SECOND);
    scene_judge(scene, START - 20 * SECOND);
    for (int i = 0; i < 10; i++) {
        scene_commit(scene, ++offset, START - (18 - 2 * i) * SECOND);
        scene_judge(scene, START - (18 - 2 * i) * SECOND);
    }
    int64_t rhythm;
    assert_true(kt_track_rhythm(&scene->track, &rhythm));
    assert_int_equal(rhythm, 2 * SECOND);
    assert_int_equal(scene->verdict.status, KT_STATUS_OK);
}

void scene_end(struct scene *scene)
{
    kt_track_release(&scene->track);
    kt_window_release(&scene->window);
}

void scene_leave(struct scene *scene)
{
    scene->look.state = KT_STATE_EMPTY;
    scene->look.members = 0;
    scene->look.owned = KT_NO;
    scene->look.subscribed = KT_MAYBE;
}

void scene_expect(const struct scene *scene, enum kt_status status, const char *rule)
{
    if (scene->verdict.status != status || strcmp(scene->verdict.rule, rule) != 0) {
        const char *is = kt_status_name(scene->verdict.status), *want = kt_status_name(status);
        fail_msg("%s by %s, not %s by %s", is ? is : "unknown", scene->verdict.rule, want ? want : "unknown",
                 rule);
    }
}

void scene_watch(struct scene *scene, int64_t from, int64_t until)
{
    for (int64_t now = from; now <= until; now += SECOND) {
        scene_judge(scene, now);
    }
}
