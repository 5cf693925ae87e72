/*
 * wait: a condition to wait for with a time limit on the monotonic clock.
 *
 * The limit is real time, not the engine's clock: it bounds how long a thread sleeps, and decides nothing.
 * FRONT DOOR. Thread: any; wait with the mutex held.
 */
#ifndef KT_WAIT_H
#define KT_WAIT_H

#include <pthread.h>
#include <stdint.h>

void kt_wait_init(pthread_cond_t *cond);

/* Monotonic milliseconds of the machine. */
int64_t kt_wait_now(void);
int64_t kt_wait_now_us(void); /* microseconds: how long something took */

/* Waits at most `ms` (negative: not at all) for a signal; spurious wake-ups happen. */
void kt_wait_for(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t ms);

#endif
