/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames shared out among the sockets of a group (PACKET_FANOUT) by the addresses of their packets. For live.c only.
 */
#ifndef OVERHEAR_CAPTURE_FANOUT_H
#define OVERHEAR_CAPTURE_FANOUT_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

enum { FANOUT_PROGRAM_MAX = 224 };

/* The program that says whose a frame is: a number, of which the kernel takes the remainder. All frames between two
 * IP addresses get the same one, whichever of the two sent them: fragments and the data connections of FTP stay with
 * what they belong to, and so does an ICMP error of a router, which quotes it. IPv4 and IPv6, on Ethernet behind up to
 * two VLAN tags; what is neither gets 0. Returns how many instructions it has. */
size_t fanout_program(struct sock_filter ret_program[FANOUT_PROGRAM_MAX]);

/* Makes a bound packet socket one of the group; of a new one where *group is 0, which then becomes its number. 0, or a
 * negative errno. */
int fanout_join(int descriptor, uint16_t *group);

#endif
