/* SPDX-License-Identifier: BSD-3-Clause */
#include "unknown.h"

#include <stdio.h>

enum { LOOK_BYTES = 256 };

static const struct signature {
    const char *magic;
    uint8_t length;
    const char *what;
} signatures[] = {
    {"\x28\xb5\x2f\xfd", 4, "it is compressed with zstd: decompress it first (zstd -dc FILE | overhear -)"},
    {"\xfd"
     "7zXZ",
     5, "it is compressed with xz: decompress it first (xz -dc FILE | overhear -)"},
    {"BZh", 3, "it is compressed with bzip2: decompress it first (bzip2 -dc FILE | overhear -)"},
    {"\x04\x22\x4d\x18", 4, "it is compressed with lz4: decompress it first (lz4 -dc FILE | overhear -)"},
    {"PK\x03\x04", 4, "it is a zip archive: unpack it first"},
    {"\x1f\x8b", 2, "it is compressed with gzip twice"},
    {"snoop\0\0\0", 8, "it is a snoop capture: convert it first (editcap -F pcap FILE OUT)"},
    {"GMBU", 4, "it is a Network Monitor capture: convert it first (editcap -F pcap FILE OUT)"},
    {"RTSS", 4, "it is a Network Monitor capture: convert it first (editcap -F pcap FILE OUT)"},
    {"TRSNIFF data", 12, "it is a Sniffer capture: convert it first (editcap -F pcap FILE OUT)"},
    {"\x7f"
     "ELF",
     4, "it is a program"},
    {"%PDF", 4, "it is a PDF document"},
};

static bool looks_like_text(struct bytes first)
{
    for (size_t i = 0; i < first.len; i++) {
        uint8_t c = bytes_at(first, i);
        if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b))
            return false;
    }
    return true;
}

static const char *find_signature(struct bytes first)
{
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
        if (bytes_equal(bytes_first(first, signatures[i].length), bytes_of(signatures[i].magic, signatures[i].length)))
            return signatures[i].what;
    return NULL;
}

void unknown_explain(struct source *source, char *ret_text, size_t size)
{
    struct bytes first = source_peek(source, LOOK_BYTES);
    const char *wrapped = source_is_compressed(source) ? " (after decompression)" : "";
    const char *what = find_signature(first);
    if (source_state(source) == SOURCE_BROKEN && first.len < 4) {
        char reason[160];
        source_reason(source, reason, sizeof reason);
        snprintf(ret_text, size, "nothing can be read: %s", reason);
    } else if (first.len == 0) {
        snprintf(ret_text, size, "is empty%s; expected a pcap or pcapng capture", wrapped);
    } else if (what) {
        snprintf(ret_text, size, "is no pcap or pcapng capture%s: %s", wrapped, what);
    } else if (looks_like_text(first)) {
        snprintf(ret_text, size, "is no pcap or pcapng capture%s: it is text", wrapped);
    } else {
        struct reader reader = reader_of(first);
        unsigned bytes[4] = {reader_u8(&reader), reader_u8(&reader), reader_u8(&reader), reader_u8(&reader)};
        if (first.len < 4)
            snprintf(ret_text, size, "is no pcap or pcapng capture%s: it has only %zu bytes", wrapped, first.len);
        else
            snprintf(ret_text, size, "is no pcap or pcapng capture%s: it begins with the bytes %02x %02x %02x %02x",
                     wrapped, bytes[0], bytes[1], bytes[2], bytes[3]);
    }
}
