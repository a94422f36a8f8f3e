/* SPDX-License-Identifier: BSD-3-Clause */
#include "explain_page.h"

#include "record/notes.h"

enum {
    WIDEST_PAGE = 100, /* longer lines are hard to read */
    INDENT = 2,
    DEEP_INDENT = 6,
    VALUES_WITH_SENTENCES = 120, /* of a field with more, only the values are listed */
    WIDEST_VALUE_COLUMN = 24,
    WIDEST_FIELD_COLUMN = 36,
    ALL = 65536, /* bytes of one text: notes are shorter */
};

void explain_page_init(struct explain_page *page, unsigned width)
{
    *page = (struct explain_page){.text = {0}};
    page->pen = (struct pen){.page = &page->text, .right = width < WIDEST_PAGE ? width : WIDEST_PAGE};
}

void explain_page_done(struct explain_page *page)
{
    text_buffer_done(&page->text);
}

int explain_page_print(struct explain_page *page, FILE *to, bool color)
{
    struct text_buffer out = {0};
    const struct text_buffer nothing = {0};
    if (page->pen.column > 0)
        pen_newline(&page->pen);
    if (page->text.length > 0 && page->text.at[page->text.length - 1] == '\n')
        page->text.length--;
    layout_print(&out, &page->text, &nothing, 0, color);
    const bool failed = page->text.failed || out.failed;
    if (!failed) {
        fwrite(out.at, 1, out.length, to);
        if (out.length > 0 && out.at[out.length - 1] != '\n')
            fputc('\n', to);
    }
    text_buffer_done(&out);
    return failed ? -1 : 0;
}

/* From here on lines begin at this column. */
static void begin_line(struct explain_page *page, size_t indent)
{
    if (page->pen.column > 0)
        pen_newline(&page->pen);
    page->pen.indent = indent;
    pen_move(&page->pen, indent);
}

static void begin_paragraph(struct explain_page *page)
{
    if (page->pen.column > 0)
        pen_newline(&page->pen);
    if (page->begun)
        pen_newline(&page->pen);
    page->begun = true;
    page->pen.indent = 0;
}

/* Notes and words may be anybody's: made safe like what comes from the wire. Style marks stand around them, so that
 * spaces of their own stay. */
static void write_safe(struct explain_page *page, enum style style, struct bytes text)
{
    struct text_buffer safe = {0};
    layout_mark(&safe, style);
    text_add_terminal(&safe, text, ALL);
    layout_mark(&safe, STYLE_NORMAL);
    if (safe.failed)
        page->text.failed = true;
    else
        pen_write(&page->pen, safe.at, safe.length);
    text_buffer_done(&safe);
}

static void write_text(struct explain_page *page, enum style style, const char *text)
{
    write_safe(page, style, bytes_text(text));
}

static size_t width_of(struct bytes text)
{
    struct text_buffer safe = {0};
    text_add_terminal(&safe, text, ALL);
    const size_t width = safe.failed ? 0 : layout_width(safe.at, safe.length);
    text_buffer_done(&safe);
    return width;
}

static void write_heading(struct explain_page *page, const char *title, struct bytes value)
{
    begin_paragraph(page);
    write_text(page, STYLE_STRONG, title);
    pen_write(&page->pen, " ", 1);
    pen_move(&page->pen, page->pen.column + 1);
    write_safe(page, STYLE_STRONG, value);
}

void explain_page_entry(struct explain_page *page, const struct explain_entry *previous,
                        const struct explain_entry *entry)
{
    if (!previous || previous->scope != entry->scope || !bytes_equal_nocase(previous->value, entry->value))
        write_heading(page, entry->title, entry->value);
    begin_line(page, INDENT);
    if (entry->field) {
        write_text(page, STYLE_DIM, entry->field->name);
        if (entry->field->field->meaning) {
            write_text(page, STYLE_DIM, ": ");
            write_text(page, STYLE_DIM, entry->field->field->meaning);
        }
        begin_line(page, DEEP_INDENT);
    }
    write_safe(page, STYLE_NORMAL, entry->sentence);
}

void explain_page_part(struct explain_page *page, struct bytes whole, bool is_first, const struct explain_entry *entry)
{
    if (is_first)
        write_heading(page, entry->title, whole);
    begin_line(page, INDENT);
    write_safe(page, STYLE_STRONG, entry->value);
    begin_line(page, DEEP_INDENT);
    write_safe(page, STYLE_NORMAL, entry->sentence);
}

