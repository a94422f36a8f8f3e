/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a conversation carries and announces: objects, files, conversations to come, credentials, character sets, and
 * sides that are compressed as a whole. The toy protocol says lines; each tells the core to do something.
 */
#include "file/save.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "frame/session_state.h"
#include "overhear/file.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

struct toy {
    struct object *object, *file;
    uint64_t number;
};

enum { TOY_LINE, TOY_FIELDS };

static const struct field toy_fields[TOY_FIELDS] = {[TOY_LINE] = {.name = "toy.line", .type = FIELD_TEXT}};
static const struct dataset toy_dataset = {.name = "toy", .fields = toy_fields, .field_count = TOY_FIELDS};
static const struct dataset thing_dataset = {.name = "thing", .fields = toy_fields, .field_count = TOY_FIELDS};

static void abandon_thing(struct emitter *emitter, struct object *object)
{
    (void)emitter;
    record_text(&object->record, TOY_LINE, bytes_text("abandoned"));
}

static const struct object_type thing = {.dataset = &thing_dataset, .state_size = 16, .abandon = abandon_thing};

static void announce_at(struct toy *toy, struct emitter *emitter, uint8_t host, uint16_t port)
{
    const struct endpoint listener = {.ip = {4, {10, 0, 0, host}}, .port = port};
    toy->number = emit_expect(emitter, "data", &listener, 1);
    char *block = emit_expectation(emitter, toy->number);
    assert_non_null(block);
    assert_int_equal(block[0], 0);
    memcpy(block, "plan", 5);
}

static void announce(struct toy *toy, struct emitter *emitter, uint16_t port)
{
    announce_at(toy, emitter, 2, port);
}

static void say(struct emitter *emitter, const struct message *message, struct bytes line)
{
    struct transaction *transaction = transaction_open(emitter, 0, message);
    assert_non_null(transaction);
    record_text(&transaction->record, TOY_LINE, line);
    transaction_close(emitter, transaction);
}

static void begin_file(struct toy *toy, struct emitter *emitter, const struct message *message)
{
    const struct file_start start = {.parent = "toy",
                                     .name = bytes_text("dir/x.txt"),
                                     .declared_type = bytes_text("image/png"),
                                     .direction = FILE_UPLOAD,
                                     .parent_conversation = 99,
                                     .offset = 5};
    toy->file = file_begin(emitter, &start, message);
}

static void end_file(struct toy *toy, struct emitter *emitter, const struct message *message)
{
    struct file_result result;
    file_piece(emitter, toy->file, bytes_text("hello"), message);
    file_end(emitter, toy->file, message, false, &result);
    assert_int_equal(result.size, 5);
    assert_string_equal(result.mime_type, "text/plain");
    toy->file = NULL;
}

static void carry_program(struct emitter *emitter, const struct message *message)
{
    const struct file_start start = {
        .parent = "toy", .name = bytes_text("bill"), .declared_type = bytes_text("application/pdf")};
    struct object *file = file_begin(emitter, &start, message);
    file_piece(emitter, file, bytes_text("MZ\x90"), message);
    file_end(emitter, file, message, false, NULL);
}

static void convert(struct emitter *emitter, const struct message *message)
{
    uint8_t text[64];
    size_t length = emit_utf8(emitter, bytes_text("ISO-8859-15"), bytes_text("\xa4 gr\xfc\xdf"), text, sizeof text);
    say(emitter, message, bytes_of(text, length));
    length = emit_utf8(emitter, bytes_text("koi8-r"), bytes_text("\xf0\xf2"), text, 2);
    say(emitter, message, bytes_of(text, length));
    length = emit_utf8(emitter, bytes_text("../../x"), bytes_text("\xf0z"), text, sizeof text);
    say(emitter, message, bytes_of(text, length));
    length = emit_utf8(emitter, bytes_text("shift_jis"), bytes_text("\x93\xfa\xffz"), text, sizeof text);
    say(emitter, message, bytes_of(text, length));
    static const char *const many[] = {"iso-8859-2",   "iso-8859-3",   "iso-8859-4",   "iso-8859-5",   "iso-8859-6",
                                       "iso-8859-7",   "iso-8859-8",   "iso-8859-9",   "iso-8859-10",  "iso-8859-13",
                                       "windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1255",
                                       "windows-1256", "windows-1257", "koi8-u",       "big5",         "euc-jp"};
    for (size_t i = 0; i < 2 * sizeof many / sizeof *many; i++) {
        length = emit_utf8(emitter, bytes_text(many[i % (sizeof many / sizeof *many)]), bytes_text("a"), text, 64);
        assert_int_equal(length, 1);
    }
}

