/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names are near each other where one ends like the other (`status_code`), or where few letters differ, in the whole or
 * behind the last dot. Those who come from Wireshark have names of their own in their fingers.
 */
#include "suggest.h"

#include "overhear/dissector.h"
#include "util/distance.h"

#include <stdio.h>

enum { SUGGESTIONS = 3, SAME_END = 0, ELSEWHERE = 20, FAR = 1000 };

struct habit {
    const char *theirs, *ours;
};

static const struct habit habits[] = {
    {"ip.addr", "source.ip, destination.ip"},
    {"ipv6.addr", "source.ip, destination.ip"},
    {"ip.src", "source.ip"},
    {"ip.dst", "destination.ip"},
    {"ipv6.src", "source.ip"},
    {"ipv6.dst", "destination.ip"},
    {"ip.host", "source.domain, destination.domain"},
    {"tcp.port", "source.port, destination.port"},
    {"udp.port", "source.port, destination.port"},
    {"tcp.srcport", "source.port"},
    {"udp.srcport", "source.port"},
    {"tcp.dstport", "destination.port"},
    {"udp.dstport", "destination.port"},
    {"tcp", "network.transport == tcp"},
    {"udp", "network.transport == udp"},
    {"ip", "network.type == ipv4"},
    {"ipv6", "network.type == ipv6"},
    {"frame.time", "@timestamp"},
    {"timestamp", "@timestamp"},
    {"frame.number", "overhear.frames.request, overhear.frames.response, overhear.frames.first"},
    {"tcp.stream", "overhear.conversation"},
    {"udp.stream", "overhear.conversation"},
    {"vlan.id", "network.vlan.id"},
    {"dns.qry.name", "dns.question.name"},
    {"dns.qry.type", "dns.question.type"},
    {"dns.a", "dns.resolved_ip"},
    {"dns.aaaa", "dns.resolved_ip"},
    {"dns.flags.rcode", "dns.response_code"},
    {"dns.time", "event.duration"},
    {"http.host", "url.domain"},
    {"http.time", "event.duration"},
    {"http.user_agent", "user_agent.original"},
    {"http.referer", "http.request.referrer"},
    {"http.response.code", "http.response.status_code"},
    {"http.response.phrase", "http.response.status_phrase"},
    {"http.request.uri", "url.original"},
    {"http.request.full_uri", "url.full"},
    {"http.cookie", "http.request.cookies.name, http.request.cookies.value"},
    {"http.content_type", "http.response.mime_type"},
    {"tls.handshake.extensions_server_name", "tls.client.server_name"},
    {"tls.handshake.ciphersuite", "tls.cipher"},
    {"smtp.req.command", "smtp.command"},
    {"smtp.response.code", "smtp.reply.code"},
    {"ftp.request.command", "ftp.command"},
    {"ftp.response.code", "ftp.reply.code"},
    {"imf.subject", "email.subject"},
    {"imf.from", "email.from.address"},
    {"imf.to", "email.to.address"},
};

struct suggestion {
    char name[FILTER_NAME_SIZE];
    size_t distance;
};

static struct bytes first_part(struct bytes name)
{
    return bytes_first(name, bytes_find(name, '.', 0));
}

static struct bytes last_part(struct bytes name)
{
    size_t at = name.len;
    while (at > 0 && bytes_at(name, at - 1) != '.')
        at--;
    return bytes_skip(name, at);
}

static bool ends_like(struct bytes whole, struct bytes end)
{
    return end.len > 0 && whole.len > end.len && bytes_at(whole, whole.len - end.len - 1) == '.' &&
           word_distance(bytes_skip(whole, whole.len - end.len), end) == 0;
}

static bool begins_like(struct bytes whole, struct bytes begin)
{
    return begin.len > 0 && bytes_at(whole, begin.len) == '.' &&
           word_distance(bytes_first(whole, begin.len), begin) == 0;
}

static const char *find_dataset(const struct dataset_table *table, struct bytes name)
{
    for (size_t i = 0; i < table->count; i++)
        if (bytes_is_nocase(name, table->datasets[i]->name))
            return table->datasets[i]->name;
    return NULL;
}

