# SPDX-License-Identifier: Apache-2.0
# Target headers_alone: compiles each header by itself, so that none leans on what its includers
# happened to include before it. Not part of a plain build: it costs as much as the build itself.
find_package(Eigen3 QUIET NO_MODULE)

set(headers sim models subsystems workloads experiments)
list(TRANSFORM headers REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/\\1/*.h")
file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR} ${headers})

set(sources)
foreach(header IN LISTS headers)
  set(source ${PROJECT_BINARY_DIR}/headers_alone/${header}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"@header@\"\n#include \"@header@\"  // once\n" @ONLY)
  list(APPEND sources ${source})
endforeach()

add_library(headers_alone OBJECT EXCLUDE_FROM_ALL ${sources})
target_link_libraries(headers_alone PRIVATE warnings $<TARGET_NAME_IF_EXISTS:Eigen3::Eigen>)
