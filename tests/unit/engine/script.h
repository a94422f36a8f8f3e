/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A capture in memory whose frames are shared out by hosts.
 */
#ifndef OVERHEAR_TESTS_ENGINE_SCRIPT_H
#define OVERHEAR_TESTS_ENGINE_SCRIPT_H

#include "capture/capture.h"
#include "decode/decode.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATH_SIZE = 512 };

/* A capture in memory, with the hosts of each frame. */
struct script {
    struct frame *frames;
    uint64_t *hosts; /* the same for all frames between two hosts */
    size_t count;
};

static inline void pcaps_path(char ret_path[PATH_SIZE], const char *name)
{
    const char *own = __FILE__, *end = strstr(own, "tests/unit/");
    assert_non_null(end);
    snprintf(ret_path, PATH_SIZE, "%.*spcaps/%s", (int)(end - own), own, name);
}

static inline uint64_t hash_of(const struct address *address)
{
    uint64_t hash = address->family;
    for (size_t i = 0; i < sizeof address->octets; i++)
        hash = (hash ^ address->octets[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 29;
}

/* As far as the decoder gets: innermost addresses; of an ICMP error those of the packet that it is about. */
static inline uint64_t hosts_of(const struct packet *packet)
{
    const struct address *a = packet->icmp.present ? &packet->icmp.source.ip : &packet->source.ip;
    const struct address *b = packet->icmp.present ? &packet->icmp.destination.ip : &packet->destination.ip;
    return hash_of(a) + hash_of(b);
}

static inline void script_add(struct script *script, const struct frame *frame, uint64_t hosts)
{
    if (script->count % 1024 == 0) {
        script->frames = realloc(script->frames, (script->count + 1024) * sizeof *script->frames);
        script->hosts = realloc(script->hosts, (script->count + 1024) * sizeof *script->hosts);
        assert_non_null(script->frames);
        assert_non_null(script->hosts);
    }
    struct frame *copy = &script->frames[script->count];
    uint8_t *bytes = malloc(frame->data.len + 1);
    assert_non_null(bytes);
    bytes_copy(bytes, frame->data.len, frame->data);
    *copy = *frame;
    copy->data = bytes_of(bytes, frame->data.len);
    script->hosts[script->count++] = hosts;
}

static inline bool script_read(struct script *script, const char *path)
{
    char error[CAPTURE_ERROR_SIZE];
    struct budget budget;
    struct frame frame;
    struct packet packet;
    bool tunnelled_pieces = false;
    struct capture *capture = capture_open_file(path, 1, error);
    *script = (struct script){.frames = NULL};
    if (!capture)
        return false;
    budget_init(&budget, 0);
    struct decoder *decoder = decoder_new(&budget, false);
    assert_non_null(decoder);
    while (capture_next(capture, &frame, error) == CAPTURE_FRAME) {
        (void)decode_frame(decoder, &frame, &packet);
        tunnelled_pieces = tunnelled_pieces || (packet.reassembled && packet.inside != 0);
        script_add(script, &frame, hosts_of(&packet));
    }
    /* Pieces have the outer addresses, and what they become the inner ones: nothing to share out here. */
    for (size_t i = 0; i < script->count && tunnelled_pieces; i++)
        script->hosts[i] = 0;
    decoder_free(decoder);
    capture_close(capture);
    return true;
}

static inline void script_free(struct script *script)
{
    for (size_t i = 0; i < script->count; i++)
        free((void *)(uintptr_t)script->frames[i].data.at);
    free(script->frames);
    free(script->hosts);
}

#endif
