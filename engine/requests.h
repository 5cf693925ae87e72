/*
 * requests: the kinds of requests that the program can send to a cluster.
 *
 * All of them ask; none produces, commits, joins, creates or changes. What is linked decides (tests/symbols), and a
 * test beside a real broker compares what came over the wire with this table. --version prints it. Thread: any.
 */
#ifndef KT_REQUESTS_H
#define KT_REQUESTS_H

#include <stdio.h>

/* One line a kind: its name in Kafka's protocol, its number there, what it is sent for. */
void kt_requests_print(FILE *out);

#endif
