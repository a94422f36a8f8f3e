/* SPDX-License-Identifier: BSD-3-Clause
 *
 * For tests that let memory run out in the middle of a run.
 */
#ifndef OVERHEAR_ENGINE_ENGINE_BUDGET_H
#define OVERHEAR_ENGINE_ENGINE_BUDGET_H

struct budget;
struct engine;

/* The one budget that pays for everything; the engine keeps it. */
struct budget *engine_budget(struct engine *engine);

#endif
