/*
 * group_told: the problems of single groups that are open because a listing told them, so that each is told once and
 * taken back when a later listing finds the group well, otherwise, or gone.
 *
 * Groups that the user's filters leave out have none. Thread: the lister's.
 */
#ifndef KT_GROUP_TOLD_H
#define KT_GROUP_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "strmap.h"

struct kt_group_told {
    const struct kt_client_context *context; /* borrowed */
    struct kt_strmap groups;                 /* name -> its problem */
    uint64_t run;                            /* of the listing */
};

/* `context` outlives it. Nothing is open. */
void kt_group_told_init(struct kt_group_told *told, const struct kt_client_context *context);
void kt_group_told_release(struct kt_group_told *told); /* takes nothing back */

/* A listing begins. */
void kt_group_told_begin(struct kt_group_told *told);

/* What it says of a group: its error (copied), or NULL: it is well. */
void kt_group_told_note(struct kt_group_told *told, const char *group, const char *error);

/* It does not say: what is open of the group stays so. */
void kt_group_told_keep(struct kt_group_told *told, const char *group);

/* Whether this is what is open of a group. */
bool kt_group_told_has(const struct kt_group_told *told, const char *group, const char *error);

/* The listing was whole: takes back what is open of groups that it neither noted nor kept. */
void kt_group_told_end(struct kt_group_told *told);

#endif