static enum verdict toy_message(void *state, struct emitter *emitter, const struct message *message)
{
    struct toy *toy = state;
    struct bytes line = bytes_first(message->bytes, bytes_find(message->bytes, '\n', 0));
    if (bytes_is(line, "open")) {
        toy->object = object_open(emitter, &thing, message);
    } else if (bytes_is(line, "close")) {
        record_text(&toy->object->record, TOY_LINE, bytes_text("closed"));
        object_close(emitter, toy->object);
    } else if (bytes_is(line, "drop")) {
        object_drop(emitter, toy->object);
    } else if (bytes_is(line, "expect")) {
        announce(toy, emitter, 4000);
    } else if (bytes_is(line, "expect third")) {
        announce_at(toy, emitter, 3, 4000);
    } else if (bytes_is(line, "expect known")) {
        announce(toy, emitter, 77);
    } else if (bytes_is(line, "expect many")) {
        for (unsigned i = 0; i < LIMIT_EXPECTATIONS; i++)
            announce(toy, emitter, (uint16_t)(5000 + i));
    } else if (bytes_is(line, "no more")) {
        emit_expect_no_more(emitter, toy->number);
        assert_null(emit_expectation(emitter, toy->number));
    } else if (bytes_is(line, "password")) {
        emit_credential(emitter);
    } else if (bytes_is(line, "charsets")) {
        convert(emitter, message);
    } else if (bytes_is(line, "begin file")) {
        begin_file(toy, emitter, message);
    } else if (bytes_is(line, "program")) {
        carry_program(emitter, message);
    } else if (bytes_is(line, "end file")) {
        end_file(toy, emitter, message);
    } else if (bytes_is(line, "compress")) {
        emit_inflate_stream(emitter, SIDE_SERVER);
        emit_inflate_stream(emitter, SIDE_CLIENT);
    } else {
        say(emitter, message, line);
    }
    return VERDICT_OK;
}

static void toy_gap(void *state, struct emitter *emitter, enum side side, uint64_t length)
{
    const struct message message = {.side = side, .first = emit_now(emitter), .last = emit_now(emitter)};
    (void)state;
    (void)length;
    say(emitter, &message, bytes_text(side == SIDE_CLIENT ? "client gap" : "server gap"));
}

static struct framing toy_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state;
    (void)side;
    return framing_line(pending, seen);
}

static enum probe toy_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)side;
    if (bytes_begin(first, "TOY!"))
        return PROBE_CLIENT;
    return conversation->destination.port == 77 ? PROBE_MAYBE : PROBE_NO;
}

static const struct port toy_ports[] = {{TRANSPORT_TCP, 77, NULL}, {0, 0, NULL}};

static const struct dissector toy_dissector = {
    .name = "toy",
    .ports = toy_ports,
    .dataset = &toy_dataset,
    .state_size = sizeof(struct toy),
    .message_max = 4096,
    .probe = toy_probe,
    .frame = toy_frame,
    .message = toy_message,
    .gap = toy_gap,
};

/* The announced one tells at its end what it was told. */
static struct framing data_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state;
    (void)side;
    (void)pending;
    (void)seen;
    return (struct framing){FRAMING_BODY_END, 0};
}

static enum verdict data_message(void *state, struct emitter *emitter, const struct message *message)
{
    (void)state;
    (void)emitter;
    (void)message;
    return VERDICT_OK;
}

static void data_end(void *state, struct emitter *emitter, enum end_reason reason)
{
    const struct message message = {.first = emit_now(emitter), .last = emit_now(emitter)};
    const char *block = emit_expectation(emitter, emit_announced(emitter));
    (void)state;
    (void)reason;
    say(emitter, &message, bytes_text(block ? block : "not announced"));
}

static const struct dissector data_dissector = {
    .name = "data",
    .dataset = &toy_dataset,
    .message_max = 64,
    .frame = data_frame,
    .message = data_message,
    .end = data_end,
};

const struct dissector *const dissector_registry[] = {&toy_dissector, &data_dissector, NULL};

