/* client.properties of Java as properties of the client library: each key, its weight, and what is said of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config.h"
#include "java_client.h"
#include "option_table.h"

static struct kt_options options;
static struct kt_list warnings;
static struct kt_err err;

static void forget(void)
{
    for (size_t i = 0; i < warnings.count; i++)
        free(warnings.items[i]);
    free(warnings.items);
    warnings = (struct kt_list){0};
    kt_options_release(&options);
    kt_options_init(&options);
}

/* Keeps what was there before. */
static enum kt_code apply_more(const char *text)
{
    struct kt_java_properties file;
    assert_int_equal(kt_java_properties_parse(&file, "f", text, strlen(text), &err), KT_OK);
    enum kt_code code = kt_java_client_apply(&options, &file, KT_ORIGIN_JAVA, &warnings, &err);
    kt_java_properties_release(&file);
    return code;
}

static enum kt_code apply(const char *text)
{
    forget();
    return apply_more(text);
}

static const char *value_of(const char *key)
{
    for (size_t i = 0; i < options.property_count; i++)
        if (strcmp(options.properties[i].key, key) == 0)
            return options.properties[i].value;
    return NULL;
}

static void expect(const char *key, const char *value)
{
    const char *found = value_of(key);
    if (!value && found)
        fail_msg("%s is '%s'", key, found);
    if (value) {
        assert_non_null(found);
        assert_string_equal(found, value);
    }
}

static void expect_refusal(const char *text, const char *why)
{
    assert_int_equal(apply(text), KT_CONFIG);
    if (!strstr(err.text, why) || strstr(err.text, "hunter2"))
        fail_msg("'%s' does not say '%s', or a secret", err.text, why);
}

static char *store(const char *name)
{
    const char *source = getenv("SRCDIR");
    return kt_format("%s/tests/unit/stores/%s", source ? source : ".", name);
}

static void passwords(void **state)
{
    (void)state;
    assert_int_equal(apply("bootstrap.servers=a:1,b:2\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n"
                           "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required "
                           "username=\"me\" password=\"hunter2\";\n"),
                     KT_OK);
    assert_int_equal(warnings.count, 0);
    assert_string_equal(options.brokers, "a:1,b:2");
    expect("security.protocol", "SASL_SSL");
    expect("sasl.mechanism", "SCRAM-SHA-512");
    expect("sasl.username", "me");
    expect("sasl.password", "hunter2");
    assert_int_equal(options.properties[options.property_count - 1].said.line, 4);
}

static void a_command_takes_the_place_of_a_secret(void **state)
{
    (void)state;
    forget();
    options.password_command = kt_strdup("x");
    assert_int_equal(apply_more("sasl.jaas.config=PlainLoginModule required username=u password=hunter2;"), KT_OK);
    expect("sasl.username", "u");
    expect("sasl.password", NULL);
    forget();
    options.token_command = kt_strdup("x");
    assert_int_equal(apply_more("sasl.mechanism=AWS_MSK_IAM\n"
                                "sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule "
                                "required;\nsasl.client.callback.handler.class=software.amazon.msk.auth.iam.X\n"),
                     KT_OK);
    expect("sasl.mechanism", "OAUTHBEARER");
    assert_int_equal(warnings.count, 0);
}

static void what_means_nothing_to_a_monitor(void **state)
{
    (void)state;
    assert_int_equal(apply("group.id=g\nkey.deserializer=x\nvalue.deserializer.inner=x\nacks=all\nretries=3\n"
                           "enable.auto.commit=true\nauto.offset.reset=earliest\nsession.timeout.ms=45000\n"
                           "schema.registry.url=x\nbasic.auth.user.info=a:hunter2\nssl.enabled.protocols=TLSv1.2\n"
                           "client.dns.lookup=use_all_dns_ips\nmetrics.num.samples=2\n"),
                     KT_OK);
    assert_int_equal(warnings.count, 0);
    assert_int_equal(options.property_count, 0);
}

static void unknown_keys_are_told_once_each(void **state)
{
    (void)state;
    static const char text[] = "noverify=hunter2\nclient.id=me\nfoo.bar=1\n";
    assert_int_equal(apply(text), KT_OK);
    assert_int_equal(apply_more(text), KT_OK);
    assert_int_equal(warnings.count, 2);
    assert_string_equal(warnings.items[0], "f:1: 'noverify' is not understood, and left out");
    assert_string_equal(warnings.items[1], "f:3: 'foo.bar' is not understood, and left out");
    expect("client.id", "me");
}

