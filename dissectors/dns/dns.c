/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The Domain Name System: RFC 1034, 1035 and what grew on them; multicast DNS (RFC 6762) and LLMNR (RFC 4795),
 * which share its format. Over UDP a message is a datagram, over TCP (RFC 7766) it follows its length.
 *
 * A transaction is a query with its answer. They belong together by ID and question, and by nothing else, since
 * answers may come in any order; an answer without a question section goes by its ID. A query that is sent again
 * before its answer belongs to the same transaction. The first answer completes it; another one to the same
 * question is a record of its own. Only zone transfers are made of many answers.
 *
 * Not here: DNS over TLS, HTTPS and QUIC, which cannot be read; the TLVs of DNS Stateful Operations (RFC 8490);
 * NetBIOS names (port 137), which look alike and are something else.
 */
#include "dns.h"

#include "dns_asked.h"
#include "dns_explain.h"
#include "dns_message.h"
#include "dns_probe.h"
#include "dns_related.h"

enum {
    ANSWERED_REMEMBERED = 8,
    RETRY_SECONDS = 60, /* a question over TCP this long after a truncated answer is asked because of it */
};

/* Of a conversation. */
struct dns_state {
    bool asks[2];    /* by side: questions were seen */
    bool aligned[2]; /* by side: messages follow each other from here, no need to look for one */
    struct {
        uint64_t key;
        struct moment when;
    } answered[ANSWERED_REMEMBERED]; /* the latest questions that had their answer */
    unsigned answered_next;
};

/* Of a transaction. */
struct dns_exchange {
    uint16_t id, type, class_number;
    uint16_t flags; /* of the query */
    uint8_t opcode;
    enum side side; /* who asked */
    bool has_question;
    bool answered; /* a transfer has begun */
    enum dns_flavor flavor;
    struct dns_story story;
    struct dns_transfer transfer;
    struct dns_asked asked;
};

/* What a message is taken apart in. */
struct dns_room {
    struct dns_buffers buffers;
    char chain_end[DNS_NAME_TEXT];
    char data[DNS_RDATA_TEXT];
    struct dns_related related;
};

static uint64_t exchange_key(const struct dns_message *message)
{
    uint64_t seed = (uint64_t)message->id << 32 | (uint64_t)message->question_type << 16 | message->question_class;
    return dns_name_hash(seed, message->question);
}

/* The same question over another transport, where it has another ID. */
static uint64_t truncation_key(const struct dns_message *message)
{
    uint64_t seed = (uint64_t)DNS_FLAG_TC << 32 | (uint64_t)message->question_type << 16 | message->question_class;
    return dns_name_hash(seed, message->question);
}

/* Whether this question over TCP follows an answer over UDP that was cut short. */
static bool follows_truncation(const struct dns_message *message)
{
    struct moment when;
    return emit_conversation(message->emitter)->transport == TRANSPORT_TCP && message->has_question &&
           emit_recall(message->emitter, truncation_key(message), &when) &&
           message->packet->first.time_ns - when.time_ns < RETRY_SECONDS * INT64_C(1000000000);
}

static bool is_for_everybody(const struct address *address)
{
    if (address->family == 4)
        return (address->octets[0] & 0xf0) == 0xe0 || address->octets[0] == 0xff;
    return address->family == 6 && address->octets[0] == 0xff;
}

static bool goes_to_everybody(const struct dns_message *message)
{
    const struct conversation *conversation = emit_conversation(message->emitter);
    bool by_client = message->packet->side == SIDE_CLIENT;
    return is_for_everybody(by_client ? &conversation->destination.ip : &conversation->source.ip);
}

/* Each has a name of its own; two of them begin with another letter than that of the dissector. */
static enum dns_flavor flavor_of(const struct conversation *conversation)
{
    if (!conversation->protocol || *conversation->protocol == *dns_dissector.name)
        return DNS_UNICAST;
    if (strcmp(conversation->protocol, "mdns") == 0)
        return DNS_MULTICAST;
    return strcmp(conversation->protocol, "llmnr") == 0 ? DNS_LINK_LOCAL : DNS_UNICAST;
}

