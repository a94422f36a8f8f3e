/* SPDX-License-Identifier: BSD-3-Clause */
#include "harness.h"

#include "overhear/certificate.h"

static void take_name(void *context, struct bytes name)
{
    unsigned *sum = context;
    for (size_t i = 0; i < name.len; i++)
        *sum += bytes_at(name, i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct certificate certificate;
    unsigned sum = 0;
    if (!certificate_parse(bytes_of(data, size), &certificate, take_name, &sum))
        return 0;
    if (strlen(certificate.subject) >= sizeof certificate.subject || strlen(certificate.sha256) != 64)
        abort();
    return 0;
}
