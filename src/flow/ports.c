/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What was not understood, by the server's port. A row for each port there is would take 2 MiB; pages of 256 rows are
 * made when one of their ports is met, so that the count is exact and still bounded. With little memory the first ports
 * that are met have to do: pages stay until the end.
 */
#include "table.h"

#include <assert.h>

enum { PAGE_ROWS = 256, TCP_PAGES = 256 };

struct port_row {
    uint64_t conversations, bytes;
};

struct port_page {
    struct port_row rows[PAGE_ROWS];
};

static struct port_page *page_of(struct flow_table *table, int index)
{
    struct budget *budget = table->shared->budget;
    const size_t size = sizeof(struct port_page);
    if (!table->ports[index] && (table->port_pages + 1) * size <= budget_share(budget, SIZE_MAX)) {
        table->ports[index] = budget_take(budget, size);
        table->port_pages += table->ports[index] != NULL;
    }
    return table->ports[index];
}

void flow_count_unknown(struct flow_table *table, const struct flow *flow)
{
    uint64_t bytes = session_unrecognised_bytes(&flow->session);
    if (bytes == 0)
        return;
    uint16_t port = flow->conversation.destination.port;
    struct port_page *page = page_of(table, port / PAGE_ROWS +
                                                (flow->conversation.transport == TRANSPORT_TCP ? 0 : TCP_PAGES));
    if (!page)
        return;
    struct port_row *row = &page->rows[port % PAGE_ROWS];
    row->conversations++;
    row->bytes += bytes;
}

void flow_ports_done(struct flow_table *table)
{
    for (int i = 0; i < PORT_PAGES; i++)
        budget_give(table->shared->budget, table->ports[i], sizeof *table->ports[i]);
}

static bool comes_before(const struct flow_unknown_port *a, const struct flow_unknown_port *b)
{
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes;
    return a->port != b->port ? a->port < b->port : a->transport < b->transport;
}

/* Among those that are sorted already. Returns how many there are then. */
static size_t insert(const struct flow_unknown_port *row, struct flow_unknown_port *rows, size_t count, size_t capacity)
{
    size_t at = count < capacity ? count++ : capacity;
    for (; at > 0 && comes_before(row, &rows[at - 1]); at--)
        if (at < capacity)
            rows[at] = rows[at - 1];
    if (at < capacity)
        rows[at] = *row;
    return count;
}

static struct flow_unknown_port row_of(const struct flow_table *table, unsigned index)
{
    const struct port_page *page = table->ports[index / PAGE_ROWS];
    const struct port_row row = page ? page->rows[index % PAGE_ROWS] : (struct port_row){0, 0};
    return (struct flow_unknown_port){.transport = index / PAGE_ROWS < TCP_PAGES ? TRANSPORT_TCP : TRANSPORT_UDP,
                                      .port = (uint16_t)index,
                                      .conversations = row.conversations,
                                      .bytes = row.bytes};
}

size_t flow_unknown_ports(const struct flow_table *table, struct flow_unknown_port *ret_rows, size_t capacity)
{
    size_t count = 0;
    for (unsigned page = 0; page < PORT_PAGES && capacity > 0; page++) {
        for (unsigned i = 0; table->ports[page] && i < PAGE_ROWS; i++) {
            const struct flow_unknown_port row = row_of(table, page * PAGE_ROWS + i);
            if (row.bytes > 0)
                count = insert(&row, ret_rows, count, capacity);
        }
    }
    return count;
}

void flow_add_unknown(const struct flow_table *table, struct flow_unknown_port *sums)
{
    static_assert(PORT_PAGES * PAGE_ROWS == FLOW_UNKNOWN_SUMS, "a row for each port");
    for (unsigned i = 0; i < FLOW_UNKNOWN_SUMS; i++) {
        struct flow_unknown_port row = row_of(table, i);
        row.conversations += sums[i].conversations;
        row.bytes += sums[i].bytes;
        sums[i] = row;
    }
}

size_t flow_most_unknown(const struct flow_unknown_port *sums, struct flow_unknown_port *ret_rows, size_t capacity)
{
    size_t count = 0;
    for (unsigned i = 0; i < FLOW_UNKNOWN_SUMS && capacity > 0; i++)
        if (sums[i].bytes > 0)
            count = insert(&sums[i], ret_rows, count, capacity);
    return count;
}