static bool is_transfer(uint16_t type)
{
    return type == DNS_AXFR || type == DNS_IXFR;
}

static bool same_name(const struct dns_exchange *exchange, const struct record *record,
                      const struct dns_message *message)
{
    char buffer[DNS_NAME_TEXT] FILLED_LATER;
    if (exchange->asked.length == 0)
        return bytes_equal_nocase(record_find_text(record, DNS_FIELD_QUESTION_NAME), message->question);
    return dns_asked_again(&exchange->asked, message) ||
           bytes_equal_nocase(dns_asked_name(&exchange->asked, buffer), message->question);
}

static bool same_question(const struct dns_exchange *exchange, const struct record *record,
                          const struct dns_message *message)
{
    return exchange->id == message->id && exchange->opcode == message->opcode &&
           exchange->type == message->question_type && exchange->class_number == message->question_class &&
           exchange->has_question == message->has_question &&
           (!message->has_question || same_name(exchange, record, message));
}

/* The open transaction that this message belongs to, of those that `asker` began. */
static struct transaction *find_exchange(struct dns_message *message, uint64_t key, enum side asker)
{
    struct emitter *emitter = message->emitter;
    for (struct transaction *t = transaction_find(emitter, key); t; t = transaction_find_next(emitter, t)) {
        struct dns_exchange *exchange = t->state;
        if (exchange->side == asker && same_question(exchange, &t->record, message))
            return t;
    }
    if (!message->answer || message->claimed[0] > 0)
        return NULL;
    for (struct transaction *t = transaction_oldest(emitter); t; t = transaction_younger(emitter, t)) {
        struct dns_exchange *exchange = t->state;
        if (exchange->side == asker && exchange->id == message->id && exchange->opcode == message->opcode)
            return t;
    }
    return NULL;
}

static struct transaction *open_exchange(struct dns_message *message, uint64_t key)
{
    struct transaction *transaction = transaction_open(message->emitter, key, message->packet);
    if (!transaction)
        return NULL;
    struct dns_exchange *exchange = transaction->state;
    *exchange = (struct dns_exchange){
        .id = message->id,
        .type = message->question_type,
        .class_number = message->question_class,
        .flags = message->flags,
        .opcode = (uint8_t)message->opcode,
        .side = message->packet->side,
        .has_question = message->has_question,
        .flavor = message->flavor,
    };
    exchange->story.first = exchange->story.last = message->packet->first;
    message->record = &transaction->record;
    message->record->incomplete |= message->cut;
    return transaction;
}

/* Who spoke does not tell which kind of message it was: machines that all use the server's port both ask and
 * answer. */
static void set_moments(struct dns_message *message)
{
    struct record *record = message->record;
    struct moment *mine = message->answer ? &record->response : &record->request;
    struct moment *other = message->answer ? &record->request : &record->response;
    if (other->frame == message->packet->first.frame)
        *other = (struct moment){0, 0};
    if (mine->frame == 0)
        *mine = message->packet->first;
}

static void write_query_end(struct transaction *transaction)
{
    struct dns_exchange *exchange = transaction->state;
    struct record *record = &transaction->record;
    if (record_has(record, DNS_FIELD_TYPE))
        return;
    record_word(record, DNS_FIELD_TYPE, "query");
    dns_message_write_flags(record, exchange->flavor, exchange->flags);
    record->outcome = OUTCOME_UNKNOWN;
}

