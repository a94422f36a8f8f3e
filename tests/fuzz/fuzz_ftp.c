/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A control connection and a data connection that it announced. The first byte says what was ordered; then each piece
 * has one byte more than in session_harness.h in front, which says on which of the two connections it travels.
 */
#include "session_harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const orders[] = {
    "",
    "LIST -la /pub\r\n",
    "MLSD\r\n",
    "NLST\r\n",
    "RETR a\r\n",
    "STOU\r\n",
    "REST 5\r\nSTOR b\r\n",
    "MODE Z\r\nLIST\r\n",
    "USER u\r\nPASS secret\r\n",
    "PORT 10,0,0,1,19,136\r\nRETR c\r\n",
};

static struct conversation conversation_of(uint64_t id, uint16_t port)
{
    return (struct conversation){
        .id = id,
        .transport = TRANSPORT_TCP,
        .source = {.ip = {4, {10, 0, 0, 1}}, .port = 50000},
        .destination = {.ip = {4, {10, 0, 0, 2}}, .port = port},
    };
}

static void play(struct session sessions[2], struct reader *r)
{
    static const char agreed[] = "220 x FTP\r\n227 (10,0,0,2,19,136)\r\n";
    const char *order = orders[reader_u8(r) % (sizeof orders / sizeof orders[0])];
    fuzz_piece(&sessions[0], SIDE_CLIENT, bytes_text("PASV\r\n"));
    fuzz_piece(&sessions[0], SIDE_SERVER, bytes_text(agreed));
    if (*order)
        fuzz_piece(&sessions[0], SIDE_CLIENT, bytes_text(order));
    while (reader_left(r) > 3) {
        unsigned which = reader_u8(r) & 1, how = reader_u8(r);
        size_t n = reader_u8(r);
        if (how & 0x80)
            n *= 16;
        fuzz_piece(&sessions[which], how, reader_take(r, n < reader_left(r) ? n : reader_left(r)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct budget budget;
    budget_init(&budget, 64 << 20);
    struct session_shared shared = {
        .budget = &budget,
        .names = names_new(&budget),
        .ports = port_map_new(),
        .sink = {NULL, fuzz_drop_record},
        .wants_notes = true,
    };
    struct conversation control = conversation_of(1, 21), transfer = conversation_of(2, 5000);
    struct session sessions[2];
    struct reader r = reader_of(bytes_of(data, size));
    if (shared.names && shared.ports) {
        session_init(&sessions[0], &shared, &control);
        session_init(&sessions[1], &shared, &transfer);
        play(sessions, &r);
        session_end(&sessions[1], END_FIN);
        session_end(&sessions[0], END_CAPTURE);
    }
    session_shared_done(&shared);
    names_free(shared.names);
    port_map_free(shared.ports);
    if (budget.used != 0)
        abort();
    return 0;
}
