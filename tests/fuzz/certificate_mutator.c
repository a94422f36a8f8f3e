/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Certificates are opened by libcrypto, which the fuzzer does not see into, and which refuses all of them where one
 * length is wrong: mostly bytes are changed in their place.
 */
#include "mutator.h"

enum { WINDOW = 24, PLAIN_IN = 16 };

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct mutator *m = mutator_begin(seed);
    uint8_t window[WINDOW];
    if (size < WINDOW || mutator_below(m, PLAIN_IN) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    for (size_t i = mutator_below(m, 3) + 1; i > 0; i--) {
        size_t length = 1 + mutator_below(m, WINDOW);
        size_t at = mutator_below(m, size - length + 1);
        memcpy(window, data + at, length);
        size_t changed = LLVMFuzzerMutate(window, length, length);
        memcpy(data + at, window, changed < length ? changed : length);
    }
    return size;
}