struct fixture {
    struct budget budget;
    struct session_shared shared;
    struct conversation conversation, other;
    struct session session, second;
    struct files files;
    uint64_t frame;
    size_t length;
    char written[16384];
};

static void write_record(void *context, const struct record *record)
{
    struct fixture *f = context;
    f->length += (size_t)snprintf(f->written + f->length, sizeof f->written - f->length, "%s%s", record->dataset->name,
                                  record->incomplete ? "!" : "");
    for (uint32_t i = 0; i < record->item_count; i++) {
        const struct item *item = &record->items[i];
        char number[32];
        struct bytes text = bytes_of(number, (size_t)snprintf(number, sizeof number, "%lld", (long long)item->integer));
        if (item->kind == ITEM_WORD)
            text = bytes_text(item->word);
        else if (item->kind == ITEM_TEXT)
            text = bytes_of(record->text + item->offset, item->length);
        f->length += (size_t)snprintf(f->written + f->length, sizeof f->written - f->length, " %.*s", (int)text.len,
                                      (const char *)text.at);
    }
    f->length += (size_t)snprintf(f->written + f->length, sizeof f->written - f->length, "|");
}

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    budget_init(&f->budget, 0);
    f->shared.budget = &f->budget;
    f->shared.ports = port_map_new();
    f->shared.sink = (struct record_sink){f, write_record};
    f->files.folder = -1;
    f->shared.files = &f->files;
    f->conversation = (struct conversation){.id = 1,
                                            .transport = TRANSPORT_TCP,
                                            .source = {{4, {10, 0, 0, 1}}, 50000},
                                            .destination = {{4, {10, 0, 0, 2}}, 77}};
    f->other = f->conversation;
    f->other.id = 2;
    f->other.source.port = 50001;
    f->other.destination.port = 4000;
    session_init(&f->session, &f->shared, &f->conversation);
    session_init(&f->second, &f->shared, &f->other);
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;
    session_end(&f->session, END_FIN);
    session_end(&f->second, END_FIN);
    session_shared_done(&f->shared);
    port_map_free(f->shared.ports);
    assert_int_equal(f->budget.used, 0);
    free(f);
    return 0;
}

static void piece(struct fixture *f, struct session *session, enum side side, struct bytes bytes)
{
    f->shared.moment = (struct moment){++f->frame, 1000};
    session_data(session, side, bytes, f->shared.moment);
}

static void line(struct fixture *f, const char *text)
{
    piece(f, &f->session, SIDE_CLIENT, bytes_text(text));
}

static void wrote(struct fixture *f, const char *expected)
{
    assert_string_equal(f->written, expected);
    f->length = 0;
    f->written[0] = '\0';
}

static void objects_are_kept_until_they_are_closed(void **state)
{
    struct fixture *f = *state;
    line(f, "open\n");
    wrote(f, "");
    line(f, "close\n");
    wrote(f, "thing closed|");
    line(f, "open\ndrop\n");
    wrote(f, "");
    line(f, "open\nopen\n");
    session_end(&f->session, END_FIN);
    wrote(f, "thing abandoned|thing abandoned|");
}

static void only_so_many_objects_are_open(void **state)
{
    struct fixture *f = *state;
    for (unsigned i = 0; i < LIMIT_OBJECTS; i++)
        line(f, "open\n");
    wrote(f, "");
    line(f, "open\n");
    wrote(f, "anomaly message.objects_limit more than 8 mails and files travel at the same time; one was not read|");
}

static void files_are_counted_and_typed(void **state)
{
    struct fixture *f = *state;
    line(f, "begin file\nend file\n");
    wrote(f, "file dir/x.txt x.txt txt image/png upload 5 toy 99 5 text/plain|");
}

static void a_program_that_calls_itself_a_document_is_told(void **state)
{
    struct fixture *f = *state;
    line(f, "program\n");
    wrote(f, "file bill application/pdf download toy 3 application/vnd.microsoft.portable-executable 1|");
}

static void files_are_hashed_unless_bytes_are_lost(void **state)
{
    struct fixture *f = *state;
    f->files.wants_hash = true;
    line(f, "begin file\nend file\n");
    wrote(f, "file dir/x.txt x.txt txt image/png upload 5 toy 99 5 text/plain "
             "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824|");
    line(f, "begin file\n");
    session_end(&f->session, END_RST);
    wrote(f, "file! dir/x.txt x.txt txt image/png upload 5 toy 99 0|");
}

