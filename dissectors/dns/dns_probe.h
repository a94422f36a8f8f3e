/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Is this DNS, and where does the next message begin?
 */
#ifndef OVERHEAR_DNS_PROBE_H
#define OVERHEAR_DNS_PROBE_H

#include "overhear/dissector.h"

enum probe dns_probe(const struct conversation *conversation, enum side side, struct bytes first);

/* Do these bytes of a stream begin with a length and a message? */
enum dns_beginning { DNS_BEGINNING_NO, DNS_BEGINNING_MORE, DNS_BEGINNING_YES };
enum dns_beginning dns_stream_beginning(struct bytes pending);

#endif
