/* SPDX-License-Identifier: BSD-3-Clause */
#include "evaluate.h"

#include "record/common_fields.h"
#include "record/common_values.h"
#include "record/tape.h"
#include "truncated.h"

/* What a test finds at a field: how much of it is there, and whether one value fits. */
struct finding {
    bool exists, fits;
};

static const struct filter_value *values_of(const struct evaluation *evaluation, const struct test *test)
{
    return evaluation->program->values + test->first_value;
}

static bool text_fits(const struct evaluation *evaluation, const struct test *test, struct bytes text)
{
    const struct filter_value *values = values_of(evaluation, test);
    switch (test->kind) {
    case TEST_EXISTS:
        return true;
    case TEST_MATCHES:
        return pattern_matches(evaluation->matcher, test->pattern, text);
    case TEST_CONTAINS:
        return values->text.len == 0 ||
               (text.len > 0 && memmem(text.at, text.len, values->text.at, values->text.len) != NULL);
    default:
        break;
    }
    for (unsigned i = 0; i < test->value_count; i++)
        if (test->field.ignores_case ? bytes_equal_nocase(text, values[i].text) : bytes_equal(text, values[i].text))
            return true;
    return false;
}

static bool number_fits(const struct evaluation *evaluation, const struct test *test, int64_t number)
{
    const struct filter_value *values = values_of(evaluation, test);
    for (unsigned i = 0; i < test->value_count; i++)
        if (number >= values[i].low && number <= values[i].high)
            return true;
    return test->kind == TEST_EXISTS;
}

static bool is_inside(const struct address *address, const struct filter_value *network)
{
    if (address->family != network->address.family)
        return false;
    size_t whole = network->prefix / 8;
    unsigned rest = network->prefix % 8;
    if (memcmp(address->octets, network->address.octets, whole) != 0)
        return false;
    return rest == 0 || (address->octets[whole] ^ network->address.octets[whole]) >> (8 - rest) == 0;
}

static bool address_fits(const struct evaluation *evaluation, const struct test *test, const struct address *address)
{
    const struct filter_value *values = values_of(evaluation, test);
    for (unsigned i = 0; i < test->value_count; i++)
        if (is_inside(address, &values[i]))
            return true;
    return test->kind == TEST_EXISTS;
}

/* A text as it is printed: what is secret is not there to be found. */
static struct bytes printed_text(const struct evaluation *evaluation, const struct record *record,
                                 const struct item *item, const struct field *row)
{
    static const char hidden[] = "[hidden]";
    struct tape_text text = tape_text(record, item, row, evaluation->show_secrets, SIZE_MAX);
    if (!text.hides)
        return text.before;
    size_t length = bytes_copy(evaluation->scratch, EVALUATION_SCRATCH, text.before);
    length += bytes_copy(evaluation->scratch + length, EVALUATION_SCRATCH - length, bytes_text(hidden));
    length += bytes_copy(evaluation->scratch + length, EVALUATION_SCRATCH - length, text.after);
    return bytes_of(evaluation->scratch, length);
}

static bool item_fits(const struct evaluation *evaluation, const struct test *test, const struct record *record,
                      const struct item *item, const struct field *row)
{
    if (test->kind == TEST_EXISTS)
        return true;
    switch (row->type) {
    case FIELD_TEXT:
    case FIELD_MAP:
        return item->kind != ITEM_INTEGER && item->kind != ITEM_ADDRESS &&
               text_fits(evaluation, test, printed_text(evaluation, record, item, row));
    case FIELD_ADDRESS:
        if (item->kind == ITEM_ADDRESS && !((row->flags & FIELD_SECRET) && !evaluation->show_secrets)) {
            struct address address = tape_address(record, item);
            return address_fits(evaluation, test, &address);
        }
        return false;
    default:
        return item->kind == ITEM_INTEGER && !((row->flags & FIELD_SECRET) && !evaluation->show_secrets) &&
               number_fits(evaluation, test, item->integer);
    }
}

static void look_at(const struct evaluation *evaluation, const struct test *test, const struct record *record,
                    uint32_t index, const struct place *place, struct finding *finding)
{
    const struct item *item = &record->items[index];
    if (test->field.has_key && !bytes_equal(tape_key(record, item), test->field.key))
        return;
    finding->exists = true;
    finding->fits = finding->fits || item_fits(evaluation, test, record, item, place->row);
}

/* Nothing more is to be found out. */
static bool is_settled(const struct test *test, const struct finding *finding)
{
    return finding->fits || (test->kind == TEST_EXISTS && finding->exists);
}

