/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Giving up root's rights, and all capabilities.
 *
 * Whoever may not be asked to vouch for what a program does with rights that are not its caller's: a copy installed
 * set-user-ID or set-group-ID acts as its caller from privileges_identity on, so that it opens no file with the rights
 * of its owner. Where that owner is root, CAP_NET_RAW and CAP_NET_ADMIN stay until privileges_become: such a copy is
 * worth as much as one with these two file capabilities.
 */
#ifndef OVERHEAR_CLI_PRIVILEGES_H
#define OVERHEAR_CLI_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/* Who the program will be: `user` (-Z), or NULL: `nobody` where it was started as root, else who it is. */
struct identity {
    bool changes; /* else it stays who it is, */
    bool stays;   /* though it is root: the system lets it become nobody else (in some containers) */
    unsigned uid, gid;
    char name[64]; /* empty: the system has no name for it */
};

/* 0, or -1 with the message: there is no such user, or only root can become it. To be asked before anything is opened:
 * it may read files, and see above. */
int privileges_identity(const char *user, struct identity *ret_identity, char *ret_error, size_t error_size);

/* Become it, without a way back, drop every capability, and set no_new_privs. 0, or -1 with the message: then who it
 * is now is not known, and nothing may go on. Before other threads begin. */
int privileges_become(const struct identity *identity, char *ret_error, size_t error_size);

/* Can that user make files in the folder, once it is open? The kernel is asked, as that user, so that access lists and
 * file systems that are mounted read-only count; the folders above are passed as who we are now. False with the
 * message: who cannot, where, and what would help (-Z with the folder's owner). */
bool privileges_can_write_folder(const struct identity *identity, const char *option, const char *folder,
                                 char *ret_error, size_t error_size);

/* A file or folder that we have just made becomes that user's. `path` is for the message. 0, or -1 with it. */
int privileges_give(const struct identity *identity, int descriptor, const char *path, char *ret_error,
                    size_t error_size);

#endif