static void take_query(struct dns_state *state, struct dns_message *message, uint64_t key)
{
    const struct conversation *conversation = emit_conversation(message->emitter);
    enum side side = message->packet->side;
    bool everybody = goes_to_everybody(message);
    bool is_multicast_dns = message->flavor == DNS_MULTICAST;

    state->asks[side] = true;
    struct transaction *transaction = is_multicast_dns ? NULL : find_exchange(message, key, side);
    if (transaction && !((struct dns_exchange *)transaction->state)->answered) {
        struct dns_exchange *exchange = transaction->state;
        exchange->story.retransmissions++;
        exchange->story.last = message->packet->last;
        record_set_integer(&transaction->record, DNS_FIELD_RETRANSMISSIONS, exchange->story.retransmissions);
        transaction_touch(transaction, message->packet);
        message->record = &transaction->record;
        set_moments(message);
        return;
    }
    transaction = open_exchange(message, key);
    if (!transaction)
        return;
    struct dns_exchange *exchange = transaction->state;
    exchange->story.asked = true;
    exchange->story.everybody = everybody;
    exchange->story.after_truncation = follows_truncation(message);
    exchange->transfer.wanted = is_transfer(message->question_type) && conversation->transport == TRANSPORT_TCP;
    exchange->transfer.changes = message->question_type == DNS_IXFR;
    set_moments(message);
    if (dns_asked_keep(&exchange->asked, message))
        return;
    dns_message_write(message);
    exchange->transfer.serial_known = message->has_soa;
    exchange->transfer.asker_serial = message->soa_serial;
    dns_explain_question(message, &exchange->story);
    if (!is_multicast_dns || !everybody)
        return;
    /* Answers to such a question come from elsewhere, and it is asked again as long as anybody cares. */
    write_query_end(transaction);
    dns_explain_unanswered(message->record, &exchange->story, message->packet->first);
    transaction_close(message->emitter, transaction);
}

/* The record of a query becomes that of an answer: what the query said is replaced, but for the question's name,
 * whose letters are the asker's. The sections of an UPDATE or a NOTIFY are what it is about, so they stay. */
static void begin_answer(struct dns_message *message, struct dns_exchange *exchange)
{
    struct record *record = message->record;
    if (exchange->has_question && !(message->has_question && dns_asked_again(&exchange->asked, message))) {
        char buffer[DNS_NAME_TEXT];
        struct bytes asked = exchange->asked.length > 0 ? dns_asked_name(&exchange->asked, buffer)
                                                        : record_find_text(record, DNS_FIELD_QUESTION_NAME);
        bool same_letters = bytes_equal(asked, message->question);
        exchange->story.letters_differ = message->has_question && !same_letters;
        if (!same_letters)
            message->question = bytes_of(message->question_buffer,
                                         bytes_copy(message->question_buffer, DNS_NAME_TEXT, asked));
        message->has_question = true;
        message->question_type = exchange->type;
        message->question_class = exchange->class_number;
    }
    exchange->asked.length = 0;
    if (message->opcode == DNS_OPCODE_QUERY) {
        record_clear(record);
        if (exchange->story.retransmissions > 0)
            record_set_integer(record, DNS_FIELD_RETRANSMISSIONS, exchange->story.retransmissions);
        return;
    }
    for (unsigned section = 0; section < DNS_SECTIONS; section++)
        message->keeps_section[section] = record_has(record, dns_section_field(message->opcode, section));
}

static void write_answer_head(struct dns_message *message, const struct dns_exchange *exchange)
{
    struct record *record = message->record;
    if (record_has(record, DNS_FIELD_TYPE))
        return;
    record_word(record, DNS_FIELD_TYPE, "answer");
    dns_message_write_flags(record, exchange->flavor, message->flags);
}

static bool is_complete(const struct dns_message *message, const struct dns_transfer *transfer)
{
    if (!transfer->wanted || message->rcode != 0 || transfer->complete || message->found[1 + DNS_ANSWER] == 0)
        return true;
    if (!transfer->changes || transfer->records > 1)
        return false;
    /* The new SOA alone: nothing has changed, or the rest comes with the next message. */
    return !transfer->serial_known || (int32_t)(transfer->serial - transfer->asker_serial) <= 0;
}

static void remember_answered(struct dns_state *state, uint64_t key, struct moment when)
{
    unsigned slot = state->answered_next % ANSWERED_REMEMBERED;
    state->answered[slot].key = key;
    state->answered[slot].when = when;
    state->answered_next = slot + 1;
}