static struct finding look_at_values(const struct evaluation *evaluation, const struct test *test,
                                     const struct record *record, const struct place *place)
{
    struct finding finding = {false, false};
    for (unsigned at = record_first(record, place->top); at && !is_settled(test, &finding);
         at = record->items[at - 1].next)
        look_at(evaluation, test, record, at - 1, place, &finding);
    return finding;
}

static struct finding look_at_members(const struct evaluation *evaluation, const struct test *test,
                                      const struct record *record, const struct place *place)
{
    struct finding finding = {false, false};
    for (unsigned at = record_first(record, place->top); at; at = record->items[at - 1].next) {
        uint32_t end = tape_group_end(record, at - 1);
        for (uint32_t i = at; i < end && !is_settled(test, &finding); i = tape_after(record, i))
            if (record->items[i].kind != ITEM_NOTE && record->items[i].field == place->member)
                look_at(evaluation, test, record, i, place, &finding);
    }
    return finding;
}

static struct finding look_at_object(const struct record *record, const struct place *place)
{
    for (unsigned i = 0; i < record->dataset->field_count; i++)
        if (place->fields[i / 8] & 1u << i % 8 && record_first(record, i))
            return (struct finding){true, true};
    return (struct finding){false, false};
}

static struct finding look_at_truncated(const struct evaluation *evaluation, const struct test *test,
                                        const struct record *record)
{
    struct finding finding = {false, false};
    struct truncated_cursor cursor = {.field = 0};
    struct bytes name;
    while (!is_settled(test, &finding) && truncated_next(record, evaluation->show_secrets, evaluation->max_text,
                                                         &cursor, evaluation->scratch, EVALUATION_SCRATCH, &name)) {
        finding.exists = true;
        finding.fits = text_fits(evaluation, test, name);
    }
    return finding;
}

static struct finding look_at_common(const struct evaluation *evaluation, const struct test *test,
                                     const struct record *record, const struct place *place)
{
    struct common_value value = {.number = 0};
    char text[COMMUNITY_ID_SIZE];
    enum common_field field = place->top;
    if (field == COMMON_TRUNCATED)
        return look_at_truncated(evaluation, test, record);
    if (field == COMMON_COMMUNITY_ID) {
        if (!record->conversation || !evaluation->community_id)
            return (struct finding){false, false};
        value.text = bytes_of(text, community_id_text(evaluation->community_id, record->conversation, text));
        if (value.text.len == 0)
            return (struct finding){false, false};
    } else if (!common_value(record, field, &value)) {
        return (struct finding){false, false};
    }
    switch (place->row->type) {
    case FIELD_TEXT:
        return (struct finding){true, text_fits(evaluation, test, value.text)};
    case FIELD_ADDRESS:
        return (struct finding){true, address_fits(evaluation, test, value.address)};
    default:
        return (struct finding){true, number_fits(evaluation, test, value.number)};
    }
}

static bool ask(const struct evaluation *evaluation, const struct test *test, const struct record *record,
                const struct place *place)
{
    struct finding finding = {false, false};
    switch ((enum place_kind)place->kind) {
    case PLACE_ABSENT:
        break;
    case PLACE_PRESENT:
        return true;
    case PLACE_COMMON:
        finding = look_at_common(evaluation, test, record, place);
        break;
    case PLACE_VALUE:
        finding = look_at_values(evaluation, test, record, place);
        break;
    case PLACE_MEMBER:
        finding = look_at_members(evaluation, test, record, place);
        break;
    case PLACE_OBJECT:
        finding = look_at_object(record, place);
        break;
    }
    return test->negated ? finding.exists && !finding.fits : finding.fits;
}

bool evaluate(const struct evaluation *evaluation, const struct record *record)
{
    const struct program *program = evaluation->program;
    bool flag = true;
    for (unsigned at = 0; at < program->instruction_count;) {
        const struct instruction *instruction = &program->instructions[at];
        at++;
        switch (instruction->kind) {
        case INSTRUCTION_TEST:
            flag = ask(evaluation, &program->tests[instruction->target], record,
                       &evaluation->places[instruction->target]);
            break;
        case INSTRUCTION_NOT:
            flag = !flag;
            break;
        case INSTRUCTION_JUMP_IF_TRUE:
            at = flag ? instruction->target : at;
            break;
        case INSTRUCTION_JUMP_IF_FALSE:
            at = flag ? at : instruction->target;
            break;
        }
    }
    return flag;
}
