/*
 * ticket_file: a ticket as two files side by side, written in a thread of its own so that no key waits for a disk.
 *
 * NAME.txt and NAME.json, mode 0600, both whole or none of them: written under other names, then linked to their own,
 * which never follows a symbolic link nor takes the place of what is there. They lie in the current folder, or, where
 * nothing can be written there, in $HOME. One ticket at a time. Thread: UI, but for ui_ticket_save.
 */
#ifndef UI_TICKET_FILE_H
#define UI_TICKET_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "ticket.h"

struct ui_ticket_writer;

KT_MUST_CHECK enum kt_code ui_ticket_writer_open(struct ui_ticket_writer **writer, struct kt_err *err);
int ui_ticket_writer_fd(const struct ui_ticket_writer *writer); /* readable when a ticket is done */
/* Takes the ticket, also when it fails: KT_IO while another is being written, KT_INTERNAL without a thread. */
KT_MUST_CHECK enum kt_code ui_ticket_writer_start(struct ui_ticket_writer *writer, struct ui_ticket *take_ticket,
                                                  struct kt_err *err);
/* What became of it; false: it is not done. `text` says where it lies, or why there is none. */
bool ui_ticket_writer_end(struct ui_ticket_writer *writer, bool *written, char *text, size_t room);
/* Waits a moment for what is being written; what takes longer is left behind. NULL is allowed. */
void ui_ticket_writer_close(struct ui_ticket_writer *writer);

/* Writes both files into a folder (absolute, or "."), and says where: the path without its ending. Thread: any. */
KT_MUST_CHECK enum kt_code ui_ticket_save(struct ui_ticket *ticket, const char *folder, char **path,
                                          struct kt_err *err);

#endif
