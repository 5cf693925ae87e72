#include "places.h"

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

bool kt_places_has(const struct kt_places *places, const char *topic, int32_t partition)
{
    struct kt_text name = kt_text_of(topic, strlen(topic));
    size_t low = 0, high = places->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct kt_place *item = &places->items[middle];
        int order = kt_text_compare(name, item->topic);
        order = order ? order : (partition > item->partition) - (partition < item->partition);
        if (order == 0) {
            return true;
        }
        if (order > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}
