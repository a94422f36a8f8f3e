/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What has become of one interface that is listened to, and what is to be said about it. For live.c only.
 *
 * What is said waits until it has been true for a moment: a deletion begins with going down, and who makes an interface
 * anew sets it up step by step.
 */
#ifndef OVERHEAR_CAPTURE_LINK_STATE_H
#define OVERHEAR_CAPTURE_LINK_STATE_H

#include "link_watch.h"

enum link_presence {
    LINK_UP,
    LINK_DOWN,
    LINK_GONE,
    LINK_UNFIT, /* one of that name is there again, but cannot be listened to */
};

struct link_state {
    char name[LINK_NAME_SIZE];
    char called[LINK_NAME_SIZE]; /* by now: it may have been renamed */
    int index;                   /* 0: all interfaces */
    unsigned type;               /* ARPHRD_ number */
    enum link_presence now, told;
    bool carrier, carrier_told;
    bool was_down, was_gone; /* for a moment, since something was told last */
    bool renamed;            /* and not told yet */
    bool was_up;             /* once, since it is there */
    char obstacle[96];       /* why it is unfit */
    int64_t changed_ns;
};

enum { LINK_SETTLING_MS = 150 };

/* The state of the interface called `name`, of what the kernel says of it; all interfaces where `first` is NULL. */
void link_state_begin(struct link_state *state, const char *name, const struct link *first);

enum link_action {
    LINK_GO_ON,
    LINK_TAKE_UP, /* it is there again, with a new index: the socket is to be bound to it */
};

/* Notes what was told of some interface; of another one it changes nothing. now_ns: of a clock that never jumps. */
enum link_action link_state_note(struct link_state *state, const struct link *link, int64_t now_ns);

/* It cannot be listened to. */
void link_state_refuse(struct link_state *state, const char *obstacle);

/* When link_state_tell will have something to tell; INT64_MAX: never, as things stand. */
int64_t link_state_due(const struct link_state *state);

/* One sentence to tell the user. */
bool link_state_tell(struct link_state *state, int64_t now_ns, char *ret_text, size_t size);

#endif
