#include "offset_retry.h"

#include <stdlib.h>
#include <string.h>

#include "denial.h"
#include "fault.h"

#define LOW_MS  1000
#define HIGH_MS 30000

static void tell(const struct kt_client_context *context, const char *group, const char *error, bool over)
{
    char *text = kt_format("offsets of group '%s' cannot be had: %s", group, kt_fault_phrase(error));
    kt_client_problem(context->inbox, context->clock, KT_SCOPE_GROUP, group, error, over, text);
    free(text);
}

void kt_offset_retry_failed(struct kt_offset_retry *retry, const struct kt_client_context *context, const char *group,
                            const char *error, int64_t now, unsigned chance)
{
    bool denied = kt_fault_code(kt_text_of(error, strlen(error))) == KT_AUTH;
    int64_t low = denied ? KT_DENIAL_LOW_MS : LOW_MS, high = denied ? KT_DENIAL_HIGH_MS : HIGH_MS;
    int64_t pause = retry->pause * 2;
    retry->failures++;
    retry->pause = pause < low ? low : pause > high ? high : pause;
    retry->again = now + retry->pause + retry->pause * (int64_t)chance / 100;
    bool news = denied || retry->failures >= 2;
    if (!news || (retry->told && strcmp(retry->told, error) == 0))
        return;
    if (retry->told)
        tell(context, group, retry->told, true);
    tell(context, group, error, false);
    retry->told = error;
}

void kt_offset_retry_over(struct kt_offset_retry *retry, const struct kt_client_context *context, const char *group)
{
    if (retry->told)
        tell(context, group, retry->told, true);
    *retry = (struct kt_offset_retry){0};
}
