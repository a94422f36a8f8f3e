/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A name is looked for twice for every record that is written, and mostly there is none. So what decides that lies in
 * one line of the cache for each bucket, and in one for each pair; pairs refer to each other by number.
 */
#include "names.h"

#include "record/late.h"
#include "util/budget.h"
#include "util/lower.h"
#include "util/siphash.h"

enum {
    BUCKETS = 8192,
    BUCKET_SLOTS = 15,
    NUMBER_BITS = 17,
    NAME_MAX_BYTES = 255,
    CHUNK_PAIRS = 256,
    CHUNKS = LIMIT_NAMES / CHUNK_PAIRS + 1,
    LINE = 64
};

/* What a name is reckoned at, without its text, where little memory is left. */
enum { NAME_BYTES = 128 };

/* Who asked keeps the address for longer than it was told to: a browser for a minute whatever the TTL is, a program
 * until its own cache forgets, and what it has resolved it may connect to only when somebody clicks. Five minutes go
 * with that; more would give addresses of a CDN names that they had an hour ago. */
static const int64_t GRACE_NS = (int64_t)300 * 1000000000;

/* RFC 8767 section 4: a longer TTL is a mistake, or somebody who wants to stay. */
static const uint32_t TTL_MAX_S = 7 * 24 * 3600;

struct pair {
    struct address asker, address;
};

/* What was told about a pair. */
struct lesson {
    int64_t since_ns;          /* of the first name that was told for this pair */
    uint64_t told[NAMES_TOLD]; /* hashes of names, the last one first; 0: none */
    uint8_t text[];
};

struct name {
    struct pair pair;
    uint8_t kind; /* enum name_kind */
    uint8_t length;
    uint32_t next;         /* of those that its bucket has no slot for; 0: none. Not in use: in the list of those */
    uint32_t newer, older; /* by last use; 0: none */
    int64_t until_ns;      /* when the last name is over */
    struct lesson *lesson;
};

static_assert(sizeof(struct name) == LINE, "one line of the cache");
static_assert(NAME_MAX_BYTES <= UINT8_MAX, "lengths are bytes");

struct chunk {
    uint8_t room[(CHUNK_PAIRS + 1) * LINE]; /* the names begin at the first whole line */
};

/* Fifteen bits of a pair's hash, and its number; those that are in use come first. */
struct bucket {
    uint32_t slots[BUCKET_SLOTS];
    uint32_t more; /* the number of the first that found none free; 0: none */
};

static_assert(sizeof(struct bucket) == LINE, "one line of the cache");
static_assert(LIMIT_NAMES < 1 << NUMBER_BITS, "a number has its bits");

struct buckets {
    uint8_t room[(BUCKETS + 1) * LINE]; /* they begin at the first whole line */
};

struct names {
    struct budget *budget;
    uint64_t key[4];
    size_t count, bytes; /* of the names; the buckets are not counted */
    uint32_t newest, oldest, unused;
    uint32_t made; /* numbers given out, from 1 */
    struct bucket *first_bucket;
    struct chunk *chunks[CHUNKS];
    struct buckets buckets;
};

static void *first_line(uint8_t *room)
{
    return room + (LINE - (uintptr_t)room % LINE) % LINE;
}

struct names *names_new(struct budget *budget)
{
    struct names *names = budget_take(budget, sizeof *names);
    if (!names)
        return NULL;
    const struct siphash_key first = siphash_key_random(), second = siphash_key_random();
    names->budget = budget;
    names->first_bucket = first_line(names->buckets.room);
    names->key[0] = first.k0;
    names->key[1] = first.k1;
    names->key[2] = second.k0;
    names->key[3] = second.k1;
    return names;
}

static struct name *name_at(const struct names *names, uint32_t number)
{
    struct name *first = first_line(names->chunks[number / CHUNK_PAIRS]->room);
    return first + number % CHUNK_PAIRS;
}

static void unlink_use(struct names *names, const struct name *name)
{
    *(name->newer ? &name_at(names, name->newer)->older : &names->newest) = name->older;
    *(name->older ? &name_at(names, name->older)->newer : &names->oldest) = name->newer;
}

static void link_newest(struct names *names, struct name *name, uint32_t number)
{
    name->newer = 0;
    name->older = names->newest;
    *(names->newest ? &name_at(names, names->newest)->newer : &names->oldest) = number;
    names->newest = number;
}

__extension__ typedef unsigned __int128 wide;

static uint64_t half_of(const struct address *address, size_t at)
{
    uint64_t half;
    memcpy(&half, address->octets + at, sizeof half);
    return half;
}

/* Where a pair is looked for. */
struct place {
    struct bucket *bucket;
    uint32_t tag; /* in the bits above the number */
};

