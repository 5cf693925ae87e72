#include "secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

bool kt_secret_held(const struct kt_clusters *clusters)
{
    for (size_t i = 0; i < clusters->count; i++) {
        const struct kt_options *options = &clusters->items[i];
        if (options->password_command || options->token_command) {
            return true;
        }
        for (size_t k = 0; k < options->property_count; k++) {
            if (kt_property_is_secret(options->properties[k].key)) {
                return true;
            }
        }
    }
    return false;
}

void kt_secret_guard(void)
{
    const char *wanted = getenv("KAFKATOP_CORE");
    struct rlimit limit;
    if (wanted && strcmp(wanted, "1") == 0) {
        return;
    }
    if (getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        (void)setrlimit(RLIMIT_CORE, &limit);
    }
#ifdef __linux__
    /* The limit means nothing where a program takes the cores. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* Behind "-X" or "--property=", where that and the property are one word. */
static char *pair_of(char *word)
{
    static const char *const before[] = {"--property=", "-X"};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        if (strncmp(word, before[i], strlen(before[i])) == 0) {
            return word + strlen(before[i]);
        }
    }
    return word;
}

void kt_secret_hide(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        char *pair = pair_of(argv[i]);
        char *value = strchr(pair, '=');
        if (!value || *pair == '-') {
            continue;
        }
        *value = '\0';
        bool secret = kt_property_is_secret(pair);
        *value++ = '=';
        for (; secret && *value; value++) {
            *value = '*';
        }
    }
}
