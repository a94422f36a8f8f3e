/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages as they flow by: where parts begin and end, what is an attachment, and what is left when bytes are missing.
 * Each is played in pieces of several sizes.
 */
#include "mail_stream_play.h"

static const struct scene plain = {0};
static const struct scene with_hash = {.hash = true};
static const struct scene file_records = {.hash = true, .files = true};

#define TOP "From: a@x\r\n"
#define TOP_RECORD "mail success\nemail.from.address=a@x\n"
#define MIXED TOP "Content-Type: multipart/mixed; boundary=b\r\n"
#define MIXED_TYPE "email.content_type=multipart/mixed\n"
#define MIXED_RECORD TOP_RECORD MIXED_TYPE
#define GAP_RECORD "mail success incomplete\nemail.from.address=a@x\n"

static void text_alone(void **state)
{
    (void)state;
    play_expect(&plain, TOP "\r\nHello\r\nthere\r\n",
                TOP_RECORD "email.parts: type=text/plain size=14\nemail.bytes=27\n");
    play_expect(&plain, "From: a@x\n\nHello\nthere\n",
                TOP_RECORD "email.parts: type=text/plain size=12\nemail.bytes=23\n");
    play_expect(&plain, TOP "\r\n", TOP_RECORD "email.parts: type=text/plain size=0\nemail.bytes=13\n");
    play_expect(&plain, TOP "\r\n\r", TOP_RECORD "email.parts: type=text/plain size=1\nemail.bytes=14\n");
    play_expect(&plain, TOP, TOP_RECORD "email.bytes=11\n");
    play_expect(&plain, "From: a@x", TOP_RECORD "email.bytes=9\n");
}

/* The line end before a delimiter is not of the part; what stands before the first and behind the last is of none. */
static void parts_of_a_multipart(void **state)
{
    (void)state;
    play_expect(&plain,
                MIXED "\r\nbefore\r\n--\r\n--b  \t\r\nContent-Type: Text/HTML\r\n\r\n--\r\n12\r\n--b\r\n\r\n\r\n--b\r\n"
                      "X: y\r\n\r\n\r\n\r\n--b--  \r\nbehind\r\n--b\r\nnothing\r\n--b--\r\n----\r\n--",
                MIXED_RECORD "email.parts: type=text/html size=6\nemail.parts: type=text/plain size=0\n"
                             "email.parts: type=text/plain size=2\nemail.bytes=183\n");
    play_expect(&plain, "From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n\n--b--\n",
                MIXED_RECORD "email.parts: type=text/plain size=3\nemail.parts: type=text/plain size=4\n"
                             "email.bytes=78\n");
    /* the last line has no end */
    play_expect(&plain, MIXED "\r\n--b\r\n\r\none\r\n--b--",
                MIXED_RECORD "email.parts: type=text/plain size=3\nemail.bytes=73\n");
    /* carriage returns in odd places */
    play_expect(&plain, MIXED "\r\n--b\r\n\r\n\r\r\n\rone\r\r\n--b\r\r\n\r\n\r\r\n--b--\r\n",
                MIXED_RECORD "email.parts: type=text/plain size=8\nemail.parts: type=text/plain size=1\n"
                             "email.bytes=91\n");
}

static void odd_delimiters(void **state)
{
    (void)state;
    play_expect(&plain, MIXED "\r\n--b\r\n\r\none\r\n--b x\r\n--b-\r\n--bb--\r\n--b --\r\n-b\r\n --b--\r\n--b--\r\n",
                "mail.odd_delimiter\n" MIXED_RECORD "email.parts: type=text/plain size=44\nemail.bytes=116\n");
    /* boundaries that begin like the outer one */
    play_expect(&plain,
                MIXED
                "\r\n--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\none\r\n--bb--\r\n--b\r\n"
                "Content-Type: multipart/mixed; boundary=\"b-\"\r\n\r\n--b-\r\n\r\ntwo\r\n--b---\r\n--b--\r\n",
                MIXED_RECORD "email.parts: type=text/plain size=3\nemail.parts: type=text/plain size=3\n"
                             "email.bytes=209\n");
}

