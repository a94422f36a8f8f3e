/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What happens at the caps: depth, header sections, attachments, parts, and one very long field.
 */
#include "mail_stream_play.h"

static const struct scene plain = {0};

/* A message that is put together. */
struct text {
    size_t length, capacity;
    char *at;
};

static void add(struct text *text, const char *what, size_t length)
{
    if (text->length + length > text->capacity) {
        text->capacity = 2 * text->capacity + length;
        text->at = realloc(text->at, text->capacity);
        assert_non_null(text->at);
    }
    memcpy(text->at + text->length, what, length);
    text->length += length;
}

static void say(struct text *text, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    assert_true(length >= 0 && length < (int)sizeof line);
    add(text, line, (size_t)length);
}

static void fill(struct text *text, char c, size_t count)
{
    while (count-- > 0)
        add(text, &c, 1);
}

static unsigned count_of(const char *text, const char *word)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += strlen(word))
        count++;
    return count;
}

/* Plays it whole and cut to pieces, which has to be the same; the caller frees both. */
static const char *play_text_whole(struct play *play, const struct text *text)
{
    char *first = strdup(play_scene(play, &plain, bytes_of(text->at, text->length), 1 << 20));
    assert_non_null(first);
    assert_string_equal(play_scene(play, &plain, bytes_of(text->at, text->length), 7), first);
    free(first);
    return play->written;
}

static void multiparts(struct text *text, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        say(text, "Content-Type: multipart/mixed; boundary=\"b%u.\"\r\n\r\n--b%u.\r\n", i, i);
    say(text, "Content-Type: text/html\r\n\r\ninnermost\r\n");
    for (unsigned i = count; i-- > 0;)
        say(text, "--b%u.--\r\n", i);
}

static void depth_of_multiparts(void **state)
{
    struct play *play = malloc(sizeof *play);
    struct text text = {0};
    (void)state;
    assert_non_null(play);
    multiparts(&text, LIMIT_MAIL_DEPTH);
    const char *written = play_text_whole(play, &text);
    assert_int_equal(strncmp(written, "mail success\n", 13), 0);
    assert_int_equal(count_of(written, "email.parts: type=text/html size=9\n"), 1);
    text.length = 0;
    multiparts(&text, LIMIT_MAIL_DEPTH + 1);
    written = play_text_whole(play, &text);
    assert_int_equal(count_of(written, "mail.too_deep\n"), 1);
    assert_int_equal(count_of(written, "type=text/html"), 0);
    assert_int_equal(count_of(written, "email.parts: type=multipart/mixed size="), 1);
    free(text.at);
    free(play);
}

static void depth_of_messages(void **state)
{
    struct play *play = malloc(sizeof *play);
    struct text text = {0};
    (void)state;
    assert_non_null(play);
    for (unsigned i = 0; i <= LIMIT_MAIL_DEPTH; i++)
        say(&text, "Content-Type: message/rfc822\r\n\r\n");
    say(&text, "Subject: innermost\r\n\r\n");
    const char *written = play_text_whole(play, &text);
    assert_int_equal(count_of(written, "mail.too_deep\n"), 1);
    assert_int_equal(count_of(written, "email.nested=32\n"), 1);
    /* the outermost as it stands, and the one that was not gone into */
    assert_int_equal(
        count_of(written, "email.attachments: file.mime_type=message/rfc822 file.size=1046 detected_type=text/plain\n"),
        1);
    assert_int_equal(
        count_of(written, "email.attachments: file.mime_type=message/rfc822 file.size=22 detected_type=text/plain\n"),
        1);
    free(text.at);
    free(play);
}

static void fields_of_a_header(void **state)
{
    struct play *play = malloc(sizeof *play);
    struct text text = {0};
    (void)state;
    assert_non_null(play);
    for (unsigned i = 1; i < LIMIT_MAIL_HEADER_FIELDS; i++)
        say(&text, "X-%u: y\r\n z\r\n", i);
    say(&text, "Subject: last\r\nTo: b@x\r\nCc: c@x\r\n\r\nbody");
    const char *written = play_text_whole(play, &text);
    assert_int_equal(count_of(written, "mail.header_limit\n"), 1);
    assert_int_equal(count_of(written, "email.subject=last\n"), 1);
    assert_int_equal(count_of(written, "email.to.address"), 0);
    assert_int_equal(count_of(written, "email.parts: type=text/plain size=4\n"), 1);
    free(text.at);
    free(play);
}