static void more_weight(void **state)
{
    (void)state;
    const struct kt_said argument = {.from = KT_ORIGIN_ARGUMENT};
    forget();
    assert_int_equal(kt_option_set_property(&options, "bootstrap.servers", "mine:9", argument, &err), KT_OK);
    assert_int_equal(kt_option_set_property(&options, "sasl.mechanisms", "PLAIN", argument, &err), KT_OK);
    assert_int_equal(kt_option_set_property(&options, "sasl.password", "other", argument, &err), KT_OK);
    assert_int_equal(kt_option_set_property(&options, "ssl.ca.location", "/ca", argument, &err), KT_OK);
    assert_int_equal(apply_more("bootstrap.servers=a:1\nsasl.mechanism=SCRAM-SHA-256\n"
                                "sasl.jaas.config=PlainLoginModule required username=u password=hunter2;\n"
                                "ssl.truststore.certificates=-----BEGIN CERTIFICATE----- x -----END "
                                "CERTIFICATE-----\n"),
                     KT_OK);
    assert_string_equal(options.brokers, "mine:9");
    expect("sasl.mechanisms", "PLAIN");
    expect("sasl.mechanism", NULL);
    expect("sasl.password", "other");
    expect("sasl.username", "u");
    expect("ssl.ca.pem", NULL);
}

static void brokers_of_a_chosen_section_stay(void **state)
{
    (void)state;
    forget();
    options.from_section = true;
    assert_int_equal(apply_more("bootstrap.servers=a:1\n"), KT_OK);
    assert_null(options.brokers);
}

static void names_that_nobody_checks(void **state)
{
    (void)state;
    assert_int_equal(apply("security.protocol=SSL\nssl.endpoint.identification.algorithm=HTTPS\n"), KT_OK);
    expect("ssl.endpoint.identification.algorithm", "https");
    assert_int_equal(warnings.count, 0);
    assert_null(kt_options_unchecked(&options));
    assert_int_equal(apply("security.protocol=SSL\nssl.endpoint.identification.algorithm=\n"), KT_OK);
    expect("ssl.endpoint.identification.algorithm", "none");
    assert_int_equal(warnings.count, 1);
    assert_non_null(strstr(warnings.items[0], "f:2: "));
    assert_string_equal(kt_options_unchecked(&options), "name");
}

static void insecure_by_an_option(void **state)
{
    char *words[] = {"kafkatop", "-b", "a:1", "-X", "security.protocol=sasl_ssl", "--tls-insecure"};
    (void)state;
    kt_options_release(&options);
    assert_int_equal(kt_options_parse(&options, 6, words, &err), KT_OK);
    expect("enable.ssl.certificate.verification", "false");
    expect("ssl.endpoint.identification.algorithm", "none");
    assert_string_equal(kt_options_unchecked(&options), "certificate");
    kt_options_release(&options);
    words[4] = "security.protocol=sasl_plaintext";
    assert_int_equal(kt_options_parse(&options, 6, words, &err), KT_OK);
    assert_null(kt_options_unchecked(&options));
}

static void timeouts(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"30000", "30000"}, {"5", "1000"}, {"900000", "300000"}, {"99999999999999999999", "300000"}};
    for (size_t i = 0; i < 4; i++) {
        char *text = kt_format("request.timeout.ms=%s", rows[i][0]);
        assert_int_equal(apply(text), KT_OK);
        expect("socket.timeout.ms", rows[i][1]);
        free(text);
    }
    expect_refusal("\nrequest.timeout.ms=soon", "f:2: 'request.timeout.ms' takes a number");
}

static void trust_stores(void **state)
{
    (void)state;
    static const char *const names[] = {"trust.jks", "trust.p12"};
    char *pem = store("cert.pem"), *text = kt_format("ssl.truststore.location=%s", pem);
    assert_int_equal(apply(text), KT_OK);
    expect("ssl.ca.location", pem);
    free(text);
    free(pem);
    for (size_t i = 0; i < 2; i++) {
        char *path = store(names[i]);
        text = kt_format("ssl.truststore.type=JKS\nssl.truststore.location=%s\n"
                         "ssl.truststore.password=store-secret", path);
        enum kt_code code = apply(text);
        free(text);
        free(path);
#ifndef HAVE_OPENSSL
        if (i == 1) {
            assert_int_equal(code, KT_CONFIG);
            return;
        }
#endif
        assert_int_equal(code, KT_OK);
        assert_non_null(strstr(value_of("ssl.ca.pem"), "-----BEGIN CERTIFICATE-----\nM"));
    }
    expect_refusal("ssl.truststore.location=/nonexistent/store.jks", "f:1: ssl.truststore.location: cannot read "
                   "the store");
    expect_refusal("ssl.truststore.certificates=hunter2", "f:1: 'ssl.truststore.certificates' takes PEM");
    char *keys = store("key.jks");
    text = kt_format("ssl.truststore.location=%s", keys);
    expect_refusal(text, "holds no certificate to trust");
    free(text);
    free(keys);
}

