/* SPDX-License-Identifier: BSD-3-Clause */
#include "names.h"

#include "record/late.h"
#include "util/budget.h"
#include "util/siphash.h"

enum { BUCKETS = 16384, NAME_MAX_BYTES = 255 };

/* Who asked keeps the address for longer than it was told to: a browser for a minute whatever the TTL is, a program
 * until its own cache forgets, and what it has resolved it may connect to only when somebody clicks. Five minutes go
 * with that; more would give addresses of a CDN names that they had an hour ago. */
static const int64_t GRACE_NS = (int64_t)300 * 1000000000;

/* RFC 8767 section 4: a longer TTL is a mistake, or somebody who wants to stay. */
static const uint32_t TTL_MAX_S = 7 * 24 * 3600;

struct pair {
    struct address asker, address;
};

struct name {
    struct pair pair;
    struct name *next;          /* in its bucket */
    struct name *newer, *older; /* by last use */
    int64_t since_ns, until_ns; /* from the first name that was told for this pair to when the last one is over */
    uint64_t told[NAMES_TOLD];  /* hashes of names, the last one first; 0: none */
    enum name_kind kind;
    size_t length;
    uint8_t text[];
};

struct names {
    struct budget *budget;
    struct siphash_key key;
    size_t count, bytes; /* of the names; the buckets are not counted */
    struct name *newest, *oldest;
    struct name *buckets[BUCKETS];
};

struct names *names_new(struct budget *budget)
{
    struct names *names = budget_take(budget, sizeof *names);
    if (!names)
        return NULL;
    names->budget = budget;
    names->key = siphash_key_random();
    return names;
}

static void unlink_use(struct names *names, struct name *name)
{
    *(name->newer ? &name->newer->older : &names->newest) = name->older;
    *(name->older ? &name->older->newer : &names->oldest) = name->newer;
}

static void link_newest(struct names *names, struct name *name)
{
    name->newer = NULL;
    name->older = names->newest;
    *(names->newest ? &names->newest->newer : &names->oldest) = name;
    names->newest = name;
}

static struct name **slot_of(struct names *names, const struct pair *pair)
{
    struct name **slot = &names->buckets[siphash(&names->key, pair, sizeof *pair) % BUCKETS];
    while (*slot && memcmp(&(*slot)->pair, pair, sizeof *pair) != 0)
        slot = &(*slot)->next;
    return slot;
}

static void forget(struct names *names, struct name **slot)
{
    struct name *name = *slot;
    *slot = name->next;
    unlink_use(names, name);
    names->count--;
    names->bytes -= sizeof *name + name->length;
    budget_give(names->budget, name, sizeof *name + name->length);
}

void names_free(struct names *names)
{
    if (!names)
        return;
    while (names->oldest)
        forget(names, slot_of(names, &names->oldest->pair));
    budget_give(names->budget, names, sizeof *names);
}

/* All bytes of a pair count as its key, so it begins zeroed. */
static struct pair pair_of(const struct address *asker, const struct address *address)
{
    struct pair pair;
    memset(&pair, 0, sizeof pair);
    pair.asker = *asker;
    pair.address = *address;
    return pair;
}

/* At the cost of those that nobody asked for longest. */
static void make_room(struct names *names, size_t size)
{
    const size_t most = budget_share(names->budget, SIZE_MAX);
    while (names->count >= LIMIT_NAMES || (names->oldest && names->bytes + size > most))
        forget(names, slot_of(names, &names->oldest->pair));
}

/* Letters count for nothing in a name, and some resolvers shake them (0x20). */
static void copy_lower(uint8_t *ret_text, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        ret_text[i] = byte_lower(bytes_at(text, i));
}

static int64_t lifetime_ns(uint32_t ttl_s)
{
    return (int64_t)(ttl_s < TTL_MAX_S ? ttl_s : TTL_MAX_S) * 1000000000 + GRACE_NS;
}

static void touch(struct names *names, struct name *name)
{
    unlink_use(names, name);
    link_newest(names, name);
}

