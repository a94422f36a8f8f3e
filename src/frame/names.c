/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A name is looked for twice for every record that is written, and mostly there is none. So what decides that lies in
 * one line of the cache for each bucket, and in one for each pair; pairs refer to each other by number.
 *
 * What is learned lies anywhere in memory: bucket, pair, lesson, each of which tells where the next one is. So it waits
 * until some more has been learned or found, and what it needs next is fetched meanwhile. Nobody can tell: whoever
 * looks for what waits settles it first, and what was found keeps its place in the order of use. It took a tenth off
 * what lookups cost.
 */
#include "names.h"

#include "names_tags.h"
#include "record/late.h"
#include "util/budget.h"
#include "util/lower.h"
#include "util/siphash.h"
#include "util/slab.h"

enum {
    BUCKETS = 8192,
    BUCKET_SLOTS = NAMES_TAGS - 1,
    MORE = BUCKET_SLOTS, /* the last one of a bucket is no slot */
    NUMBER_BITS = NAMES_NUMBER_BITS,
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
    uint64_t linked;           /* the clock, when it was used last */
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

/* Fourteen bits of a pair's hash, and its number; those that are in use come first. Behind them the number of the first
 * that found none free; 0: none. */
struct bucket {
    uint32_t slots[NAMES_TAGS];
};

static_assert(sizeof(struct bucket) == LINE, "one line of the cache");
static_assert(LIMIT_NAMES < 1 << NUMBER_BITS, "a number has its bits");

struct buckets {
    uint8_t room[(BUCKETS + 1) * LINE]; /* they begin at the first whole line */
};

/* What is to be done, in this order. It is settled when as many have come as there is room for. */
enum { WAITING = 8, FETCH_PAIR = 2, FETCH_LESSON = 4 /* when as many have come behind it */ };

/* At most as many others lose their place for one that is learned: the one that the pair had, and those that make room.
 * It takes no more than three of the shortest for one of the longest. */
enum { LOST_FOR_ONE = 1 + (NAME_BYTES + NAME_MAX_BYTES + NAME_BYTES) / (NAME_BYTES + 1) };

struct waiting {
    uint64_t folded;    /* of the pair; of one that was used, nothing */
    uint32_t used;      /* the number of a name that was found; 0: one was learned */
    uint32_t candidate; /* perhaps the number of the pair; 0: none */
    struct pair pair;
    uint8_t kind, length;
    int64_t now_ns, until_ns;
    uint8_t text[NAME_MAX_BYTES]; /* in small letters */
};

/* Lessons lie on shelves by their size, in steps: many a new name fits where the one before it was. */
enum {
    LESSON_STEP = SLAB_UNIT,
    FIRST_SHELF = sizeof(struct lesson) / LESSON_STEP,
    SHELVES = (sizeof(struct lesson) + NAME_MAX_BYTES - 1) / LESSON_STEP - FIRST_SHELF + 1
};

struct names {
    struct budget *budget;
    struct slab shelves[SHELVES];
    uint64_t key[4];
    uint64_t clock;                    /* counts what is used */
    uint32_t first, last;              /* of those that wait, as numbers that only grow */
    unsigned waiting_lessons;          /* of them, those that were learned */
    uint32_t waiting_tags[NAMES_TAGS]; /* of their pairs; 0: none */
    struct waiting waiting[WAITING];
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
    for (unsigned i = 0; i < SHELVES; i++)
        slab_init(&names->shelves[i], budget, (FIRST_SHELF + i + 1) * (size_t)LESSON_STEP, NULL);
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
    name->lesson->linked = ++names->clock;
    name->newer = 0;
    name->older = names->newest;
    *(names->newest ? &name_at(names, names->newest)->newer : &names->oldest) = number;
    names->newest = number;
}

__extension__ typedef unsigned __int128 wide;

static inline uint64_t half_of(const struct address *address, size_t at)
{
    uint64_t half;
    memcpy(&half, address->octets + at, sizeof half);
    return half;
}

/* NH of Black, Halevi, Krawczyk, Krovetz and Rogaway, "UMAC: Fast and Secure Message Authentication" (1999): who does
 * not know the key finds no pairs that meet more often than by chance. A third of what SipHash costs. The family is
 * left out: at most four pairs have the same octets. */
static inline uint64_t fold(const struct names *names, const struct address *asker, const struct address *address)
{
    const uint64_t *key = names->key;
    const wide sum = (wide)(half_of(asker, 0) + key[0]) * (half_of(address, 0) + key[1]) +
                     (wide)(half_of(asker, 8) + key[2]) * (half_of(address, 8) + key[3]);
    return ((uint64_t)sum ^ (uint64_t)(sum >> 64)) * UINT64_C(0x9e3779b97f4a7c15);
}

static struct bucket *bucket_of(const struct names *names, uint64_t folded)
{
    return &names->first_bucket[folded >> 51];
}

/* In the bits above the number, and never that of a slot that is not in use. */
static uint32_t tag_of(uint64_t folded)
{
    return ((uint32_t)(folded >> 19) | 1u << NUMBER_BITS) >> NUMBER_BITS << NUMBER_BITS;
}

static_assert(BUCKETS == 1 << (64 - 51), "the highest bits are the bucket, those that follow the tag");

static bool same_address(const struct address *a, const struct address *b)
{
    return ((half_of(a, 0) ^ half_of(b, 0)) | (half_of(a, 8) ^ half_of(b, 8))) == 0 && a->family == b->family;
}

static inline bool is_of(const struct name *name, const struct address *asker, const struct address *address)
{
    return same_address(&name->pair.asker, asker) && same_address(&name->pair.address, address);
}

/* The number of this pair; 0: nothing is known of it. */
static inline uint32_t number_of(const struct names *names, uint64_t folded, const struct address *asker,
                                 const struct address *address)
{
    const struct bucket *bucket = bucket_of(names, folded);
    for (unsigned same = names_tags_find(bucket->slots, tag_of(folded)); same > 0; same &= same - 1) {
        const uint32_t number = names_number_in(bucket->slots[__builtin_ctz(same)]);
        if (is_of(name_at(names, number), asker, address))
            return number;
    }
    uint32_t number = bucket->slots[MORE];
    while (number && !is_of(name_at(names, number), asker, address))
        number = name_at(names, number)->next;
    return number;
}

static uint64_t own_fold(const struct names *names, const struct name *name)
{
    return fold(names, &name->pair.asker, &name->pair.address);
}

static void enter(struct names *names, struct name *name, uint32_t number)
{
    const uint64_t folded = own_fold(names, name);
    struct bucket *bucket = bucket_of(names, folded);
    size_t at = 0;
    while (at < BUCKET_SLOTS && bucket->slots[at])
        at++;
    if (at < BUCKET_SLOTS) {
        bucket->slots[at] = tag_of(folded) | number;
        return;
    }
    name->next = bucket->slots[MORE];
    bucket->slots[MORE] = number;
}

/* Out of its bucket. The last one takes its slot, or else one that had none. */
static void leave(struct names *names, const struct name *name, uint32_t number)
{
    struct bucket *bucket = bucket_of(names, own_fold(names, name));
    uint32_t *slots = bucket->slots, *link = &bucket->slots[MORE];
    size_t at = 0, last = BUCKET_SLOTS - 1;
    while (at < BUCKET_SLOTS && names_number_in(slots[at]) != number)
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
    const uint32_t waiting = bucket->slots[MORE];
    if (!waiting)
        return;
    struct name *one = name_at(names, waiting);
    bucket->slots[MORE] = one->next;
    slots[last] = tag_of(own_fold(names, one)) | waiting;
}

static struct slab *shelf_of(struct names *names, size_t length)
{
    return &names->shelves[(sizeof(struct lesson) + length - 1) / LESSON_STEP - FIRST_SHELF];
}

static void forget(struct names *names, uint32_t number)
{
    struct name *name = name_at(names, number);
    leave(names, name, number);
    unlink_use(names, name);
    names->count--;
    names->bytes -= NAME_BYTES + (size_t)name->length;
    slab_give(shelf_of(names, name->length), name->lesson);
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
    __builtin_prefetch(bucket_of(names, own_fold(names, next)));
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
        slab_give(shelf_of(names, name->length), name->lesson);
    }
    for (size_t i = 0; i < SHELVES; i++)
        slab_done(&names->shelves[i]);
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

/* The first name of a pair. */
static void add(struct names *names, const struct waiting *learned)
{
    make_room(names, NAME_BYTES + (size_t)learned->length);
    struct lesson *lesson = slab_take(shelf_of(names, learned->length), 0);
    const uint32_t number = lesson ? take_number(names) : 0;
    if (number == 0) {
        slab_give(shelf_of(names, learned->length), lesson);
        return;
    }
    struct name *name = name_at(names, number);
    *name = (struct name){.pair = learned->pair,
                          .kind = learned->kind,
                          .length = learned->length,
                          .until_ns = learned->until_ns,
                          .lesson = lesson};
    *lesson = (struct lesson){.since_ns = learned->now_ns};
    lesson->told[0] = late_name_hash(bytes_of(learned->text, learned->length));
    memcpy(lesson->text, learned->text, learned->length);
    enter(names, name, number);
    link_newest(names, name, number);
    names->count++;
    names->bytes += NAME_BYTES + (size_t)learned->length;
}

/* Room for a text of another length, all else as it was. */
static bool resize_lesson(struct names *names, struct name *name, size_t length)
{
    struct slab *before = shelf_of(names, name->length), *shelf = shelf_of(names, length);
    struct lesson *lesson = before == shelf ? name->lesson : slab_take(shelf, 0);
    if (!lesson)
        return false;
    if (lesson != name->lesson) {
        *lesson = *name->lesson;
        slab_give(before, name->lesson);
    }
    name->lesson = lesson;
    name->length = (uint8_t)length;
    return true;
}

/* Another name for a pair. Where memory is out it has none. */
static void replace(struct names *names, struct name *name, uint32_t number, const struct waiting *learned)
{
    unlink_use(names, name);
    names->count--;
    names->bytes -= NAME_BYTES + (size_t)name->length;
    make_room(names, NAME_BYTES + (size_t)learned->length);
    const bool has_room = resize_lesson(names, name, learned->length);
    names->count++;
    names->bytes += NAME_BYTES + (size_t)name->length;
    link_newest(names, name, number);
    if (!has_room) {
        forget(names, number);
        return;
    }
    struct lesson *lesson = name->lesson;
    name->kind = learned->kind;
    name->until_ns = learned->until_ns;
    memmove(lesson->told + 1, lesson->told, sizeof lesson->told - sizeof *lesson->told);
    lesson->told[0] = late_name_hash(bytes_of(learned->text, learned->length));
    memcpy(lesson->text, learned->text, learned->length);
}

static void settle_lesson(struct names *names, const struct waiting *learned)
{
    const struct pair *pair = &learned->pair;
    const uint32_t number = number_of(names, learned->folded, &pair->asker, &pair->address);
    struct name *name = number ? name_at(names, number) : NULL;
    if (!name) {
        add(names, learned);
        return;
    }
    if (learned->kind > name->kind && name->until_ns >= learned->now_ns)
        return;
    if (name->length != learned->length || memcmp(name->lesson->text, learned->text, learned->length) != 0) {
        replace(names, name, number, learned);
        return;
    }
    name->kind = learned->kind;
    name->until_ns = learned->until_ns;
    touch(names, name, number);
}

static struct waiting *waiting_at(struct names *names, uint32_t number)
{
    return &names->waiting[number % WAITING];
}

static void settle_first(struct names *names)
{
    names->waiting_tags[names->first % WAITING] = 0;
    const struct waiting *first = waiting_at(names, names->first++);
    if (first->used) {
        touch(names, name_at(names, first->used), first->used);
        return;
    }
    names->waiting_lessons--;
    settle_lesson(names, first);
}

static void settle(struct names *names)
{
    while (names->first != names->last)
        settle_first(names);
}

/* Asks for what those need that have waited for some time. */
static void fetch(struct names *names)
{
    const uint32_t count = names->last - names->first;
    struct waiting *one = waiting_at(names, names->last - FETCH_PAIR);
    if (count >= FETCH_PAIR && !one->used) {
        const struct bucket *bucket = bucket_of(names, one->folded);
        const unsigned same = names_tags_find(bucket->slots, tag_of(one->folded));
        one->candidate = same ? names_number_in(bucket->slots[__builtin_ctz(same)]) : 0;
        if (one->candidate)
            __builtin_prefetch(name_at(names, one->candidate));
    }
    one = waiting_at(names, names->last - FETCH_LESSON);
    if (count < FETCH_LESSON || one->used || !one->candidate)
        return;
    const struct name *name = name_at(names, one->candidate);
    __builtin_prefetch(name->lesson);
    if (name->newer)
        __builtin_prefetch(name_at(names, name->newer));
    if (name->older)
        __builtin_prefetch(name_at(names, name->older));
}

static struct waiting *begin_waiting(struct names *names)
{
    if (names->last - names->first == WAITING)
        settle_first(names);
    fetch(names);
    return waiting_at(names, names->last++);
}

void names_learn(struct names *names, enum name_kind kind, const struct address *asker, const struct address *address,
                 struct bytes text, int64_t now_ns, uint32_t ttl_s)
{
    const int64_t lifetime = lifetime_ns(ttl_s);
    text = bytes_first(text, NAME_MAX_BYTES);
    if (text.len == 0)
        return;
    struct waiting *learned = begin_waiting(names);
    names->waiting_lessons++;
    learned->folded = fold(names, asker, address);
    names->waiting_tags[(names->last - 1) % WAITING] = tag_of(learned->folded);
    __builtin_prefetch(bucket_of(names, learned->folded));
    learned->used = 0;
    learned->pair = (struct pair){*asker, *address};
    learned->kind = (uint8_t)kind;
    learned->length = (uint8_t)text.len;
    learned->now_ns = now_ns;
    learned->until_ns = now_ns > INT64_MAX - lifetime ? INT64_MAX : now_ns + lifetime;
    lower_copy(learned->text, text.at, text.len); /* some resolvers shake the letters (0x20) */
}

/* Whether it is there whatever becomes of those that wait: so many have not been used for longer. */
static bool stays(const struct names *names, const struct name *name)
{
    return names->clock - name->lesson->linked + (uint64_t)LOST_FOR_ONE * WAITING < names->count;
}

static void use(struct names *names, struct name *name, uint32_t number)
{
    if (names->waiting_lessons == 0) {
        settle(names); /* those that were used before this one come before it */
        touch(names, name, number);
        return;
    }
    const struct waiting *latest = waiting_at(names, names->last - 1);
    if (latest->used == number)
        return;
    begin_waiting(names)->used = number;
}

struct bytes names_find(struct names *names, const struct address *asker, const struct address *address, int64_t at_ns)
{
    const struct bytes none = {NULL, 0};
    if (!names || (names->count == 0 && names->waiting_lessons == 0))
        return none;
    const uint64_t folded = fold(names, asker, address);
    if (names_tags_find(names->waiting_tags, tag_of(folded)) != 0)
        settle(names);
    uint32_t number = number_of(names, folded, asker, address);
    if (number && names->waiting_lessons > 0 && !stays(names, name_at(names, number))) {
        settle(names);
        number = number_of(names, folded, asker, address);
    }
    struct name *name = number ? name_at(names, number) : NULL;
    if (!name || name->until_ns < at_ns)
        return none;
    use(names, name, number);
    return text_of(name);
}

void names_prefetch(const struct names *names, const struct address *client, const struct address *server)
{
    __builtin_prefetch(bucket_of(names, fold(names, client, client)));
    __builtin_prefetch(bucket_of(names, fold(names, client, server)));
}

bool names_agree(struct names *names, const struct address *asker, const struct address *address, uint64_t hash,
                 int64_t before_ns)
{
    if (names)
        settle(names);
    const uint32_t number = names ? number_of(names, fold(names, asker, address), asker, address) : 0;
    const struct lesson *lesson = number ? name_at(names, number)->lesson : NULL;
    bool agrees = !lesson || lesson->since_ns >= before_ns;
    for (size_t i = 0; lesson && i < NAMES_TOLD; i++)
        agrees = agrees || lesson->told[i] == hash;
    return agrees;
}
