# SPDX-License-Identifier: Apache-2.0
# Target headers_alone: compiles each header by itself, so that none leans on what its includers
# happened to include before it. A header that its own source or test includes first is left out: whatever
# compiles sources one by one has done it (clang-tidy of what changed; -D CMAKE_UNITY_BUILD=OFF). Not part of the build.
find_package(Eigen3 QUIET NO_MODULE)

set(headers sim models subsystems workloads native experiments)
list(TRANSFORM headers REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/\\1/*.h")
file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR} ${headers})

function(included_first header result)
  set(${result} FALSE PARENT_SCOPE)
  string(REGEX REPLACE "\\.h$" "" stem ${header})
  foreach(source ${PROJECT_SOURCE_DIR}/${stem}.cpp ${PROJECT_SOURCE_DIR}/${stem}_test.cpp)
    if(EXISTS ${source})
      file(STRINGS ${source} first LIMIT_COUNT 1 REGEX "^#include ")
      if(first STREQUAL "#include \"${header}\"")
        set(${result} TRUE PARENT_SCOPE)
      endif()
    endif()
  endforeach()
endfunction()

set(sources)
foreach(header IN LISTS headers)
  included_first(${header} done)
  if(done)
    continue()
  endif()
  set(source ${PROJECT_BINARY_DIR}/headers_alone/${header}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"@header@\"\n#include \"@header@\"  // once\n" @ONLY)
  list(APPEND sources ${source})
endforeach()

add_library(headers_alone OBJECT EXCLUDE_FROM_ALL ${sources})
set_target_properties(headers_alone PROPERTIES UNITY_BUILD OFF)
target_link_libraries(headers_alone PRIVATE warnings $<TARGET_NAME_IF_EXISTS:Eigen3::Eigen>)
