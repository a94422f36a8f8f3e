/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Giving up root's rights, and all capabilities.
 */
#ifndef OVERHEAR_CLI_PRIVILEGES_H
#define OVERHEAR_CLI_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/* Who the program will be: `user` (-Z), or NULL: `nobody` where it was started as root, else who it is. */
struct identity {
    bool changes; /* else it stays who it is */
    unsigned uid, gid;
    char name[64];
};

/* 0, or -1 with the message: there is no such user. To be asked before anything is opened: it may read files. */
int privileges_identity(const char *user, struct identity *ret_identity, char *ret_error, size_t error_size);

/* Become it, without a way back, drop every capability, and set no_new_privs. 0, or -1 with the message. */
int privileges_become(const struct identity *identity, char *ret_error, size_t error_size);

/* Can that user make files in the folder? By the folder's owner, group and mode. False with the message: who cannot,
 * where, and what would help (-Z with the folder's owner). */
bool privileges_can_write_folder(const struct identity *identity, const char *option, const char *folder,
                                 char *ret_error, size_t error_size);

#endif