static void recall_answered(const struct dns_state *state, uint64_t key, struct dns_story *story, struct moment now)
{
    const int64_t wait_ns = LIMIT_TRANSACTION_SECONDS * (int64_t)1000000000;
    for (unsigned i = 0; i < ANSWERED_REMEMBERED; i++) {
        if (state->answered[i].when.frame == 0 || state->answered[i].key != key ||
            now.time_ns - state->answered[i].when.time_ns > wait_ns)
            continue;
        story->answered_before = true;
        story->answer_frame = state->answered[i].when.frame;
    }
}

static void finish_answer(struct dns_message *message, struct transaction *transaction)
{
    struct dns_exchange *exchange = transaction->state;
    struct record *record = message->record;
    dns_record_word(record, DNS_FIELD_RESPONSE_CODE, dns_rcode_word(message->rcode), "RCODE", message->rcode);
    record->outcome = message->rcode == 0 ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
    exchange->story.zone_transfer = exchange->transfer.wanted && message->rcode == 0;
    exchange->story.transferred = exchange->transfer.records;
    if (message->flags & DNS_FLAG_TC && message->flavor == DNS_UNICAST && message->has_question)
        emit_remember(message->emitter, truncation_key(message));
    dns_explain_question(message, &exchange->story);
    dns_explain_answer(message, &exchange->story);
    transaction_close(message->emitter, transaction);
}

/* The number is that of a question that is open, and the question is not. */
static void tell_other_question(const struct dns_message *message)
{
    struct emitter *emitter = message->emitter;
    if (message->flavor != DNS_UNICAST || message->cut || !message->has_question)
        return;
    for (struct transaction *t = transaction_oldest(emitter); t; t = transaction_younger(emitter, t)) {
        const struct dns_exchange *exchange = t->state;
        if (exchange->side != message->packet->side && exchange->id == message->id && exchange->has_question &&
            !exchange->answered) {
            emit_anomaly(emitter, ANOMALY_DNS_OTHER_QUESTION, message->id, 0);
            return;
        }
    }
}

static void take_answer(struct dns_state *state, struct dns_message *message, uint64_t key)
{
    struct transaction *transaction = find_exchange(message, key, side_other(message->packet->side));
    struct dns_exchange *exchange;
    if (transaction) {
        exchange = transaction->state;
        message->record = &transaction->record;
        transaction_touch(transaction, message->packet);
        message->record->incomplete |= message->cut;
        if (!exchange->answered)
            begin_answer(message, exchange);
    } else {
        tell_other_question(message);
        transaction = open_exchange(message, key);
        if (!transaction)
            return;
        exchange = transaction->state;
        exchange->story.everybody = goes_to_everybody(message);
        recall_answered(state, key, &exchange->story, message->packet->first);
        message->unasked = message->flavor == DNS_UNICAST && state->asks[side_other(message->packet->side)];
    }
    set_moments(message);
    message->transfer = &exchange->transfer;
    dns_message_write(message);
    write_answer_head(message, exchange);
    exchange->answered = true;
    if (!is_complete(message, &exchange->transfer))
        return;
    if (exchange->story.asked)
        remember_answered(state, transaction->key, message->packet->first);
    finish_answer(message, transaction);
}

/* A period or a byte that is not printed inside a label of the name that is asked for. In the presentation form of the
 * name, they are written as escapes. */
static unsigned odd_byte(struct bytes name)
{
    for (size_t at = bytes_find(name, '\\', 0); at < name.len; at = bytes_find(name, '\\', at + 2)) {
        uint8_t next = bytes_at(name, at + 1);
        if (next == '.')
            return next;
        if (next == '0' && (bytes_at(name, at + 2) < '3' || bytes_at(name, at + 3) < '2'))
            return (unsigned)(bytes_at(name, at + 2) - '0') * 10 + (unsigned)(bytes_at(name, at + 3) - '0');
    }
    return UINT16_MAX;
}

static void tell_odd_question(const struct dns_message *message)
{
    bool is_query = message->opcode == DNS_OPCODE_QUERY;
    if (is_query && message->claimed[0] > 1)
        emit_anomaly(message->emitter, ANOMALY_DNS_SEVERAL_QUESTIONS, message->claimed[0], 0);
    bool is_host = message->question_type == DNS_A || message->question_type == DNS_AAAA;
    unsigned odd = message->has_question && is_host && !message->answer ? odd_byte(message->question) : UINT16_MAX;
    if (odd < UINT16_MAX)
        emit_anomaly(message->emitter, ANOMALY_DNS_ODD_NAME, odd, 0);
}

