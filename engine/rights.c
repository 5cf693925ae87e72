#include "rights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define TOPIC_DENIED "TOPIC_AUTHORIZATION_FAILED"
#define GROUP_DENIED "GROUP_AUTHORIZATION_FAILED"

static const struct kt_right rights[KT_NEED_COUNT] = {
    [KT_NEED_TOPICS] = {.operation = "Describe",
                        .resource = "--topic",
                        .error = TOPIC_DENIED,
                        .says = "DESCRIBE on the topics",
                        .without = "neither their log ends nor the commits on them are known"},
    [KT_NEED_GROUPS] = {.operation = "Describe",
                        .resource = "--group",
                        .error = GROUP_DENIED,
                        .says = "DESCRIBE on the groups",
                        .without = "brokers leave them out, or say no more than their names"},
    [KT_NEED_OFFSETS_TOPIC] = {.operation = "Read",
                               .resource = "--topic",
                               .name = "__consumer_offsets",
                               .error = TOPIC_DENIED,
                               .optional = true,
                               .says = "READ on the topic __consumer_offsets",
                               .without = "commits are asked from coordinators (source admin): their times are those "
                                          "of the asking"},
    [KT_NEED_RECORDS] = {.operation = "Read",
                         .resource = "--topic",
                         .error = TOPIC_DENIED,
                         .optional = true,
                         .says = "READ on the topics",
                         .without = "no record is looked at: how old the next one is, and whether only markers are "
                                    "left, stays unknown"},
    [KT_NEED_SETTINGS] = {.operation = "DescribeConfigs",
                          .resource = "--topic",
                          .error = TOPIC_DENIED,
                          .optional = true,
                          .says = "DESCRIBE_CONFIGS on the topics",
                          .without = "retention and compaction of topics are not known"},
};

const struct kt_right *kt_right_of(enum kt_need need)
{
    return &rights[need];
}

enum kt_need kt_right_missing(const char *error, const char *name)
{
    if (strcmp(error, GROUP_DENIED) == 0 || strcmp(error, "NO_GROUPS_VISIBLE") == 0)
        return KT_NEED_GROUPS;
    if (strcmp(error, TOPIC_DENIED) != 0)
        return KT_NEED_COUNT;
    const char *offsets = rights[KT_NEED_OFFSETS_TOPIC].name;
    size_t length = strlen(offsets);
    bool log = name && strncmp(name, offsets, length) == 0 && (!name[length] || name[length] == '/');
    return log ? KT_NEED_OFFSETS_TOPIC : KT_NEED_TOPICS;
}

/* ---- who we are ---- */

/* NULL: not set, or to nothing. */
static const char *property(const struct kt_options *options, const char *key)
{
    const struct kt_property *given = kt_options_property(options, key);
    return given && given->value[0] ? given->value : NULL;
}

static bool has_letters(const char *text, const char *letters)
{
    size_t length = strlen(letters);
    for (; text && *text; text++) {
        size_t i = 0;
        while (i < length && ((unsigned char)text[i] | 0x20) == (unsigned char)letters[i])
            i++;
        if (i == length)
            return true;
    }
    return false;
}

static char *sasl_principal(const struct kt_options *options)
{
    const char *mechanism = property(options, "sasl.mechanism");
    const char *user = property(options, "sasl.username");
    const char *kerberos = property(options, "sasl.kerberos.principal");
    bool by_name = has_letters(mechanism, "plain") || has_letters(mechanism, "scram");
    if (by_name && user)
        return kt_format("User:%s", user);
    /* The broker's usual rule takes what stands before the host and the realm. */
    if ((!mechanism || has_letters(mechanism, "gssapi")) && kerberos)
        return kt_format("User:%.*s", (int)strcspn(kerberos, "/@"), kerberos);
    return NULL;
}

char *kt_right_principal(const struct kt_options *options, const char *subject)
{
    const char *protocol = property(options, "security.protocol");
    char *principal = NULL;
    if (has_letters(protocol, "sasl"))
        principal = sasl_principal(options);
    else if (!has_letters(protocol, "ssl"))
        return kt_strdup("User:ANONYMOUS");
    else if (subject)
        principal = kt_format("User:%s", subject);
    else if (!property(options, "ssl.certificate.location") && !property(options, "ssl.certificate.pem") &&
             !property(options, "ssl.keystore.location"))
        return kt_strdup("User:ANONYMOUS");
    return principal ? principal : kt_strdup("User:<you>");
}

/* ---- the command ---- */

static bool is_plain(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("_-./:,@%+", c));
}

/* Between single quotes nothing is special but the quote; what no terminal should get goes as octal into $'...'. */
char *kt_shell_word(const char *text)
{
    bool plain = *text != '\0', printable = true;
    for (const char *at = text; *at; at++) {
        plain &= is_plain((unsigned char)*at);
        printable &= *at >= 0x20 && *at < 0x7f;
    }
    if (plain)
        return kt_strdup(text);
    char *word = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&word, &size);
    if (!out)
        kt_fatal("out of memory");
    fputs(printable ? "'" : "$'", out);
    for (const char *at = text; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if (printable && c == '\'')
            fputs("'\\''", out);
        else if (c < 0x20 || c >= 0x7f)
            fprintf(out, "\\%03o", c);
        else if (!printable && (c == '\'' || c == '\\'))
            fprintf(out, "\\%c", c);
        else
            fputc(c, out);
    }
    fputc('\'', out);
    if (fclose(out) != 0 || !word)
        kt_fatal("out of memory");
    return word;
}

static void add_word(char **command, const char *option, const char *value)
{
    char *word = kt_shell_word(value);
    char *longer = kt_format("%s %s %s", *command, option, word);
    free(word);
    free(*command);
    *command = longer;
}

char *kt_right_command(const struct kt_options *options, enum kt_need need, const char *principal,
                       const char *const *names, size_t count)
{
    const struct kt_right *right = &rights[need];
    char *command = kt_strdup("kafka-acls");
    char *own = principal ? NULL : kt_right_principal(options, NULL);
    const char *protocol = property(options, "security.protocol");
    const char *brokers = options->brokers ? options->brokers : property(options, "bootstrap.servers");
    add_word(&command, "--bootstrap-server", brokers ? brokers : "HOST:PORT");
    /* Whoever may grant logs in with settings of their own. */
    if (has_letters(protocol, "ssl") || has_letters(protocol, "sasl"))
        add_word(&command, "--command-config", "admin.properties");
    add_word(&command, "--add --allow-principal", principal ? principal : own);
    add_word(&command, "--operation", right->operation);
    if (right->name || count == 0)
        add_word(&command, right->resource, right->name ? right->name : "*");
    for (size_t i = 0; !right->name && i < count; i++)
        add_word(&command, right->resource, names[i]);
    free(own);
    return command;
}
