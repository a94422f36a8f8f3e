/* SPDX-License-Identifier: BSD-3-Clause */
#include "merge.h"

#include <stdio.h>
#include <stdlib.h>

static void add_times(struct engine_statistics *sum, const struct engine_statistics *one)
{
    if (one->frames == 0)
        return;
    if (sum->frames == 0 || one->first_ns < sum->first_ns)
        sum->first_ns = one->first_ns;
    if (sum->frames == 0 || one->last_ns > sum->last_ns)
        sum->last_ns = one->last_ns;
}

static void add_unknown_links(struct engine_statistics *sum, const struct engine_statistics *one)
{
    if (one->unknown_link_frames > 0 &&
        (sum->unknown_link_frames == 0 || one->unknown_link_first < sum->unknown_link_first)) {
        sum->unknown_link_first = one->unknown_link_first;
        sum->unknown_link_type = one->unknown_link_type;
    }
    sum->unknown_link_frames += one->unknown_link_frames;
}

static void add_lists(struct engine_statistics *sum, const struct engine_statistics *one)
{
    for (size_t i = 0; i < one->stop_count; i++) {
        sum->stops[i].name = one->stops[i].name;
        sum->stops[i].frames += one->stops[i].frames;
    }
    sum->stop_count = one->stop_count;
    for (size_t i = 0; i < sizeof sum->ended / sizeof *sum->ended; i++)
        sum->ended[i] += one->ended[i];
    for (size_t i = 0; i < ANOMALY_COUNT; i++)
        sum->anomaly_counts[i] += one->anomaly_counts[i];
}

static struct engine_credentials *credentials_of(struct engine_statistics *sum, const struct engine_credentials *row)
{
    for (size_t i = 0; i < sum->credential_count; i++) {
        struct engine_credentials *known = &sum->credentials[i];
        if (known->protocol != row->protocol)
            continue;
        if (!row->protocol || (known->server.port == row->server.port &&
                               memcmp(&known->server.ip, &row->server.ip, sizeof row->server.ip) == 0))
            return known;
    }
    return NULL;
}

static int by_count(const void *a, const void *b)
{
    const struct engine_credentials *left = a, *right = b;
    if (!left->protocol != !right->protocol)
        return left->protocol ? -1 : 1;
    return left->count < right->count ? 1 : left->count > right->count ? -1 : 0;
}

/* The row of all further servers, which has no name, stands last and has room in any case. */
static void add_credentials(struct engine_statistics *sum, const struct engine_statistics *one)
{
    static const struct engine_credentials further = {.protocol = NULL};
    for (size_t i = 0; i < one->credential_count; i++) {
        const struct engine_credentials *row = &one->credentials[i];
        struct engine_credentials *known = credentials_of(sum, row);
        size_t named = sum->credential_count - (credentials_of(sum, &further) ? 1 : 0);
        if (!known && row->protocol && named == LIMIT_CREDENTIAL_SERVERS)
            known = credentials_of(sum, &further);
        if (known) {
            known->count += row->count;
            continue;
        }
        bool fits = !row->protocol || named < LIMIT_CREDENTIAL_SERVERS;
        sum->credentials[sum->credential_count++] = fits ? *row : (struct engine_credentials){.count = row->count};
    }
    qsort(sum->credentials, sum->credential_count, sizeof *sum->credentials, by_count);
}

static void add_files(struct engine_statistics *sum, const struct engine_statistics *one)
{
    sum->files += one->files;
    sum->files_saved += one->files_saved;
    sum->files_not_saved += one->files_not_saved;
    if (sum->extract_error[0] == '\0')
        snprintf(sum->extract_error, sizeof sum->extract_error, "%s", one->extract_error);
}

void statistics_add(struct engine_statistics *sum, const struct engine_statistics *one)
{
    add_times(sum, one);
    add_lists(sum, one);
    add_unknown_links(sum, one);
    add_credentials(sum, one);
    add_files(sum, one);
    sum->frames += one->frames;
    sum->bytes += one->bytes;
    sum->conversations += one->conversations;
    sum->conversations_ended += one->conversations_ended;
    sum->untracked += one->untracked;
    sum->records += one->records;
    sum->anomalies += one->anomalies;
    sum->bad_checksums += one->bad_checksums;
    sum->datagrams_reassembled += one->datagrams_reassembled;
    sum->datagrams_given_up += one->datagrams_given_up;
    sum->seen_bytes += one->seen_bytes;
    sum->delivered_bytes += one->delivered_bytes;
    sum->gap_bytes += one->gap_bytes;
    sum->duplicate_bytes += one->duplicate_bytes;
    sum->over_limit_bytes += one->over_limit_bytes;
    sum->memory_used += one->memory_used;
    sum->memory_peak += one->memory_peak;
    sum->memory_limit += one->memory_limit;
    sum->memory_refused += one->memory_refused;
    sum->memory_failed += one->memory_failed;
}

void merged_ports_add(struct merged_ports *ports, const struct flow_unknown_port *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < ports->count &&
               (ports->rows[at].port != rows[i].port || ports->rows[at].transport != rows[i].transport))
            at++;
        if (at == MERGED_PORTS)
            continue;
        if (at == ports->count)
            ports->rows[ports->count++] = (struct flow_unknown_port){rows[i].transport, rows[i].port, 0, 0};
        ports->rows[at].conversations += rows[i].conversations;
        ports->rows[at].bytes += rows[i].bytes;
    }
}

static int by_bytes(const void *a, const void *b)
{
    const struct flow_unknown_port *left = a, *right = b;
    if (left->bytes != right->bytes)
        return left->bytes < right->bytes ? 1 : -1;
    if (left->port != right->port)
        return left->port < right->port ? -1 : 1;
    return (left->transport > right->transport) - (left->transport < right->transport);
}

void merged_ports_show(struct merged_ports *ports, struct engine_statistics *ret_statistics)
{
    const size_t most = sizeof ret_statistics->unknown / sizeof *ret_statistics->unknown;
    qsort(ports->rows, ports->count, sizeof *ports->rows, by_bytes);
    ret_statistics->unknown_count = ports->count < most ? ports->count : most;
    for (size_t i = 0; i < ret_statistics->unknown_count; i++)
        ret_statistics->unknown[i] = (struct engine_unknown){
            .transport = ports->rows[i].transport == TRANSPORT_TCP ? "tcp" : "udp",
            .port = ports->rows[i].port,
            .conversations = ports->rows[i].conversations,
            .bytes = ports->rows[i].bytes};
}