static enum verdict on_message(void *state, struct emitter *emitter, const struct message *packet)
{
    const struct conversation *conversation = emit_conversation(emitter);
    bool is_stream = conversation->transport == TRANSPORT_TCP;
    size_t prefix = is_stream ? 2 : 0;
    struct dns_message message = {
        .flavor = flavor_of(conversation),
        .cut = packet->incomplete || packet->bytes.len < packet->length,
        .emitter = emitter,
        .packet = packet,
    };
    if (packet->kind != MESSAGE_WHOLE && packet->kind != MESSAGE_REST)
        return VERDICT_OK;
    if (packet->kind == MESSAGE_REST && !((const struct dns_state *)state)->aligned[packet->side])
        return VERDICT_OK; /* nobody knows where it began */
    struct dns_room *room = emit_scratch(emitter, sizeof *room);
    if (!room)
        return VERDICT_OK;
    message.data_text = dns_text_in(room->data, sizeof room->data);
    message.chain_end_buffer = room->chain_end;
    message.related = &room->related;
    if (!dns_message_begin(&message, &room->buffers, bytes_skip(packet->bytes, prefix))) {
        if (!message.cut)
            emit_anomaly(emitter, ANOMALY_DNS_MALFORMED, message.bytes.len, message.bytes.len);
        return VERDICT_OK;
    }
    uint64_t key = exchange_key(&message);
    if (message.flavor == DNS_UNICAST && !message.cut)
        tell_odd_question(&message);
    if (message.answer)
        take_answer(state, &message, key);
    else
        take_query(state, &message, key);
    return VERDICT_OK;
}

/* Where it is not known that a message begins here (after a gap, or in the middle of a connection), the first
 * byte at which one plausibly begins is looked for. Each byte is decided by those that follow it alone, so cuts
 * make no difference. */
static struct framing on_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    struct dns_state *dns = state;
    (void)seen;
    if (dns->aligned[side])
        return framing_length16(pending);
    for (size_t i = 0; i < pending.len; i++) {
        enum dns_beginning beginning = dns_stream_beginning(bytes_skip(pending, i));
        if (beginning == DNS_BEGINNING_NO)
            continue;
        if (i > 0)
            return (struct framing){FRAMING_NONSENSE, i};
        if (beginning == DNS_BEGINNING_MORE)
            return (struct framing){FRAMING_MORE, 0};
        dns->aligned[side] = true;
        return framing_length16(pending);
    }
    return (struct framing){FRAMING_NONSENSE, pending.len};
}

static void on_gap(void *state, struct emitter *emitter, enum side side, uint64_t length)
{
    struct dns_state *dns = state;
    (void)emitter;
    (void)length;
    dns->aligned[side] = false;
}

/* No (further) answer came. */
static void on_abandon(void *state, struct emitter *emitter, struct transaction *transaction)
{
    struct dns_exchange *exchange = transaction->state;
    (void)state;
    if (exchange->answered) { /* a transfer that did not come to its end */
        record_word(&transaction->record, DNS_FIELD_RESPONSE_CODE, dns_rcode_word(0));
        transaction->record.incomplete = true;
        transaction->record.outcome = OUTCOME_UNKNOWN;
        return;
    }
    if (exchange->asked.length > 0) {
        const struct message packet = {.side = exchange->side, .first = exchange->story.first};
        struct dns_message message = {
            .flavor = exchange->flavor,
            .emitter = emitter,
            .packet = &packet,
            .record = &transaction->record,
        };
        dns_asked_write(&exchange->asked, &message, &exchange->story);
    }
    write_query_end(transaction);
    if (transaction->record.wants_notes)
        dns_explain_unanswered(&transaction->record, &exchange->story, emit_now(emitter));
}

