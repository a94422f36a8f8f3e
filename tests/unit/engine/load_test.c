/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/digest.h"
#include "overhear/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* While it is held, and after. */
static void loads_and_forgets(void **state)
{
    char hex[65];
    (void)state;
    struct engine_library *first = engine_load(), *second = engine_load();
    assert_non_null(first);
    assert_non_null(second);
    engine_unload(first);
    digest_sha256(bytes_text("abc"), hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    engine_unload(second);
    engine_unload(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(loads_and_forgets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
