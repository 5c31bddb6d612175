# SPDX-License-Identifier: Apache-2.0
# libFuzzer on readers, in builds by clang with WAVESIM_FUZZ.

# Sources by whose branches the fuzzers find their way; counting in all of the simulator would cost the tests
# of the same build half their time.
function(steer_fuzzer)
  if(WAVESIM_FUZZ)
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS -fsanitize=fuzzer-no-link)
  endif()
endfunction()

# A fuzzer of SOURCE that links with a library, named like the source.
function(fuzzer source library)
  if(WAVESIM_FUZZ)
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE ${library} warnings)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()
