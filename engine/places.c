#include "places.h"

#include <stdlib.h>
#include <string.h>

void kt_places_init(struct kt_places *places)
{
    memset(places, 0, sizeof *places);
    kt_arena_init(&places->arena);
}

void kt_places_release(struct kt_places *places)
{
    kt_arena_release(&places->arena);
    kt_places_init(places);
}

void kt_places_set(struct kt_places *places, const struct kt_place *items, size_t count)
{
    kt_places_release(places);
    places->items = kt_arena_take(&places->arena, count, sizeof *places->items);
    places->count = count;
    for (size_t i = 0; i < count; i++) {
        places->items[i] = items[i];
        places->items[i].topic.bytes = kt_arena_text(&places->arena, items[i].topic.bytes, items[i].topic.length);
    }
}

int kt_place_compare(const void *a, const void *b)
{
    const struct kt_place *x = a, *y = b;
    int order = kt_text_compare(x->topic, y->topic);
    return order ? order : (x->partition > y->partition) - (x->partition < y->partition);
}

bool kt_places_has(const struct kt_places *places, const char *topic, int32_t partition)
{
    struct kt_place place = {kt_text_of(topic, strlen(topic)), partition};
    return places->count > 0 &&
           bsearch(&place, places->items, places->count, sizeof *places->items, kt_place_compare) != NULL;
}
