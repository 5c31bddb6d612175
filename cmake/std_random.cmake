# SPDX-License-Identifier: Apache-2.0
# The distributions of <random> differ between standard libraries, so that one seed would not be one
# run. Benchmarks may use them: their inputs are nobody's results.
include(${CMAKE_CURRENT_LIST_DIR}/source_files.cmake)

list_sources(files)
list(FILTER files EXCLUDE REGEX "^bench/")
foreach(file IN LISTS files)
  read_includes(${file} "<" includes)
  if("random" IN_LIST includes)
    refuse("${file} may not include <random>: draw from a named stream (sim/random.h)")
  endif()
endforeach()
fail_if_refused()
