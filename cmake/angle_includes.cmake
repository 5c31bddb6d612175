# SPDX-License-Identifier: Apache-2.0
# Angle brackets are for other people's headers. They would also slip past layering.cmake.
include(${CMAKE_CURRENT_LIST_DIR}/source_files.cmake)
list(JOIN code_folders "|" ours)

list_sources(files)
foreach(file IN LISTS files)
  read_includes(${file} "<" includes)
  list(FILTER includes INCLUDE REGEX "^(${ours})/")
  foreach(include IN LISTS includes)
    refuse("${file}: write #include \"${include}\", not <${include}>")
  endforeach()
endforeach()
fail_if_refused()
