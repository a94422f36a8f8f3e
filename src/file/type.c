/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Signatures of the formats that travel, then the looks of text. The formats' own specifications say what they begin
 * with; the media types are IANA's where there is one, else what file(1) prints.
 */
#include "type.h"

#include "overhear/file.h"

#define BYTES(literal) literal, sizeof(literal) - 1
#define FIRST(literal) (uint8_t)(literal)[0], BYTES(literal)

struct signature {
    const char *type;
    uint16_t at;
    uint8_t first_byte; /* most rows go by it alone */
    const char *first;
    uint8_t first_length;
    uint16_t second_at; /* a second condition */
    const char *second;
    uint8_t second_length;
};

static const struct signature signatures[] = {
    {"application/pdf", 0, FIRST("%PDF-"), 0, NULL, 0},
    {"application/postscript", 0, FIRST("%!PS"), 0, NULL, 0},
    {"image/png", 0, FIRST("\x89PNG\r\n\x1a\n"), 0, NULL, 0},
    {"image/gif", 0, FIRST("GIF87a"), 0, NULL, 0},
    {"image/gif", 0, FIRST("GIF89a"), 0, NULL, 0},
    {"image/jpeg", 0, FIRST("\xff\xd8\xff"), 0, NULL, 0},
    {"image/webp", 0, FIRST("RIFF"), 8, BYTES("WEBP")},
    {"audio/x-wav", 0, FIRST("RIFF"), 8, BYTES("WAVE")},
    {"video/x-msvideo", 0, FIRST("RIFF"), 8, BYTES("AVI ")},
    {"image/bmp", 0, FIRST("BM"), 6, BYTES("\0\0\0\0")},
    {"image/tiff", 0, FIRST("II*\0"), 0, NULL, 0},
    {"image/tiff", 0, FIRST("MM\0*"), 0, NULL, 0},
    {"image/vnd.microsoft.icon", 0, FIRST("\0\0\1\0"), 9, BYTES("\0")},
    {"image/jp2", 0, FIRST("\0\0\0\x0cjP  \r\n\x87\n"), 0, NULL, 0},
    {"image/vnd.adobe.photoshop", 0, FIRST("8BPS"), 0, NULL, 0},
    {"image/heic", 4, FIRST("ftypheic"), 0, NULL, 0},
    {"image/heic", 4, FIRST("ftypmif1"), 0, NULL, 0},
    {"image/avif", 4, FIRST("ftypavif"), 0, NULL, 0},
    {"video/quicktime", 4, FIRST("ftypqt  "), 0, NULL, 0},
    {"video/quicktime", 4, FIRST("moov"), 0, NULL, 0},
    {"audio/x-m4a", 4, FIRST("ftypM4A"), 0, NULL, 0},
    {"video/x-m4v", 4, FIRST("ftypM4V"), 0, NULL, 0},
    {"video/3gpp", 4, FIRST("ftyp3gp"), 0, NULL, 0},
    {"video/mp4", 4, FIRST("ftyp"), 0, NULL, 0},
    {"video/x-matroska", 0, FIRST("\x1a\x45\xdf\xa3"), 0, NULL, 0},
    {"video/x-flv", 0, FIRST("FLV\1"), 0, NULL, 0},
    {"video/mpeg", 0, FIRST("\0\0\1\xba"), 0, NULL, 0},
    {"video/mpeg", 0, FIRST("\0\0\1\xb3"), 0, NULL, 0},
    {"video/mp2t", 0, FIRST("G"), 188, BYTES("G")},
    {"video/x-ms-asf", 0, FIRST("\x30\x26\xb2\x75\x8e\x66\xcf\x11"), 0, NULL, 0},
    {"audio/mpeg", 0, FIRST("ID3"), 0, NULL, 0},
    {"audio/mpeg", 0, FIRST("\xff\xfb"), 0, NULL, 0},
    {"audio/mpeg", 0, FIRST("\xff\xf3"), 0, NULL, 0},
    {"audio/flac", 0, FIRST("fLaC"), 0, NULL, 0},
    {"audio/midi", 0, FIRST("MThd"), 0, NULL, 0},
    {"audio/amr", 0, FIRST("#!AMR"), 0, NULL, 0},
    {"audio/x-aiff", 0, FIRST("FORM"), 8, BYTES("AIFF")},
    {"audio/basic", 0, FIRST(".snd\0"), 0, NULL, 0},
    {"video/ogg", 0, FIRST("OggS"), 28, BYTES("\x80theora")},
    {"audio/ogg", 0, FIRST("OggS"), 28, BYTES("OpusHead")},
    {"audio/ogg", 0, FIRST("OggS"), 28, BYTES("\1vorbis")},
    {"application/ogg", 0, FIRST("OggS"), 0, NULL, 0},
    {"application/gzip", 0, FIRST("\x1f\x8b"), 0, NULL, 0},
    {"application/x-compress", 0, FIRST("\x1f\x9d"), 0, NULL, 0},
    {"application/x-bzip2", 0, FIRST("BZh"), 4, BYTES("1AY&SY")},
    {"application/x-xz", 0,
     FIRST("\xfd"
           "7zXZ\0"),
     0, NULL, 0},
    {"application/zstd", 0, FIRST("\x28\xb5\x2f\xfd"), 0, NULL, 0},
    {"application/x-lz4", 0, FIRST("\x04\x22\x4d\x18"), 0, NULL, 0},
    {"application/x-lzip", 0, FIRST("LZIP"), 0, NULL, 0},
    {"application/x-7z-compressed", 0, FIRST("7z\xbc\xaf\x27\x1c"), 0, NULL, 0},
    {"application/x-rar", 0, FIRST("Rar!\x1a\x07"), 0, NULL, 0},
    {"application/x-arj", 0, FIRST("\x60\xea"), 0, NULL, 0},
    {"application/vnd.ms-cab-compressed", 0, FIRST("MSCF\0\0\0\0"), 0, NULL, 0},
    {"application/x-ace-compressed", 7, FIRST("**ACE**"), 0, NULL, 0},
    {"application/x-tar", 257, FIRST("ustar"), 0, NULL, 0},
    {"application/vnd.debian.binary-package", 0, FIRST("!<arch>\ndebian-binary"), 0, NULL, 0},
    {"application/x-archive", 0, FIRST("!<arch>\n"), 0, NULL, 0},
    {"application/x-rpm", 0, FIRST("\xed\xab\xee\xdb"), 0, NULL, 0},
    {"application/x-cpio", 0, FIRST("07070"), 0, NULL, 0},
    {"application/x-xar", 0, FIRST("xar!"), 0, NULL, 0},
    {"application/vnd.microsoft.portable-executable", 0, FIRST("MZ"), 0, NULL, 0},
    {"application/x-elf", 0,
     FIRST("\x7f"
           "ELF"),
     0, NULL, 0},
    {"application/x-mach-binary", 0, FIRST("\xfe\xed\xfa\xce"), 0, NULL, 0},
    {"application/x-mach-binary", 0, FIRST("\xfe\xed\xfa\xcf"), 0, NULL, 0},
    {"application/x-mach-binary", 0, FIRST("\xce\xfa\xed\xfe"), 0, NULL, 0},
    {"application/x-mach-binary", 0, FIRST("\xcf\xfa\xed\xfe"), 0, NULL, 0},
    {"application/x-java-applet", 0, FIRST("\xca\xfe\xba\xbe\0\0\0"), 0, NULL, 0},
    {"application/wasm", 0, FIRST("\0asm"), 0, NULL, 0},
    {"application/vnd.android.dex", 0, FIRST("dex\n03"), 0, NULL, 0},
    {"application/x-ole-storage", 0, FIRST("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), 0, NULL, 0},
    {"application/onenote", 0, FIRST("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"), 0, NULL, 0},
    {"application/x-ms-shortcut", 0, FIRST("L\0\0\0\1\x14\2\0"), 0, NULL, 0},
    {"application/vnd.ms-htmlhelp", 0, FIRST("ITSF"), 0, NULL, 0},
    {"application/vnd.ms-tnef", 0, FIRST("\x78\x9f\x3e\x22"), 0, NULL, 0},
    {"application/winhlp", 0, FIRST("?_\3\0"), 0, NULL, 0},
    {"text/rtf", 0, FIRST("{\\rtf"), 0, NULL, 0},
    {"application/vnd.sqlite3", 0, FIRST("SQLite format 3\0"), 0, NULL, 0},
    {"application/vnd.tcpdump.pcap", 0, FIRST("\xd4\xc3\xb2\xa1"), 0, NULL, 0},
    {"application/vnd.tcpdump.pcap", 0, FIRST("\xa1\xb2\xc3\xd4"), 0, NULL, 0},
    {"application/vnd.tcpdump.pcap", 0, FIRST("\x4d\x3c\xb2\xa1"), 0, NULL, 0},
    {"application/x-pcapng", 0, FIRST("\n\r\r\n"), 8, BYTES("\x4d\x3c\x2b\x1a")},
    {"application/x-qemu-disk", 0, FIRST("QFI\xfb"), 0, NULL, 0},
    {"application/x-virtualbox-vmdk", 0, FIRST("KDMV"), 0, NULL, 0},
    {"application/x-vhdx", 0, FIRST("vhdxfile"), 0, NULL, 0},
    {"font/woff", 0, FIRST("wOFF"), 0, NULL, 0},
    {"font/woff2", 0, FIRST("wOF2"), 0, NULL, 0},
    {"font/otf", 0, FIRST("OTTO"), 0, NULL, 0},
    {"font/sfnt", 0, FIRST("\0\1\0\0\0"), 0, NULL, 0},
    {"application/vnd.ms-fontobject", 34, FIRST("LP"), 0, NULL, 0},
    {"application/x-shockwave-flash", 0, FIRST("FWS"), 0, NULL, 0},
    {"application/x-shockwave-flash", 0, FIRST("CWS"), 0, NULL, 0},
    {"application/pgp-keys", 0, FIRST("-----BEGIN PGP PUBLIC KEY BLOCK"), 0, NULL, 0},
    {"application/pgp-encrypted", 0, FIRST("-----BEGIN PGP MESSAGE"), 0, NULL, 0},
    {"application/pgp-signature", 0, FIRST("-----BEGIN PGP SIGNATURE"), 0, NULL, 0},
    {"application/x-pem-file", 0, FIRST("-----BEGIN "), 0, NULL, 0},
    {"text/calendar", 0, FIRST("BEGIN:VCALENDAR"), 0, NULL, 0},
    {"text/vcard", 0, FIRST("BEGIN:VCARD"), 0, NULL, 0},
    {"application/x-bittorrent", 0, FIRST("d8:announce"), 0, NULL, 0},
    {"application/vnd.apple.mpegurl", 0, FIRST("#EXTM3U"), 0, NULL, 0},
    {"application/x-plist", 0, FIRST("bplist00"), 0, NULL, 0},
    {"application/vnd.lotus-1-2-3", 0, FIRST("\0\0\x1a\0"), 0, NULL, 0},
    {"model/gltf-binary", 0, FIRST("glTF"), 0, NULL, 0},
    {"application/x-dosexec", 0, FIRST("ZM"), 0, NULL, 0},
};

/* The second bytes of the rows at offset 0 by the first one, a bit for what they are modulo 32: most texts begin with
 * none of these pairs. The unit test holds it against the rows. */
static const uint32_t second_bytes[256] = {
    [0x00] = 0x3,        [0x04] = 0x4,       [0x0a] = 0x2000,    [0x1a] = 0x20,      [0x1f] = 0x20000800,
    ['!'] = 0x10000000,  ['#'] = 0x22,       ['%'] = 0x10002,    ['('] = 0x200000,   ['-'] = 0x2000,
    ['.'] = 0x80000,     ['0'] = 0x800040,   ['7'] = 0x4000000,  ['8'] = 0x4,        ['?'] = 0x80000000,
    ['B'] = 0x4002020,   ['C'] = 0x800000,   ['F'] = 0x809000,   ['G'] = 0xffffffff, ['I'] = 0x100210,
    ['K'] = 0x10,        ['L'] = 0x4000001,  ['M'] = 0x14182000, ['O'] = 0x100080,   ['Q'] = 0x40,
    ['R'] = 0x202,       ['S'] = 0x20000,    ['Z'] = 0x2000,     ['`'] = 0x400,      ['b'] = 0x10000,
    ['d'] = 0x1000020,   ['f'] = 0x1000,     ['g'] = 0x1000,     ['v'] = 0x100,      ['w'] = 0x8000,
    ['x'] = 0x80000002,  ['{'] = 0x10000000, [0x7f] = 0x20,      [0x89] = 0x10000,   [0xa1] = 0x40000,
    [0xca] = 0x40000000, [0xce] = 0x4000000, [0xcf] = 0x4000000, [0xd0] = 0x8000,    [0xd4] = 0x8,
    [0xe4] = 0x40000,    [0xed] = 0x800,     [0xfd] = 0x800000,  [0xfe] = 0x2000,    [0xff] = 0x9080000,
};

/* Whether any row is worth a look: by two bytes of each. */
static bool may_have_signature(struct bytes beginning)
{
    const uint16_t fourth = bytes_u16(beginning, 4);
    return (second_bytes[bytes_at(beginning, 0)] >> (bytes_at(beginning, 1) & 31) & 1) || fourth == ('f' << 8 | 't') ||
           fourth == ('m' << 8 | 'o') || bytes_u16(beginning, 7) == ('*' << 8 | '*') ||
           bytes_u16(beginning, 34) == ('L' << 8 | 'P') || bytes_u16(beginning, 257) == ('u' << 8 | 's');
}

static bool has(struct bytes beginning, size_t at, const char *literal, size_t length)
{
    return bytes_equal(bytes_slice(beginning, at, length), bytes_of(literal, length)) && length > 0;
}

/* A zip is many things; the name and the content of its first member tell which. */
static const char *zip_type(struct bytes beginning)
{
    enum { NAME_AT = 30 };
    static const struct {
        const char *member, *type;
    } members[] = {
        {"META-INF/", "application/java-archive"},
        {"AndroidManifest.xml", "application/vnd.android.package-archive"},
    };
    struct reader reader = reader_of(beginning);
    reader_skip(&reader, 26);
    size_t name_length = reader_u16le(&reader), extra_length = reader_u16le(&reader);
    struct bytes name = bytes_slice(beginning, NAME_AT, name_length);
    struct bytes content = bytes_skip(beginning, NAME_AT + name_length + extra_length);
    if (bytes_is(name, "mimetype")) {
        static const char *const inside[] = {"application/epub+zip",
                                             "application/vnd.oasis.opendocument.text",
                                             "application/vnd.oasis.opendocument.spreadsheet",
                                             "application/vnd.oasis.opendocument.presentation",
                                             "application/vnd.oasis.opendocument.graphics",
                                             "application/vnd.oasis.opendocument.formula"};
        for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
            if (bytes_begin(content, inside[i]))
                return inside[i];
    }
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (bytes_begin(name, members[i].member))
            return members[i].type;
    if (bytes_is(name, "[Content_Types].xml") || bytes_begin(name, "_rels/") || bytes_begin(name, "docProps/")) {
        /* The parts of Office's packages have telling folders, of which one usually shows in the first kilobyte. */
        static const struct {
            const char *folder, *type;
        } packages[] = {
            {"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
            {"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
            {"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
        };
        for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
            if (memmem(beginning.at, beginning.len, packages[i].folder, strlen(packages[i].folder)))
                return packages[i].type;
        return "application/vnd.openxmlformats-officedocument";
    }
    return "application/zip";
}

static bool is_control(uint8_t c)
{
    return c == 0x7f || (c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\b' && c != '\x1b');
}

/* As many bytes at once as compilers for all our machines know them. */
typedef uint8_t block __attribute__((vector_size(32)));

/* Nothing below a space but line ends and tabs. There is a block at least; of the last one some is looked at twice. */
static inline __attribute__((always_inline)) bool has_no_control(const uint8_t *at, size_t length)
{
    block low = {0};
    uint64_t parts[sizeof(block) / 8];
    for (size_t done = 0; done < length; done += sizeof(block)) {
        block c;
        const size_t last = length - sizeof c;
        memcpy(&c, at + (done < last ? done : last), sizeof c);
        low |= (block)(c < (block){0} + 0x20) & ~((block)(c == '\n') | (block)(c == '\r') | (block)(c == '\t'));
        low |= (block)(c == 0x7f);
    }
    memcpy(parts, &low, sizeof parts);
    return (parts[0] | parts[1] | parts[2] | parts[3]) == 0;
}

static bool is_plain(struct bytes text)
{
    return has_no_control(text.at, text.len);
}

#if defined(__x86_64__)
/* The same in half the instructions, where registers are that long. */
__attribute__((target("avx2"))) static bool is_plain_wide(struct bytes text)
{
    return has_no_control(text.at, text.len);
}

static bool is_wide(void)
{
    return __builtin_cpu_supports("avx2");
}
#else
#define is_plain_wide is_plain

static bool is_wide(void)
{
    return false;
}
#endif

/* No control characters but those that texts use. In which character set, is not asked. */
static bool is_text(struct bytes beginning)
{
    if (has(beginning, 0, BYTES("\xff\xfe")) || has(beginning, 0, BYTES("\xfe\xff")))
        return true;
    if (beginning.len >= sizeof(block) && (is_wide() ? is_plain_wide : is_plain)(beginning))
        return true;
    for (size_t i = 0; i < beginning.len; i++)
        if (is_control(bytes_at(beginning, i)))
            return false;
    return true;
}

struct word_type {
    const char *words;
    const char *type;
};

/* Texts that begin so, white space before it aside, without regard to case. */
static const struct word_type text_beginnings[] = {
    {"<!doctype html", "text/html"},
    {"<html", "text/html"},
    {"<head", "text/html"},
    {"<body", "text/html"},
    {"<script", "text/html"},
    {"<title", "text/html"},
    {"<h1", "text/html"},
    {"<!doctype svg", "image/svg+xml"},
    {"<svg", "image/svg+xml"},
    {"<?php", "text/x-php"},
    {"#!/usr/bin/env python", "text/x-script.python"},
    {"#!/usr/bin/python", "text/x-script.python"},
    {"#!/usr/bin/env perl", "text/x-perl"},
    {"#!/usr/bin/perl", "text/x-perl"},
    {"#!/usr/bin/env ruby", "text/x-ruby"},
    {"#!/usr/bin/env node", "application/javascript"},
    {"#!/bin/", "text/x-shellscript"},
    {"#!/usr/bin/env bash", "text/x-shellscript"},
    {"#!/usr/bin/env sh", "text/x-shellscript"},
    {"#!/usr/bin/bash", "text/x-shellscript"},
    {"@echo off", "text/x-msdos-batch"},
    {"[internetshortcut]", "application/x-mswinurl"},
    {"received: ", "message/rfc822"},
    {"return-path: ", "message/rfc822"},
    {"delivered-to: ", "message/rfc822"},
};

static const char *xml_type(struct bytes text)
{
    static const struct word_type roots[] = {
        {"<svg", "image/svg+xml"},       {"<!DOCTYPE svg", "image/svg+xml"}, {"<html", "text/html"},
        {"<!DOCTYPE html", "text/html"}, {"<rss", "application/rss+xml"},    {"<feed", "application/atom+xml"},
    };
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (memmem(text.at, text.len, roots[i].words, strlen(roots[i].words)))
            return roots[i].type;
    return "text/xml";
}

static bool is_space(uint8_t octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

static struct bytes without_space(struct bytes text)
{
    while (text.len > 0 && is_space(bytes_at(text, 0)))
        text = bytes_skip(text, 1);
    return text;
}

/* A brace or bracket, and then what JSON allows next. */
static bool looks_like_json(struct bytes text)
{
    static const char *const words[] = {"true", "false", "null", NULL};
    uint8_t open = bytes_at(text, 0);
    if (open != '{' && open != '[')
        return false;
    text = without_space(bytes_skip(text, 1));
    uint8_t next = bytes_at(text, 0);
    if (open == '{') {
        size_t quote = bytes_find(text, '"', 1), colon = bytes_find(text, ':', quote);
        return next == '}' || (next == '"' && quote < text.len && colon - quote < 4);
    }
    for (unsigned i = 0; words[i]; i++)
        if (bytes_begin(text, words[i]))
            return true;
    return next != 0 && strchr("{[\"]-0123456789", next);
}

static const char *text_type(struct bytes text)
{
    if (has(text, 0, BYTES("\xef\xbb\xbf")))
        text = bytes_skip(text, 3);
    text = without_space(text);
    for (size_t i = 0; i < sizeof text_beginnings / sizeof *text_beginnings; i++)
        if (byte_lower(bytes_at(text, 0)) == (uint8_t)*text_beginnings[i].words &&
            bytes_begin_nocase(text, text_beginnings[i].words))
            return text_beginnings[i].type;
    if (bytes_begin_nocase(text, "<?xml"))
        return xml_type(text);
    if (bytes_begin(text, "<!--"))
        return memmem(text.at, text.len, "<html", 5) ? "text/html" : "text/xml";
    if (looks_like_json(text))
        return "application/json";
    return "text/plain";
}

const char *file_type(struct bytes beginning)
{
    if (beginning.len == 0)
        return NULL;
    if (has(beginning, 0, BYTES("PK\3\4")))
        return zip_type(beginning);
    if (has(beginning, 0, BYTES("PK\5\6")))
        return "application/zip";
    const bool looked_for = may_have_signature(beginning);
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures && looked_for; i++) {
        const struct signature *row = &signatures[i];
        if (bytes_at(beginning, row->at) == row->first_byte && has(beginning, row->at, row->first, row->first_length) &&
            (row->second_length == 0 || has(beginning, row->second_at, row->second, row->second_length)))
            return row->type;
    }
    return is_text(beginning) ? text_type(beginning) : "application/octet-stream";
}
