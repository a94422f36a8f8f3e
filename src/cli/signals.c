/* SPDX-License-Identifier: BSD-3-Clause */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

/* The only variables that do not hang from a run: a signal handler has no other place to leave word. */
static volatile sig_atomic_t stop_requested, report_requested, reopen_requested;

static void leave_word(int signal_number)
{
    if (signal_number == SIGUSR1)
        report_requested = 1;
    else if (signal_number == SIGHUP)
        reopen_requested = 1;
    else
        stop_requested = 1;
}

static void stop(int signal_number)
{
    (void)signal_number;
    stop_requested = 1;
}

/* Without SA_RESTART, so that a read from a pipe ends. */
static void watch(int signal_number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, &action, NULL);
}

static bool is_ignored(int signal_number)
{
    struct sigaction action;
    return sigaction(signal_number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void signals_watch(bool reports, bool reopens)
{
    /* Only once, so that the second Ctrl-C kills. */
    watch(SIGINT, stop, (int)SA_RESETHAND);
    watch(SIGTERM, stop, (int)SA_RESETHAND);
    if (reopens)
        watch(SIGHUP, leave_word, 0);
    else if (!is_ignored(SIGHUP))
        watch(SIGHUP, stop, (int)SA_RESETHAND);
    if (reports)
        watch(SIGUSR1, leave_word, 0);
}

bool signals_stop(void)
{
    return stop_requested != 0;
}

bool signals_take_report(void)
{
    bool requested = report_requested != 0;
    report_requested = 0;
    return requested;
}

bool signals_take_reopen(void)
{
    bool requested = reopen_requested != 0;
    reopen_requested = 0;
    return requested;
}
