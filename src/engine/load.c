/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame/charset.h"
#include "overhear/certificate.h"
#include "overhear/digest.h"
#include "overhear/engine.h"

#include <stdlib.h>

struct engine_library {
    struct charsets *charsets;
};

/* libcrypto finds its algorithms and words for errors when it is first asked, and keeps them. */
static void use_crypto(void)
{
    char digest[65];
    struct certificate certificate;
    digest_md5(bytes_text(""), digest);
    digest_sha1(bytes_text(""), digest);
    digest_sha256(bytes_text(""), digest);
    (void)certificate_parse(bytes_text("no certificate"), &certificate, NULL, NULL);
}

struct engine_library *engine_load(void)
{
    struct engine_library *library = malloc(sizeof *library);
    if (!library)
        return NULL;
    use_crypto();
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