/* One row of a list of two columns. */
static void write_row(struct explain_page *page, struct bytes left, size_t column, struct bytes right)
{
    begin_line(page, INDENT);
    page->pen.indent = INDENT + column + 2;
    write_safe(page, STYLE_STRONG, left);
    if (page->pen.column > INDENT + column)
        begin_line(page, INDENT + column + 2);
    else
        pen_move(&page->pen, INDENT + column + 2);
    write_safe(page, STYLE_NORMAL, right);
}

/* Only the values, one after the other. */
static void write_value_list(struct explain_page *page, const struct explain_index *index,
                             const struct explain_field *field)
{
    struct text_buffer text = {0};
    for (size_t i = 0; i < index->entry_count; i++) {
        if (!explain_is_value(&index->entries[i], field))
            continue;
        text_add_string(&text, text.length > 0 ? ", " : "");
        text_add_terminal(&text, index->entries[i].value, ALL);
    }
    begin_line(page, INDENT);
    if (!text.failed)
        pen_write(&page->pen, text.at, text.length);
    page->text.failed = page->text.failed || text.failed;
    text_buffer_done(&text);
}

static void write_values(struct explain_page *page, const struct explain_index *index,
                         const struct explain_field *field)
{
    size_t column = 0;
    for (size_t i = 0; i < index->entry_count; i++)
        if (explain_is_value(&index->entries[i], field) && width_of(index->entries[i].value) > column)
            column = width_of(index->entries[i].value);
    if (column > WIDEST_VALUE_COLUMN)
        column = WIDEST_VALUE_COLUMN;
    for (size_t i = 0; i < index->entry_count; i++)
        if (explain_is_value(&index->entries[i], field))
            write_row(page, index->entries[i].value, column, index->entries[i].sentence);
}

static const char *type_in_words(const struct field *field)
{
    static const char *const words[] = {
        [FIELD_TEXT] = "text",
        [FIELD_INTEGER] = "a number",
        [FIELD_BOOLEAN] = "true or false",
        [FIELD_ADDRESS] = "an address",
        [FIELD_TIME] = "a time",
        [FIELD_DURATION] = "a duration in nanoseconds",
        [FIELD_GROUP] = "an object",
        [FIELD_MAP] = "an object: name and values",
    };
    return words[field->type];
}

void explain_page_field(struct explain_page *page, const struct explain_index *index, const struct explain_field *field)
{
    const size_t count = explain_count_values(index, field);
    char line[200];
    begin_paragraph(page);
    write_text(page, STYLE_STRONG, field->name);
    begin_line(page, INDENT);
    write_text(page, STYLE_NORMAL, field->field->meaning ? field->field->meaning : "");
    begin_line(page, INDENT);
    snprintf(line, sizeof line, "%s%s%s, in %s%s", type_in_words(field->field),
             field->field->flags & FIELD_LIST ? ", any number of them" : "",
             field->field->flags & FIELD_SECRET ? ", hidden unless --show-secrets is given" : "",
             field->dataset ? field->dataset->name : "every record", field->dataset ? " records" : "");
    write_text(page, STYLE_DIM, line);
    for (unsigned i = 0; i < field->field->member_count; i++) {
        if (i == 0)
            begin_paragraph(page);
        const struct field *member = &field->field->members[i];
        write_row(page, bytes_text(member->name), WIDEST_VALUE_COLUMN / 2,
                  bytes_text(member->meaning ? member->meaning : ""));
    }
    if (count == 0)
        return;
    begin_paragraph(page);
    if (count <= VALUES_WITH_SENTENCES)
        write_values(page, index, field);
    else
        write_value_list(page, index, field);
}

/* `on tcp 80, 8080, udp 5353 (mdns)` */
static void write_ports(struct explain_page *page, const struct dissector *dissector)
{
    char text[300] = "";
    size_t length = 0;
    uint8_t transport = 0;
    for (const struct port *port = dissector->ports; port && port->transport != 0 && length < sizeof text; port++) {
        const char *name = port->transport == TRANSPORT_TCP ? "tcp " : "udp ";
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s%u%s%s%s", length > 0 ? ", " : "",
                                   port->transport != transport ? name : "", port->port, port->protocol ? " (" : "",
                                   port->protocol ? port->protocol : "", port->protocol ? ")" : "");
        transport = port->transport;
    }
    begin_line(page, INDENT);
    write_text(page, STYLE_DIM, length > 0 ? "on " : "on no port of its own");
    write_text(page, STYLE_DIM, text);
}

