/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A capture that breaks off: cuts CAPTURE PLAN
 *
 * Each line of the plan is a length, how many frames are whole in so many bytes of the file, and 1 where the cut can be
 * told, else 0; lengths ascend. The first so many bytes of the capture must give exactly the records of those frames,
 * and be called broken, with the frame and the byte, where that can be told. Prints how many cuts there were.
 */
#include "through.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct cut {
    size_t length;
    uint64_t frames;
    bool broken;
};

static const struct output_options as_json = {.format = OUTPUT_JSON};

static bool next_cut(FILE *plan, struct cut *ret_cut)
{
    char line[80], *end = line;
    if (!fgets(line, sizeof line, plan))
        return false;
    ret_cut->length = (size_t)strtoull(line, &end, 10);
    ret_cut->frames = strtoull(end, &end, 10);
    ret_cut->broken = strtoul(end, &end, 10) != 0;
    return true;
}

/* What is said of a cut names the frame that is missing, and a byte; of what is not even a header anything. */
static bool says_where(const struct passage *passage, const struct cut *cut)
{
    char frame[40];
    (void)snprintf(frame, sizeof frame, "frame %" PRIu64 ", at byte ", cut->frames + 1);
    return passage->opened ? strstr(passage->error, frame) != NULL : passage->error[0] != '\0';
}

static bool is_as_expected(const struct passage *found, const struct cut *cut, const struct text *expected)
{
    if (found->broken != cut->broken && !(cut->broken && !found->opened && cut->frames == 0))
        return false;
    if (found->frames != cut->frames || found->text.length != (found->opened ? expected->length : 0))
        return false;
    return (!cut->broken || says_where(found, cut)) &&
           (found->text.length == 0 || memcmp(found->text.at, expected->at, expected->length) == 0);
}

/* In memory of just its size. */
static bool look(struct bytes whole, const struct cut *cut, const struct text *expected, int descriptor)
{
    struct passage found;
    uint8_t *copy = malloc(cut->length > 0 ? cut->length : 1);
    if (!copy)
        return false;
    if (cut->length > 0)
        memcpy(copy, whole.at, cut->length);
    bool good = through(bytes_of(copy, cut->length), UINT64_MAX, &as_json, descriptor, &found) &&
                is_as_expected(&found, cut, expected);
    if (!good)
        (void)fprintf(stderr, "cut at %zu: expected %" PRIu64 " frames%s; found %" PRIu64 "%s, %zu bytes of %zu: %s\n",
                      cut->length, cut->frames, cut->broken ? ", broken" : "", found.frames,
                      found.broken ? ", broken" : "", found.text.length, expected->length, found.error);
    free(found.text.at);
    free(copy);
    return good;
}

static bool look_at_all(struct bytes whole, FILE *plan, int descriptor, uint64_t *ret_count)
{
    struct passage expected = {0};
    struct cut cut;
    bool good = true;
    *ret_count = 0;
    while (good && next_cut(plan, &cut)) {
        if (*ret_count == 0 || cut.frames != expected.frames) {
            free(expected.text.at);
            good = through(whole, cut.frames, &as_json, descriptor, &expected) && expected.frames == cut.frames;
            if (!good)
                (void)fprintf(stderr, "the whole capture: %s\n", expected.error);
        }
        good = good && cut.length <= whole.len && look(whole, &cut, &expected.text, descriptor);
        (*ret_count)++;
    }
    free(expected.text.at);
    return good;
}

int main(int count, char **arguments)
{
    struct bytes whole;
    FILE *plan = count == 3 ? fopen(arguments[2], "r") : NULL;
    if (!plan || !through_read_file(arguments[1], &whole))
        return 2;
    uint64_t cuts;
    const int descriptor = through_open();
    const bool good = look_at_all(whole, plan, descriptor, &cuts);
    (void)printf("%" PRIu64 " cuts\n", cuts);
    (void)fclose(plan);
    void *at;
    memcpy(&at, &whole.at, sizeof at);
    free(at);
    return good ? 0 : 1;
}