void names_learn(struct names *names, enum name_kind kind, const struct address *asker, const struct address *address,
                 struct bytes text, int64_t now_ns, uint32_t ttl_s)
{
    struct pair pair = pair_of(asker, address);
    struct name **slot = slot_of(names, &pair);
    const int64_t lifetime = lifetime_ns(ttl_s);
    const int64_t until_ns = now_ns > INT64_MAX - lifetime ? INT64_MAX : now_ns + lifetime;
    text = bytes_first(text, NAME_MAX_BYTES);
    if (text.len == 0 || (*slot && kind > (*slot)->kind && (*slot)->until_ns >= now_ns))
        return;
    if (*slot && bytes_equal_nocase(bytes_of((*slot)->text, (*slot)->length), text)) {
        (*slot)->kind = kind;
        (*slot)->until_ns = until_ns;
        touch(names, *slot);
        return;
    }
    struct name before = {.since_ns = now_ns};
    if (*slot) {
        before = **slot;
        forget(names, slot);
    }
    const size_t size = sizeof **slot + text.len;
    make_room(names, size);
    struct name *learned = budget_take(names->budget, size);
    if (!learned)
        return;
    learned->pair = pair;
    learned->since_ns = before.since_ns;
    learned->until_ns = until_ns;
    memcpy(learned->told + 1, before.told, sizeof before.told - sizeof *before.told);
    learned->told[0] = late_name_hash(text);
    learned->kind = kind;
    learned->length = text.len;
    copy_lower(learned->text, text);
    slot = slot_of(names, &pair);
    learned->next = *slot;
    *slot = learned;
    link_newest(names, learned);
    names->count++;
    names->bytes += size;
}

struct bytes names_find(struct names *names, const struct address *asker, const struct address *address, int64_t at_ns)
{
    if (!names || names->count == 0)
        return (struct bytes){NULL, 0};
    struct pair pair = pair_of(asker, address);
    struct name *name = *slot_of(names, &pair);
    if (!name || name->until_ns < at_ns)
        return (struct bytes){NULL, 0};
    touch(names, name);
    return bytes_of(name->text, name->length);
}

/* Whether the name with that hash (late_name_hash) is one of the last NAMES_TOLD that the asker was told for the
 * address, or all it was told about it came at `before_ns` or later. Also true where it was told nothing. */
static bool names_agree(struct names *names, const struct address *asker, const struct address *address, uint64_t hash,
                        int64_t before_ns)
{
    struct pair pair = pair_of(asker, address);
    const struct name *name = names ? *slot_of(names, &pair) : NULL;
    bool agrees = !name || name->since_ns >= before_ns;
    for (size_t i = 0; name && i < NAMES_TOLD; i++)
        agrees = agrees || name->told[i] == hash;
    return agrees;
}

struct labelling {
    struct names *names;
    const struct record *record;
    uint64_t (*conversation_number)(void *context, uint64_t id);
    void *context;
};

static bool is_other_name(void *context, uint64_t hash)
{
    const struct labelling *labelling = context;
    const struct conversation *conversation = labelling->record->conversation;
    int64_t began_ns = labelling->record->request.frame ? labelling->record->request.time_ns
                                                        : conversation->first.time_ns;
    return !names_agree(labelling->names, &conversation->source.ip, &conversation->destination.ip, hash, began_ns);
}

static uint64_t conversation_number(void *context, uint64_t id)
{
    const struct labelling *labelling = context;
    return labelling->conversation_number ? labelling->conversation_number(labelling->context, id) : id;
}

/* A name that held when the two began to talk holds for all that they say. */
void names_label(struct names *names, struct record *record, uint64_t (*number)(void *context, uint64_t id),
                 void *context)
{
    const struct conversation *conversation = record->conversation;
    if (conversation && names) {
        const struct address *client = &conversation->source.ip, *server = &conversation->destination.ip;
        record->source_domain = names_find(names, client, client, conversation->first.time_ns);
        record->destination_domain = names_find(names, client, server, conversation->first.time_ns);
    }
    if (!record->has_late)
        return;
    struct labelling labelling = {names, record, number, context};
    const struct late late = {.server = record->destination_domain,
                              .context = &labelling,
                              .is_other_name = is_other_name,
                              .conversation_number = conversation_number};
    record_settle(record, &late);
}