static void ends_that_are_missing(void **state)
{
    (void)state;
    play_expect(&plain, MIXED "\r\n--b\r\n\r\none\r\n",
                "mail.unclosed_multipart\n" MIXED_RECORD "email.parts: type=text/plain size=5\nemail.bytes=68\n");
    /* the outer multipart goes on */
    play_expect(
        &plain,
        MIXED
        "\r\n--b\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
        "mail.unclosed_multipart\n" MIXED_RECORD "email.parts: type=text/plain size=3\n"
        "email.parts: type=text/plain size=3\nemail.bytes=137\n");
    /* no empty line behind the header, none before the body */
    play_expect(&plain, MIXED "--b\r\n\r\none\r\n--b--\r\n",
                "mail.bad_header\n" MIXED_RECORD "email.parts: type=text/plain size=3\nemail.bytes=73\n");
    play_expect(&plain, MIXED "\r\n--b\r\nContent-Type: text/html\r\n--b\r\n--b\r\n\r\n--b--\r\n",
                MIXED_RECORD "email.parts: type=text/html size=0\nemail.parts: type=text/plain size=0\n"
                             "email.parts: type=text/plain size=0\nemail.bytes=105\n");
    play_expect(&plain, TOP "no field\r\nTo: b@x\r\n",
                "mail.bad_header\n" TOP_RECORD "email.parts: type=text/plain size=19\nemail.bytes=30\n");
    play_expect(&plain, "no header",
                "mail.bad_header\nmail success\nemail.parts: type=text/plain size=9\nemail.bytes=9\n");
    play_expect(&plain, TOP "Content-Type: multipart/mixed\r\n\r\n--b\r\n",
                "mail.no_boundary\n" MIXED_RECORD "email.parts: type=multipart/mixed size=5\nemail.bytes=49\n");
}

static void headers(void **state)
{
    (void)state;
    play_expect(&plain, "From a@x Sun Nov 22 01:02:03 2026\r\nSubject : one\r\n\ttwo\r\n three\r\n\r\n",
                "mail.space_before_colon\nmail success\nemail.subject=one two three\nemail.parts: type=text/plain "
                "size=0\nemail.bytes=66\n");
    play_expect(&plain, " folded, of what?\r\n: no name\r\nSubject: a\r\n\r\n",
                "mail success\nemail.subject=a\nemail.parts: type=text/plain size=0\nemail.bytes=44\n");
    /* that of a part is not the message's */
    play_expect(&plain, MIXED "\r\n--b\r\nSubject: inside\r\n\r\n--b--\r\n",
                MIXED_RECORD "email.parts: type=text/plain size=0\nemail.bytes=87\n");
}

static void attachments(void **state)
{
    (void)state;
    play_expect(
        &with_hash,
        MIXED "\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n"
              "Content-Disposition: attachment; filename=\"C:\\dir\\a.b.TXT\"\r\n\r\naGVs\r\nbG8K\r\n--b\r\n"
              "Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--b\r\n"
              "Content-Type: text/plain; name=.profile\r\n\r\nx\r\n--b\r\n"
              "Content-Disposition: attachment\r\n\r\n\r\n--b--\r\n",
        MIXED_RECORD
        "email.parts: type=text/plain encoding=base64 size=6\n"
        "email.attachments: file.name=a.b.TXT file.extension=TXT file.mime_type=text/plain file.size=6 "
        "file.hash.sha256=5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 detected_type=text/plain\n"
        "email.parts: type=image/png size=8\n"
        "email.attachments: file.mime_type=image/png file.size=8 "
        "file.hash.sha256=4c4b6a3be1314ab86138bef4314dde022e600960d8689a2c8f8631802d20dab6 detected_type=image/png\n"
        "email.parts: type=text/plain size=1\n"
        "email.attachments: file.name=.profile file.mime_type=text/plain file.size=1 "
        "file.hash.sha256=2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881 detected_type=text/plain\n"
        "email.parts: type=text/plain size=0\n"
        "email.attachments: file.size=0 "
        "file.hash.sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
        "email.bytes=338\n");
    play_expect(&plain, TOP "Content-Type: application/x-y\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n",
                TOP_RECORD "email.content_type=application/x-y\n"
                           "email.parts: type=application/x-y encoding=base64 size=3\n"
                           "email.attachments: file.mime_type=application/x-y file.size=3 "
                           "detected_type=application/octet-stream\nemail.bytes=85\n");
}

static void records_of_files(void **state)
{
    (void)state;
    play_expect(
        &file_records,
        MIXED "\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nhello\n\r\n--b\r\n"
              "Content-Type: text/plain\r\n\r\nno file\r\n--b\r\nContent-Type: image/gif\r\n\r\nGIF89a",
        "file\nfile.name=a.txt\nfile.extension=txt\noverhear.direction=upload\noverhear.parent=mail\nfile.size=6\n"
        "file.mime_type=text/plain\n"
        "file.hash.sha256=5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03\n"
        "file\noverhear.declared_type=image/gif\noverhear.direction=upload\noverhear.parent=mail\nfile.size=6\n"
        "file.mime_type=image/gif\n"
        "file.hash.sha256=610f5ae4d76e332636a17bd357fd6ce99029316a99d320280d4d77a746bf29e8\n");
}