/* What rests: who asks, where the next question that is answered is to be remembered, and the questions that were. Of
 * the last datagram the conversation knows when it came, and that answered a question in most that rest. */
enum { REST_ASKED = 1 /* and 2 by the server */, REST_ANSWERED_LAST = 4, REST_NEXT = 8 /* times answered_next */ };

/* How long before the conversation's last datagram: frames in the upper bits, nanoseconds below. */
enum { AGO_BITS = 40 };

static const uint64_t AGO_NS = (UINT64_C(1) << AGO_BITS) - 1;

static_assert(2 * ANSWERED_REMEMBERED <= REMAINDER_NUMBERS, "two numbers for each");
static_assert(ANSWERED_REMEMBERED * REST_NEXT + REST_NEXT - 1 <= UINT8_MAX, "all bits have their place");

static bool on_rest(const void *state, const struct conversation *conversation, struct remainder *ret_remainder)
{
    const struct dns_state *dns = state;
    const struct moment last = conversation->last;
    unsigned bits = (dns->asks[SIDE_CLIENT] ? REST_ASKED << SIDE_CLIENT : 0u) |
                    (dns->asks[SIDE_SERVER] ? REST_ASKED << SIDE_SERVER : 0u) | dns->answered_next * REST_NEXT;
    uint8_t count = 0;
    for (unsigned i = 0; i < ANSWERED_REMEMBERED && dns->answered[i].when.frame != 0; i++) {
        const struct moment when = dns->answered[i].when;
        const uint64_t frames = last.frame - when.frame, ago_ns = (uint64_t)last.time_ns - (uint64_t)when.time_ns;
        if (ago_ns > AGO_NS || frames >> (64 - AGO_BITS) != 0)
            return false;
        ret_remainder->numbers[count++] = dns->answered[i].key;
        if (i + 1 == dns->answered_next && (frames | ago_ns) == 0)
            bits |= REST_ANSWERED_LAST;
        else
            ret_remainder->numbers[count++] = frames << AGO_BITS | ago_ns;
    }
    ret_remainder->bits = (uint8_t)bits;
    ret_remainder->count = count;
    return true;
}

static void on_wake(void *state, const struct conversation *conversation, const struct remainder *remainder)
{
    struct dns_state *dns = state;
    const struct moment last = conversation->last;
    dns->asks[SIDE_CLIENT] = remainder->bits & REST_ASKED << SIDE_CLIENT;
    dns->asks[SIDE_SERVER] = remainder->bits & REST_ASKED << SIDE_SERVER;
    dns->answered_next = remainder->bits / REST_NEXT;
    for (unsigned i = 0, at = 0; at < remainder->count && i < ANSWERED_REMEMBERED; i++) {
        const bool is_last = i + 1 == dns->answered_next && (remainder->bits & REST_ANSWERED_LAST);
        dns->answered[i].key = remainder->numbers[at++];
        const uint64_t ago = is_last || at >= remainder->count ? 0 : remainder->numbers[at++];
        dns->answered[i].when = (struct moment){last.frame - (ago >> AGO_BITS),
                                                (int64_t)((uint64_t)last.time_ns - (ago & AGO_NS))};
    }
}

static const struct port ports[] = {
    {TRANSPORT_UDP, 53, NULL},      {TRANSPORT_TCP, 53, NULL},      {TRANSPORT_UDP, 5353, "mdns"},
    {TRANSPORT_UDP, 5355, "llmnr"}, {TRANSPORT_TCP, 5355, "llmnr"}, {0, 0, NULL},
};

const struct dissector dns_dissector = {
    .name = "dns",
    .meaning = "names and what is known about them: DNS, multicast DNS, LLMNR",
    .ports = ports,
    .dataset = &dns_dataset,
    .state_size = sizeof(struct dns_state),
    .transaction_size = sizeof(struct dns_exchange),
    .message_max = 2 + UINT16_MAX,
    .answers_by_name = true,
    .heeds_others = true,
    .probe = dns_probe,
    .frame = on_frame,
    .message = on_message,
    .gap = on_gap,
    .abandon = on_abandon,
    .rest = on_rest,
    .wake = on_wake,
};
