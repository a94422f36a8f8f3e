# The fuzz targets: one for each row of the registry, and one for each fuzz_NAME.c. Every one of them is built with a main
# of ours, replay_NAME, which feeds it kept inputs in the test run; and with libFuzzer as fuzz_NAME in the preset `fuzz`.

set(FUZZ_FOLDER ${CMAKE_CURRENT_SOURCE_DIR}/fuzz)

# What checks and drives is not what is to be explored: the fuzzer need not see into it.
set(BLIND -fno-sanitize-coverage=inline-8bit-counters,trace-cmp,indirect-calls,pc-table,edge)
add_library(fuzz_harness STATIC ${FUZZ_FOLDER}/harness.c ${FUZZ_FOLDER}/json_check.c ${FUZZ_FOLDER}/record_check.c)
target_include_directories(fuzz_harness PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/dissectors ${FUZZ_FOLDER})
target_link_libraries(fuzz_harness PUBLIC liboverhear overhear_warnings)
add_library(fuzz_play STATIC ${FUZZ_FOLDER}/play.c)
target_link_libraries(fuzz_play PUBLIC fuzz_harness)
target_link_options(fuzz_play PUBLIC -Wl,--wrap=names_learn,--wrap=inflater_take) # play.c wants to know of them
if(OVERHEAR_FUZZ)
  target_compile_options(fuzz_harness PRIVATE ${BLIND})
  target_compile_options(fuzz_play PRIVATE ${BLIND})
endif()

if(OVERHEAR_FUZZ)
  add_library(fuzz_large_blocks STATIC ${FUZZ_FOLDER}/large_blocks.c)
  target_link_libraries(fuzz_large_blocks PRIVATE overhear_warnings)
  target_compile_options(fuzz_large_blocks PRIVATE ${BLIND} -Wno-reserved-identifier)
  foreach(function IN ITEMS malloc calloc realloc aligned_alloc posix_memalign free)
    list(APPEND LARGE_BLOCKS_WRAPPED -Wl,--wrap=${function})
  endforeach()
endif()

# Those that play conversations (play.h).
set(FUZZ_PLAYS mail mail_header)

# fuzz_target(NAME SOURCE MUTATOR DEFINITION...): MUTATOR is a file, or "" for libFuzzer's own.
function(fuzz_target name source mutator)
  set(kinds replay)
  if(OVERHEAR_FUZZ)
    list(APPEND kinds fuzz)
  endif()
  foreach(kind IN LISTS kinds)
    add_executable(${kind}_${name} ${source})
    if(source STREQUAL "${FUZZ_FOLDER}/row.c" OR name IN_LIST FUZZ_PLAYS)
      target_link_libraries(${kind}_${name} PRIVATE fuzz_play)
    else()
      target_link_libraries(${kind}_${name} PRIVATE fuzz_harness)
    endif()
    target_compile_definitions(${kind}_${name} PRIVATE ${ARGN})
  endforeach()
  target_sources(replay_${name} PRIVATE ${FUZZ_FOLDER}/replay.c)
  if(OVERHEAR_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer ${LARGE_BLOCKS_WRAPPED})
    target_link_libraries(fuzz_${name} PRIVATE fuzz_large_blocks)
    if(mutator)
      target_sources(fuzz_${name} PRIVATE ${FUZZ_FOLDER}/mutator.c ${FUZZ_FOLDER}/${mutator})
      if(mutator STREQUAL "frames_mutator.c")
        target_sources(fuzz_${name} PRIVATE ${FUZZ_FOLDER}/frames_fix.c)
        target_compile_definitions(fuzz_${name} PRIVATE FUZZ_ROWS=$<STREQUAL:${name},decode>)
      endif()
    endif()
  endif()
endfunction()

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/dissectors/registry.c)
file(STRINGS ${CMAKE_SOURCE_DIR}/dissectors/registry.c REGISTRY REGEX "^extern const struct dissector [a-z0-9_]+_dissector;")
foreach(row IN LISTS REGISTRY)
  string(REGEX REPLACE "^extern const struct dissector ([a-z0-9_]+)_dissector;.*" "\\1" name "${row}")
  fuzz_target(${name} ${FUZZ_FOLDER}/row.c row_mutator.c FUZZ_DISSECTOR=${name}_dissector)
endforeach()

# These know how their inputs are built.
set(FUZZ_MUTATOR_certificate certificate_mutator.c)
set(FUZZ_MUTATOR_engine frames_mutator.c)
set(FUZZ_MUTATOR_capture frames_mutator.c)
set(FUZZ_MUTATOR_decode frames_mutator.c)

file(GLOB FUZZ_TARGETS CONFIGURE_DEPENDS ${FUZZ_FOLDER}/fuzz_*.c)
foreach(source IN LISTS FUZZ_TARGETS)
  get_filename_component(name ${source} NAME_WE)
  string(REPLACE "fuzz_" "" name ${name})
  fuzz_target(${name} ${source} "${FUZZ_MUTATOR_${name}}" FUZZ_NAME="${name}")
endforeach()

# Writes seeds for them, from captures.
add_executable(fuzz_seeds ${FUZZ_FOLDER}/seeds.c ${FUZZ_FOLDER}/seeds_frames.c)
target_link_libraries(fuzz_seeds PRIVATE fuzz_harness)
