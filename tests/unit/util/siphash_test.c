/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The expected values come from another implementation of SipHash-1-3, with a key of zeros.
 */
#include "util/siphash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void agrees_with_another_implementation(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t hash;
    } cases[] = {
        {"a", 0x407448d2b89b1813},
        {"abc", 0xc03bc3a0042630f2},
        {"0123456", 0x810aaf7acf670379},
        {"01234567", 0xda3dcedf84ea6cc6},
        {"0123456789abcdef", 0x1d42b30f7e060c24},
        {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 0x2b6ef27943911384},
    };
    const struct siphash_key zeros = {0, 0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(siphash(&zeros, cases[i].text, strlen(cases[i].text)) == cases[i].hash);
}

static void depends_on_the_key(void **state)
{
    (void)state;
    struct siphash_key a = siphash_key_random(), b = siphash_key_random();
    assert_true(siphash(&a, "abc", 3) != siphash(&b, "abc", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_another_implementation),
        cmocka_unit_test(depends_on_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
