/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The inside of crew.h. What one thread writes alone is grouped by thread; the rest is under the crew's lock, which is
 * taken a few times a round or a batch.
 */
#ifndef OVERHEAR_ENGINE_CREW_STATE_H
#define OVERHEAR_ENGINE_CREW_STATE_H

#include "crew.h"
#include "deal.h"
#include "engine_part.h"
#include "keeper.h"
#include "merge.h"
#include "numbers.h"

#include "frame/names.h"
#include "util/budget.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    ROUND_FRAMES = 1024,
    ROUND_BYTES = 256 * 1024,
    ROUNDS_BESIDE = 6, /* rounds on their way, beside one for each engine */
    SAID_BYTES = 128 * 1024,
    SAID_NAMES = 16 * 1024, /* of the sides of conversations, beside each batch */
    SAID_BATCHES = 16,      /* of one engine, on their way */
    SAID_ENOUGH = 4,        /* who collects is woken */
};

/* What is said at the end of the capture. */
static const uint64_t CREW_END = UINT64_MAX - 1;

enum said_kind { SAID_OPENED, SAID_RECORD, SAID_LESSON, SAID_CROSSING };

/* The head of each thing that is said: `frame` completed it; `turn` as in struct session_shared. */
struct said {
    size_t size;
    uint64_t frame, turn;
    uint64_t conversation; /* its id among the engines; 0: none */
    enum said_kind kind;
};

/* Behind it the items, then the text. */
struct said_record {
    struct said said;
    struct conversation conversation;
    struct record record;
};

/* emit_name. Behind it the name. */
struct said_lesson {
    struct said said;
    enum name_kind kind;
    struct address asker, address;
    int64_t time_ns;
    uint32_t ttl_s;
    uint32_t length;
};

struct said_crossing {
    struct said said;
    enum crossing_kind kind;
    const char *protocol;
    struct endpoint source, destination;
    uint64_t what, found; /* found: recalled; remembered: when */
    struct endpoint listeners[EXPECTATION_LISTENERS];
    size_t count;
};

/* A block of what an engine has said. Who collects holds it, and so does who reads its records later. */
struct said_batch {
    struct record_keeper keeper;
    struct hand *hand;
    uint8_t *bytes;
    size_t used, capacity;
    uint8_t names[SAID_NAMES]; /* what the collector adds to the records */
    size_t names_used;
    bool free; /* under the lock: nobody holds it any more; those before it are still held */
};

/* Frames that are dealt out together. Written by who reads, then read by all. */
struct round {
    size_t count;   /* moments */
    size_t entries; /* frames, those counted several times that go to all */
    uint8_t *bytes;
    size_t used, capacity;
    struct moment moments[ROUND_FRAMES];
    struct frame dealt[ROUND_FRAMES];   /* in the order of the capture */
    struct deal deals[ROUND_FRAMES];    /* of each */
    uint32_t begins[LIMIT_WORKERS + 1]; /* where the frames of each engine begin */
    struct frame frames[ROUND_FRAMES];
    uint16_t places[ROUND_FRAMES]; /* of each of them among the moments */
    bool heard[ROUND_FRAMES];      /* it is another one's */
};

/* In the order of all that is said. */
struct position {
    uint64_t frame, turn;
    unsigned part;
};

struct hand {
    struct crew *crew;
    unsigned index;
    struct session_exit exit;
    struct engine *engine;
    pthread_t thread;
    pthread_cond_t changed; /* there is a round, there is room */
    bool started;
    bool finishing; /* its own, as is: */
    size_t allowed; /* bytes; written under the lock, too. Of all engines together at most watch_bytes */
    /* Under the lock. */
    uint64_t rounds;        /* worked through */
    uint64_t written, read; /* batches; the one numbered `written` is being filled, those from `read` on are held */
    uint64_t collected;     /* as who collects has said last; others may still read them */
    uint64_t progress;      /* nothing before this frame will still come */
    bool done;
    bool is_stuck; /* waits for batches to be let go */
    struct said_batch batches[SAID_BATCHES];
    /* Of who collects: what was last seen of the above, and the place in the oldest batch. */
    uint64_t seen_written, seen_progress, taken;
    bool seen_done;
    size_t at;
    struct said *front; /* NULL: everything that was seen is taken */
    struct position position;
};

struct truth;

struct crew {
    struct engine_options options;
    unsigned count;
    size_t watch_bytes; /* of all engines: beyond it one engine might evict */
    struct budget budget;
    struct names *names;
    struct numbers *numbers;
    struct dealer *dealer;
    struct truth *truth;
    uint64_t loose_anomalies[ANOMALY_COUNT];
    uint64_t records;
    unsigned round_count;
    struct round *rounds;
    pthread_mutex_t lock;
    pthread_cond_t news; /* for who reads */
    uint64_t changes;    /* under the lock: whenever an engine has said or done something */
    uint64_t seen_changes;
    uint64_t filled; /* rounds; under the lock, as is: */
    uint64_t wanted; /* rounds that all engines must have worked through before who collects is of use again */
    unsigned stuck;  /* engines that wait for batches to be let go */
    bool ended;
    _Atomic bool abandoned; /* nobody collects any more */
    _Atomic bool trouble;   /* one engine has to begin again */
    struct engine_statistics part;
    struct hand hands[];
};

/* crew_exit.c */
void hand_exit_init(struct hand *hand);
enum publishing {
    PUBLISHING_WORDS, /* because there are so many */
    PUBLISHING_ROUND, /* one more is worked through */
    PUBLISHING_END,
};

/* What has been said so far goes out, and nothing before `progress` follows. Waits until more can be said. */
void hand_publish(struct hand *hand, uint64_t progress, enum publishing why);
/* Under the lock: takes as much memory as is left for the engine, up to a part of it. */
void hand_allow(struct hand *hand);
/* The engine has taken more than it is allowed. */
bool hand_is_short(const struct hand *hand);
void crew_trouble(struct crew *crew);

/* crew_collect.c: hands over what is ready. */
void crew_collect(struct crew *crew);
/* What has been handed over is let go, all of it, when this returns. Nothing is collected any more. */
void crew_let_go(struct crew *crew);

/* crew_truth.c: what one engine with all conversations would know, of what they have in common. */
struct truth *truth_new(void);
void truth_free(struct truth *truth);
/* False: one engine would have said something else. */
bool truth_crossing(struct truth *truth, unsigned part, const struct said_crossing *crossing);
void truth_credentials(const struct truth *truth, struct engine_statistics *ret_statistics);

#endif
