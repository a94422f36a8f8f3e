/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/sasl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

const struct dissector *const dissector_registry[] = {NULL};

static void assert_bytes(struct bytes got, const char *wanted)
{
    assert_int_equal(got.len, wanted ? strlen(wanted) : 0);
    if (got.len > 0)
        assert_memory_equal(got.at, wanted, got.len);
}

enum { CREDENTIAL = 1, GUESSABLE = 2, SECOND = 4 /* a second response: the first one was empty */ };

#define NTLM_ZOE                                                                                                       \
    "TlRMTVNTUAADAAAAAAAAAEAAAAAYABgARgAAAAAAAABAAAAABgAGAEAAAAAAAAAAQAAAAAAAAABAAAAAAQAAAFoAbwDrABERERERERERERERERER" \
    "EREREREREREREQ=="
#define NTLM_JOE                                                                                                       \
    "TlRMTVNTUAADAAAAAAAAAEAAAAAYABgAQwAAAAAAAABAAAAAAwADAEAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAGpvZRERERERERERERERERERERER" \
    "EREREREREQ=="
#define NTLM_WIDE                                                                                                      \
    "TlRMTVNTUAADAAAAAAAAAEAAAAAYABgASAAAAAAAAABAAAAACAAIAEAAAAAAAAAAQAAAAAAAAABAAAAAAQAAAGEArCA92ADeERERERERERERERER" \
    "ERER"                                                                                                             \
    "ERERERERERERER"

static const struct {
    const char *mechanism, *line, *user, *acts_for, *secret;
    unsigned flags;
} rows[] = {
    {"PLAIN", "AHRpbQB0YW5zdGFhZg==", "tim", NULL, "tanstaaf", CREDENTIAL},
    {"plain", "YWRtaW4AdGltAHB3", "tim", "admin", "pw", CREDENTIAL},
    {"PLAIN", "dGltAHRpbQBwdw==", "tim", NULL, "pw", CREDENTIAL},
    {"PLAIN", "dGltAHB3", "tim", NULL, "pw", CREDENTIAL},   /* one NUL only */
    {"PLAIN", "bm9udWw=", NULL, NULL, "nonul", CREDENTIAL}, /* none: who knows which it is */
    {"PLAIN", "AHRpbQA=", "tim", NULL, NULL, 0},
    {"PLAIN", "tim:sesame", NULL, NULL, "tim:sesame", CREDENTIAL}, /* not base64 */
    {"PLAIN", "=", NULL, NULL, NULL, 0},
    {"PLAIN", "", NULL, NULL, NULL, 0},
    {"LOGIN", "dGlt", "tim", NULL, NULL, 0},
    {"LOGIN", "c2VzYW1l", NULL, NULL, "sesame", CREDENTIAL | SECOND},
    {"LOGIN", "ses@me", NULL, NULL, "ses@me", CREDENTIAL | SECOND},
    {"LOGIN", "t@m", NULL, NULL, "t@m", 0},
    {"CRAM-MD5", "am9lIHNtaXRoIDllOTVhZWUwOWM0MGFmMmI4NGEwYzJiM2JiYWU3ODZl", "joe smith", NULL,
     "9e95aee09c40af2b84a0c2b3bbae786e", GUESSABLE},
    {"DIGEST-MD5",
     "Y2hhcnNldD11dGYtOCx1c2VybmFtZT0iY2hyaXMsIHgiLHJlYWxtPSJlbHdvb2QiLG5jPTAwMDAwMDAxLGF1dGh6aWQ9ImJvc3MiLHJlc3BvbnNl"
     "PWQzODhkYWQ5MGQ0YmJkNzYwYTE1MjMyMWYyMTQzYWY3LHFvcD1hdXRo",
     "chris, x", "boss", "d388dad90d4bbd760a152321f2143af7", GUESSABLE},
    {"SCRAM-SHA-256", "bixhPWI9MkNvc3Msbj11cz0zRGVyLHI9Znlrbw==", "us=er", "b,oss", NULL, 0},
    {"SCRAM-SHA-1-PLUS", "Yz1iaXdzLHI9ZnlrbyxwPXYwWDh2M0J6", NULL, NULL, "v0X8v3Bz", GUESSABLE | SECOND},
    {"XOAUTH2", "dXNlcj1hQGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIHlhMjkudG9rZW4BAQ==", "a@example.com", NULL, "ya29.token",
     CREDENTIAL},
    {"XOAUTH2", "AQ==", NULL, NULL, NULL, SECOND},
    {"OAUTHBEARER", "bixhPWFAZXhhbXBsZS5jb20sAWhvc3Q9eAFwb3J0PTU4NwFhdXRoPUJlYXJlciB2RjlkZnQ0AQE=", "a@example.com",
     NULL, "vF9dft4", CREDENTIAL},
    {"NTLM", "TlRMTVNTUAABAAAAB4IIog==", NULL, NULL, NULL, 0},
    {"NTLM", NTLM_ZOE, "Zo\xc3\xab", NULL, NTLM_ZOE, GUESSABLE | SECOND},
    {"NTLM", NTLM_JOE, "joe", NULL, NTLM_JOE, GUESSABLE | SECOND},
    {"GSS-SPNEGO", NTLM_WIDE, "a\xe2\x82\xac\xf0\x9f\x98\x80", NULL, NTLM_WIDE, GUESSABLE | SECOND},
    {"GSSAPI", "YAEC", NULL, NULL, NULL, 0},
    {"EXTERNAL", "dGlt", NULL, "tim", NULL, 0},
    {"ANONYMOUS", "dGlt", "tim", NULL, NULL, 0},
    {"X-WHATEVER", "c2VzYW1l", NULL, NULL, "sesame", 0},
    /* joined midway */
    {"", "AHRpbQB0YW5zdGFhZg==", "tim", NULL, "tanstaaf", CREDENTIAL},
    {"", "am9lIHNtaXRoIDllOTVhZWUwOWM0MGFmMmI4NGEwYzJiM2JiYWU3ODZl", "joe smith", NULL,
     "9e95aee09c40af2b84a0c2b3bbae786e", GUESSABLE},
    {"", "dXNlcj1hQGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIHlhMjkudG9rZW4BAQ==", "a@example.com", NULL, "ya29.token",
     CREDENTIAL},
    {"", NTLM_JOE, "joe", NULL, NTLM_JOE, GUESSABLE},
    {"", "c2VzYW1l", NULL, NULL, "sesame", 0},
};

