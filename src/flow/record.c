/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The `flow` record: what a conversation was, when it is over.
 */
#include "table.h"

#include "overhear/record.h"

enum {
    FLOW_FIELD_SOURCE_BYTES,
    FLOW_FIELD_SOURCE_PACKETS,
    FLOW_FIELD_DESTINATION_BYTES,
    FLOW_FIELD_DESTINATION_PACKETS,
    FLOW_FIELD_NETWORK_BYTES,
    FLOW_FIELD_NETWORK_PACKETS,
    FLOW_FIELD_START,
    FLOW_FIELD_END,
    FLOW_FIELD_STATE,
    FLOW_FIELD_REASON,
    FLOW_FIELD_RTT,
    FLOW_FIELD_RETRANSMISSIONS,
    FLOW_FIELD_OUT_OF_ORDER,
    FLOW_FIELD_GAP_BYTES,
    FLOW_FIELD_ZERO_WINDOWS,
    FLOW_FIELD_KEEP_ALIVES,
    FLOW_FIELD_COUNT
};

static const struct field fields[FLOW_FIELD_COUNT] = {
    [FLOW_FIELD_SOURCE_BYTES] = {.name = "source.bytes",
                                 .type = FIELD_INTEGER,
                                 .meaning = "bytes of the frames that the client sent, as they were on the wire"},
    [FLOW_FIELD_SOURCE_PACKETS] = {.name = "source.packets", .type = FIELD_INTEGER, .meaning = "packets of the client"},
    [FLOW_FIELD_DESTINATION_BYTES] = {.name = "destination.bytes",
                                      .type = FIELD_INTEGER,
                                      .meaning = "bytes of the frames that the server sent, as they were on the wire"},
    [FLOW_FIELD_DESTINATION_PACKETS] = {.name = "destination.packets",
                                        .type = FIELD_INTEGER,
                                        .meaning = "packets of the server"},
    [FLOW_FIELD_NETWORK_BYTES] = {.name = "network.bytes", .type = FIELD_INTEGER, .meaning = "bytes of both sides"},
    [FLOW_FIELD_NETWORK_PACKETS] = {.name = "network.packets",
                                    .type = FIELD_INTEGER,
                                    .meaning = "packets of both sides"},
    [FLOW_FIELD_START] = {.name = "event.start", .type = FIELD_TIME, .meaning = "when its first frame was seen"},
    [FLOW_FIELD_END] = {.name = "event.end", .type = FIELD_TIME, .meaning = "when its last frame was seen"},
    [FLOW_FIELD_STATE] = {.name = "overhear.flow.state",
                          .type = FIELD_TEXT,
                          .meaning = "how far the conversation got",
                          .catalog = "overhear.flow.state"},
    [FLOW_FIELD_REASON] = {.name = "overhear.flow.reason",
                           .type = FIELD_TEXT,
                           .meaning = "why it is over",
                           .catalog = "overhear.flow.reason"},
    [FLOW_FIELD_RTT] = {.name = "overhear.flow.rtt",
                        .type = FIELD_DURATION,
                        .meaning = "round trip between client and server, from the TCP handshake"},
    [FLOW_FIELD_RETRANSMISSIONS] = {.name = "overhear.flow.retransmissions",
                                    .type = FIELD_INTEGER,
                                    .meaning = "segments all of whose bytes were seen before"},
    [FLOW_FIELD_OUT_OF_ORDER] = {.name = "overhear.flow.out_of_order",
                                 .type = FIELD_INTEGER,
                                 .meaning = "segments with new bytes that came after a later one"},
    [FLOW_FIELD_GAP_BYTES] = {.name = "overhear.flow.gap_bytes",
                              .type = FIELD_INTEGER,
                              .meaning = "bytes that were sent and are not in the capture"},
    [FLOW_FIELD_ZERO_WINDOWS] = {.name = "overhear.flow.zero_windows",
                                 .type = FIELD_INTEGER,
                                 .meaning = "segments that told the other side to stop sending for a while"},
    [FLOW_FIELD_KEEP_ALIVES] = {.name = "overhear.flow.keep_alives",
                                .type = FIELD_INTEGER,
                                .meaning = "segments sent only to see whether the other side is still there"},
};

static const struct line lines[] = {
    {.speaker = SPEAKER_SAME,
     .detail = DETAIL_VERBOSE | DETAIL_LAST,
     .each = LINE_ONCE,
     .words = "{overhear.flow.state} ({overhear.flow.reason}): {network.bytes:size}, packets: {network.packets}"
              "[, round trip {overhear.flow.rtt:duration}]"},
};

const struct dataset flow_dataset = {
    .name = "flow",
    .title = "Flow",
    .fields = fields,
    .field_count = FLOW_FIELD_COUNT,
    .lines = lines,
    .line_count = sizeof lines / sizeof *lines,
};

