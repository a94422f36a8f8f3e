/* SPDX-License-Identifier: BSD-3-Clause */
#include "session_harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_session(data, size, TRANSPORT_TCP, 443);
    return 0;
}