static void an_announced_conversation_is_recognised(void **state)
{
    struct fixture *f = *state;
    line(f, "expect\n");
    piece(f, &f->second, SIDE_SERVER, bytes_text("toy like anything else\n"));
    assert_string_equal(f->other.protocol, "data");
    session_end(&f->second, END_FIN);
    wrote(f, "toy plan|");
    /* once only */
    session_init(&f->second, &f->shared, &f->other);
    f->other.protocol = NULL;
    piece(f, &f->second, SIDE_SERVER, bytes_text("again\n"));
    assert_null(f->other.protocol);
}

static void an_empty_announced_conversation_is_told(void **state)
{
    struct fixture *f = *state;
    line(f, "expect\n");
    session_end(&f->second, END_FIN);
    wrote(f, "toy plan|");
}

static void an_announcement_can_be_taken_back(void **state)
{
    struct fixture *f = *state;
    line(f, "expect\nno more\n");
    piece(f, &f->second, SIDE_SERVER, bytes_text("x\n"));
    assert_null(f->other.protocol);
}

static void an_announcement_grows_old(void **state)
{
    struct fixture *f = *state;
    line(f, "expect\n");
    f->shared.now_ns = ((int64_t)LIMIT_EXPECTATION_SECONDS + 1) * 1000000000;
    piece(f, &f->second, SIDE_SERVER, bytes_text("x\n"));
    assert_null(f->other.protocol);
}

static void nobody_can_announce_the_port_of_a_dissector(void **state)
{
    struct fixture *f = *state;
    line(f, "expect known\n");
    f->other.destination.port = 77;
    piece(f, &f->second, SIDE_CLIENT, bytes_text("x\n"));
    assert_string_equal(f->other.protocol, "toy");
}

static void a_third_host_is_not_spoken_for(void **state)
{
    struct fixture *f = *state;
    line(f, "expect third\n");
    f->other.destination.ip.octets[3] = 3;
    piece(f, &f->second, SIDE_CLIENT, bytes_text("TOY!\n")); /* recognised: it stays its dissector's */
    assert_string_equal(f->other.protocol, "toy");
    session_end(&f->second, END_FIN);
    wrote(f, "toy TOY!|");
    session_init(&f->second, &f->shared, &f->other);
    f->other.protocol = NULL;
    piece(f, &f->second, SIDE_CLIENT, bytes_text("anything\n")); /* nobody's else */
    assert_string_equal(f->other.protocol, "data");
    session_end(&f->second, END_FIN);
    wrote(f, "toy plan|");
}

static void the_oldest_announcement_is_forgotten(void **state)
{
    struct fixture *f = *state;
    line(f, "expect\nexpect many\n");
    piece(f, &f->second, SIDE_SERVER, bytes_text("x\n"));
    assert_null(f->other.protocol);
    session_end(&f->second, END_FIN);
    session_init(&f->second, &f->shared, &f->other);
    f->other.destination.port = 5000;
    piece(f, &f->second, SIDE_SERVER, bytes_text("x\n"));
    assert_string_equal(f->other.protocol, "data");
}

static void credentials_are_counted_by_server(void **state)
{
    struct fixture *f = *state;
    line(f, "password\npassword\n");
    assert_int_equal(f->shared.credential_rows, 1);
    assert_string_equal(f->shared.credentials[0].protocol, "toy");
    assert_int_equal(f->shared.credentials[0].server.port, 77);
    assert_int_equal(f->shared.credentials[0].count, 2);
    for (uint16_t i = 0; i < 2 * LIMIT_CREDENTIAL_SERVERS; i++) {
        f->conversation.destination.ip.octets[3] = (uint8_t)(i + 10);
        line(f, "password\n");
    }
    assert_int_equal(f->shared.credential_rows, LIMIT_CREDENTIAL_SERVERS);
    assert_int_equal(f->shared.credentials_elsewhere, LIMIT_CREDENTIAL_SERVERS + 1);
}

static void texts_become_utf8(void **state)
{
    struct fixture *f = *state;
    line(f, "charsets\n");
    wrote(f, "toy \xe2\x82\xac gr\xc3\xbc\xc3\x9f|toy \xd0\x9f|toy \xf0z|toy \xe6\x97\xa5\xffz|");
}