/* A message inside is gone into, and is a file as it stands: its parts' delimiters and all. */
static void messages_inside(void **state)
{
    (void)state;
#define INNER                                                                                                          \
    "Subject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\none\r\n--i\r\n"                     \
    "Content-Type: image/gif; name=x.gif\r\n\r\nGIF89a\r\n--i--\r\n"
    play_expect(
        &with_hash, MIXED "\r\n--b\r\nContent-Type: message/rfc822; name=m.eml\r\n\r\n" INNER "\r\n--b--\r\n",
        MIXED_RECORD
        "email.parts: type=text/plain size=3\n"
        "email.parts: type=image/gif size=6\n"
        "email.attachments: file.name=x.gif file.extension=gif file.mime_type=image/gif file.size=6 "
        "file.hash.sha256=610f5ae4d76e332636a17bd357fd6ce99029316a99d320280d4d77a746bf29e8 detected_type=image/gif\n"
        "email.attachments: file.name=m.eml file.extension=eml file.mime_type=message/rfc822 "
        "file.size=132 file.hash.sha256=6117754ee8d67cfc2eb048e921270fe120eb4126d640f87f37b3b78a5be7561b "
        "detected_type=text/plain\n"
        "email.bytes=246\nemail.nested=1\n");
    /* two in a digest, and the second has a third in it; only the outer two are files */
    play_expect(&plain,
                TOP "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: 1\r\n\r\none\r\n--b\r\n"
                    "\r\nContent-Type: message/rfc822\r\n\r\nSubject: 3\r\n\r\n--b--\r\n",
                TOP_RECORD "email.content_type=multipart/digest\nemail.parts: type=text/plain size=3\n"
                           "email.attachments: file.mime_type=message/rfc822 file.size=17 detected_type=text/plain\n"
                           "email.parts: type=text/plain size=0\n"
                           "email.attachments: file.mime_type=message/rfc822 file.size=44 detected_type=text/plain\n"
                           "email.bytes=143\nemail.nested=3\n");
    /* encoded, which it may not be: a file like any other */
    play_expect(&plain,
                TOP
                "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogYQ0KDQphDQo=\r\n",
                "mail.encoded_container\n" TOP_RECORD
                "email.content_type=message/rfc822\nemail.parts: type=message/rfc822 encoding=base64 size=17\n"
                "email.attachments: file.mime_type=message/rfc822 file.size=17 detected_type=text/plain\n"
                "email.bytes=104\n");
    /* nothing but a header, cut off by the delimiter */
    play_expect(&plain, MIXED "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n--b--\r\n",
                MIXED_RECORD "email.parts: type=text/plain size=0\n"
                             "email.attachments: file.mime_type=message/rfc822 file.size=12 detected_type=text/plain\n"
                             "email.bytes=114\nemail.nested=1\n");
    /* reports are to be read */
    play_expect(&plain, TOP "Content-Type: message/delivery-status\r\n\r\nStatus: 5.1.1\r\n",
                TOP_RECORD "email.content_type=message/delivery-status\n"
                           "email.parts: type=message/delivery-status size=15\nemail.bytes=67\n");
}

static void bytes_are_missing(void **state)
{
    static const struct scene gap = {.hash = true, .gap_mark = '|', .gap_length = 1040};
    (void)state;
    /* in a body: up to the next line nothing can be decoded */
    play_expect(&gap,
                MIXED "\r\n--b\r\nContent-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lG\r\nOD|lh\r\n"
                      "AAEC\r\n--b\r\nContent-Type: image/gif\r\n\r\nGIF8|9a\r\n|\r\n--b\r\n\r\ntext\r\n--b--\r\n",
                GAP_RECORD MIXED_TYPE
                "email.parts: type=image/gif encoding=base64 size=7\n"
                "email.attachments: file.mime_type=image/gif file.size=7 detected_type=text/plain incomplete=1\n"
                "email.parts: type=image/gif size=8\n"
                "email.attachments: file.mime_type=image/gif file.size=8 detected_type=text/plain incomplete=1\n"
                "email.parts: type=text/plain size=4\nemail.bytes=203\n");
    /* in a header: what follows may be a field or text; the one that is cut is not believed */
    play_expect(&gap, TOP "Subject: on|e\r\n two\r\nTo: b@x\r\n\r\ntext\r\n",
                GAP_RECORD "email.to.address=b@x\nemail.parts: type=text/plain size=6\nemail.bytes=48\n");
    play_expect(&gap, TOP "Subject: one\r\n|text\r\nNot: a@x\r\nis this text?\r\n",
                GAP_RECORD "email.subject=one\nemail.parts: type=text/plain size=15\nemail.bytes=56\n");
    play_expect(&gap, MIXED "\r\n--b|\r\nSubject: x\r\n--b\r\n\r\n--b--|",
                GAP_RECORD MIXED_TYPE "email.parts: type=text/plain size=5\nemail.bytes=85\n");
}

