# SPDX-License-Identifier: Apache-2.0
# What the standard library makes of random bits differs between implementations, so that one seed
# would not be one run. Benchmarks may use it: their inputs are nobody's results. Tests may include
# <random> for its concepts and its engines, whose bits are the same everywhere.
include(${CMAKE_CURRENT_LIST_DIR}/source_files.cmake)
set(banned "std::([a-z_]+_distribution|default_random_engine|random_device|shuffle|sample)")

list_sources(files)
list(FILTER files EXCLUDE REGEX "^bench/")
foreach(file IN LISTS files)
  read_includes(${file} "<" includes)
  if("random" IN_LIST includes AND NOT file MATCHES "_test\\.cpp$")
    refuse("${file} may not include <random>: draw from a named stream (sim/random.h)")
  endif()

  file(STRINGS "${ROOT}/${file}" lines REGEX "${banned}")
  list(FILTER lines EXCLUDE REGEX "^ *//")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "${banned}" name "${line}")
    if(name)
      refuse("${file} may not use ${name}: draw from a named stream (sim/random.h)")
    endif()
  endforeach()
endforeach()
fail_if_refused()
