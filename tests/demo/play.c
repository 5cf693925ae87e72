#include "play.h"

const struct play_topic play_topics[] = {
    {.name = "orders", .partitions = 6, .per_second = 120, .seed = 4000},
    {.name = "payments.settled", .partitions = 12, .per_second = 90, .seed = 3000},
    {.name = "clickstream", .partitions = 12, .per_second = 400, .seed = 6000},
    {.name = "inventory", .partitions = 4, .per_second = 20, .seed = 1500},
    {.name = "fraud.signals", .partitions = 4, .per_second = 40, .seed = 2000},
    {.name = "search.updates", .partitions = 4, .per_second = 60, .seed = 9000},
    {.name = "ledger", .partitions = 3, .per_second = 30, .seed = 3000},
    {.name = "emails", .partitions = 2, .per_second = 0, .seed = 800},
};
const size_t play_topic_count = sizeof play_topics / sizeof play_topics[0];

const struct play_group play_groups[] = {
    {.name = "payments-settlement", .topic = "payments.settled", .part = PLAY_DEAD, .members = 0, .commit_ms = 1000},
    {.name = "fraud-score", .topic = "fraud.signals", .part = PLAY_STUCK, .members = 2, .commit_ms = 1000},
    {.name = "orders-enrich", .topic = "orders", .part = PLAY_SLOW, .members = 3, .commit_ms = 1000},
    {.name = "search-index", .topic = "search.updates", .part = PLAY_DRAINING, .members = 2, .commit_ms = 1000},
    {.name = "ledger-replay", .topic = "ledger", .part = PLAY_REWOUND, .members = 1, .commit_ms = 2000},
    {.name = "billing-export", .topic = "orders", .part = PLAY_DIES, .members = 2, .commit_ms = 1000},
    {.name = "stock-mirror", .topic = "inventory", .part = PLAY_AHEAD, .members = 1, .commit_ms = 2000},
    {.name = "legacy-feed",
     .topic = "inventory",
     .part = PLAY_LEFT,
     .members = 1,
     .commit_ms = 2000,
     .moved = "emails"},
    {.name = "audit-log", .topic = "clickstream", .part = PLAY_STEADY, .members = 4, .commit_ms = 5000},
    {.name = "clickstream-agg", .topic = "clickstream", .part = PLAY_STEADY, .members = 6, .commit_ms = 1000},
    {.name = "crm-sync", .topic = "inventory", .part = PLAY_STEADY, .members = 1, .commit_ms = 2000},
    {.name = "geo-tagger", .topic = "orders", .part = PLAY_STEADY, .members = 3, .commit_ms = 1000},
    {.name = "inventory-view", .topic = "inventory", .part = PLAY_STEADY, .members = 2, .commit_ms = 5000},
    {.name = "email-dispatch", .topic = "emails", .part = PLAY_IDLE, .members = 0, .commit_ms = 5000},
    {.name = "onboarding", .topic = "emails", .part = PLAY_FIRST, .members = 1, .commit_ms = 5000},
};
const size_t play_group_count = sizeof play_groups / sizeof play_groups[0];