/* How far a candidate is; FAR: too far to be meant. */
static size_t distance_to(const struct dataset_table *table, struct bytes name, struct bytes candidate)
{
    if (ends_like(candidate, name) || begins_like(candidate, name))
        return SAME_END;
    size_t whole = word_distance(name, candidate);
    if (whole <= 1 + name.len / 5)
        return whole;
    /* The same word elsewhere, or nearly, but not in another protocol: less likely than one that is near as a whole. */
    struct bytes last = last_part(name), end = last_part(candidate);
    if (last.len < 4 ||
        (find_dataset(table, first_part(name)) && !bytes_equal(first_part(name), first_part(candidate))))
        return FAR;
    size_t distance = word_distance(last, end);
    if (word_distance(last, bytes_first(end, last.len)) == 0)
        distance = 1;
    return distance <= 1 + last.len / 8 ? ELSEWHERE + 10 * distance + whole / 4 : FAR;
}

/* Keeps the nearest, of equals the first. */
static void keep(struct suggestion list[SUGGESTIONS], size_t *count, const char *name, size_t distance)
{
    if (distance >= FAR)
        return;
    for (size_t i = 0; i < *count; i++)
        if (strcmp(list[i].name, name) == 0)
            return;
    size_t at = *count;
    while (at > 0 && list[at - 1].distance > distance)
        at--;
    if (at == SUGGESTIONS)
        return;
    if (*count < SUGGESTIONS)
        (*count)++;
    memmove(&list[at + 1], &list[at], (*count - at - 1) * sizeof *list);
    list[at].distance = distance;
    (void)snprintf(list[at].name, sizeof list[at].name, "%s", name);
}

static const char *find_habit(struct bytes name)
{
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        if (bytes_is_nocase(name, habits[i].theirs))
            return habits[i].ours;
    return NULL;
}

/* A protocol that is no dataset of its own: mdns, ftp-data. */
static const char *find_protocol(struct bytes name)
{
    for (const struct dissector *const *dissector = dissector_registry; *dissector; dissector++) {
        if (bytes_is_nocase(name, (*dissector)->name))
            return (*dissector)->name;
        for (const struct port *port = (*dissector)->ports; port && port->transport; port++)
            if (port->protocol && bytes_is_nocase(name, port->protocol))
                return port->protocol;
    }
    return NULL;
}

/* The nearest names. Returns how many. */
static size_t find_near(const struct dataset_table *table, struct bytes name, struct suggestion list[SUGGESTIONS])
{
    struct name_cursor cursor = {.dataset = 0};
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++) {
        const char *dataset = table->datasets[i]->name;
        size_t distance = word_distance(name, bytes_text(dataset));
        keep(list, &count, dataset, distance < FAR && distance <= name.len / 3 ? 1 : FAR);
    }
    while (name_next(table, &cursor))
        if (strcmp(cursor.name, "notes") != 0 && !bytes_is(name, cursor.name))
            keep(list, &count, cursor.name, distance_to(table, name, bytes_text(cursor.name)));
    while (count > 1 && list[count - 1].distance > list[0].distance + (list[0].distance < ELSEWHERE ? 1 : 5))
        count--; /* another one is meant far more likely */
    return count;
}

void suggest_field(const struct dataset_table *table, struct bytes name, char ret_text[SUGGESTION_SIZE])
{
    struct suggestion list[SUGGESTIONS];
    const char *dataset = find_dataset(table, name);
    const char *habit = find_habit(name);
    const char *protocol = find_protocol(name);
    if (habit || dataset || protocol) {
        (void)snprintf(ret_text, SUGGESTION_SIZE, "did you mean %s%s?", habit || dataset ? "" : "network.protocol == ",
                       habit     ? habit
                       : dataset ? dataset
                                 : protocol);
        return;
    }
    size_t count = find_near(table, name, list);
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(ret_text + length, SUGGESTION_SIZE - length, "%s%.64s",
                                   i == 0 ? "did you mean " : ", ", list[i].name);
    dataset = find_dataset(table, first_part(name));
    if (count > 0)
        (void)snprintf(ret_text + length, SUGGESTION_SIZE - length, "?");
    else if (dataset)
        (void)snprintf(ret_text, SUGGESTION_SIZE, "overhear fields %s lists what there is", dataset);
    else
        (void)snprintf(ret_text, SUGGESTION_SIZE, "overhear fields lists all that there are");
}
