/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The first byte chooses the protocol: DNS as datagrams or as a stream, mDNS, LLMNR.
 */
#include "session_harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        uint8_t transport;
        uint16_t port;
    } ways[] = {{TRANSPORT_UDP, 53}, {TRANSPORT_TCP, 53}, {TRANSPORT_UDP, 5353}, {TRANSPORT_UDP, 5355}};
    if (size < 2)
        return 0;
    unsigned way = data[0] & 3;
    fuzz_session(data + 1, size - 1, ways[way].transport, ways[way].port);
    return 0;
}
