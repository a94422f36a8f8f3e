/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Protocols of lines: lines without end, lines without number, and questions that nobody answers.
 */
#include "generators.h"

#include <stdio.h>
#include <string.h>

/* Begins a session on the port of a protocol, past its greeting and login. */
static void begin(struct talk *talk, struct wire *wire, uint64_t number, uint16_t port)
{
    talk_begin(talk, wire, number, port);
    if (port == 25) {
        talk_text(talk, SERVER, "220 mail.example.org ESMTP ready\r\n");
        talk_text(talk, CLIENT, "EHLO client.example.org\r\n");
        talk_text(talk, SERVER, "250-mail.example.org\r\n250 PIPELINING\r\n");
    } else if (port == 110) {
        talk_text(talk, SERVER, "+OK POP3 ready\r\n");
        talk_text(talk, CLIENT, "USER anna\r\n");
        talk_text(talk, SERVER, "+OK\r\n");
    } else if (port == 143) {
        talk_text(talk, SERVER, "* OK [CAPABILITY IMAP4rev1 LITERAL+] ready\r\n");
    } else if (port == 21) {
        talk_text(talk, SERVER, "220 ready\r\n");
        talk_text(talk, CLIENT, "USER anonymous\r\n");
        talk_text(talk, SERVER, "230 logged in\r\n");
    }
}

static void no_newline(struct wire *wire, uint64_t count)
{
    static const struct {
        uint16_t port;
        enum side side;
        const char *start;
    } lines[] = {
        {80, CLIENT, "GET /"},       {80, SERVER, "HTTP/1.1 200 "}, {25, CLIENT, "MAIL FROM:<"},
        {25, SERVER, "250-"},        {110, CLIENT, "LIST "},        {110, SERVER, "+OK "},
        {143, CLIENT, "a1 LOGIN "},  {143, SERVER, "* OK "},        {21, CLIENT, "RETR "},
        {21, SERVER, "150-"},        {23, CLIENT, "ls "},           {23, SERVER, "login: "},
        {43, CLIENT, "example.org"}, {43, SERVER, "Domain: "},      {79, CLIENT, "anna"},
        {79, SERVER, "Login: "},
    };
    struct talk talk;
    char text[1024];
    memset(text, 'n', sizeof text);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        begin(&talk, wire, i, lines[i].port);
        talk_text(&talk, lines[i].side, lines[i].start);
        for (uint64_t k = 0; k <= count; k++)
            talk_say(&talk, lines[i].side, text, sizeof text);
        talk_end(&talk);
    }
}

static void long_banner(struct wire *wire, uint64_t count)
{
    static const uint16_t ports[] = {25, 21, 110, 143, 23, 80, 22};
    static const char *const lines[] = {"220-Welcome to this place\r\n",
                                        "220-Welcome to this place\r\n",
                                        "+OK Welcome\r\n",
                                        "* OK Welcome\r\n",
                                        "Welcome to this place\r\n",
                                        "Welcome to this place\r\n",
                                        "Welcome to this place\r\n"};
    struct talk talk;
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        talk_begin(&talk, wire, i, ports[i]);
        talk_repeat(&talk, SERVER, lines[i], count);
        talk_end(&talk);
    }
}

static void many_headers(struct wire *wire, uint64_t count)
{
    struct talk talk;
    char line[64];
    talk_begin(&talk, wire, 1, 80);
    talk_text(&talk, CLIENT, "GET / HTTP/1.1\r\nHost: www.example.org\r\n");
    for (uint64_t i = 0; i < count; i++) {
        (void)snprintf(line, sizeof line, "X-%llu: a\r\n", (unsigned long long)i);
        talk_text(&talk, CLIENT, line);
    }
    talk_text(&talk, CLIENT, "\r\n");
    talk_text(&talk, SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    talk_end(&talk);
}

/* The same name again and again, as much as one head may have, request after request. */
static void same_headers(struct wire *wire, uint64_t count)
{
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t done = 0; done < count; done += 3000) {
        talk_text(&talk, CLIENT, "GET / HTTP/1.1\r\nHost: www.example.org\r\n");
        talk_repeat(&talk, CLIENT, "Cookie: a=1; b=2\r\n", 1500);
        talk_text(&talk, CLIENT, "\r\n");
        talk_text(&talk, SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
        talk_repeat(&talk, SERVER, "Set-Cookie: a=1\r\n", 1500);
        talk_text(&talk, SERVER, "\r\n");
    }
    talk_end(&talk);
}

/* Each header has a name of its own, as many as one head may have. */
static void other_headers(struct wire *wire, uint64_t count)
{
    struct talk talk;
    char line[32];
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t i = 0; i < count; i++) {
        if (i % 4000 == 0)
            talk_text(&talk, CLIENT, i > 0 ? "\r\nGET / HTTP/1.1\r\nHost: www.example.org\r\n" : "GET / HTTP/1.1\r\n");
        (void)snprintf(line, sizeof line, "x%llu:\r\n", (unsigned long long)(i % 4000));
        talk_text(&talk, CLIENT, line);
    }
    talk_text(&talk, CLIENT, "\r\n");
    talk_end(&talk);
}

