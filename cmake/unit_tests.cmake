# SPDX-License-Identifier: Apache-2.0
# unit_tests(<target> <file>...): builds <target>_test from the files beside the code and
# registers every case with ctest.
include(GoogleTest)
find_package(GTest REQUIRED)
enable_testing()

function(unit_tests target)
  add_executable(${target}_test ${ARGN})
  target_link_libraries(${target}_test PRIVATE ${target} warnings GTest::gtest GTest::gtest_main)
  gtest_discover_tests(${target}_test NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
