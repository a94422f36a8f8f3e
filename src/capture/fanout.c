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
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

enum { FANOUT_PROGRAM_MAX = 224 };

enum {
    ETHERNET_TYPE_AT = 12,
    ETHERNET_BYTES = 14,
    VLAN_TAG_BYTES = 4,
    VLAN_TAGS = 2,
    IPV4_FRAGMENT_AT = 6,
    IPV4_PROTOCOL_AT = 9,
    IPV4_SOURCE_AT = 12,
    IPV4_BYTES = 20,
    IPV4_WITHOUT_OPTIONS = 0x45, /* its first byte: the version, and five words of header */
    IPV4_OFFSET_MASK = 0x1fff,
    IPV6_NEXT_AT = 6,
    IPV6_SOURCE_AT = 8,
    IPV6_BYTES = 40,
    ICMP_BYTES = 8,
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

/* Ends with the `size` bytes at X + `at` in A. */
static void put_load(struct assembler *to, unsigned size, uint32_t at)
{
    put(to, BPF_LD | size | BPF_IND, at);
}

/* Goes on with the next instruction where A is at most the value; else where `end_if` says. */
static size_t put_at_most(struct assembler *to, uint32_t value)
{
    put(to, BPF_JMP | BPF_JGT | BPF_K, value);
    return to->count - 1;
}

static void end_if(struct assembler *to, size_t place)
{
    to->at[place].jt = (uint8_t)(to->count - place - 1);
}

static void put_further(struct assembler *to, uint32_t bytes)
{
    put(to, BPF_MISC | BPF_TXA, 0);
    put(to, BPF_ALU | BPF_ADD | BPF_K, bytes);
    put(to, BPF_MISC | BPF_TAX, 0);
}

/* An error (RFC 792: 3 to 5, 11, 12) about a packet that it quotes belongs to those who talk in it: a router may have
 * sent it. Moves X on to the quoted header. */
static void put_quoted_ipv4(struct assembler *to, uint32_t base)
{
    enum { TYPE_UNREACHABLE = 3, TYPE_REDIRECT = 5, TYPE_TIME = 11, TYPE_PARAMETER = 12 };
    put_load(to, BPF_B, base);
    size_t plain = put_unless(to, IPV4_WITHOUT_OPTIONS);
    put_load(to, BPF_B, base + IPV4_PROTOCOL_AT);
    size_t icmp = put_unless(to, IPPROTO_ICMP);
    put_load(to, BPF_H, base + IPV4_FRAGMENT_AT);
    put(to, BPF_ALU | BPF_AND | BPF_K, IPV4_OFFSET_MASK);
    size_t first = put_at_most(to, 0);
    put_load(to, BPF_B, base + IPV4_BYTES);
    to->at[to->count++] = (struct sock_filter){.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 3, .k = TYPE_TIME};
    to->at[to->count++] = (struct sock_filter){.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 2, .k = TYPE_PARAMETER};
    put(to, BPF_JMP | BPF_JGE | BPF_K, TYPE_UNREACHABLE);
    size_t error = to->count - 1;
    size_t low = put_at_most(to, TYPE_REDIRECT);
    put_further(to, IPV4_BYTES + ICMP_BYTES);
    end_unless(to, plain);
    end_unless(to, icmp);
    end_if(to, first);
    end_unless(to, error);
    end_if(to, low);
}

/* The same of ICMPv6 (RFC 4443: 1 to 4). */
static void put_quoted_ipv6(struct assembler *to, uint32_t base)
{
    enum { TYPE_FIRST = 1, TYPE_LAST = 4 };
    put_load(to, BPF_B, base + IPV6_NEXT_AT);
    size_t icmp = put_unless(to, IPPROTO_ICMPV6);
    put_load(to, BPF_B, base + IPV6_BYTES);
    put(to, BPF_JMP | BPF_JGE | BPF_K, TYPE_FIRST);
    size_t error = to->count - 1;
    size_t low = put_at_most(to, TYPE_LAST);
    put_further(to, IPV6_BYTES + ICMP_BYTES);
    end_unless(to, icmp);
    end_unless(to, error);
    end_if(to, low);
}

/* A: the EtherType; X: where the packet begins, counted from `base`. */
static void put_packet(struct assembler *to, uint32_t base)
{
    size_t ipv4 = put_unless(to, ETH_P_IP);
    put_quoted_ipv4(to, base);
    put_addresses(to, base + IPV4_SOURCE_AT, IPV4_WORDS);
    end_unless(to, ipv4);
    size_t ipv6 = put_unless(to, ETH_P_IPV6);
    put_quoted_ipv6(to, base);
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

/* Says whose a frame is: a number, of which the kernel takes the remainder. Returns how many instructions it has. */
static size_t fanout_program(struct sock_filter ret_program[FANOUT_PROGRAM_MAX])
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
