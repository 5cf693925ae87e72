/*
 * xxh3: the 64-bit hash XXH3 (seed 0, its own secret), in which Kafka >= 4.1 tells what a group's topics look like.
 *
 * Bytes in, number out, the same on every machine. Pure.
 * Thread: any.
 */
#ifndef KT_XXH3_H
#define KT_XXH3_H

#include <stddef.h>
#include <stdint.h>

uint64_t kt_xxh3(const void *bytes, size_t length);

#endif
