/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames shared out among the sockets of a group (PACKET_FANOUT) by the addresses of their packets. For live.c only.
 */
#ifndef OVERHEAR_CAPTURE_FANOUT_H
#define OVERHEAR_CAPTURE_FANOUT_H

#include <stdint.h>

/* All frames between two IP addresses come to the same socket of a group, whichever of the two sent them: fragments and
 * the data connections of FTP stay with what they belong to, and so does an ICMP error of a router, which quotes it.
 * IPv4 and IPv6, on Ethernet behind up to two VLAN tags; what is neither comes to the first.
 *
 * Makes a bound packet socket one of the group; of a new one where *group is 0, which then becomes its number. 0, or a
 * negative errno. */
int fanout_join(int descriptor, uint16_t *group);

#endif