static const char *state_name(const struct flow *flow, const struct tcp_summary *tcp)
{
    if (flow->conversation.transport == TRANSPORT_UDP)
        return "udp";
    switch (tcp ? tcp->state : TCP_STATE_NEW) {
    case TCP_STATE_ESTABLISHED:
        return "established";
    case TCP_STATE_MIDSTREAM:
        return "midstream";
    case TCP_STATE_CLOSED:
        return "closed";
    case TCP_STATE_RESET:
        return "reset";
    case TCP_STATE_NEW:
    case TCP_STATE_HALF_OPEN:
        break;
    }
    return "half_open";
}

static const char *const reason_names[] = {
    [END_FIN] = "fin",
    [END_RST] = "rst",
    [END_TIMEOUT] = "timeout",
    [END_EVICTED] = "evicted",
    [END_CAPTURE] = "end_of_capture",
};

static void add_if_any(struct record *record, unsigned field, uint64_t value)
{
    if (value > 0)
        record_integer(record, field, (int64_t)value);
}

static void add_counters(struct record *record, const struct flow *flow)
{
    const uint64_t *bytes = flow->bytes, *packets = flow->packets;
    record_integer(record, FLOW_FIELD_SOURCE_BYTES, (int64_t)bytes[SIDE_CLIENT]);
    record_integer(record, FLOW_FIELD_SOURCE_PACKETS, (int64_t)packets[SIDE_CLIENT]);
    record_integer(record, FLOW_FIELD_DESTINATION_BYTES, (int64_t)bytes[SIDE_SERVER]);
    record_integer(record, FLOW_FIELD_DESTINATION_PACKETS, (int64_t)packets[SIDE_SERVER]);
    record_integer(record, FLOW_FIELD_NETWORK_BYTES, (int64_t)(bytes[SIDE_CLIENT] + bytes[SIDE_SERVER]));
    record_integer(record, FLOW_FIELD_NETWORK_PACKETS, (int64_t)(packets[SIDE_CLIENT] + packets[SIDE_SERVER]));
}

static void add_stream(struct record *record, const struct tcp_summary *tcp)
{
    const struct tcp_side_statistics *client = &tcp->sides[SIDE_CLIENT], *server = &tcp->sides[SIDE_SERVER];
    add_if_any(record, FLOW_FIELD_RTT, (uint64_t)tcp->rtt_ns);
    record_integer(record, FLOW_FIELD_RETRANSMISSIONS, (int64_t)client->retransmissions + server->retransmissions);
    record_integer(record, FLOW_FIELD_OUT_OF_ORDER, (int64_t)client->out_of_order + server->out_of_order);
    record_integer(record, FLOW_FIELD_GAP_BYTES, (int64_t)(client->gap + server->gap));
    add_if_any(record, FLOW_FIELD_ZERO_WINDOWS, (uint64_t)client->zero_windows + server->zero_windows);
    add_if_any(record, FLOW_FIELD_KEEP_ALIVES, (uint64_t)client->keep_alives + server->keep_alives);
}

/* Nothing is said about a zero. */
static void observe(struct record *record, unsigned field, const char *observation, const char *name,
                    enum argument_kind kind)
{
    struct argument argument = {.name = name, .kind = kind};
    if (record_find_integer(record, field, &argument.integer) && argument.integer > 0)
        record_observe(record, FLOW_FIELD_NETWORK_BYTES, observation, &argument, 1);
}

static void observe_losses(struct record *record)
{
    observe(record, FLOW_FIELD_GAP_BYTES, "flow.gap", "missing", ARGUMENT_SIZE);
    observe(record, FLOW_FIELD_RETRANSMISSIONS, "flow.retransmissions", "segments", ARGUMENT_INTEGER);
}

void flow_write_record(struct flow_table *table, struct flow *flow, const struct tcp_summary *tcp,
                       enum end_reason reason)
{
    struct record *record = &table->record;
    if (record->budget)
        record_reuse(record, &flow_dataset);
    else
        record_init(record, &flow_dataset, table->shared->budget);
    record->conversation = &flow->conversation;
    record->wants_notes = table->shared->wants_notes;
    record->first = flow->conversation.first;
    record->last = flow->conversation.last;
    add_counters(record, flow);
    record_integer(record, FLOW_FIELD_START, flow->conversation.first.time_ns);
    record_integer(record, FLOW_FIELD_END, flow->conversation.last.time_ns);
    record_word(record, FLOW_FIELD_STATE, state_name(flow, tcp));
    record_word(record, FLOW_FIELD_REASON, reason_names[reason]);
    if (flow->conversation.transport == TRANSPORT_UDP)
        add_if_any(record, FLOW_FIELD_GAP_BYTES, flow->as.cut_bytes);
    else if (tcp)
        add_stream(record, tcp);
    observe_losses(record);
    session_write(table->shared, record);
}