static void folded_headers(struct wire *wire, uint64_t count)
{
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t done = 0; done < count; done += 2000) {
        talk_text(&talk, CLIENT, "GET / HTTP/1.1\r\nHost: www.example.org\r\nX-Folded: a\r\n");
        talk_repeat(&talk, CLIENT, " b\r\n", 2000);
        talk_text(&talk, CLIENT, "\r\n");
    }
    talk_text(&talk, SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Folded: a\r\n");
    talk_repeat(&talk, SERVER, "\tb\r\n", count);
    talk_end(&talk);
}

static void pipelined(struct wire *wire, uint64_t count)
{
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t done = 0; done < count; done += 200) {
        talk_repeat(&talk, CLIENT, "GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n", 200);
        talk_heard(&talk);
        talk_repeat(&talk, SERVER, "HTTP/1.1 204 No Content\r\n\r\n", 200);
        talk_heard(&talk);
    }
    talk_end(&talk);
}

static void unanswered(struct wire *wire, uint64_t count)
{
    static const struct {
        uint16_t port;
        const char *ask;
    } asked[] = {{80, "GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n"},
                 {25, "RSET\r\n"},
                 {110, "NOOP\r\n"},
                 {21, "NOOP\r\n"},
                 {143, NULL},
                 {53, NULL}};
    struct talk talk;
    char text[64];
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        begin(&talk, wire, i, asked[i].port);
        for (uint64_t k = 0; k < count; k++) {
            if (asked[i].port == 143) {
                (void)snprintf(text, sizeof text, "a%llu NOOP\r\n", (unsigned long long)k);
                talk_text(&talk, CLIENT, text);
            } else if (asked[i].port == 53) {
                static uint8_t question[] = {0, 23, 0,   0, 1,   0,   0,   1, 0, 0, 0, 0, 0,
                                             0, 1,  'a', 3, 'o', 'r', 'g', 0, 0, 1, 0, 1};
                wire_put16(question + 2, (uint32_t)k & 0xffff);
                talk_say(&talk, CLIENT, question, sizeof question);
            } else {
                talk_text(&talk, CLIENT, asked[i].ask);
            }
        }
        talk_end(&talk);
    }
}

/* Answers in the wrong order: the last question first. */
static void answered_backwards(struct wire *wire, uint64_t count)
{
    struct talk talk;
    char text[64];
    begin(&talk, wire, 1, 143);
    for (uint64_t done = 0; done < count; done += 250) {
        for (unsigned k = 0; k < 250; k++) {
            (void)snprintf(text, sizeof text, "a%u NOOP\r\n", k);
            talk_text(&talk, CLIENT, text);
        }
        talk_heard(&talk);
        for (unsigned k = 250; k-- > 0;) {
            (void)snprintf(text, sizeof text, "a%u OK\r\n", k);
            talk_text(&talk, SERVER, text);
        }
        talk_heard(&talk);
    }
    talk_end(&talk);
}

static void imap_literal(struct wire *wire, uint64_t count)
{
    struct talk talk;
    char text[1024];
    memset(text, 'l', sizeof text);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        begin(&talk, wire, side, 143);
        talk_text(&talk, CLIENT, "a1 FETCH 1 BODY[1]\r\n");
        if (side == CLIENT)
            talk_text(&talk, CLIENT, "a2 LOGIN {4294967295+}\r\n");
        else
            talk_text(&talk, SERVER, "* 1 FETCH (BODY[1] {4294967295}\r\n");
        for (uint64_t i = 0; i < count; i++)
            talk_say(&talk, side, text, sizeof text);
        talk_end(&talk);
    }
}

/* Literals of one byte in one line, of either side. */
static void imap_literals(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1, 143);
    talk_text(&talk, CLIENT, "a1 SEARCH");
    talk_repeat(&talk, CLIENT, " {1+}\r\nx", count);
    talk_text(&talk, SERVER, "* 1 FETCH (");
    talk_repeat(&talk, SERVER, "BODY[1] {1}\r\nx ", count);
    talk_end(&talk);
}

