/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the program says about itself: always on standard error.
 */
#ifndef OVERHEAR_CLI_MESSAGE_H
#define OVERHEAR_CLI_MESSAGE_H

/* One line, with the program's name before it. A file may have any name: see message_make_plain. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* In place: what could steer a terminal, or is no UTF-8, becomes '?', but for the ends of lines. */
void message_make_plain(char *text);

#endif
