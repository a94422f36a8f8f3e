/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Things that should not be. Each has a name (`layer.what`, the contract's overhear.anomaly.name) and a
 * sentence for overhear.anomaly.detail, in which {a} and {b} stand for its two numbers. One row each.
 */
#ifndef OVERHEAR_ANOMALY_H
#define OVERHEAR_ANOMALY_H

#define OVERHEAR_ANOMALIES(X)                                                                                          \
    X(DECODE_TOO_DEEP, "decode.too_deep", "more than {a} layers inside each other")                                    \
    X(IP_BAD_LENGTH, "ip.bad_length", "the header claims {a} bytes, {b} are there")                                    \
    X(IP_BAD_CHECKSUM, "ip.bad_checksum", "checksum {a} does not match, {b} would")                                    \
    X(IP_FRAGMENT_OVERLAP, "ip.fragment_overlap", "fragments disagree about {b} bytes at offset {a}")                  \
    X(IP_FRAGMENT_DISCARDED, "ip.fragment_discarded",                                                                  \
      "a fragment at offset {a} overlaps others, {b} of its bytes differ: the datagram is discarded")                  \
    X(IP_FRAGMENT_ODD_LENGTH, "ip.fragment_odd_length", "a fragment that is not the last has {a} bytes")               \
    X(IP_FRAGMENT_TOO_LONG, "ip.fragment_too_long", "a fragment reaches to byte {a}, beyond the {b} that fit")         \
    X(IP_FRAGMENTS_LIMIT, "ip.fragments_limit", "a datagram in more than {a} fragments was given up")                  \
    X(TCP_BAD_CHECKSUM, "tcp.bad_checksum", "checksum {a} does not match, {b} would")                                  \
    X(TCP_BAD_LENGTH, "tcp.bad_length", "the header claims {a} bytes, {b} are there")                                  \
    X(UDP_BAD_CHECKSUM, "udp.bad_checksum", "checksum {a} does not match, {b} would")                                  \
    X(UDP_BAD_LENGTH, "udp.bad_length", "the header claims {a} bytes, {b} are there")                                  \
    X(TCP_OVERLAP_CONFLICT, "tcp.overlap_conflict",                                                                    \
      "{b} bytes were sent twice with different content at stream byte {a}; the first are used")                       \
    X(TCP_OVERLAP_REPLACED, "tcp.overlap_replaced",                                                                    \
      "{b} bytes were sent twice with different content at stream byte {a}; the later ones are used")                  \
    X(TCP_PENDING_LIMIT, "tcp.pending_limit",                                                                          \
      "more than {a} bytes waited for a missing segment; {b} were given up as lost")                                   \
    X(TCP_URGENT, "tcp.urgent", "urgent data up to stream byte {a}")                                                   \
    X(TCP_SYN_DATA, "tcp.syn_data", "{a} bytes travel on the SYN")                                                     \
    X(TCP_CORRUPT, "tcp.corrupt",                                                                                      \
      "{a} bytes at stream byte {b} with a wrong checksum, though this side's checksums are right otherwise")          \
    X(TCP_OLD_TIMESTAMP, "tcp.old_timestamp",                                                                          \
      "{a} bytes at stream byte {b} in a segment whose timestamp is older than the last one, or missing")              \
    X(TCP_NO_ACKNOWLEDGMENT, "tcp.no_acknowledgment",                                                                  \
      "{a} bytes at stream byte {b} in a segment that acknowledges nothing")                                           \
    X(TCP_BEYOND_WINDOW, "tcp.beyond_window",                                                                          \
      "{a} bytes at stream byte {b}, for some of which the receiver has no room")                                      \
    X(TCP_LOW_TTL, "tcp.low_ttl", "a segment with a TTL of {a}, where others of this side have {b}")                   \
    X(TCP_END_OVERRULED, "tcp.end_overruled", "the end came at stream byte {a}, and {b} bytes beyond it are used")     \
    X(TCP_RESET_IGNORED, "tcp.reset_ignored",                                                                          \
      "a reset at stream byte {a} that did not end the connection; the receiver was at byte {b}")                      \
    X(TCP_DATA_AFTER_RESET, "tcp.data_after_reset", "{a} bytes after the connection was reset")                        \
    X(TCP_DATA_AFTER_FIN, "tcp.data_after_fin", "{a} bytes after this side had ended")                                 \
    X(MESSAGE_TOO_LONG, "message.too_long", "a message longer than {a} bytes was not taken apart")                     \
    X(MESSAGE_NONSENSE, "message.nonsense", "from stream byte {a} on, what is sent makes no sense in this protocol")   \
    X(MESSAGE_TRANSACTIONS_LIMIT, "message.transactions_limit",                                                        \
      "more than {a} requests wait for an answer; the oldest was given up")                                            \
    X(MESSAGE_OBJECTS_LIMIT, "message.objects_limit",                                                                  \
      "more than {a} mails and files travel at the same time; one was not read")                                       \
    X(MESSAGE_BAD_DEFLATE, "message.bad_deflate", "the compressed stream cannot be inflated beyond byte {a}")          \
    X(MESSAGE_HIDDEN_LINE, "message.hidden_line", "byte {b} stands inside a line, after {a} others")                   \
    X(MESSAGE_NOT_AS_AGREED, "message.not_as_agreed",                                                                  \
      "from stream byte {a} on, what is sent is not the protocol that both sides had agreed on")                       \
    X(MEMORY_LIMIT, "memory.limit", "memory ran short: {a} bytes of this conversation were not looked at")             \
    X(RECORD_LIMIT, "record.limit", "a record reached {a} bytes; the rest was left out")                               \
    X(MAIL_HEADER_TOO_LONG, "mail.header_too_long", "a header field is longer than {a} bytes; its beginning counts")   \
    X(MAIL_HEADER_LIMIT, "mail.header_limit",                                                                          \
      "a header section is longer than {a} bytes or {b} fields; the rest was passed over")                             \
    X(MAIL_BAD_HEADER, "mail.bad_header", "the header is broken off after {a} fields by a line that is none")          \
    X(MAIL_TOO_DEEP, "mail.too_deep", "parts are nested more than {a} deep; the innermost were not opened")            \
    X(MAIL_NO_BOUNDARY, "mail.no_boundary", "a multipart does not say what separates its parts")                       \
    X(MAIL_ODD_DELIMITER, "mail.odd_delimiter", "a line begins like a delimiter and goes on with something else")      \
    X(MAIL_UNCLOSED_MULTIPART, "mail.unclosed_multipart", "the multipart at depth {a} has no closing delimiter")       \
    X(MAIL_BAD_ENCODING, "mail.bad_encoding", "a part has characters in it that its transfer encoding does not know")  \
    X(MAIL_ATTACHMENTS_LIMIT, "mail.attachments_limit", "the mail has {a} attachments; the first {b} were looked at")  \
    X(MAIL_AMBIGUOUS_PART, "mail.ambiguous_part",                                                                      \
      "a part says {a} times more than once what it is or how it is packed")                                           \
    X(MAIL_ENCODED_ADDRESS, "mail.encoded_address", "an encoded word stands inside an address")                        \
    X(MAIL_DECEPTIVE_SENDER, "mail.deceptive_sender", "the name of a sender is the address of another one")            \
    X(MAIL_HIDDEN_LINE, "mail.hidden_line", "an encoded word has a line end or a zero byte in it")                     \
    X(MAIL_SEVERAL_AUTHORS, "mail.several_authors", "{a} addresses in From, and no Sender")                            \
    X(MAIL_DOUBLED_PARAMETER, "mail.doubled_parameter",                                                                \
      "a parameter of a part stands there twice and says two things")                                                  \
    X(MAIL_ODD_BOUNDARY, "mail.odd_boundary", "a boundary is written so that its end can be seen in two places")       \
    X(MAIL_ODD_ENCODING, "mail.odd_encoding",                                                                          \
      "a transfer encoding that is none of the known ones, or more than its word")                                     \
    X(MAIL_SPACE_BEFORE_COLON, "mail.space_before_colon", "space stands between a header field's name and its colon")  \
    X(MAIL_DECEPTIVE_NAME, "mail.deceptive_name",                                                                      \
      "an attachment's name has a character in it that is not shown, or two extensions")                               \
    X(MAIL_TWO_NAMES, "mail.two_names", "an attachment has two names that end differently")                            \
    X(MAIL_COMMENT, "mail.comment",                                                                                    \
      "who takes the comment at byte {a} of a field for text sees another type, boundary or name")                     \
    X(MAIL_ENCODED_CONTAINER, "mail.encoded_container",                                                                \
      "a multipart, or a message inside, has a transfer encoding that packs it")                                       \
    X(DNS_MALFORMED, "dns.malformed", "the message breaks off or contradicts itself at byte {a} of {b}")               \
    X(DNS_COMPRESSION_LOOP, "dns.compression_loop", "a name at byte {a} points to byte {b}, which is not before it")   \
    X(DNS_COMPRESSION_CHAIN, "dns.compression_chain", "a name at byte {a} goes on through more than {b} pointers")     \
    X(DNS_NAMES_LIMIT, "dns.names_limit",                                                                              \
      "the text of a message of {a} bytes is longer than {b} bytes; the records behind that were left out")            \
    X(DNS_NAME_TOO_LONG, "dns.name_too_long", "a name at byte {a} is longer than 255 bytes")                           \
    X(DNS_BAD_LABEL, "dns.bad_label", "a label of the reserved kind {b} at byte {a}")                                  \
    X(DNS_TRAILING_BYTES, "dns.trailing_bytes", "{a} bytes follow the end of the message")                             \
    X(DNS_BAD_OPCODE, "dns.bad_opcode", "operation code {a} is not assigned")                                          \
    X(DNS_Z_BIT, "dns.z_bit", "the reserved bit of the header is set")                                                 \
    X(DNS_COUNT_MISMATCH, "dns.count_mismatch", "the header claims {a} entries, {b} are there")                        \
    X(DNS_SEVERAL_QUESTIONS, "dns.several_questions", "{a} questions in one message")                                  \
    X(DNS_ODD_NAME, "dns.odd_name", "a label of the name that is asked for has byte {a} in it")                        \
    X(DNS_UNRELATED_RECORD, "dns.unrelated_record",                                                                    \
      "{a} records have nothing to do with the question, the first of them at byte {b}")                               \
    X(DNS_OTHER_QUESTION, "dns.other_question", "an answer with number {a}, which is that of another question")        \
    X(SMTP_AMBIGUOUS_END, "smtp.ambiguous_end",                                                                        \
      "a lone period between bare line ends in the text: some readers end the message there, others do not")           \
    X(SMTP_BARE_LF, "smtp.bare_lf", "a line ends without a carriage return")                                           \
    X(SMTP_UNASKED_REPLY, "smtp.unasked_reply", "a reply with code {a} to no command that was seen")                   \
    X(SMTP_STARTTLS_INJECTION, "smtp.starttls_injection",                                                              \
      "{a} commands were sent in clear behind STARTTLS, before the encryption began")                                  \
    X(TLS_MALFORMED, "tls.malformed", "a handshake message of type {a}, {b} bytes long, contradicts itself")           \
    X(TLS_HANDSHAKE_TOO_LONG, "tls.handshake_too_long",                                                                \
      "a handshake message of {a} bytes was passed over; at most {b} are read")                                        \
    X(TLS_LIST_TOO_LONG, "tls.list_too_long", "a list of {a} numbers; the first {b} are recorded")                     \
    X(TLS_BAD_CERTIFICATE, "tls.bad_certificate", "certificate {a} of a list, {b} bytes long, cannot be read")         \
    X(TLS_HEARTBLEED, "tls.heartbleed", "a heartbeat asks for {a} bytes back and brings only {b}")                     \
    X(TLS_PLAIN_BEFORE, "tls.plain_before", "plain text stands before the handshake")                                  \
    X(TLS_ODD_SERVER_NAME, "tls.odd_server_name", "byte {a} stands in the name of the server that is asked for")       \
    X(TLS_ADDRESS_AS_NAME, "tls.address_as_name",                                                                      \
      "the server is asked for by an address of {a} bytes, which is no name")                                          \
    X(TLS_SEVERAL_SERVER_NAMES, "tls.several_server_names", "{a} names of servers are asked for in one hello")         \
    X(TLS_OTHER_SERVER_NAME, "tls.other_server_name", "the client's next hello asks for another server")               \
    X(TLS_OTHER_HOST, "tls.other_host", "the hello asks for another host than the tunnel through which it came")       \
    X(TLS_DOUBLED_EXTENSION, "tls.doubled_extension", "extension {a} stands in a hello more than once")                \
    X(TLS_LENGTH_CONFLICT, "tls.length_conflict", "extension {a}: a list inside says another length than there is")    \
    X(TLS_CLEAR_RENEGOTIATION, "tls.clear_renegotiation", "handshake {a} of this connection begins in clear")          \
    X(TLS_PLAIN_ANSWER, "tls.plain_answer", "the answer to a TLS hello is plain text")                                 \
    X(HTTP_AMBIGUOUS_LENGTH, "http.ambiguous_length",                                                                  \
      "the length of the body is stated {a} times, and {b} ways of reading it differ")                                 \
    X(HTTP_BARE_LF, "http.bare_lf", "a line ends without a carriage return")                                           \
    X(HTTP_FOLDED_HEADER, "http.folded_header", "a header goes on over {a} lines, which has been obsolete since 2014") \
    X(HTTP_BAD_HEADER, "http.bad_header", "header line {a} has no name, or a space before its colon")                  \
    X(HTTP_BAD_CHUNK, "http.bad_chunk", "chunk {a} has no valid length")                                               \
    X(HTTP_BAD_START_LINE, "http.bad_start_line", "the first line is not one of HTTP")                                 \
    X(HTTP_BAD_ENCODING, "http.bad_encoding", "the body cannot be inflated beyond byte {a}")                           \
    X(HTTP_INFLATE_BOMB, "http.inflate_bomb", "{a} bytes of body inflate to more than {b}")                            \
    X(HTTP_TOO_MANY_HEADERS, "http.too_many_headers", "more than {a} header lines")                                    \
    X(HTTP_HOST_CONFLICT, "http.host_conflict", "{a} different hosts are asked for in one request")                    \
    X(HTTP_UNASKED_RESPONSE, "http.unasked_response", "a response to no request that was seen")                        \
    X(HTTP_FORBIDDEN_BODY, "http.forbidden_body", "a response of status {a} announces a body, which it cannot have")   \
    X(HTTP_ODD_HEADER_NAME, "http.odd_header_name", "byte {b} stands in the name of header line {a}")                  \
    X(HTTP_LOOKALIKE_HEADER, "http.lookalike_header",                                                                  \
      "header line {a} is nearly called Content-Length or Transfer-Encoding")                                          \
    X(HTTP_DROPPED_HEADER, "http.dropped_header",                                                                      \
      "Connection names a header that says where the message ends, or whose it is")                                    \
    X(HTTP_ODD_EXPECTATION, "http.odd_expectation", "Expect asks for something else than 100-continue")                \
    X(HTTP_ODD_HOST, "http.odd_host", "byte {a} stands in the host that is asked for")                                 \
    X(HTTP_ODD_UPGRADE, "http.odd_upgrade",                                                                            \
      "an upgrade to h2c with a body, or without Upgrade and HTTP2-Settings in Connection")                            \
    X(HTTP_ODD_CHUNK, "http.odd_chunk", "byte {a} stands in the line of a chunk, where readers differ about it")       \
    X(HTTP_REQUEST_IN_BODY, "http.request_in_body", "the body of a request begins with the line of another one")       \
    X(HTTP_HEADER_INJECTION, "http.header_injection",                                                                  \
      "at byte {a} of the target there is an escaped line end with a header behind it")                                \
    X(HTTP_FORBIDDEN_TRAILER, "http.forbidden_trailer", "trailer line {a} says what only a header may say")            \
    X(FTP_BAD_ADDRESS, "ftp.bad_address", "{a} bytes in which no address and port can be read")                        \
    X(FTP_THIRD_PARTY, "ftp.third_party", "port {a} of a host that is neither the client nor the server")              \
    X(FTP_BAD_REPLY, "ftp.bad_reply", "a reply of {a} bytes without a valid code")                                     \
    X(FTP_COMMANDS_AFTER_AUTH, "ftp.commands_after_auth", "{a} commands were sent in clear behind AUTH")               \
    X(IMAP_BAD_LITERAL, "imap.bad_literal", "a literal is announced whose length ({a}) cannot be meant")               \
    X(IMAP_BAD_LINE, "imap.bad_line", "the server sends a line that is no response")                                   \
    X(IMAP_UNKNOWN_TAG, "imap.unknown_tag", "a response to no command that was seen")                                  \
    X(IMAP_COMMANDS_AFTER_STARTTLS, "imap.commands_after_starttls", "{a} commands were sent in clear behind STARTTLS") \
    X(IMAP_TOO_DEEP, "imap.too_deep", "lists are nested more than {a} deep")                                           \
    X(MAIL_DUPLICATE_HEADER, "mail.duplicate_header",                                                                  \
      "{a} header fields too many: of {b} kinds there may be only one each")                                           \
    X(POP3_AMBIGUOUS_END, "pop3.ambiguous_end", "a lone period stands between line ends without carriage return")      \
    X(POP3_BARE_LF, "pop3.bare_lf", "a line ends without a carriage return")                                           \
    X(POP3_UNASKED, "pop3.unasked", "a response to no command that was seen")                                          \
    X(POP3_COMMANDS_AFTER_STLS, "pop3.commands_after_stls", "{a} commands were sent in clear behind STLS")

enum anomaly {
#define OVERHEAR_ANOMALY(id, name, detail) ANOMALY_##id,
    OVERHEAR_ANOMALIES(OVERHEAR_ANOMALY)
#undef OVERHEAR_ANOMALY
        ANOMALY_COUNT
};

/* The contract's name, and the sentence with {a} and {b} still in it. Static text. */
const char *anomaly_name(enum anomaly anomaly);
const char *anomaly_detail(enum anomaly anomaly);

#endif
