/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OVERHEAR_DNS_H
#define OVERHEAR_DNS_H

#include "overhear/dissector.h"

extern const struct dissector dns_dissector;

#endif