/* NH of Black, Halevi, Krawczyk, Krovetz and Rogaway, "UMAC: Fast and Secure Message Authentication" (1999): who does
 * not know the key finds no pairs that meet more often than by chance. A third of what SipHash costs. The family is
 * left out: at most four pairs have the same octets. */
static struct place place_of(const struct names *names, const struct address *asker, const struct address *address)
{
    const uint64_t *key = names->key;
    const wide sum = (wide)(half_of(asker, 0) + key[0]) * (half_of(address, 0) + key[1]) +
                     (wide)(half_of(asker, 8) + key[2]) * (half_of(address, 8) + key[3]);
    const uint64_t folded = ((uint64_t)sum ^ (uint64_t)(sum >> 64)) * UINT64_C(0x9e3779b97f4a7c15);
    return (struct place){&names->first_bucket[folded >> 51], (uint32_t)(folded >> 19) >> NUMBER_BITS << NUMBER_BITS};
}

static_assert(BUCKETS == 1 << (64 - 51), "the highest bits are the bucket, those that follow the tag");

static bool is_of(const struct name *name, const struct address *asker, const struct address *address)
{
    return memcmp(&name->pair.asker, asker, sizeof *asker) == 0 &&
           memcmp(&name->pair.address, address, sizeof *address) == 0;
}

static uint32_t number_in(uint32_t slot)
{
    return slot & ((1u << NUMBER_BITS) - 1);
}

/* The number of this pair; 0: nothing is known of it. */
static uint32_t number_of(const struct names *names, const struct address *asker, const struct address *address)
{
    const struct place place = place_of(names, asker, address);
    const uint32_t *slots = place.bucket->slots;
    for (size_t i = 0; i < BUCKET_SLOTS && slots[i]; i++) {
        const uint32_t number = slots[i] - place.tag;
        if (number < 1u << NUMBER_BITS && is_of(name_at(names, number), asker, address))
            return number;
    }
    uint32_t number = place.bucket->more;
    while (number && !is_of(name_at(names, number), asker, address))
        number = name_at(names, number)->next;
    return number;
}

static struct place own_place(const struct names *names, const struct name *name)
{
    return place_of(names, &name->pair.asker, &name->pair.address);
}

static void enter(struct names *names, struct name *name, uint32_t number)
{
    const struct place place = own_place(names, name);
    uint32_t *slots = place.bucket->slots;
    size_t at = 0;
    while (at < BUCKET_SLOTS && slots[at])
        at++;
    if (at < BUCKET_SLOTS) {
        slots[at] = place.tag | number;
        return;
    }
    name->next = place.bucket->more;
    place.bucket->more = number;
}

/* Out of its bucket. The last one takes its slot, or else one that had none. */
static void leave(struct names *names, const struct name *name, uint32_t number)
{
    struct bucket *bucket = own_place(names, name).bucket;
    uint32_t *slots = bucket->slots, *link = &bucket->more;
    size_t at = 0, last = BUCKET_SLOTS - 1;
    while (at < BUCKET_SLOTS && number_in(slots[at]) != number)
        at++;
    if (at == BUCKET_SLOTS) {
        while (*link != number)
            link = &name_at(names, *link)->next;
        *link = name->next;
        return;
    }
    while (!slots[last])
        last--;
    slots[at] = slots[last];
    slots[last] = 0;
    const uint32_t waiting = bucket->more;
    if (!waiting)
        return;
    struct name *one = name_at(names, waiting);
    bucket->more = one->next;
    slots[last] = own_place(names, one).tag | waiting;
}

static size_t lesson_size(size_t length)
{
    return sizeof(struct lesson) + length;
}

static void forget(struct names *names, uint32_t number)
{
    struct name *name = name_at(names, number);
    leave(names, name, number);
    unlink_use(names, name);
    names->count--;
    names->bytes -= NAME_BYTES + (size_t)name->length;
    budget_give(names->budget, name->lesson, lesson_size(name->length));
    name->lesson = NULL;
    name->next = names->unused;
    names->unused = number;
}

/* Once the table is full every new name costs an old one, of which nothing is in the cache: what the next one needs is
 * fetched now. Its own line was, when the one before it went. */
static void forget_oldest(struct names *names)
{
    forget(names, names->oldest);
    if (!names->oldest)
        return;
    const struct name *next = name_at(names, names->oldest);
    __builtin_prefetch(own_place(names, next).bucket);
    __builtin_prefetch(next->lesson);
    if (next->newer)
        __builtin_prefetch(name_at(names, next->newer));
}

void names_free(struct names *names)
{
    if (!names)
        return;
    for (uint32_t number = names->oldest; number; number = name_at(names, number)->newer) {
        struct name *name = name_at(names, number);
        budget_give(names->budget, name->lesson, lesson_size(name->length));
    }
    for (size_t i = 0; i < CHUNKS; i++)
        budget_give(names->budget, names->chunks[i], sizeof *names->chunks[i]);
    budget_give(names->budget, names, sizeof *names);
}

