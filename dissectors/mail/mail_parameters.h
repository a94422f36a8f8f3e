/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Parameters of Content-Type and Content-Disposition (RFC 2045 section 5.1, RFC 2231).
 *
 *   attachment; filename*0*=utf-8'de'%C3%9Cber; filename*1*=sicht; filename*2=".pdf"
 *
 * The RFC 2231 form wins over the plain one, as the plain one is there for old readers. Also understood, as senders
 * write it: encoded words (RFC 2047) in a value, spaces in a value without quotes, 8-bit text, a backslash in a quoted
 * path.
 */
#ifndef OVERHEAR_DISSECTORS_MAIL_PARAMETERS_H
#define OVERHEAR_DISSECTORS_MAIL_PARAMETERS_H

#include "mail_scan.h"

/* The value before the first parameter, without white space and comments, in lower case: "text/plain". */
void mail_value_token(struct bytes value, struct mail_text *ret_text);

/* The two sides of a parameter's =, without white space and comments around them, but for comments behind the value.
 * False: there is no =. */
bool mail_parameter_sides(struct bytes piece, struct bytes *ret_name, struct bytes *ret_value);

/* A text without quotes goes up to a comment behind it. One in the middle belongs to it: report (1).pdf */
struct bytes mail_without_comment(struct bytes text);

/* One parameter, as UTF-8 where its character set is known. `ret_text` is added to. False: it is not there. */
bool mail_parameter(struct emitter *emitter, struct bytes value, const char *name, struct mail_text *ret_text);

#endif
