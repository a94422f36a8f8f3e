/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Results of authentication, as several fields hold them.
 */
#ifndef OVERHEAR_DISSECTORS_MAIL_AUTHENTICATION_H
#define OVERHEAR_DISSECTORS_MAIL_AUTHENTICATION_H

#include "overhear/record.h"

/* Authentication-Results (RFC 8601). `instance`: of the ARC set that holds them; 0: none. */
void mail_authentication_results(struct record *record, struct bytes value, int64_t instance);

/* Method and result, to the open group. */
void mail_authentication_result(struct record *record, struct bytes method, struct bytes result);

#endif
