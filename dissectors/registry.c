/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The only file that names all dissectors. A new one is a folder beside this file and one line in each of these lists.
 */
#include "overhear/dissector.h"

extern const struct dissector dns_dissector;
extern const struct dissector http_dissector;
extern const struct dissector finger_dissector;
extern const struct dissector smtp_dissector;
extern const struct dissector pop3_dissector;
extern const struct dissector whois_dissector;
extern const struct dissector ftp_dissector;
extern const struct dissector ftp_data_dissector;
extern const struct dissector imap_dissector;
extern const struct dissector telnet_dissector;
extern const struct dissector tls_dissector;

const struct dissector *const dissector_registry[] = {
    &dns_dissector, &http_dissector,     &finger_dissector, &smtp_dissector,   &pop3_dissector, &whois_dissector,
    &ftp_dissector, &ftp_data_dissector, &imap_dissector,   &telnet_dissector, &tls_dissector,  NULL,
};
