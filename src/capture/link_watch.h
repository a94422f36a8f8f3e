/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the kernel tells of network interfaces, through a NETLINK_ROUTE socket that is opened once: who comes, goes,
 * goes up and down (RTNLGRP_LINK), and, when asked, an interface's counters. It needs no rights, no files and no
 * further socket, so that it works inside a sandbox. For live.c only.
 */
#ifndef OVERHEAR_CAPTURE_LINK_WATCH_H
#define OVERHEAR_CAPTURE_LINK_WATCH_H

#include "overhear/bytes.h"

enum { LINK_NAME_SIZE = 64 };

/* One thing told. */
struct link {
    uint32_t token; /* of the question that this answers; 0: nobody asked */
    bool ends;      /* the answer about all interfaces ends here; nothing else is set */
    bool present;   /* else it has disappeared, or there is none that was asked about */
    int index;      /* 0: unknown, there is none of that name */
    char name[LINK_NAME_SIZE];
    unsigned type; /* ARPHRD_ number */
    bool up;       /* somebody wants it to be */
    bool carrier;  /* something is at the other end */
    bool counted;
    uint64_t lost; /* frames that the interface lost before any socket saw them, since it exists */
};

struct link_watch;

/* NULL: the system has no such socket. */
struct link_watch *link_watch_new(void);
void link_watch_free(struct link_watch *watch);

/* To be polled. */
int link_watch_descriptor(const struct link_watch *watch);

/* Asks about one interface, by its index, or by its name where the index is 0, or about all where there is no name
 * either. What is told about it comes from link_watch_next, at once. The token must not be 0. */
void link_watch_ask(struct link_watch *watch, uint32_t token, int index, const char *name);

enum link_result {
    LINK_TOLD = 1,
    LINK_SILENT = 0, /* nothing more for now */
    LINK_MISSED = -1 /* the kernel had more to tell than it could keep: ask about everything */
};

/* The next thing told; does not wait. */
enum link_result link_watch_next(struct link_watch *watch, struct link *ret_link);

/* The next thing told by messages of the kernel, which are taken from `messages`; false: there is none. Answers to
 * `port` have tokens. For link_watch_next and its test. */
bool link_message_take(struct bytes *messages, uint32_t port, struct link *ret_link);

#endif
