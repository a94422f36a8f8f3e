/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Single-byte character sets: what the bytes from 0x80 on mean; 0: nothing. Below they are ASCII.
 */
#ifndef OVERHEAR_FRAME_CHARSET_TABLES_H
#define OVERHEAR_FRAME_CHARSET_TABLES_H

#include <stdint.h>

enum { CHARSET_TABLE = 128 };

extern const uint16_t charset_windows_1252[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_2[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_3[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_4[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_5[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_6[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_7[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_8[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_9[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_10[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_11[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_13[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_14[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_15[CHARSET_TABLE];
extern const uint16_t charset_iso_8859_16[CHARSET_TABLE];
extern const uint16_t charset_windows_1250[CHARSET_TABLE];
extern const uint16_t charset_windows_1251[CHARSET_TABLE];
extern const uint16_t charset_windows_1253[CHARSET_TABLE];
extern const uint16_t charset_windows_1254[CHARSET_TABLE];
extern const uint16_t charset_windows_1256[CHARSET_TABLE];
extern const uint16_t charset_windows_1257[CHARSET_TABLE];
extern const uint16_t charset_cp874[CHARSET_TABLE];
extern const uint16_t charset_tis_620[CHARSET_TABLE];
extern const uint16_t charset_koi8_r[CHARSET_TABLE];
extern const uint16_t charset_koi8_u[CHARSET_TABLE];
extern const uint16_t charset_macintosh[CHARSET_TABLE];

#endif