/* At the cost of those that nobody asked for longest. */
static void make_room(struct names *names, size_t size)
{
    const size_t most = budget_share(names->budget, SIZE_MAX);
    while (names->count >= LIMIT_NAMES || (names->oldest && names->bytes + size > most))
        forget_oldest(names);
}

/* A number for a name; 0 where memory is out. */
static uint32_t take_number(struct names *names)
{
    const uint32_t number = names->unused ? names->unused : names->made + 1;
    if (names->unused) {
        names->unused = name_at(names, number)->next;
        return number;
    }
    struct chunk **chunk = &names->chunks[number / CHUNK_PAIRS];
    if (!*chunk)
        *chunk = budget_take(names->budget, sizeof **chunk);
    if (!*chunk)
        return 0;
    names->made = number;
    return number;
}

static int64_t lifetime_ns(uint32_t ttl_s)
{
    return (int64_t)(ttl_s < TTL_MAX_S ? ttl_s : TTL_MAX_S) * 1000000000 + GRACE_NS;
}

static void touch(struct names *names, struct name *name, uint32_t number)
{
    if (names->newest == number)
        return;
    unlink_use(names, name);
    link_newest(names, name, number);
}

static struct bytes text_of(const struct name *name)
{
    return bytes_of(name->lesson->text, name->length);
}

/* Another name for a pair, or the first: `before`, a copy, is what was known of it until now. */
static void add(struct names *names, const struct name *learned, const struct lesson *before, struct bytes text)
{
    make_room(names, NAME_BYTES + text.len);
    struct lesson *lesson = budget_resize(names->budget, NULL, 0, lesson_size(text.len));
    const uint32_t number = lesson ? take_number(names) : 0;
    if (number == 0) {
        budget_give(names->budget, lesson, lesson_size(text.len));
        return;
    }
    struct name *name = name_at(names, number);
    *name = *learned;
    name->lesson = lesson;
    name->length = (uint8_t)text.len;
    lesson->since_ns = before->since_ns;
    memcpy(lesson->told + 1, before->told, sizeof before->told - sizeof *before->told);
    lesson->told[0] = late_name_hash(text);
    lower_copy(lesson->text, text.at, text.len); /* some resolvers shake the letters (0x20) */
    enter(names, name, number);
    link_newest(names, name, number);
    names->count++;
    names->bytes += NAME_BYTES + text.len;
}

void names_learn(struct names *names, enum name_kind kind, const struct address *asker, const struct address *address,
                 struct bytes text, int64_t now_ns, uint32_t ttl_s)
{
    const uint32_t number = number_of(names, asker, address);
    struct name *name = number ? name_at(names, number) : NULL;
    const int64_t lifetime = lifetime_ns(ttl_s);
    const int64_t until_ns = now_ns > INT64_MAX - lifetime ? INT64_MAX : now_ns + lifetime;
    text = bytes_first(text, NAME_MAX_BYTES);
    if (text.len == 0 || (name && kind > (enum name_kind)name->kind && name->until_ns >= now_ns))
        return;
    if (name && bytes_equal_nocase(text_of(name), text)) {
        name->kind = (uint8_t)kind;
        name->until_ns = until_ns;
        touch(names, name, number);
        return;
    }
    struct lesson before = {.since_ns = now_ns};
    if (name) {
        memcpy(&before, name->lesson, sizeof before);
        forget(names, number);
    }
    const struct name learned = {.pair = {*asker, *address}, .kind = (uint8_t)kind, .until_ns = until_ns};
    add(names, &learned, &before, text);
}

struct bytes names_find(struct names *names, const struct address *asker, const struct address *address, int64_t at_ns)
{
    const uint32_t number = names && names->count > 0 ? number_of(names, asker, address) : 0;
    struct name *name = number ? name_at(names, number) : NULL;
    if (!name || name->until_ns < at_ns)
        return (struct bytes){NULL, 0};
    touch(names, name, number);
    return text_of(name);
}

void names_prefetch(const struct names *names, const struct address *client, const struct address *server)
{
    __builtin_prefetch(place_of(names, client, client).bucket);
    __builtin_prefetch(place_of(names, client, server).bucket);
}

/* Whether the name with that hash (late_name_hash) is one of the last NAMES_TOLD that the asker was told for the
 * address, or all it was told about it came at `before_ns` or later. Also true where it was told nothing. */
static bool names_agree(struct names *names, const struct address *asker, const struct address *address, uint64_t hash,
                        int64_t before_ns)
{
    const uint32_t number = names ? number_of(names, asker, address) : 0;
    const struct lesson *lesson = number ? name_at(names, number)->lesson : NULL;
    bool agrees = !lesson || lesson->since_ns >= before_ns;
    for (size_t i = 0; lesson && i < NAMES_TOLD; i++)
        agrees = agrees || lesson->told[i] == hash;
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
