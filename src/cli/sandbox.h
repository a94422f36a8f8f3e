/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sandbox: what the process keeps once everything is open. Landlock says which folders it may still write in;
 * seccomp leaves the system calls that reading, writing and waiting need. Both hold for all threads and for good.
 */
#ifndef OVERHEAR_CLI_SANDBOX_H
#define OVERHEAR_CLI_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

enum { SANDBOX_ERROR_SIZE = 512, SANDBOX_FOLDERS = 8, SANDBOX_SOCKETS = 512 };

struct sandbox_options {
    const char *folders[SANDBOX_FOLDERS];    /* where files are still made: of -o, -w, --extract, --follow all */
    int folder_descriptors[SANDBOX_FOLDERS]; /* they were opened before the rights to go there were given up; 0: by name
                                              */
    size_t folder_count;                     /* 0: nothing can be opened any more */
    bool only_adds[SANDBOX_FOLDERS];         /* files are made and written in that folder, none is linked or removed */
    const int *packet_sockets;               /* bound anew when an interface comes back */
    size_t packet_socket_count;
    const int *link_sockets; /* tell of interfaces, one for each worker */
    size_t link_socket_count;
};

enum sandbox_result {
    SANDBOX_FAILED = -1, /* the message says why; nothing may go on */
    SANDBOX_WHOLE = 0,
    SANDBOX_PART = 1, /* this kernel has not all of it; the message says what is missing */
};

/* Loads what the C library would load later, when nothing can be opened any more: before sandbox_confine, and before
 * any other thread begins. It stays until the process ends. False: memory is out. */
bool sandbox_prepare(void);

/* First Landlock, which threads inherit: before they begin. Then seccomp, for all of them: after they have begun. The
 * same options for both. No new threads afterwards. Landlock rules over what lies beneath a folder, too.
 *
 * Files that are open, the terminal, pipes and sockets stay usable. What is refused fails with EPERM or EACCES. In a
 * build with a sanitizer that has to read files or to stop threads (address, thread, memory, leak), or one that writes
 * down at its end what was executed (coverage), neither does anything. */
enum sandbox_result sandbox_confine(const struct sandbox_options *options, char ret_error[SANDBOX_ERROR_SIZE]);
enum sandbox_result sandbox_enter(const struct sandbox_options *options, char ret_error[SANDBOX_ERROR_SIZE]);

#endif
