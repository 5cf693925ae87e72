#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "token.h"

#define NOW INT64_C(1700000000000)

static struct kt_token token;
static struct kt_err err;

static enum kt_code parse(const char *text)
{
    kt_token_release(&token);
    return kt_token_parse(&token, text, strlen(text), NOW, &err);
}

static int tidy(void **state)
{
    (void)state;
    kt_token_release(&token);
    return 0;
}

/* {"alg":"none"} . {"sub":"monitor","iat":1700000000,"exp":1700003600} . nothing */
#define JWT "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtb25pdG9yIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9."

static void test_a_jwt_tells_its_end_and_whose_it_is(void **state)
{
    (void)state;
    assert_int_equal(KT_OK, parse(JWT));
    assert_string_equal(JWT, token.value);
    assert_string_equal("monitor", token.principal);
    assert_true(token.expires_known);
    assert_int_equal(INT64_C(1700003600000), token.expires_ms);
}

static void test_other_tokens_are_taken_as_they_are(void **state)
{
    static const char *const texts[] = {"ya29.a0AfB_x-y", "abc/def+ghi==", "a", "a.b.c", "a.!.c"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(KT_OK, parse(texts[i]));
        assert_string_equal(texts[i], token.value);
        assert_false(token.expires_known);
        assert_null(token.principal);
    }
    assert_int_equal(KT_CONFIG, parse(texts[4]));
}

static void test_json_tells_what_it_wants(void **state)
{
    static const struct {
        const char *text, *value;
        int64_t expires_ms; /* 0: unknown */
        const char *principal;
    } cases[] = {
        {"{\"token\": \"t\", \"expires_at_ms\": 1700000060000, \"principal\": \"p\"}", "t", NOW + 60000, "p"},
        {"{\"access_token\": \"t\", \"expires_in\": 60}", "t", NOW + 60000, NULL},
        {"{\"access_token\": \"t\", \"expires_in\": \"60\"} \n", "t", NOW + 60000, NULL},
        {"{\"accessToken\": \"t\", \"expires_on\": 1700000060}", "t", NOW + 60000, NULL},
        {"{\"token\": \"t\", \"exp\": 1700000060.5}", "t", NOW + 60500, NULL},
        {"{\"token\": \"t\"}", "t", 0, NULL},
        {"{\"token\": \"t\", \"exp\": \"soon\"}", "t", 0, NULL},
        {"{\"token\": \"t\", \"exp\": 1e300}", "t", 0, NULL},
        {"{\"token\": \"t\", \"exp\": -1}", "t", 0, NULL},
        {"{\"token\": \"t\", \"exp\": null, \"principal\": \"a\\u001bb\"}", "t", 0, NULL},
        {"{\"token\": \"" JWT "\"}", JWT, NOW + 3600000, "monitor"},
        {"{\"token\": \"" JWT "\", \"expires_in\": 1, \"principal\": \"other\"}", JWT, NOW + 1000, "other"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(KT_OK, parse(cases[i].text));
        assert_string_equal(cases[i].value, token.value);
        assert_int_equal(cases[i].expires_ms != 0, token.expires_known);
        if (token.expires_known)
            assert_int_equal(cases[i].expires_ms, token.expires_ms);
        assert_int_equal(cases[i].principal == NULL, token.principal == NULL);
        if (token.principal)
            assert_string_equal(cases[i].principal, token.principal);
    }
}

static void test_extensions(void **state)
{
    (void)state;
    assert_int_equal(KT_OK, parse("{\"token\": \"t\", \"extensions\": "
                                  "{\"logicalCluster\": \"lkc-1\", \"n\": 3, \"id\": \"p\"}}"));
    assert_int_equal(4, token.extension_count);
    assert_string_equal("logicalCluster", token.extensions[0]);
    assert_string_equal("lkc-1", token.extensions[1]);
    assert_string_equal("id", token.extensions[2]);
    char *many = kt_strdup("{\"token\": \"t\", \"extensions\": {\"a\": \"b\"");
    for (int i = 0; i < 100; i++) {
        char *more = kt_format("%s, \"k%d\": \"v\"", many, i);
        free(many);
        many = more;
    }
    char *all = kt_format("%s}}", many);
    assert_int_equal(KT_OK, parse(all));
    assert_int_equal(2 * KT_TOKEN_EXTENSIONS, token.extension_count);
    free(all);
    free(many);
}

/* Nothing of an answer is quoted: it may be half a secret. */
static void test_what_is_no_token(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "hunter2 hunter2",
        "hunter2\nhunter2",
        "hunter2\001auth=x",
        "hunter2\033[2J",
        "=",
        "{",
        "{}",
        "{} {}",
        "{\"token\": \"\"}",
        "{\"token\": 3}",
        "{\"token\": [\"hunter2\"]}",
        "{\"token\": \"hunter2 \\u0001auth=x\"}",
        "{\"token\": \"hunter2\"} hunter2",
        "[\"hunter2\"]",
        "\"hunter2\"",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(KT_CONFIG, parse(texts[i]));
        assert_int_equal(0, strncmp(err.text, "wrote ", 6));
        assert_null(strstr(err.text, "hunter2"));
        assert_null(token.value);
    }
    assert_int_equal(KT_CONFIG, kt_token_parse(&token, "abc\0def", 7, NOW, &err));
}

/* A payload that is no object, or no base64url, makes it an opaque token. */
static void test_what_only_looks_like_a_jwt(void **state)
{
    static const char *const texts[] = {
        "..",
        "a..",
        "eyJ.bnVsbA.x", /* null */
        "eyJ.MTIz.x",   /* 123 */
        "eyJ.e30.x",    /* {} */
        "eyJ.eyJleHAiOiJzb29uIn0.x", /* {"exp":"soon"} */
        "eyJ.a+b/.x",
        "a.b.c.d",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(KT_OK, parse(texts[i]));
        assert_false(token.expires_known);
        assert_null(token.principal);
    }
}

static void test_a_deep_or_large_answer(void **state)
{
    enum { DEEP = 60000 };
    char *text = kt_alloc(KT_TOKEN_MOST + 2, 1);
    (void)state;
    memset(text, '[', DEEP);
    memcpy(text, "{\"a\":", 5);
    assert_int_equal(KT_CONFIG, kt_token_parse(&token, text, DEEP, NOW, &err));
    memset(text, 'a', KT_TOKEN_MOST + 1);
    assert_int_equal(KT_OK, kt_token_parse(&token, text, KT_TOKEN_MOST, NOW, &err));
    kt_token_release(&token);
    assert_int_equal(KT_CONFIG, kt_token_parse(&token, text, KT_TOKEN_MOST + 1, NOW, &err));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_a_jwt_tells_its_end_and_whose_it_is, tidy),
        cmocka_unit_test_teardown(test_other_tokens_are_taken_as_they_are, tidy),
        cmocka_unit_test_teardown(test_json_tells_what_it_wants, tidy),
        cmocka_unit_test_teardown(test_extensions, tidy),
        cmocka_unit_test_teardown(test_what_is_no_token, tidy),
        cmocka_unit_test_teardown(test_what_only_looks_like_a_jwt, tidy),
        cmocka_unit_test_teardown(test_a_deep_or_large_answer, tidy),
    };
    return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
