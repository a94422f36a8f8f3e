/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames given to the engine one by one and many at once: the same records.
 */
#include "script.h"

#include "output/output.h"
#include "overhear/engine.h"

#include <dirent.h>
#include <unistd.h>

/* All that was written there, which the caller frees. */
static char *content_of(FILE *file, size_t *ret_length)
{
    off_t length = lseek(fileno(file), 0, SEEK_END);
    assert_true(length >= 0);
    char *text = malloc((size_t)length + 1);
    assert_non_null(text);
    assert_int_equal(pread(fileno(file), text, (size_t)length, 0), length);
    *ret_length = (size_t)length;
    return text;
}

/* `many` frames at a time; 0: one by one. The output, which the caller frees. */
static char *play(const struct script *script, size_t many, struct engine_statistics *ret_statistics,
                  size_t *ret_length)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    struct output *output = output_new(&(struct output_options){.format = OUTPUT_JSON, .descriptor = fileno(file)});
    assert_non_null(output);
    struct engine *engine = engine_new(&(struct engine_options){.sink = {output, output_record}});
    assert_non_null(engine);
    for (size_t i = 0; i < script->count && many == 0; i++)
        engine_frame(engine, &script->frames[i]);
    for (size_t i = 0; i < script->count && many > 0; i += many)
        engine_frames(engine, script->frames + i, script->count - i < many ? script->count - i : many);
    engine_finish(engine);
    memset(ret_statistics, 0, sizeof *ret_statistics);
    engine_statistics(engine, ret_statistics);
    engine_free(engine);
    assert_int_equal(output_flush(output), 0);
    output_free(output);
    char *text = content_of(file, ret_length);
    fclose(file);
    return text;
}

static void compare(const struct script *script, size_t many)
{
    struct engine_statistics one, several;
    size_t expected_length, length;
    char *expected = play(script, 0, &one, &expected_length);
    char *found = play(script, many, &several, &length);
    assert_int_equal(length, expected_length);
    assert_memory_equal(found, expected, length);
    assert_int_equal(several.frames, one.frames);
    assert_int_equal(several.bytes, one.bytes);
    assert_int_equal(several.first_ns, one.first_ns);
    assert_int_equal(several.last_ns, one.last_ns);
    assert_int_equal(several.conversations, one.conversations);
    assert_int_equal(several.bad_checksums, one.bad_checksums);
    assert_int_equal(several.memory_peak, one.memory_peak);
    assert_int_equal(several.stop_count, one.stop_count);
    for (size_t i = 0; i < one.stop_count; i++)
        assert_int_equal(several.stops[i].frames, one.stops[i].frames);
    free(expected);
    free(found);
}

static void many_at_once_are_the_same(void **state)
{
    (void)state;
    char folder_path[PATH_SIZE];
    unsigned played = 0;
    pcaps_path(folder_path, "");
    DIR *folder = opendir(folder_path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[PATH_SIZE];
        struct script script;
        pcaps_path(path, entry->d_name);
        if (entry->d_name[0] == '.' || !script_read(&script, path))
            continue;
        compare(&script, 64);
        compare(&script, 3);
        script_free(&script);
        played++;
    }
    closedir(folder);
    assert_true(played > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_at_once_are_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
