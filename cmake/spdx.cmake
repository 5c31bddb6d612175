# SPDX-License-Identifier: Apache-2.0
# Every source and script says its licence in its first line, or in its second after a #! line.
include(${CMAKE_CURRENT_LIST_DIR}/source_files.cmake)

list_sources(files)
list_scripts(scripts)
foreach(file IN LISTS files scripts)
  file(STRINGS "${ROOT}/${file}" head LIMIT_COUNT 2)
  if(NOT "${head}" MATCHES "^(#![^;]*;)?(//|#) SPDX-License-Identifier: Apache-2\\.0")
    refuse("${file}: the first line is not SPDX-License-Identifier: Apache-2.0")
  endif()
endforeach()
fail_if_refused()
