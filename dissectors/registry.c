/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The only file that names all dissectors. A new one is a folder beside this file and one line in each of these lists.
 */
#include "overhear/dissector.h"

extern const struct dissector dns_dissector;
extern const struct dissector http_dissector;
extern const struct dissector finger_dissector;
extern const struct dissector pop3_dissector;

const struct dissector *const dissector_registry[] = {
    &dns_dissector,
    &http_dissector,
    &finger_dissector,
    &pop3_dissector,
    NULL,
};
