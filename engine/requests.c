#include "requests.h"

#include <stddef.h>

/* By the names and numbers of Kafka's protocol. A kind that is not used by every version of the library says so. */
static const struct {
    int key;
    const char *name;
    const char *why;
} kinds[] = {
    {1, "Fetch", "records of the offsets topic, and single ones of others (--records)"},
    {2, "ListOffsets", "where logs begin and end"},
    {3, "Metadata", "brokers, topics, leaders"},
    {9, "OffsetFetch", "what groups have committed"},
    {10, "FindCoordinator", "who keeps a group's offsets"},
    {15, "DescribeGroups", "states and members"},
    {16, "ListGroups", "which groups there are"},
    {17, "SaslHandshake", "how to log in"},
    {18, "ApiVersions", "what a broker understands"},
    {23, "OffsetForLeaderEpoch", "after a change of leader, where logs part (newer client libraries)"},
    {32, "DescribeConfigs", "retention and compaction of topics"},
    {36, "SaslAuthenticate", "to log in"},
    {69, "ConsumerGroupDescribe", "members of KIP-848 groups (newer client libraries)"},
};

void kt_requests_print(FILE *out)
{
    fprintf(out, "requests it can send to a cluster, none of which changes anything:\n");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        fprintf(out, "  %-22s %3d  %s\n", kinds[i].name, kinds[i].key, kinds[i].why);
}
