/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The current directory, full paths, and times of files.
 */
#include "ftp/ftp_play.h"

static const char *joined(const char *from, const char *argument)
{
    static char text[FTP_PATH_BYTES + 1];
    struct ftp_path directory = {.length = (uint16_t)strlen(from)}, path;
    memcpy(directory.text, from, strlen(from));
    ftp_path_join(&directory, bytes_text(argument), &path);
    memcpy(text, path.text, path.length);
    text[path.length] = 0;
    return text;
}

static void joining(void **state)
{
    (void)state;
    assert_string_equal(joined("/", "a"), "/a");
    assert_string_equal(joined("/pub", "a"), "/pub/a");
    assert_string_equal(joined("/pub", "/a"), "/a");
    assert_string_equal(joined("/pub", "a/../b/./c//d"), "/pub/b/c/d");
    assert_string_equal(joined("/pub", ".."), "/");
    assert_string_equal(joined("/pub/x", ".."), "/pub");
    assert_string_equal(joined("/", "../../a"), "/a");
    assert_string_equal(joined("", "a"), "a");
    assert_string_equal(joined("", "a/b/.."), "a");
    assert_string_equal(joined("", "a/.."), "");
    assert_string_equal(joined("", ".."), "..");
    assert_string_equal(joined("..", ".."), "../..");
    assert_string_equal(joined("../a", ".."), "..");
    assert_string_equal(joined("a", "../.."), "..");
    assert_string_equal(joined("/pub", ""), "/pub");
    assert_string_equal(joined("/pub", "."), "/pub");
    assert_string_equal(joined("/pub", "a/"), "/pub/a");
    assert_string_equal(joined("/pub", "~carol/x"), "~carol/x");
    assert_string_equal(joined("/pub", "C:\\x\\y"), "C:\\x\\y");
    assert_string_equal(joined("/pub", "with space "), "/pub/with space ");
    assert_string_equal(joined("/pub", "..."), "/pub/...");
}

static void too_long(void **state)
{
    static char name[FTP_PATH_BYTES + 1];
    (void)state;
    memset(name, 'x', FTP_PATH_BYTES);
    assert_string_equal(joined("", name), name);
    assert_string_equal(joined("/", name), "");
    assert_string_equal(joined("", "still fine"), "still fine");
}

static const char *quoted(const char *text)
{
    static char result[FTP_PATH_BYTES + 1];
    struct ftp_path path = {.length = 0};
    if (!ftp_path_quoted(bytes_text(text), &path))
        return NULL;
    memcpy(result, path.text, path.length);
    result[path.length] = 0;
    return result;
}

static void quoting(void **state)
{
    (void)state;
    assert_string_equal(quoted("\"/\" is the current directory"), "/");
    assert_string_equal(quoted("\"/a \"\"b\"\" c\" is it"), "/a \"b\" c");
    assert_string_equal(quoted("\"\"\"\""), "\"");
    assert_string_equal(quoted("/no/quotes is current"), "/no/quotes");
    assert_null(quoted("\"/unfinished"));
    assert_null(quoted("\"\" is nothing"));
    assert_null(quoted("nothing"));
    assert_null(quoted(""));
}

static void times(void **state)
{
    int64_t ns = 0;
    (void)state;
    assert_true(ftp_parse_time(bytes_text("19700101000000"), &ns));
    assert_int_equal(ns, 0);
    assert_true(ftp_parse_time(bytes_text("20160219164152"), &ns));
    assert_int_equal(ns, INT64_C(1455900112) * 1000000000);
    assert_true(ftp_parse_time(bytes_text("20000301000000.5"), &ns));
    assert_int_equal(ns, INT64_C(951868800) * 1000000000);
    assert_true(ftp_parse_time(bytes_text("19000101000000"), &ns));
    assert_int_equal(ns, INT64_C(-2208988800) * 1000000000);
    assert_false(ftp_parse_time(bytes_text("2016021916415"), &ns));
    assert_false(ftp_parse_time(bytes_text("201602191641523"), &ns));
    assert_false(ftp_parse_time(bytes_text("20161319164152"), &ns));
    assert_false(ftp_parse_time(bytes_text("20160219244152"), &ns));
    assert_false(ftp_parse_time(bytes_text("99999999999999"), &ns));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joining),
        cmocka_unit_test(too_long),
        cmocka_unit_test(quoting),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