static void imap_nested(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1, 143);
    talk_text(&talk, CLIENT, "a1 FETCH 1 BODYSTRUCTURE\r\n");
    for (uint64_t done = 0; done < count; done += 4000) {
        talk_text(&talk, SERVER, "* 1 FETCH (BODYSTRUCTURE ");
        talk_repeat(&talk, SERVER, "(", 4000);
        talk_repeat(&talk, SERVER, ")", 4000);
        talk_text(&talk, SERVER, ")\r\n");
    }
    talk_end(&talk);
}

static void imap_items(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1, 143);
    talk_text(&talk, CLIENT, "a1 FETCH 1:* ALL\r\n");
    talk_repeat(&talk, SERVER,
                "* 1 FETCH (FLAGS (\\Seen \\Answered) UID 1 RFC822.SIZE 44)\r\n* SEARCH 1 2 3 4 5 6 7 8 9\r\n", count);
    talk_text(&talk, SERVER, "a1 OK\r\n");
    talk_end(&talk);
}

static void ftp_announcements(struct wire *wire, uint64_t count)
{
    struct talk talk;
    char text[64];
    begin(&talk, wire, 1, 21);
    for (uint64_t i = 0; i < count; i++) {
        (void)snprintf(text, sizeof text, "227 Entering (192,168,0,80,%u,%u)\r\n", (unsigned)(i >> 8 & 0xff),
                       (unsigned)(i & 0xff));
        talk_text(&talk, CLIENT, "PASV\r\n");
        talk_text(&talk, SERVER, text);
    }
    talk_end(&talk);
}

static void ftp_replies(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1, 21);
    talk_text(&talk, CLIENT, "HELP\r\n");
    talk_text(&talk, SERVER, "214-Lines\r\n");
    talk_repeat(&talk, SERVER, "214x\r\n 214 \r\n", count);
    talk_text(&talk, SERVER, "214 end\r\n");
    talk_end(&talk);
}

static void telnet_options(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1, 23);
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t option[] = {255, (uint8_t)(251 + i % 4), (uint8_t)(i / 4), 255, 250, (uint8_t)i, 1, 255, 255, 255,
                                  240};
        talk_say(&talk, (enum side)(i / 64 % 2), option, sizeof option);
    }
    talk_end(&talk);
}

/* What is longer than that is text. */
enum { LONGEST_OPTION = 8192 };

static void telnet_subnegotiation(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1, 23);
    talk_text(&talk, CLIENT, "\xff\xfa\x27");
    talk_repeat(&talk, CLIENT, "\xff\xff\1a", LONGEST_OPTION / 3 + count);
    talk_text(&talk, SERVER, "login: ");
    talk_repeat(&talk, SERVER, "a\b \b\r", count);
    talk_end(&talk);
}

static void whois_lines(struct wire *wire, uint64_t count)
{
    struct talk talk;
    talk_begin(&talk, wire, 1, 43);
    talk_text(&talk, CLIENT, "example.org\r\n");
    talk_repeat(&talk, SERVER, "refer: whois.example.org\r\nWhois Server: a\r\n%\r\n\r\n", count);
    talk_end(&talk);
    talk_begin(&talk, wire, 2, 79);
    talk_text(&talk, CLIENT, "anna@a@b@c\r\n");
    talk_repeat(&talk, SERVER, "Login: anna\r\nPlan:\r\n\r\n", count);
    talk_end(&talk);
}

static void pop3_lists(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1, 110);
    talk_text(&talk, CLIENT, "UIDL\r\n");
    talk_text(&talk, SERVER, "+OK\r\n");
    talk_repeat(&talk, SERVER, "..\r\n1 a\r\n", count);
    talk_text(&talk, SERVER, ".\r\n");
    talk_repeat(&talk, CLIENT, "NOOP\r\n", count);
    talk_repeat(&talk, SERVER, "+OK\r\n", count);
    talk_end(&talk);
}

static void nonsense(struct wire *wire, uint64_t count)
{
    static const uint16_t ports[] = {80, 25, 110, 143, 21, 23, 53, 443, 43, 79};
    struct talk talk;
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        begin(&talk, wire, i, ports[i]);
        for (uint64_t k = 0; k < count * 256; k++) {
            uint8_t bytes[4];
            wire_put32(bytes, wire_chance(wire, 0xffffffff));
            talk_say(&talk, (enum side)(k / 4096 % 2), bytes, sizeof bytes);
        }
        talk_end(&talk);
    }
}

