/*
 * farewell: an end that may take long, without making anybody wait for it.
 *
 * Thread: any.
 */
#ifndef KT_FAREWELL_H
#define KT_FAREWELL_H

/*
 * Runs take_down(self) in a thread of its own and waits at most wait_ms for it; what takes longer goes on by itself
 * and is left behind. Where no thread can be had it runs here, however long that takes.
 */
void kt_farewell(void (*take_down)(void *self), void *self, int wait_ms);

#endif
