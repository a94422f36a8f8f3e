/* SPDX-License-Identifier: BSD-3-Clause
 *
 * THE table of caps. Everything that an outsider can make grow has its row here: what it bounds, and what
 * happens at the bound. docs/limits.md names the counter, the anomaly and the test of each.
 */
#ifndef OVERHEAR_LIMITS_H
#define OVERHEAR_LIMITS_H

enum limit {
    /* decode */
    LIMIT_LAYERS = 32,                       /* headers inside each other in one frame, tunnels and tags included */
    LIMIT_TUNNELS = 8,                       /* tunnels inside each other */
    LIMIT_IPV6_EXTENSIONS = 16,              /* extension headers of one IPv6 packet */
    LIMIT_PACKET_ANOMALIES = 4,              /* anomalies that one frame can report before it reaches a conversation */
    LIMIT_FRAGMENTS = 128,                   /* pieces of one datagram */
    LIMIT_FRAGMENT_DATAGRAMS = 1024,         /* datagrams waiting for pieces; the oldest goes */
    LIMIT_FRAGMENT_SECONDS = 30,             /* how long a datagram waits, by the capture's clock */
    LIMIT_FRAGMENT_BYTES = 16 * 1024 * 1024, /* of all waiting datagrams together */

    /* capture */
    LIMIT_FRAME_BYTES = 16 * 1024 * 1024, /* a capture that claims a longer frame is damaged */
    LIMIT_BLOCK_BYTES = 17 * 1024 * 1024, /* a pcapng file that claims a longer block is damaged */
    LIMIT_INTERFACES = 65536,             /* described by one section of a pcapng file; more is damage */
    LIMIT_AHEAD_BYTES = 2 * 1024 * 1024,  /* inflated by another thread and not yet read */
    LIMIT_FILTERS = 32,                   /* link types with a compiled filter expression at a time; the oldest goes */

    /* stream */
    LIMIT_TCP_PENDING_BYTES = 1024 * 1024, /* of one side waiting for a missing segment; then it is a gap */
    LIMIT_TCP_PENDING_SEGMENTS = 4096,     /* pieces of one side that wait */
    LIMIT_TCP_RECENT_BYTES = 1024,         /* of one side that are kept to compare what is sent again with them */
    LIMIT_TCP_REORDER_FRAMES = 32,         /* frames of a conversation after which an acknowledged hole is a gap */
    LIMIT_TCP_REORDER_SECONDS = 10,        /* or this long, by the capture's clock */

    /* flow */
    LIMIT_UDP_SECONDS = 120, /* of silence, then the conversation is over */
    LIMIT_TCP_HALF_OPEN_SECONDS = 60,
    LIMIT_TCP_SECONDS = 3600,
    LIMIT_TCP_LINGER_SECONDS = 10,    /* after FIN or RST, so that late segments still belong to it */
    LIMIT_EXPIRED_A_PACKET = 300,     /* conversations ended by silence while one packet is handled, listening */
    LIMIT_CLOCK_JUMP_SECONDS = 86400, /* the clock goes further forward only when a second packet agrees */
    LIMIT_CLOCK_BACK_SECONDS = 10,    /* further back than that it was set, where */
    LIMIT_CLOCK_BACK_FRAMES = 32,     /* so many packets in a row say so */
    LIMIT_IDLE_VISITS = 4096,         /* conversations looked after in one call while no packets come */
    LIMIT_MEMORY_RESERVE = 16,        /* conversations are evicted while less than one part in this many is free */
    LIMIT_NEWCOMERS = 16,             /* unanswered ones go first where they are more than one in this many */

    /* frame */
    LIMIT_PROBE_BYTES = 512,          /* of one side before a protocol must have been recognised */
    LIMIT_RESYNC_BYTES = 1024 * 1024, /* nonsense passed over before a conversation is given up */
    LIMIT_MARKS = 4096,               /* segments of one message that remember their frame */
    LIMIT_TRANSACTIONS = 256,         /* open requests of one conversation */
    LIMIT_TRANSACTION_SECONDS = 120,  /* how long a request may wait for its answer, by the capture's clock */
    LIMIT_ANOMALIES = 64,             /* anomaly records of one conversation; further ones are only counted */