void explain_page_row(struct explain_page *page, const struct explain_index *index, const struct explain_field *field,
                      size_t column)
{
    const size_t values = explain_count_values(index, field);
    struct text_buffer text = {0};
    char count[64];
    text_add_string(&text, field->field->meaning ? field->field->meaning : "");
    for (unsigned i = 0; i < field->field->member_count; i++) {
        text_add_string(&text, i == 0 ? ": " : ", ");
        text_add_string(&text, field->field->members[i].name);
    }
    if (values > 1) {
        snprintf(count, sizeof count, " (%zu explained)", values);
        text_add_string(&text, count);
    }
    if (!text.failed)
        write_row(page, bytes_text(field->name), column, bytes_of(text.at, text.length));
    page->text.failed = page->text.failed || text.failed;
    text_buffer_done(&text);
}

static bool is_member(const struct explain_field *field)
{
    return strcmp(field->name, field->field->name) != 0;
}

static void write_fields(struct explain_page *page, const struct explain_index *index, const struct dataset *dataset)
{
    size_t column = 0;
    for (size_t i = 0; i < index->field_count; i++) {
        const size_t width = strlen(index->fields[i].name);
        if (index->fields[i].dataset == dataset && !is_member(&index->fields[i]) && width > column)
            column = width < WIDEST_FIELD_COLUMN ? width : WIDEST_FIELD_COLUMN;
    }
    begin_paragraph(page);
    for (size_t i = 0; i < index->field_count; i++)
        if (index->fields[i].dataset == dataset && !is_member(&index->fields[i]))
            explain_page_row(page, index, &index->fields[i], column);
}

void explain_page_remark(struct explain_page *page, const char *text)
{
    begin_paragraph(page);
    write_text(page, STYLE_DIM, text);
}

/* A value that can be asked for, to show how: the first of the first field that has some. */
static void write_example(struct explain_page *page, const struct explain_index *index, const struct dataset *dataset)
{
    for (size_t i = 0; i < index->field_count; i++)
        for (size_t j = 0; index->fields[i].dataset == dataset && j < index->entry_count; j++) {
            if (!explain_is_value(&index->entries[j], &index->fields[i]) ||
                index->fields[i].field->type == FIELD_BOOLEAN) /* `explain finger true` is no question */
                continue;
            begin_paragraph(page);
            begin_line(page, INDENT);
            write_text(page, STYLE_DIM, "for example: overhear explain ");
            write_text(page, STYLE_DIM, dataset->name);
            write_text(page, STYLE_DIM, " ");
            write_safe(page, STYLE_DIM, index->entries[j].value);
            return;
        }
}

void explain_page_scope(struct explain_page *page, const struct explain_index *index, const char *scope)
{
    begin_paragraph(page);
    write_text(page, STYLE_STRONG, scope);
    for (size_t i = 0; i < index->entry_count; i++)
        if (strcmp(index->entries[i].scope, scope) == 0)
            write_row(page, index->entries[i].value, WIDEST_VALUE_COLUMN, index->entries[i].sentence);
}

void explain_page_dataset(struct explain_page *page, const struct explain_index *index, const struct dataset *dataset,
                          const struct dissector *dissector)
{
    const struct bytes records = notes_find(index->notes, "event.dataset", bytes_text(dataset->name));
    const bool is_other = dissector && strcmp(dissector->name, dataset->name) != 0;
    begin_paragraph(page);
    write_text(page, STYLE_STRONG, is_other ? dissector->name : dataset->title);
    begin_line(page, INDENT);
    if (dissector) {
        write_text(page, STYLE_NORMAL, dissector->meaning ? dissector->meaning : "");
        write_ports(page, dissector);
        begin_line(page, INDENT);
    }
    if (records.len > 0)
        write_safe(page, dissector ? STYLE_DIM : STYLE_NORMAL, records);
    write_fields(page, index, dataset);
    write_example(page, index, dataset);
}