/* What the lost part of a header said of the attachment is not known: the file is not told as if it were all. */
static void gap_in_the_header_of_a_file(void **state)
{
    static const struct scene gap = {.files = true, .gap_mark = '|', .gap_length = 30};
    (void)state;
    play_expect(&gap,
                MIXED "\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n|\r\nYWJj\r\n--b\r\n"
                      "Content-Disposition: attachment; filename=b.txt\r\n\r\nall\r\n--b--\r\n",
                "file incomplete\n"
                "file.name=a.txt\n"
                "file.extension=txt\n"
                "overhear.direction=upload\n"
                "overhear.parent=mail\n"
                "file.size=4\n"
                "file.mime_type=text/plain\n"
                "file\n"
                "file.name=b.txt\n"
                "file.extension=txt\n"
                "overhear.direction=upload\n"
                "overhear.parent=mail\n"
                "file.size=3\n"
                "file.mime_type=text/plain\n");
}

static void broken_off(void **state)
{
    static const struct scene cut = {.carriage = {.incomplete = true}};
    static const struct scene partial = {.carriage = {.partial = true}};
    static const struct scene partial_files = {.carriage = {.partial = true}, .files = true};
    static const struct scene open = {.carriage = {.leave_open = true}};
    static const struct scene open_files = {.carriage = {.leave_open = true}, .files = true};
    static const struct scene dropped = {.carriage = {.drop = true}};
    static const struct scene dropped_files = {.carriage = {.drop = true}, .files = true};
    static const char *const image = MIXED "\r\n--b\r\nContent-Type: image/gif\r\n\r\nGIF89a\r\n--";
    (void)state;
    play_expect(&cut, image,
                GAP_RECORD MIXED_TYPE
                "email.parts: type=image/gif size=10\n"
                "email.attachments: file.mime_type=image/gif file.size=10 detected_type=image/gif incomplete=1\n"
                "email.bytes=98\n");
    play_expect(&cut, TOP "Subject: o", GAP_RECORD "email.bytes=21\n");
    play_expect(&cut, TOP "Subj", GAP_RECORD "email.bytes=15\n");
    play_expect(&partial, image,
                "mail success\nemail.partial=1\nemail.from.address=a@x\n" MIXED_TYPE
                "email.parts: type=image/gif size=10\n"
                "email.attachments: file.mime_type=image/gif file.size=10 detected_type=image/gif incomplete=1\n"
                "email.bytes=98\n");
    play_expect(&partial, TOP "Subject: one\r\n\r\n",
                "mail success\nemail.partial=1\nemail.from.address=a@x\nemail.subject=one\nemail.bytes=27\n");
    /* an attachment of which nothing came */
    play_expect(
        &partial, TOP "Content-Type: image/gif; name=a.gif\r\n\r\n",
        "mail success\nemail.partial=1\nemail.from.address=a@x\nemail.content_type=image/gif\nemail.attachments: "
        "file.name=a.gif file.extension=gif file.mime_type=image/gif incomplete=1\nemail.bytes=50\n");
    play_expect(&partial_files, TOP "Content-Type: image/gif; name=a.gif\r\n\r\n", "");
    play_expect(&partial, TOP "Subject: one\r\n",
                "mail success\nemail.partial=1\nemail.from.address=a@x\nemail.subject=one\nemail.bytes=25\n");
    play_expect(&open, image,
                "mail unknown incomplete\nemail.from.address=a@x\n" MIXED_TYPE "email.parts: type=image/gif size=10\n"
                "email.attachments: file.mime_type=image/gif file.size=10 detected_type=image/gif incomplete=1\n"
                "email.bytes=98\n");
    play_expect(
        &open_files, image,
        "file "
        "incomplete\noverhear.declared_type=image/gif\noverhear.direction=upload\noverhear.parent=mail\nfile.size=10\n"
        "file.mime_type=image/gif\n");
    play_expect(&dropped, image, "");
    play_expect(&dropped_files, image, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gap_in_the_header_of_a_file),
        cmocka_unit_test(text_alone),
        cmocka_unit_test(parts_of_a_multipart),
        cmocka_unit_test(odd_delimiters),
        cmocka_unit_test(ends_that_are_missing),
        cmocka_unit_test(headers),
        cmocka_unit_test(attachments),
        cmocka_unit_test(records_of_files),
        cmocka_unit_test(messages_inside),
        cmocka_unit_test(bytes_are_missing),
        cmocka_unit_test(broken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
