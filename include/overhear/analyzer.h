/* SPDX-License-Identifier: BSD-3-Clause
 *
 * gcc -fanalyzer follows paths through the source and is sometimes wrong. Where it is, the place stands between these
 * two, and a comment says why (tests/analysis).
 */
#ifndef OVERHEAR_ANALYZER_H
#define OVERHEAR_ANALYZER_H

#if defined __GNUC__ && !defined __clang__
#define ANALYZER_PRAGMA(words) _Pragma(#words)
#define ANALYZER_IS_WRONG(warning) ANALYZER_PRAGMA(GCC diagnostic push) ANALYZER_PRAGMA(GCC diagnostic ignored warning)
#define ANALYZER_MAY_BE_RIGHT ANALYZER_PRAGMA(GCC diagnostic pop)
#else
#define ANALYZER_IS_WRONG(warning)
#define ANALYZER_MAY_BE_RIGHT
#endif

#endif
