/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Addresses of data connections, in the forms that clients and servers write.
 */
#include "ftp/ftp_play.h"

static void expect_endpoint(const struct endpoint *endpoint, const char *address, uint16_t port)
{
    char text[ADDRESS_TEXT_SIZE];
    address_text(&endpoint->ip, text);
    assert_string_equal(text, address);
    assert_int_equal(endpoint->port, port);
}

static void port_arguments(void **state)
{
    static const char *const bad[] = {"",
                                      "1",
                                      "1,2,3,4,5",
                                      "1,2,3,4,5,6,7",
                                      "1,2,3,4,5,256",
                                      "256,2,3,4,5,6",
                                      "1,2,3,4,5,6x",
                                      "1,2,3,4,5,",
                                      "x1,2,3,4,5,6",
                                      "1,,3,4,5,6",
                                      "-1,2,3,4,5,6",
                                      "1234567,2,3,4,5,6"};
    struct endpoint endpoint;
    (void)state;
    assert_true(ftp_parse_port(bytes_text("192,168,0,13,234,10"), &endpoint));
    expect_endpoint(&endpoint, "192.168.0.13", 59914);
    assert_true(ftp_parse_port(bytes_text(" 0,0,0,0, 0,0 "), &endpoint));
    expect_endpoint(&endpoint, "0.0.0.0", 0);
    assert_true(ftp_parse_port(bytes_text("255,255,255,255,255,255"), &endpoint));
    expect_endpoint(&endpoint, "255.255.255.255", 65535);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(ftp_parse_port(bytes_text(bad[i]), &endpoint));
}

static void passive_replies(void **state)
{
    static const char *const good[] = {"Entering Passive Mode (10,1,2,3,19,137).",
                                       "Entering Passive Mode (10,1,2,3,19,137)",
                                       "Entering passive mode. 10,1,2,3,19,137",
                                       "=10,1,2,3,19,137",
                                       "10,1,2,3,19,137",
                                       "Mode 7 (10, 1, 2, 3, 19, 137)",
                                       "x1,2,3 (10,1,2,3,19,137)"};
    struct endpoint endpoint;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(ftp_parse_passive(bytes_text(good[i]), &endpoint));
        expect_endpoint(&endpoint, "10.1.2.3", 5001);
    }
    assert_false(ftp_parse_passive(bytes_text("Entering Passive Mode (10,1,2,3,19)"), &endpoint));
    assert_false(ftp_parse_passive(bytes_text("Entering Passive Mode (10,1,2,3,19,999)"), &endpoint));
    assert_false(ftp_parse_passive(bytes_text(""), &endpoint));
}

static void extended_arguments(void **state)
{
    static const struct {
        const char *argument, *address;
        uint16_t port;
    } good[] = {
        {"|1|132.235.1.2|6275|", "132.235.1.2", 6275},
        {"|2|1080::8:800:200C:417A|5282|", "1080::8:800:200c:417a", 5282},
        {"!2!::1!65535!", "::1", 65535},
        {"|2|::|0|", "::", 0},
        {"|2|1:2:3:4:5:6:7:8|1|", "1:2:3:4:5:6:7:8", 1},
        {"|2|1:2:3:4:5:6:7::|1|", "1:2:3:4:5:6:7:0", 1},
        {"|2|::ffff:10.0.0.1|1|", "10.0.0.1", 1},
        {"|2|64:ff9b::192.0.2.33|1|", "64:ff9b::c000:221", 1},
        {"|2|fe80::1%eth0|1|", "fe80::1", 1},
    };
    static const char *const bad[] = {"",
                                      "|",
                                      "|1|10.0.0.1|21",
                                      "|3|10.0.0.1|21|",
                                      "|1|10.0.0|21|",
                                      "|1|10.0.0.1.2|21|",
                                      "|1|::1|21|",
                                      "|1|10.0.0.1|65536|",
                                      "|1|10.0.0.1||",
                                      "|2|1:2:3:4:5:6:7|1|",
                                      "|2|1:2:3:4:5:6:7:8:9|1|",
                                      "|2|1::2::3|1|",
                                      "|2|1:2:3:4:5:6:7:|1|",
                                      "|2|:1|1|",
                                      "|2|12345::|1|",
                                      "|2||1|",
                                      "|2|1:2:3:4:5:6:7:1.2.3.4|1|",
                                      "|2|g::|1|"};
    struct endpoint endpoint;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(ftp_parse_extended_port(bytes_text(good[i].argument), &endpoint));
        expect_endpoint(&endpoint, good[i].address, good[i].port);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(ftp_parse_extended_port(bytes_text(bad[i]), &endpoint));
}

static void extended_passive_replies(void **state)
{
    uint16_t port = 0;
    (void)state;
    assert_true(ftp_parse_extended_passive(bytes_text("Entering Extended Passive Mode (|||58612|)"), &port));
    assert_int_equal(port, 58612);
    assert_true(ftp_parse_extended_passive(bytes_text("ok !!!1!"), &port));
    assert_int_equal(port, 1);
    assert_false(ftp_parse_extended_passive(bytes_text("ok (|||65536|)"), &port));
    assert_false(ftp_parse_extended_passive(bytes_text("ok (||1|)"), &port));
    assert_false(ftp_parse_extended_passive(bytes_text("ok (|||1"), &port));
    assert_false(ftp_parse_extended_passive(bytes_text("one ... 5"), &port));
}

static enum ftp_scope scope_of(const char *argument)
{
    struct endpoint endpoint;
    assert_true(ftp_parse_extended_port(bytes_text(argument), &endpoint));
    return ftp_scope_of(&endpoint.ip);
}

static void scopes(void **state)
{
    (void)state;
    assert_int_equal(scope_of("|1|0.0.0.0|1|"), FTP_SCOPE_NONE);
    assert_int_equal(scope_of("|1|127.0.0.1|1|"), FTP_SCOPE_NONE);
    assert_int_equal(scope_of("|2|::1|1|"), FTP_SCOPE_NONE);
    assert_int_equal(scope_of("|1|10.9.9.9|1|"), FTP_SCOPE_PRIVATE);
    assert_int_equal(scope_of("|1|172.31.0.1|1|"), FTP_SCOPE_PRIVATE);
    assert_int_equal(scope_of("|1|172.32.0.1|1|"), FTP_SCOPE_PUBLIC);
    assert_int_equal(scope_of("|1|100.64.0.1|1|"), FTP_SCOPE_PRIVATE);
    assert_int_equal(scope_of("|1|8.8.8.8|1|"), FTP_SCOPE_PUBLIC);
    assert_int_equal(scope_of("|2|fd00::1|1|"), FTP_SCOPE_PRIVATE);
    assert_int_equal(scope_of("|2|fe80::1|1|"), FTP_SCOPE_PRIVATE);
    assert_int_equal(scope_of("|2|2001:db8::1|1|"), FTP_SCOPE_PUBLIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(port_arguments),
        cmocka_unit_test(passive_replies),
        cmocka_unit_test(extended_arguments),
        cmocka_unit_test(extended_passive_replies),
        cmocka_unit_test(scopes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
