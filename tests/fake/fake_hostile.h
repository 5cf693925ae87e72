/*
 * fake_hostile: a snapshot whose every text is the same one, and what must hold of all that is made from it.
 *
 * From the rows of fields.def, so that a new fact is in it by itself; problems, events, causes, log and filters too.
 * Thread: one.
 */
#ifndef FAKE_HOSTILE_H
#define FAKE_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "canvas.h"
#include "snapshot.h"

/* One reference; `text` is borrowed, and must live as long. */
const struct kt_snapshot *fake_snapshot_of_text(struct kt_text text);

/* What steers a terminal or makes a text look like another: none of it may be seen by one who reads. */
bool fake_is_harmful(uint32_t code);

/* NULL: all is well; else what is wrong. Text of several lines: UTF-8 without any harmful character. */
const char *fake_fault_of_text(const char *bytes, size_t length, bool returns);
/* Rows of RFC 4180, each with the header's number of cells. */
const char *fake_fault_of_csv(const char *bytes, size_t length);
/* One document without any control byte. */
const char *fake_fault_of_json(const char *bytes, size_t length);
/* Each cell harmless, wide ones whole, ASCII where nothing else is wanted. */
const char *fake_fault_of_canvas(const struct ui_canvas *cv);

/* In `count` of the FAKE_EXPORTS, from `first` on: each format, with names and without. NULL, or what is wrong. */
#define FAKE_EXPORTS 6
const char *fake_fault_of_exports(const struct kt_snapshot *snap, unsigned first, unsigned count);

#endif
