/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rtnetlink(7). Numbers are in this machine's order; messages and attributes begin at multiples of four.
 */
#include "link_watch.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BUFFER_BYTES = 32 * 1024, /* no message is longer: the kernel cuts its answers to it */
    ALIGNMENT = 4,
    LOWER_UP = 0x10000, /* IFF_LOWER_UP, which <net/if.h> does not know */
};

struct link_watch {
    int descriptor;
    uint32_t port; /* how the kernel calls us */
    struct bytes rest;
    uint8_t buffer[BUFFER_BYTES];
};

struct question {
    struct nlmsghdr header;
    struct ifinfomsg link;
    struct rtattr attribute;
    char name[IF_NAMESIZE];
};

struct link_watch *link_watch_new(void)
{
    struct link_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
    socklen_t length = sizeof address;
    watch->descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (watch->descriptor < 0 || bind(watch->descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(watch->descriptor, (struct sockaddr *)&address, &length) != 0) {
        link_watch_free(watch);
        return NULL;
    }
    watch->port = address.nl_pid;
    return watch;
}

void link_watch_free(struct link_watch *watch)
{
    if (!watch)
        return;
    if (watch->descriptor >= 0)
        close(watch->descriptor);
    free(watch);
}

int link_watch_descriptor(const struct link_watch *watch)
{
    return watch->descriptor;
}

void link_watch_ask(struct link_watch *watch, uint32_t token, int index, const char *name)
{
    struct question question = {
        .header = {.nlmsg_len = offsetof(struct question, attribute),
                   .nlmsg_type = RTM_GETLINK,
                   .nlmsg_flags = NLM_F_REQUEST,
                   .nlmsg_seq = token},
        .link = {.ifi_family = AF_UNSPEC, .ifi_index = index},
    };
    if (index == 0 && name) {
        size_t length = strnlen(name, sizeof question.name - 1);
        memcpy(question.name, name, length);
        question.attribute.rta_type = IFLA_IFNAME;
        question.attribute.rta_len = (unsigned short)(sizeof question.attribute + length + 1);
        question.header.nlmsg_len = sizeof question;
    } else if (index == 0) {
        question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    }
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    /* Where it cannot be sent nothing is told, and nobody depends on it. */
    (void)sendto(watch->descriptor, &question, question.header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof kernel);
}

/* A structure at the beginning of bytes; false where it is not whole. */
static bool begins_with(struct bytes bytes, void *ret_value, size_t size)
{
    if (bytes.len < size)
        return false;
    memcpy(ret_value, bytes.at, size);
    return true;
}

static size_t aligned(size_t length)
{
    return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Lost before any socket could see them: rx_missed_errors (the card had no buffer) and rx_fifo_errors (a queue of it
 * was full). Not rx_dropped, though the kernel adds it to "drop" in /proc/net/dev: it also counts frames that we have
 * seen and that nobody else wanted, such as all those of a VLAN that is not set up here, which is what a mirrored port
 * delivers. Not rx_over_errors, where drivers count the same losses once more. */
static void read_counters(struct bytes value, struct link *ret_link)
{
    struct rtnl_link_stats64 counters = {0};
    if (value.len < offsetof(struct rtnl_link_stats64, tx_aborted_errors))
        return;
    memcpy(&counters, value.at, value.len < sizeof counters ? value.len : sizeof counters);
    ret_link->counted = true;
    ret_link->lost = counters.rx_missed_errors + counters.rx_fifo_errors;
}

static void read_attributes(struct bytes attributes, struct link *ret_link)
{
    struct rtattr attribute;
    while (begins_with(attributes, &attribute, sizeof attribute) && attribute.rta_len >= sizeof attribute) {
        struct bytes value = bytes_skip(bytes_first(attributes, attribute.rta_len), sizeof attribute);
        if (attribute.rta_type == IFLA_IFNAME) {
            size_t length = value.len < LINK_NAME_SIZE ? value.len : LINK_NAME_SIZE - 1;
            memcpy(ret_link->name, value.at, length);
        } else if (attribute.rta_type == IFLA_STATS64) {
            read_counters(value, ret_link);
        }
        attributes = bytes_skip(attributes, aligned(attribute.rta_len));
    }
}

/* False: the message is about something else. */
static bool read_message(const struct nlmsghdr *header, struct bytes body, struct link *ret_link)
{
    struct nlmsgerr failure;
    struct ifinfomsg about;
    switch (header->nlmsg_type) {
    case NLMSG_DONE:
        ret_link->ends = true;
        return ret_link->token != 0;
    case NLMSG_ERROR:
        return ret_link->token != 0 && begins_with(body, &failure, sizeof failure) && failure.error == -ENODEV;
    case RTM_NEWLINK:
    case RTM_DELLINK:
        /* Bridges use the same messages, of their own family, for what is plugged into them. */
        if (!begins_with(body, &about, sizeof about) || about.ifi_family != AF_UNSPEC)
            return false;
        ret_link->present = header->nlmsg_type == RTM_NEWLINK;
        ret_link->index = about.ifi_index;
        ret_link->type = about.ifi_type;
        ret_link->up = about.ifi_flags & IFF_UP;
        ret_link->carrier = about.ifi_flags & LOWER_UP;
        read_attributes(bytes_skip(body, aligned(sizeof about)), ret_link);
        return true;
    default:
        return false;
    }
}

bool link_message_take(struct bytes *messages, uint32_t port, struct link *ret_link)
{
    struct nlmsghdr header;
    while (begins_with(*messages, &header, sizeof header) && header.nlmsg_len >= sizeof header &&
           header.nlmsg_len <= messages->len) {
        struct bytes body = bytes_skip(bytes_first(*messages, header.nlmsg_len), sizeof header);
        *messages = bytes_skip(*messages, aligned(header.nlmsg_len));
        *ret_link = (struct link){.token = header.nlmsg_pid == port ? header.nlmsg_seq : 0};
        if (read_message(&header, body, ret_link))
            return true;
    }
    *messages = bytes_of(NULL, 0);
    return false;
}

enum link_result link_watch_next(struct link_watch *watch, struct link *ret_link)
{
    while (!link_message_take(&watch->rest, watch->port, ret_link)) {
        struct sockaddr_nl sender = {0};
        socklen_t length = sizeof sender;
        ssize_t count = recvfrom(watch->descriptor, watch->buffer, sizeof watch->buffer, MSG_TRUNC | MSG_DONTWAIT,
                                 (struct sockaddr *)&sender, &length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == ENOBUFS ? LINK_MISSED : LINK_SILENT;
        if ((size_t)count > sizeof watch->buffer)
            return LINK_MISSED;
        if (sender.nl_pid == 0) /* only the kernel is believed */
            watch->rest = bytes_of(watch->buffer, (size_t)count);
    }
    return LINK_TOLD;
}
