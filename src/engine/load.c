/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame/charset.h"
#include "overhear/engine.h"

#include <openssl/crypto.h>
#include <stdlib.h>

struct engine_library {
    struct charsets *charsets;
};

struct engine_library *engine_load(void)
{
    struct engine_library *library = malloc(sizeof *library);
    if (!library)
        return NULL;
    /* libcrypto fetches an algorithm when it is first asked, from itself; only its configuration is a file. */
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    library->charsets = charsets_load();
    if (library->charsets)
        return library;
    free(library);
    return NULL;
}

void engine_unload(struct engine_library *library)
{
    if (!library)
        return;
    charsets_free(library->charsets);
    free(library);
}