static void responses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sasl sasl;
        struct sasl_said said;
        sasl_begin(&sasl, bytes_text(rows[i].mechanism));
        assert_true(sasl.active);
        assert_int_equal(sasl.joined, rows[i].mechanism[0] == 0);
        if (rows[i].flags & SECOND)
            sasl_response(&sasl, (struct bytes){0}, &said);
        sasl_response(&sasl, bytes_text(rows[i].line), &said);
        assert_bytes(said.user, rows[i].user);
        assert_bytes(said.acts_for, rows[i].acts_for);
        assert_bytes(said.secret, rows[i].secret);
        assert_int_equal(said.credential, (rows[i].flags & CREDENTIAL) != 0);
        assert_int_equal(said.guessable, (rows[i].flags & GUESSABLE) != 0);
        assert_false(said.cancelled);
        assert_true(sasl.active);
        assert_int_equal(sasl.responses, rows[i].flags & SECOND ? 2 : 1);
    }
}

static void mechanism_names(void **state)
{
    static const struct {
        const char *name;
        enum sasl_mechanism mechanism;
    } names[] = {
        {"Plain", SASL_PLAIN},         {"LOGIN", SASL_LOGIN},
        {"cram-md5", SASL_CRAM_MD5},   {"DIGEST-MD5", SASL_DIGEST_MD5},
        {"SCRAM-SHA-1", SASL_SCRAM},   {"scram-sha-512-plus", SASL_SCRAM},
        {"XOAUTH2", SASL_XOAUTH2},     {"OAUTHBEARER", SASL_OAUTHBEARER},
        {"NTLM", SASL_NTLM},           {"GSSAPI", SASL_GSSAPI},
        {"GSS-SPNEGO", SASL_GSSAPI},   {"EXTERNAL", SASL_EXTERNAL},
        {"ANONYMOUS", SASL_ANONYMOUS}, {"SCRAM", SASL_OTHER},
        {"PLAINS", SASL_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct sasl sasl;
        sasl_begin(&sasl, bytes_text(names[i].name));
        assert_int_equal(sasl.mechanism, names[i].mechanism);
    }
}

static void cancelled(void **state)
{
    (void)state;
    struct sasl sasl;
    struct sasl_said said;
    sasl_begin(&sasl, bytes_text("LOGIN"));
    sasl_response(&sasl, bytes_text("*"), &said);
    assert_true(said.cancelled);
    assert_false(sasl.active);
    assert_int_equal(sasl.responses, 0);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    enum { LETTERS = 4000 };
    static char line[LETTERS];
    memset(line, 'A', sizeof line); /* 3000 NULs */
    memcpy(line, "eA", 2);
    struct sasl sasl;
    struct sasl_said said;
    sasl_begin(&sasl, bytes_text("OTHER"));
    sasl_response(&sasl, bytes_of(line, sizeof line), &said);
    assert_int_equal(said.secret.len, SASL_TEXT_BYTES);
    for (unsigned i = 0; i < 300; i++)
        sasl_response(&sasl, (struct bytes){0}, &said);
    assert_int_equal(sasl.responses, 255);
}

static void challenges(void **state)
{
    static const struct {
        const char *line, *text;
    } cases[] = {
        {"UGFzc3dvcmQ6", "Password:"},
        {"PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UuZXhhbXBsZS5uZXQ+", "<1896.697170952@postoffice.example.net>"},
        {"YAEC", ""},
        {"", ""},
        {"Username:", ""}, /* not base64 */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[100];
        size_t length = sasl_challenge(bytes_text(cases[i].line), text, sizeof text);
        assert_int_equal(length, strlen(cases[i].text));
        if (length > 0)
            assert_memory_equal(text, cases[i].text, length);
    }
    char small[4];
    assert_int_equal(sasl_challenge(bytes_text("UGFzc3dvcmQ6"), small, sizeof small), 4);
    assert_memory_equal(small, "Pass", 4);
}

static void only_the_name_of_the_servers_proof_is_told(void **state)
{
    char text[64];
    (void)state;
    assert_int_equal(sasl_challenge(bytes_text("dj1yNEdYZzFHNXo="), text, sizeof text), 2); /* v=r4GXg1G5z */
    assert_int_equal(sasl_challenge(bytes_text("cnNwYXV0aD1hYjYwZTRhZQ=="), text, sizeof text),
                     8);                                                                         /* rspauth=ab60e4ae */
    assert_int_equal(sasl_challenge(bytes_text("ZT1vdGhlci1lcnJvcg=="), text, sizeof text), 13); /* e=other-error */
}

/* With a line lost, the password comes where the user was expected: of neither is anything said. */
static void lost_lines(void **state)
{
    struct sasl sasl;
    struct sasl_said said;
    (void)state;
    sasl_begin(&sasl, bytes_text("LOGIN"));
    sasl_lose(&sasl);
    sasl_response(&sasl, bytes_text("a2VscA=="), &said);
    assert_true(said.user.len == 0 && said.secret.len == 0 && said.acts_for.len == 0);
    assert_false(said.credential || said.guessable || said.cancelled);
    sasl_response(&sasl, bytes_text("*"), &said);
    assert_true(said.cancelled);
    sasl_lose(&sasl); /* none is under way */
    assert_false((sasl_begin(&sasl, bytes_text("PLAIN")), sasl.lost));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_name_of_the_servers_proof_is_told),
        cmocka_unit_test(responses),
        cmocka_unit_test(mechanism_names),
        cmocka_unit_test(cancelled),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(challenges),
        cmocka_unit_test(lost_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