static void bytes_of_a_header(void **state)
{
    struct play *play = malloc(sizeof *play);
    struct text text = {0};
    (void)state;
    assert_non_null(play);
    say(&text, "Content-Type: multipart/mixed; boundary=b\r\nSubject: first\r\n");
    while (text.length < LIMIT_MAIL_HEADER_BYTES)
        say(&text, "X: 0123456789abcdefghijklmnopqrstuvwxyz%300s\r\n", "");
    say(&text, "To: b@x\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\nbody\r\n--b--\r\n");
    const char *written = play_text_whole(play, &text);
    assert_int_equal(count_of(written, "mail.header_limit\n"), 1);
    assert_int_equal(count_of(written, "email.subject=first\n"), 1);
    assert_int_equal(count_of(written, "email.to.address"), 0);
    assert_int_equal(count_of(written, "email.parts: type=text/html size=4\n"), 1); /* a part begins anew */
    free(text.at);
    free(play);
}

static void one_long_field(void **state)
{
    struct play *play = malloc(sizeof *play);
    struct text text = {0};
    (void)state;
    assert_non_null(play);
    say(&text, "Subject: ");
    fill(&text, 'x', MAIL_FIELD_BYTES);
    say(&text, "\r\nTo: b@x\r\n");
    fill(&text, 'n', 400); /* a name that does not end: the text begins */
    const char *written = play_text_whole(play, &text);
    assert_int_equal(count_of(written, "mail.header_too_long\n"), 1);
    assert_int_equal(count_of(written, "mail.bad_header\n"), 1);
    assert_int_equal(count_of(written, "email.to.address=b@x\n"), 1);
    assert_int_equal(count_of(written, "x"), MAIL_FIELD_BYTES - 9 + 2);
    assert_int_equal(count_of(written, "email.parts: type=text/plain size=400\n"), 1);
    free(text.at);
    free(play);
}

static void attachments_and_parts(void **state)
{
    struct play *play = malloc(sizeof *play);
    struct text text = {0};
    (void)state;
    assert_non_null(play);
    say(&text, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (unsigned i = 0; i < LIMIT_MAIL_ATTACHMENTS + 5; i++)
        say(&text, "--b\r\nContent-Type: image/gif; name=%u.gif\r\n\r\nGIF89a\r\n", i);
    say(&text, "--b--\r\n");
    const char *written = play_text_whole(play, &text);
    assert_int_equal(count_of(written, "mail.attachments_limit\n"), 1);
    assert_int_equal(count_of(written, "email.attachments:"), LIMIT_MAIL_ATTACHMENTS);
    assert_int_equal(count_of(written, "email.parts:"), LIMIT_MAIL_PARTS);
    assert_int_equal(count_of(written, "file.name=255.gif"), 1);
    assert_int_equal(count_of(written, "file.name=256.gif"), 0);
    assert_int_equal(play->files.seen, LIMIT_MAIL_ATTACHMENTS);
    free(text.at);
    free(play);
}

/* A delimiter with more white space behind it than is held back is text. */
static void delimiter_that_is_too_long(void **state)
{
    struct play *play = malloc(sizeof *play);
    struct text text = {0};
    (void)state;
    assert_non_null(play);
    say(&text, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b%200s\r\n\r\ntwo\r\n--b", "");
    fill(&text, ' ', 600);
    say(&text, "\r\nthree\r\n--b--\r\n");
    const char *written = play_text_whole(play, &text);
    assert_int_equal(count_of(written, "email.parts: type=text/plain size=3\n"), 1);
    assert_int_equal(count_of(written, "email.parts: type=text/plain size=615\n"), 1);
    free(text.at);
    free(play);
}

static void room_for_the_headers(void **state)
{
    (void)state;
    assert_true(mail_headers_size <= MAIL_HEADERS_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_of_multiparts),
        cmocka_unit_test(depth_of_messages),
        cmocka_unit_test(fields_of_a_header),
        cmocka_unit_test(bytes_of_a_header),
        cmocka_unit_test(one_long_field),
        cmocka_unit_test(attachments_and_parts),
        cmocka_unit_test(delimiter_that_is_too_long),
        cmocka_unit_test(room_for_the_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
