/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A program of fanout sees frames in two ways: those that come in begin at the network header, those that go out at the
 * link header. So every load names what it counts from: SKF_LL_OFF (the link header) or SKF_NET_OFF.
 *
 * On Ethernet (and the loopback interface, which looks like it) everything is counted from the link header, because
 * only there a VLAN tag stands where it is expected: of a frame that comes in the kernel has taken the outermost tag
 * away, and its network header is what follows, be it another tag; in a frame that goes out the tag may be in place,
 * and the network header is that of IP all the same. Other interfaces have no tags; there the kernel knows the protocol
 * and where its header begins.
 */
#include "fanout.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

enum {
    ETHERNET_TYPE_AT = 12,
    ETHERNET_BYTES = 14,
    VLAN_TAG_BYTES = 4,
    VLAN_TAGS = 2,
    IPV4_SOURCE_AT = 12,
    IPV6_SOURCE_AT = 8,
    ADDRESS_WORD = 4,
    IPV4_WORDS = 2, /* of both addresses */
    IPV6_WORDS = 8,
    SPREAD_SHIFT = 16,
    GROUP_BITS = 16,
    OLD_QINQ = 0x9100, /* a tag before 802.1ad had a number */
};

static const uint32_t spread = 0x9e3779b1; /* odd, and without a pattern: near addresses become far numbers */

struct assembler {
    struct sock_filter *at;
    size_t count;
};

static void put(struct assembler *to, unsigned code, uint32_t value)
{
    to->at[to->count++] = (struct sock_filter){.code = (uint16_t)code, .k = value};
}

/* Goes on with the next instruction where A is the value; else where `end_unless` says. */
static size_t put_unless(struct assembler *to, uint32_t value)
{
    put(to, BPF_JMP | BPF_JEQ | BPF_K, value);
    return to->count - 1;
}

static void end_unless(struct assembler *to, size_t place)
{
    to->at[place].jf = (uint8_t)(to->count - place - 1);
}

/* The words from X + first on, which are the two addresses, become one number; it is the same when they change places.
 */
static void put_addresses(struct assembler *to, uint32_t first, unsigned words)
{
    enum { SUM, HEADER };
    put(to, BPF_STX, HEADER);
    put(to, BPF_LD | BPF_W | BPF_IND, first);
    put(to, BPF_ST, SUM);
    for (unsigned i = 1; i < words; i++) {
        put(to, BPF_LD | BPF_W | BPF_IND, first + i * ADDRESS_WORD);
        put(to, BPF_LDX | BPF_MEM, SUM);
        put(to, BPF_ALU | BPF_XOR | BPF_X, 0);
        put(to, BPF_ST, SUM);
        put(to, BPF_LDX | BPF_MEM, HEADER);
    }
    put(to, BPF_ALU | BPF_MUL | BPF_K, spread);
    put(to, BPF_ALU | BPF_RSH | BPF_K, SPREAD_SHIFT);
    put(to, BPF_RET | BPF_A, 0);
}

/* A: the EtherType; X: where the packet begins, counted from `base`. */
static void put_packet(struct assembler *to, uint32_t base)
{
    size_t ipv4 = put_unless(to, ETH_P_IP);
    put_addresses(to, base + IPV4_SOURCE_AT, IPV4_WORDS);
    end_unless(to, ipv4);
    size_t ipv6 = put_unless(to, ETH_P_IPV6);
    put_addresses(to, base + IPV6_SOURCE_AT, IPV6_WORDS);
    end_unless(to, ipv6);
    put(to, BPF_RET | BPF_K, 0);
}

static void put_ethernet(struct assembler *to)
{
    const uint32_t base = (uint32_t)SKF_LL_OFF;
    put(to, BPF_LDX | BPF_IMM, ETHERNET_BYTES);
    put(to, BPF_LD | BPF_H | BPF_ABS, base + ETHERNET_TYPE_AT);
    for (uint32_t tag = 1; tag <= VLAN_TAGS; tag++) {
        to->at[to->count++] = (struct sock_filter){.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 2, .k = ETH_P_8021Q};
        to->at[to->count++] = (struct sock_filter){.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 1, .k = ETH_P_8021AD};
        size_t tagged = put_unless(to, OLD_QINQ);
        put(to, BPF_LDX | BPF_IMM, ETHERNET_BYTES + tag * VLAN_TAG_BYTES);
        put(to, BPF_LD | BPF_H | BPF_ABS, base + ETHERNET_TYPE_AT + tag * VLAN_TAG_BYTES);
        end_unless(to, tagged);
    }
    put_packet(to, base);
}

size_t fanout_program(struct sock_filter ret_program[FANOUT_PROGRAM_MAX])
{
    struct assembler to = {.at = ret_program};
    put(&to, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_HATYPE));
    to.at[to.count++] = (struct sock_filter){.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 1, .k = ARPHRD_ETHER};
    size_t ethernet = put_unless(&to, ARPHRD_LOOPBACK);
    put_ethernet(&to);
    end_unless(&to, ethernet);
    put(&to, BPF_LDX | BPF_IMM, 0);
    put(&to, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL));
    put_packet(&to, (uint32_t)SKF_NET_OFF);
    return to.count;
}

int fanout_join(int descriptor, uint16_t *group)
{
    struct sock_filter program[FANOUT_PROGRAM_MAX];
    struct sock_fprog code = {.len = (unsigned short)fanout_program(program), .filter = program};
    uint32_t kind = PACKET_FANOUT_CBPF | (*group == 0 ? PACKET_FANOUT_FLAG_UNIQUEID : 0u);
    uint32_t membership = *group | kind << GROUP_BITS;
    socklen_t length = sizeof membership;
    if (setsockopt(descriptor, SOL_PACKET, PACKET_FANOUT, &membership, sizeof membership) != 0 ||
        setsockopt(descriptor, SOL_PACKET, PACKET_FANOUT_DATA, &code, sizeof code) != 0 ||
        getsockopt(descriptor, SOL_PACKET, PACKET_FANOUT, &membership, &length) != 0)
        return -errno;
    *group = (uint16_t)membership;
    return 0;
}
