/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_asked.h"

enum { OPTION_COOKIE = 10, OPT_BYTES = 11, OPTION_HEAD_BYTES = 4 };

/* Nothing, or an OPT record with a cookie at most: of these there is nothing to complain about. */
static bool is_usual_rest(struct bytes rest, unsigned records)
{
    if (records == 0)
        return rest.len == 0;
    if (records > 1 || rest.len < OPT_BYTES || bytes_at(rest, 0) != 0 || bytes_u16(rest, 1) != DNS_OPT ||
        bytes_u16(rest, OPT_BYTES - 2) != rest.len - OPT_BYTES)
        return false;
    const struct bytes options = bytes_skip(rest, OPT_BYTES);
    return options.len == 0 || (options.len >= OPTION_HEAD_BYTES && bytes_u16(options, 0) == OPTION_COOKIE &&
                                bytes_u16(options, 2) == options.len - OPTION_HEAD_BYTES);
}

/* A name that points elsewhere would say something else beside another header. */
static bool has_plain_name(const struct dns_message *message)
{
    struct reader reader = reader_of(bytes_slice(message->bytes, DNS_HEADER_BYTES, DNS_ASKED_BYTES));
    return dns_name_skip_labels(&reader);
}

bool dns_asked_keep(struct dns_asked *asked, const struct dns_message *message)
{
    if (message->bytes.len > sizeof asked->bytes || !message->has_question || message->cut ||
        message->flavor == DNS_MULTICAST || message->opcode != DNS_OPCODE_QUERY || message->flags & DNS_FLAG_Z ||
        message->claimed[0] != 1 || message->claimed[1 + DNS_ANSWER] > 0 || message->claimed[1 + DNS_AUTHORITY] > 0 ||
        !is_usual_rest(reader_peek(&message->reader), message->claimed[1 + DNS_ADDITIONAL]) || !has_plain_name(message))
        return false;
    asked->length = (uint8_t)bytes_copy(asked->bytes, sizeof asked->bytes, message->bytes);
    asked->question_end = (uint8_t)message->question_end;
    return true;
}

static struct bytes question_of(struct bytes message, size_t end)
{
    return bytes_skip(bytes_first(message, end), DNS_HEADER_BYTES);
}

bool dns_asked_again(const struct dns_asked *asked, const struct dns_message *message)
{
    return asked->length > 0 && bytes_equal(question_of(bytes_of(asked->bytes, asked->length), asked->question_end),
                                            question_of(message->bytes, message->question_end));
}

struct bytes dns_asked_name(const struct dns_asked *asked, char buffer[DNS_NAME_TEXT])
{
    const struct bytes bytes = bytes_of(asked->bytes, asked->length);
    struct reader reader = reader_of(bytes_skip(bytes, DNS_HEADER_BYTES));
    struct dns_text text = dns_text_in(buffer, DNS_NAME_TEXT);
    struct dns_fault fault;
    (void)dns_name_read(bytes, &reader, &text, &fault);
    return dns_text_bytes(&text);
}

/* With room of its own: transactions are given up while another message is in hand. */
void dns_asked_write(const struct dns_asked *asked, struct dns_message *message, const struct dns_story *story)
{
    struct dns_buffers buffers;
    char data[2 * DNS_ASKED_BYTES]; /* a cookie in hexadecimal */
    message->data_text = dns_text_in(data, sizeof data);
    if (!dns_message_begin(message, &buffers, bytes_of(asked->bytes, asked->length)))
        return;
    dns_message_write(message);
    dns_explain_question(message, story);
}
