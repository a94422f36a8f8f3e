/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The memory of records that live on when the sink has returned: who wants to read them later holds it, and need not
 * copy them.
 */
#ifndef OVERHEAR_ENGINE_KEEPER_H
#define OVERHEAR_ENGINE_KEEPER_H

#include <stdatomic.h>

/* What `keeper` of a struct record points to. */
struct record_keeper {
    _Atomic unsigned holders;
    /* By the last one, on its thread. */
    void (*let_go)(struct record_keeper *keeper);
};

/* Only by somebody for whom it is held already: inside the sink, or by itself. */
static inline void keeper_hold(struct record_keeper *keeper)
{
    atomic_fetch_add_explicit(&keeper->holders, 1, memory_order_relaxed);
}

/* What was read of the records must have been read. */
static inline void keeper_release(struct record_keeper *keeper)
{
    if (atomic_fetch_sub_explicit(&keeper->holders, 1, memory_order_acq_rel) == 1)
        keeper->let_go(keeper);
}

#endif
