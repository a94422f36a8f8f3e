/* SPDX-License-Identifier: BSD-3-Clause
 *
 * -D, and what is said to those who named an interface that cannot be listened to.
 */
#include "interfaces.h"

#include "util/distance.h"

#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    NAMES_SHOWN = 8, /* in a message */
    NEAR = 2,        /* mistakes of typing between two names that may be meant for each other */
    PATH_SIZE = 320,
    NAME_COLUMN_MIN = 4,
    STATE_SIZE = 64,
    GAP = 2, /* between columns */
};

void interfaces_explain_missing(const char *name, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct if_nameindex *all = if_nameindex();
    size_t fewest = strlen(name) > NEAR ? NEAR + 1 : NEAR;
    const char *near = NULL;
    char names[CAPTURE_ERROR_SIZE / 2] = "";
    size_t length = 0, count = 0;
    for (const struct if_nameindex *one = all; one && one->if_index != 0; one++) {
        size_t mistakes = word_distance(bytes_text(name), bytes_text(one->if_name));
        if (mistakes < fewest) {
            fewest = mistakes;
            near = one->if_name;
        }
        if (count++ < NAMES_SHOWN)
            length += (size_t)snprintf(names + length, sizeof names - length, "%.15s, ", one->if_name);
    }
    int used = snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.63s: there is no such interface; ", name);
    char *rest = ret_error + used;
    size_t room = CAPTURE_ERROR_SIZE - (size_t)used;
    if (near)
        snprintf(rest, room, "did you mean %s? -D lists them", near);
    else
        snprintf(rest, room, "there are %s%sany; -D lists them", names, count > NAMES_SHOWN ? "…, " : "");
    if_freenameindex(all);
}

/* Is it only made of characters that no shell touches? */
static bool is_plain(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:@%/";
    return path[strspn(path, plain)] == '\0';
}

void interfaces_explain_rights(const char *name, char ret_error[CAPTURE_ERROR_SIZE])
{
    char path[PATH_SIZE] = "";
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    bool known = length > 0 && (size_t)length < sizeof path;
    if (known)
        path[length] = '\0';
    if (!known || !is_plain(path))
        snprintf(path, sizeof path, "\"$(command -v overhear)\"");
    snprintf(ret_error, CAPTURE_ERROR_SIZE,
             "%.63s: listening needs a right that you do not have; either: sudo overhear …\n"
             "or, once and for all: sudo setcap cap_net_raw+ep %s",
             name, path);
}

struct table {
    FILE *to;
    int name_width, state_width;
};

static void describe_state(const pcap_if_t *interface, char ret_text[STATE_SIZE])
{
    bool is_up = interface->flags & PCAP_IF_UP;
    bool connected = (interface->flags & PCAP_IF_CONNECTION_STATUS) != PCAP_IF_CONNECTION_STATUS_DISCONNECTED;
    const char *state = is_up ? "up" : "down";
    if (is_up && !connected)
        state = "up, no carrier";
    else if (is_up && !(interface->flags & PCAP_IF_RUNNING))
        state = "up, not running";
    snprintf(ret_text, STATE_SIZE, "%s%s%s", state, interface->flags & PCAP_IF_LOOPBACK ? ", loopback" : "",
             interface->flags & PCAP_IF_WIRELESS ? ", wireless" : "");
}

/* Bits that are set, which for a netmask is the length of the prefix. */
static unsigned count_bits(const uint8_t *octets, size_t length)
{
    unsigned count = 0;
    for (size_t i = 0; i < length; i++)
        for (unsigned octet = octets[i]; octet != 0; octet &= octet - 1)
            count++;
    return count;
}

/* The octets of an IP address; 0: it is of another family. */
static size_t read_address(const struct sockaddr *from, uint8_t ret_octets[16])
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    if (from && from->sa_family == AF_INET) {
        memcpy(&in, from, sizeof in);
        memcpy(ret_octets, &in.sin_addr, sizeof in.sin_addr);
        return sizeof in.sin_addr;
    }
    if (from && from->sa_family == AF_INET6) {
        memcpy(&in6, from, sizeof in6);
        memcpy(ret_octets, &in6.sin6_addr, sizeof in6.sin6_addr);
        return sizeof in6.sin6_addr;
    }
    return 0;
}

/* One more entry of the last column: the first is on the line of the name, each further one gets a line of its own. */
static void print_entry(const struct table *table, size_t number, const char *text, const char *rest)
{
    if (number > 0)
        fprintf(table->to, "\n%*s", table->name_width + GAP + table->state_width, "");
    fprintf(table->to, "%*s%s%s", GAP, "", text, rest);
}

static void print_interface(const struct table *table, const pcap_if_t *interface)
{
    size_t entries = 0;
    char state[STATE_SIZE];
    describe_state(interface, state);
    bool has_more = interface->description != NULL;
    for (const pcap_addr_t *address = interface->addresses; address; address = address->next) {
        uint8_t octets[16];
        has_more |= read_address(address->addr, octets) > 0;
    }
    fprintf(table->to, "%-*s%*s%-*s", table->name_width, interface->name, GAP, "", has_more ? table->state_width : 0,
            state);
    for (const pcap_addr_t *address = interface->addresses; address; address = address->next) {
        struct address ip = {0};
        uint8_t mask[16];
        char text[ADDRESS_TEXT_SIZE], prefix[8] = "";
        size_t length = read_address(address->addr, ip.octets);
        ip.family = length == 4 ? 4 : 6;
        if (length == 0 || address_text(&ip, text) == 0)
            continue;
        if (read_address(address->netmask, mask) == length)
            snprintf(prefix, sizeof prefix, "/%u", count_bits(mask, length));
        print_entry(table, entries++, text, prefix);
    }
    if (interface->description)
        print_entry(table, entries, interface->description, "");
    fputc('\n', table->to);
}

static void print_table(FILE *to, const pcap_if_t *interfaces)
{
    struct table table = {.to = to, .name_width = NAME_COLUMN_MIN};
    char state[STATE_SIZE];
    for (const pcap_if_t *interface = interfaces; interface; interface = interface->next) {
        if (if_nametoindex(interface->name) == 0)
            continue;
        describe_state(interface, state);
        int name_width = (int)strlen(interface->name), state_width = (int)strlen(state);
        table.name_width = name_width > table.name_width ? name_width : table.name_width;
        table.state_width = state_width > table.state_width ? state_width : table.state_width;
    }
    /* Network interfaces only: of what else libpcap can read nothing would be understood here. */
    for (const pcap_if_t *interface = interfaces; interface; interface = interface->next)
        if (if_nametoindex(interface->name) != 0)
            print_interface(&table, interface);
    fprintf(to, "%-*s%*sall of them together\n", table.name_width, "any", GAP, "");
}

char *capture_list_interfaces(char ret_error[CAPTURE_ERROR_SIZE])
{
    char problem[PCAP_ERRBUF_SIZE] = "";
    pcap_if_t *interfaces = NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    if (!to || pcap_findalldevs(&interfaces, problem) != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s", to ? problem : "out of memory");
        if (to)
            fclose(to);
        free(text);
        return NULL;
    }
    print_table(to, interfaces);
    bool failed = ferror(to) != 0;
    pcap_freealldevs(interfaces);
    if (fclose(to) == 0 && !failed)
        return text;
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "out of memory");
    free(text);
    return NULL;
}