    LIMIT_OBJECTS = 8,               /* mails and files open in one conversation; further ones are not read */
    LIMIT_EXPECTATIONS = 1024,       /* announced conversations (FTP data) remembered; the oldest goes */
    LIMIT_EXPECTATION_SECONDS = 300, /* how long an announced conversation is waited for, by the capture's clock */
    LIMIT_CREDENTIAL_SERVERS = 64,   /* servers with credentials in clear that the summary tells apart */

    /* record */
    LIMIT_RECORD_BYTES = 1024 * 1024, /* text in one record */
    LIMIT_RECORD_ITEMS = 16384,       /* values in one record */
    LIMIT_RECORD_FIELDS = 96,         /* rows in the field table of one dataset */
    LIMIT_TEXT_BYTES = 4096,          /* one text in the output, unless --max-text says otherwise */

    /* names learned from DNS */
    LIMIT_NAME_POINTERS = 127,         /* of one name: as many as it may have labels; more are there to cost time */
    LIMIT_NAMES_RATIO = 16,            /* text of a DNS message's records for each byte of it, */
    LIMIT_NAMES_FREE_BYTES = 4 * 1024, /* besides these; what follows is left out */

    LIMIT_NAMES = 65536, /* (client, address) pairs; the least recently used goes */

    LIMIT_RECOLLECTIONS = 64, /* things that dissectors remember across conversations; the oldest goes */

    /* inflate */
    LIMIT_INFLATE_BYTES = 256 * 1024 * 1024, /* of one body after inflating */
    LIMIT_INFLATE_RATIO = 250,               /* bytes out for each byte in, once LIMIT_INFLATE_FREE_BYTES are passed */
    LIMIT_INFLATE_FREE_BYTES = 4 * 1024 * 1024,

    /* mail */
    LIMIT_MAIL_DEPTH = 32,                /* multiparts and messages inside each other; deeper ones are leaves */
    LIMIT_MAIL_HEADER_BYTES = 256 * 1024, /* of one header section; the rest of it is passed over */
    LIMIT_MAIL_HEADER_FIELDS = 1000,      /* of one header section; the rest of it is passed over */
    LIMIT_MAIL_ATTACHMENTS = 256,         /* of one mail; further ones are only counted */
    LIMIT_MAIL_PARTS = 64,                /* leaves of one mail in email.parts */

    /* files */
    LIMIT_EXTRACT_BYTES = 256 * 1024 * 1024, /* of one file saved by --extract, unless --extract-limit says otherwise */

    /* live */
    LIMIT_KERNEL_BUFFER_KIB = 16 * 1024,         /* of each interface, unless -B says otherwise */
    LIMIT_WORKERS = 64,                          /* threads that listen; --threads beyond it counts as it */
    LIMIT_WORKER_BYTES = 4 * 1024 * 1024,        /* records of one worker that wait to be collected; then it waits */
    LIMIT_NUMBERS_KEPT = 4096,                   /* ended conversations whose numbers workers still know */
    LIMIT_BATCH_BYTES = 256 * 1024,              /* records on their way to another thread together */
    LIMIT_FOLLOW_BYTES = 16 * 1024 * 1024,       /* that --follow all keeps of conversations under way */
    LIMIT_FOLLOW_FILES = 64,                     /* files of --follow all that are open at a time */
    LIMIT_SAVE_WAITING_BYTES = 16 * 1024 * 1024, /* frames of -w of which it is not known yet whether they are wanted */
    LIMIT_SAVE_WAITING_SECONDS = 60,             /* how long such a frame waits, by the capture's clock */

    /* display filters */
    LIMIT_MATCH_BYTES = 16384, /* of one text that `matches` looks at, and how deep a match may go */
    LIMIT_MATCH_STEPS = 20000, /* of one match, at each place where it may begin; then the text does not match */
    LIMIT_MATCH_WORK = 65536,  /* steps of all matches that are tried on one text, and what they pass over */
    LIMIT_MATCH_KIB = 2048,    /* of memory that a match may take */

    /* the closing summary */
    LIMIT_RANKING_ENTRIES = 512, /* counters of one list; what came least gives way to what is new */
    LIMIT_RANKING_BYTES = 200,   /* of one text that is counted; longer ones are cut, and counted by what is left */
    LIMIT_RANKING_SLOWEST = 10,  /* exchanges of one dataset that are told one by one */

    /* the whole process */
    LIMIT_MEMORY_MIB = 512, /* --memory unless said otherwise */
    LIMIT_MEMORY_SHARE = 8, /* what cannot be evicted (fragments, names, port counts, announcements): one part each */
};

#endif