static void key_stores(void **state)
{
    (void)state;
    char *path = store("key.p12");
    char *text = kt_format("ssl.keystore.location=%s\nssl.keystore.password=store-secret", path);
    assert_int_equal(apply(text), KT_OK);
    expect("ssl.keystore.location", path);
    expect("ssl.keystore.password", "store-secret");
    free(text);
#ifdef HAVE_OPENSSL
    text = kt_format("ssl.keystore.location=%s\nssl.keystore.password=hunter2", path);
    expect_refusal(text, "f:1: ssl.keystore.location");
    free(text);
#endif
    free(path);
#ifdef HAVE_OPENSSL
    path = store("key.jks");
    text = kt_format("ssl.keystore.location=%s\nssl.keystore.password=store-secret\nssl.key.password=key-secret", path);
    assert_int_equal(apply(text), KT_OK);
    assert_non_null(strstr(value_of("ssl.key.pem"), "PRIVATE KEY"));
    assert_non_null(strstr(value_of("ssl.certificate.pem"), "CERTIFICATE"));
    free(text);
    text = kt_format("ssl.keystore.location=%s\nssl.keystore.password=hunter2", path);
    expect_refusal(text, "the password is not that of the private key");
    free(text);
    free(path);
#endif
    assert_int_equal(apply("ssl.keystore.key=-----BEGIN ENCRYPTED PRIVATE KEY----- AA BB -----END ENCRYPTED "
                           "PRIVATE KEY-----\n"
                           "ssl.keystore.certificate.chain=-----BEGIN CERTIFICATE-----\\nAA\\n-----END "
                           "CERTIFICATE-----\n"
                           "ssl.key.password=hunter2\n"),
                     KT_OK);
    expect("ssl.key.pem",
           "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA\nBB\n-----END ENCRYPTED PRIVATE KEY-----\n");
    expect("ssl.certificate.pem", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n");
    expect("ssl.key.password", "hunter2");
    expect_refusal("ssl.keystore.key=hunter2", "takes PEM");
}

static void kerberos(void **state)
{
    (void)state;
    assert_int_equal(apply("sasl.mechanism=GSSAPI\nsasl.kerberos.service.name=kafka\n"
                           "sasl.jaas.config=com.sun.security.auth."
                           "module.Krb5LoginModule required useKeyTab=true keyTab=\"/k\" principal=\"a@B\";\n"),
                     KT_OK);
    expect("sasl.kerberos.keytab", "/k");
    expect("sasl.kerberos.principal", "a@B");
    expect("sasl.kerberos.service.name", "kafka");
    expect("sasl.kerberos.kinit.cmd", NULL);
    assert_int_equal(apply("sasl.jaas.config=Krb5LoginModule required useTicketCache=true serviceName=k;"), KT_OK);
    expect("sasl.kerberos.kinit.cmd", "true");
    expect("sasl.kerberos.service.name", "k");
}

static void tokens(void **state)
{
    (void)state;
    assert_int_equal(apply("sasl.mechanism=OAUTHBEARER\nsasl.oauthbearer.token.endpoint.url=https://x/token\n"
                           "sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.secured."
                           "OAuthBearerLoginCallbackHandler\n"
                           "sasl.jaas.config=a.OAuthBearerLoginModule required clientId='i' "
                           "clientSecret='hunter2' scope='s' "
                           "extension_logicalCluster='lkc' extension_identityPoolId='p';\n"),
                     KT_OK);
    assert_int_equal(warnings.count, 0);
    expect("sasl.oauthbearer.method", "oidc");
    expect("sasl.oauthbearer.token.endpoint.url", "https://x/token");
    expect("sasl.oauthbearer.client.id", "i");
    expect("sasl.oauthbearer.client.secret", "hunter2");
    expect("sasl.oauthbearer.scope", "s");
    expect("sasl.oauthbearer.extensions", "logicalCluster=lkc,identityPoolId=p");
    assert_int_equal(apply("sasl.jaas.config=OAuthBearerLoginModule required "
                           "unsecuredLoginStringClaim_sub=\"bob\";"), KT_OK);
    expect("enable.sasl.oauthbearer.unsecure.jwt", "true");
    expect("sasl.oauthbearer.config", "principal=bob");
    assert_int_equal(apply("sasl.login.callback.handler.class=com.example.Mine"), KT_OK);
    assert_int_equal(warnings.count, 1);
}

static void refusals(void **state)
{
    (void)state;
    expect_refusal("sasl.mechanism=AWS_MSK_IAM", "f:1: AWS_MSK_IAM signs by a Java class: give a token_command");
    expect_refusal("sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required;", "token_command");
    expect_refusal("\nsasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler",
                   "f:2: AWS_MSK_IAM");
    expect_refusal("sasl.jaas.config=com.example.Mine required password=hunter2;", "'Mine' is a login module");
    expect_refusal("sasl.jaas.config=PlainLoginModule required password=hunter2;", "has no username");
    expect_refusal("sasl.jaas.config=PlainLoginModule required hunter2;", "f:1: sasl.jaas.config: option 1 has no '='");
    expect_refusal("sasl.jaas.config=ScramLoginModule required username=u password=hunter2 tokenauth=true;",
                   "tokenauth");
    expect_refusal("bootstrap.servers=a:hunter", "f:1: brokers: 'a:hunter' takes a port");
    expect_refusal("bootstrap.controllers=a:1", "groups are on brokers");
    expect_refusal("config.providers=file\nconfig.providers.file.class=x\nssl.keystore.password=x\n"
                   "sasl.jaas.config=${file:/x:hunter}", "f:4: 'sasl.jaas.config' is to be filled in by a "
                   "config provider");
    expect_refusal("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n", "f:2: PLAIN takes a sasl.jaas.config");
}

/* ---- through the front door ---- */

static char folder[] = "/tmp/kafkatop-java-XXXXXX";

#ifdef HAVE_INIH

static char *write_file(const char *name, const char *text)
{
    char *path = kt_format("%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(path, 0600), 0);
    return path;
}

static const char *of(const struct kt_options *cluster, const char *key, enum kt_origin from)
{
    for (size_t i = 0; i < cluster->property_count; i++)
        if (strcmp(cluster->properties[i].key, key) == 0 && cluster->properties[i].said.from == from)
            return cluster->properties[i].value;
    return "(none)";
}

static void files_and_sections(void **state)
{
    struct kt_clusters clusters;
    char *java = write_file("client.properties", "bootstrap.servers=java:1\nclient.id=java\nodd=1\n");
    char *config = write_file("config", "[cluster a]\ncommand-config = client.properties\nclient.id = section\n"
                                        "[cluster b]\nbrokers = section:1\nmanual = yes\nsasl.username = section\n");
    char *words[] = {"kafkatop", "-F", config, "--command-config", java, "-c", "b"};
    (void)state;
    assert_int_equal(setenv("KAFKATOP_BROKERS", "environment:1", 1), 0);
    assert_int_equal(kt_clusters_parse(&clusters, 5, words, "/nonexistent", &err), KT_OK);
    assert_string_equal(clusters.items[0].brokers, "java:1");
    assert_int_equal(clusters.warnings.count, 1);
    kt_clusters_release(&clusters);
    assert_int_equal(kt_clusters_parse(&clusters, 7, words, "/nonexistent", &err), KT_OK);
    assert_string_equal(clusters.items[0].brokers, "section:1");
    assert_string_equal(of(&clusters.items[0], "client.id", KT_ORIGIN_JAVA), "java");
    kt_clusters_release(&clusters);
    assert_int_equal(unsetenv("KAFKATOP_BROKERS"), 0);
    assert_int_equal(kt_clusters_parse(&clusters, 3, words, "/nonexistent", &err), KT_OK);
    assert_string_equal(clusters.items[0].brokers, "java:1");
    assert_string_equal(of(&clusters.items[0], "client.id", KT_ORIGIN_SECTION), "section");
    kt_clusters_release(&clusters);
    words[3] = "-b";
    words[4] = "argument:1";
    words[5] = "--command-config";
    words[6] = java;
    assert_int_equal(kt_clusters_parse(&clusters, 7, words, "/nonexistent", &err), KT_OK);
    assert_string_equal(clusters.items[0].brokers, "argument:1");
    kt_clusters_release(&clusters);
    (void)unlink(java);
    assert_int_equal(kt_clusters_parse(&clusters, 7, words, "/nonexistent", &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "cannot read the client properties"));
    kt_clusters_release(&clusters);
    assert_int_equal(unsetenv("KAFKATOP_BROKERS"), 0);
    (void)unlink(config);
    free(java);
    free(config);
}

#endif

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int release(void **state)
{
    (void)state;
    forget();
    kt_options_release(&options);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords),
        cmocka_unit_test(a_command_takes_the_place_of_a_secret),
        cmocka_unit_test(what_means_nothing_to_a_monitor),
        cmocka_unit_test(unknown_keys_are_told_once_each),
        cmocka_unit_test(more_weight),
        cmocka_unit_test(brokers_of_a_chosen_section_stay),
        cmocka_unit_test(names_that_nobody_checks),
        cmocka_unit_test(insecure_by_an_option),
        cmocka_unit_test(timeouts),
        cmocka_unit_test(trust_stores),
        cmocka_unit_test(key_stores),
        cmocka_unit_test(kerberos),
        cmocka_unit_test(tokens),
        cmocka_unit_test(refusals),
#ifdef HAVE_INIH
        cmocka_unit_test(files_and_sections),
#endif
    };
    return cmocka_run_group_tests_name("java_client", tests, make_folder, release);
}