/* Lines that begin like what is expected, and are not. */
static void nonsense_lines(struct wire *wire, uint64_t count)
{
    static const uint16_t ports[] = {80, 25, 110, 143, 21, 23};
    struct talk talk;
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        begin(&talk, wire, i, ports[i]);
        for (uint64_t k = 0; k < count; k++) {
            talk_text(&talk, CLIENT, k % 2 ? "\x01GET / HTTP/1.1\r\n" : "RETR\x7f {9}\r\n");
            talk_text(&talk, SERVER, k % 2 ? "HTTP/9.9 abc\r\n" : "2x0 \x80\r\n");
        }
        talk_end(&talk);
    }
}

/* What moves cursors, changes colours and turns text round, wherever a sender can put text. */
static void escape_attack(struct wire *wire, uint64_t count)
{
    static const char evil[] = "\x1b[2J\x1b]0;owned\x07\x9b\x31m\x7f\xc2\x9b\xe2\x80\xae\xff\xfe\xed\xa0\x80\\x1b\x08";
    static const uint16_t ports[] = {80, 25, 110, 143, 21, 23, 43, 79};
    struct talk talk;
    char text[512];
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        begin(&talk, wire, i, ports[i]);
        for (uint64_t k = 0; k < count; k++) {
            const char *format = ports[i] == 80    ? "GET /%s%s HTTP/1.1\r\nHost: %s\r\nX: %s\r\n\r\n"
                                 : ports[i] == 143 ? "a%s LOGIN %s %s %s\r\n"
                                                   : "HELP %s %s %s %s\r\n";
            (void)snprintf(text, sizeof text, format, evil, evil, evil, evil);
            talk_text(&talk, CLIENT, text);
            const char *reply = ports[i] == 80    ? "HTTP/1.1 200 %s\r\nServer: %s\r\nContent-Length: 0\r\n\r\n"
                                : ports[i] == 110 ? "+OK %s %s\r\n"
                                : ports[i] == 143 ? "* OK %s %s\r\n"
                                                  : "250 %s %s\r\n";
            (void)snprintf(text, sizeof text, reply, evil, evil);
            talk_text(&talk, SERVER, text);
        }
        talk_end(&talk);
    }
}

const struct generator line_generators[] = {
    {"no_newline", no_newline, 20, 3000, "KiB without an end of line, of each side of eight protocols"},
    {"long_banner", long_banner, 500, 50000, "lines of a greeting that never ends, on seven ports"},
    {"many_headers", many_headers, 3000, 1000000, "headers of one HTTP request"},
    {"other_headers", other_headers, 4000, 500000, "headers with names of their own, 4,000 a request"},
    {"same_headers", same_headers, 6000, 500000, "headers of the same name, 1,500 a message"},
    {"folded_headers", folded_headers, 4000, 500000, "folded lines of one HTTP header"},
    {"pipelined", pipelined, 800, 50000, "HTTP requests, 200 at a time, and then their answers"},
    {"unanswered", unanswered, 600, 30000, "requests of each of six protocols, never answered"},
    {"answered_backwards", answered_backwards, 1000, 50000,
     "IMAP commands, answered 250 at a time, the last one first"},
    {"imap_literal", imap_literal, 100, 20000, "KiB of a literal that is announced with 4 GB, of both sides"},
    {"imap_literals", imap_literals, 2000, 300000, "literals of one byte in one line of both sides"},
    {"imap_nested", imap_nested, 8000, 2000000, "lists inside each other, 4,000 deep"},
    {"imap_items", imap_items, 500, 100000, "untagged responses to one command"},
    {"ftp_announcements", ftp_announcements, 500, 50000, "data connections that are announced and never come"},
    {"ftp_replies", ftp_replies, 2000, 300000, "lines of one reply that nearly end it"},
    {"telnet_options", telnet_options, 2000, 200000, "options and subnegotiations"},
    {"telnet_subnegotiation", telnet_subnegotiation, 4000, 500000,
     "escaped bytes of one subnegotiation, and lines that are rubbed out"},
    {"whois_lines", whois_lines, 1000, 100000, "lines of answers to whois and finger"},
    {"pop3_lists", pop3_lists, 1000, 100000, "lines of a list, and commands that are sent ahead"},
    {"nonsense", nonsense, 10, 1000, "KiB of bytes that make no sense on each of ten ports"},
    {"nonsense_lines", nonsense_lines, 300, 20000, "lines that make none, on six"},
    {"escape_attack", escape_attack, 50, 5000, "messages of each of eight protocols with escape sequences"},
    {0},
};