/* `text` as the next bytes of a raw deflate stream that goes on. */
static size_t deflate_some(z_stream *stream, const char *text, uint8_t *to, size_t room)
{
    stream->next_in = (z_const Bytef *)(uintptr_t)text;
    stream->avail_in = (unsigned)strlen(text);
    stream->next_out = to;
    stream->avail_out = (unsigned)room;
    assert_int_equal(deflate(stream, Z_SYNC_FLUSH), Z_OK);
    return room - stream->avail_out;
}

static void begin_deflate(z_stream *stream)
{
    *stream = (z_stream){0};
    assert_int_equal(deflateInit2(stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
}

static void a_compressed_side_is_read_however_it_is_cut(void **state)
{
    static const size_t cuts[] = {1000, 1, 2, 7};
    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        void *made = NULL;
        begin(&made);
        struct fixture *f = made;
        z_stream stream;
        uint8_t sent[512];
        begin_deflate(&stream);
        size_t length = bytes_copy(sent, sizeof sent, bytes_text("first\ncompress\n"));
        length += deflate_some(&stream, "sec", sent + length, sizeof sent - length);
        length += deflate_some(&stream, "ond\nthird\n", sent + length, sizeof sent - length);
        for (struct bytes rest = bytes_of(sent, length); rest.len > 0; rest = bytes_skip(rest, cuts[i]))
            piece(f, &f->session, SIDE_CLIENT, bytes_first(rest, cuts[i]));
        wrote(f, "toy first|toy second|toy third|");
        deflateEnd(&stream);
        /* the other side too: what already waits there belongs to its stream */
        begin_deflate(&stream);
        length = deflate_some(&stream, "answer\n", sent, sizeof sent);
        piece(f, &f->session, SIDE_SERVER, bytes_of(sent, length));
        wrote(f, "toy answer|");
        deflateEnd(&stream);
        finish(&made);
    }
}

static void a_broken_compressed_side_is_given_up_alone(void **state)
{
    struct fixture *f = *state;
    z_stream stream;
    uint8_t sent[128];
    line(f, "compress\n");
    line(f, "\xff\xff\xff\xff");
    wrote(f, "anomaly message.bad_deflate the compressed stream cannot be inflated beyond byte 1|toy client gap|");
    line(f, "more of it");
    wrote(f, "");
    begin_deflate(&stream);
    size_t length = deflate_some(&stream, "answer\n", sent, sizeof sent);
    piece(f, &f->session, SIDE_SERVER, bytes_of(sent, length));
    wrote(f, "toy! answer|");
    session_gap(&f->session, SIDE_SERVER, 3);
    wrote(f, "toy! server gap|");
    length = deflate_some(&stream, "lost\n", sent, sizeof sent);
    piece(f, &f->session, SIDE_SERVER, bytes_of(sent, length));
    wrote(f, "");
    deflateEnd(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(objects_are_kept_until_they_are_closed, begin, finish),
        cmocka_unit_test_setup_teardown(only_so_many_objects_are_open, begin, finish),
        cmocka_unit_test_setup_teardown(files_are_counted_and_typed, begin, finish),
        cmocka_unit_test_setup_teardown(a_program_that_calls_itself_a_document_is_told, begin, finish),
        cmocka_unit_test_setup_teardown(files_are_hashed_unless_bytes_are_lost, begin, finish),
        cmocka_unit_test_setup_teardown(an_announced_conversation_is_recognised, begin, finish),
        cmocka_unit_test_setup_teardown(an_empty_announced_conversation_is_told, begin, finish),
        cmocka_unit_test_setup_teardown(an_announcement_can_be_taken_back, begin, finish),
        cmocka_unit_test_setup_teardown(an_announcement_grows_old, begin, finish),
        cmocka_unit_test_setup_teardown(nobody_can_announce_the_port_of_a_dissector, begin, finish),
        cmocka_unit_test_setup_teardown(a_third_host_is_not_spoken_for, begin, finish),
        cmocka_unit_test_setup_teardown(the_oldest_announcement_is_forgotten, begin, finish),
        cmocka_unit_test_setup_teardown(credentials_are_counted_by_server, begin, finish),
        cmocka_unit_test_setup_teardown(texts_become_utf8, begin, finish),
        cmocka_unit_test(a_compressed_side_is_read_however_it_is_cut),
        cmocka_unit_test_setup_teardown(a_broken_compressed_side_is_given_up_alone, begin, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
