/* SPDX-License-Identifier: BSD-3-Clause */
#include "link_state.h"

#include <stdio.h>

static const int64_t settling_ns = (int64_t)LINK_SETTLING_MS * 1000000;

void link_state_begin(struct link_state *state, const char *name, const struct link *first)
{
    *state = (struct link_state){.carrier = true, .carrier_told = true};
    snprintf(state->name, sizeof state->name, "%s", name);
    snprintf(state->called, sizeof state->called, "%s", name);
    if (first) {
        state->index = first->index;
        state->type = first->type;
        if (!first->present)
            state->now = LINK_GONE;
        else if (!first->up)
            state->now = LINK_DOWN;
        else
            state->carrier = first->carrier;
    }
    state->was_up = state->now == LINK_UP;
}

static void become(struct link_state *state, enum link_presence presence, int64_t now_ns)
{
    if (state->now == presence)
        return;
    state->now = presence;
    state->was_down |= presence == LINK_DOWN;
    state->was_gone |= presence == LINK_GONE;
    state->changed_ns = now_ns;
}

static void note_name(struct link_state *state, const char *name, int64_t now_ns)
{
    if (name[0] == '\0' || strcmp(state->called, name) == 0)
        return;
    snprintf(state->called, sizeof state->called, "%s", name);
    state->renamed = true;
    state->changed_ns = now_ns;
}

/* Of the interface itself. */
static void note_own(struct link_state *state, const struct link *link, int64_t now_ns)
{
    if (!link->present) {
        become(state, LINK_GONE, now_ns);
        return;
    }
    note_name(state, link->name, now_ns);
    if (state->now == LINK_UNFIT)
        return;
    /* An interface that is set up has its carrier a little later: only one that was there can be lost. */
    bool stays_up = state->now == LINK_UP && link->up;
    if (stays_up && state->carrier != link->carrier)
        state->changed_ns = now_ns;
    state->carrier = stays_up ? link->carrier : link->carrier || state->carrier_told;
    become(state, link->up ? LINK_UP : LINK_DOWN, now_ns);
}

enum link_action link_state_note(struct link_state *state, const struct link *link, int64_t now_ns)
{
    if (state->index == 0 || link->ends || link->index == 0)
        return LINK_GO_ON;
    if (link->index == state->index && state->now != LINK_GONE) {
        note_own(state, link, now_ns);
        return LINK_GO_ON;
    }
    bool is_back = state->now == LINK_GONE && link->present && strcmp(link->name, state->name) == 0;
    if (!is_back)
        return LINK_GO_ON;
    state->index = link->index;
    snprintf(state->called, sizeof state->called, "%s", state->name);
    state->renamed = false;
    state->carrier = state->carrier_told = true;
    become(state, link->up ? LINK_UP : LINK_DOWN, now_ns);
    if (link->type == state->type)
        return LINK_TAKE_UP;
    link_state_refuse(state, "its frames are of another kind");
    return LINK_GO_ON;
}

void link_state_refuse(struct link_state *state, const char *obstacle)
{
    state->now = LINK_UNFIT;
    snprintf(state->obstacle, sizeof state->obstacle, "%s", obstacle);
}

int64_t link_state_due(const struct link_state *state)
{
    bool passed = state->now == LINK_UP && (state->was_down || state->was_gone);
    bool carrier_changed = state->now == LINK_UP && state->carrier != state->carrier_told;
    return state->now != state->told || passed || carrier_changed || state->renamed ? state->changed_ns + settling_ns
                                                                                    : INT64_MAX;
}

/* What there is to say of a change of presence, behind the name. */
static const char *changed(const struct link_state *state)
{
    switch (state->now) {
    case LINK_GONE:
        return "has disappeared: waiting for it";
    case LINK_DOWN:
        if (state->told == LINK_GONE || state->told == LINK_UNFIT)
            return "is back, but down: waiting for it";
        return state->changed_ns == 0 ? "is down: waiting for it" : "went down: waiting for it";
    case LINK_UP:
    default:
        if (state->told == LINK_UP)
            return state->was_gone ? "disappeared for a moment, and is back" : "was down for a moment, and is up again";
        if (state->told != LINK_DOWN || state->was_gone)
            return "is back";
        return state->was_up ? "is up again" : "is up";
    }
}

bool link_state_tell(struct link_state *state, int64_t now_ns, char *ret_text, size_t size)
{
    if (now_ns < link_state_due(state))
        return false;
    if (state->renamed) {
        snprintf(ret_text, size, "%s is called %s now", state->name, state->called);
        state->renamed = false;
        return true;
    }
    if (state->now == state->told && !state->was_down && !state->was_gone) {
        snprintf(ret_text, size, "%s %s", state->name, state->carrier ? "has its carrier again" : "has no carrier");
        state->carrier_told = state->carrier;
        return true;
    }
    if (state->now == LINK_UNFIT)
        snprintf(ret_text, size, "%s is back, but %s: left out", state->name, state->obstacle);
    else
        snprintf(ret_text, size, "%s %s", state->name, changed(state));
    state->told = state->now;
    state->was_up = state->now == LINK_UP || (state->was_up && state->now == LINK_DOWN);
    state->was_down = state->was_gone = false;
    return true;
}
