# SPDX-License-Identifier: Apache-2.0
# unit_tests(<target> <file>...): builds <target>_test from the files beside the code and
# registers every case with ctest.
include(GoogleTest)
find_package(GTest REQUIRED)
enable_testing()

# Where a process takes long to start, as under sanitizers, starting one for each case takes most of
# the time: five times as long as all cases together.
set(WAVESIM_TEST_SHARDS 0 CACHE STRING "register each test program so many times, with a part of its cases each; \
0: register every case")

function(unit_tests target)
  add_executable(${target}_test ${ARGN})
  target_link_libraries(${target}_test PRIVATE ${target} warnings GTest::gtest GTest::gtest_main)
  if(WAVESIM_TEST_SHARDS EQUAL 0)
    gtest_discover_tests(${target}_test NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
  else()
    add_shards(${target}_test)
  endif()
endfunction()

# property_tests(<target> <file>...): adds to <target>_test what RapidCheck thinks of cases for.
find_package(rapidcheck REQUIRED)
function(property_tests target)
  target_sources(${target}_test PRIVATE ${ARGN})
  target_link_libraries(${target}_test PRIVATE rapidcheck)
endfunction()

function(add_shards program)
  math(EXPR last "${WAVESIM_TEST_SHARDS} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${program}.${shard} COMMAND ${program})
    set_tests_properties(${program}.${shard} PROPERTIES TIMEOUT 900
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${WAVESIM_TEST_SHARDS};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()
