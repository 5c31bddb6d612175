# SPDX-License-Identifier: Apache-2.0
# For scripts: the files of the tree under ROOT that the source checks read.
cmake_policy(VERSION 3.25)
set(code_folders sim models subsystems workloads native experiments bench)

# Sets `out` to the paths, relative to ROOT, of the C++ files.
function(list_sources out)
  set(patterns ${code_folders})
  list(TRANSFORM patterns REPLACE "(.+)" "${ROOT}/\\1/*.h;${ROOT}/\\1/*.cpp")
  file(GLOB_RECURSE files RELATIVE "${ROOT}" ${patterns})
  set(${out} ${files} PARENT_SCOPE)
endfunction()

# The same for what builds and checks them.
function(list_scripts out)
  set(patterns ${code_folders})
  list(TRANSFORM patterns REPLACE "(.+)" "${ROOT}/\\1/CMakeLists.txt")
  file(GLOB_RECURSE files RELATIVE "${ROOT}" ${patterns} "${ROOT}/cmake/*.cmake"
       "${ROOT}/scripts/*.sh" "${ROOT}/scripts/*.py")
  file(GLOB top RELATIVE "${ROOT}" "${ROOT}/CMakeLists.txt" "${ROOT}/Makefile" "${ROOT}/.ci/run")
  set(${out} ${files} ${top} PARENT_SCOPE)
endfunction()

# Sets `out` to the headers that `file` includes with `opening`: a quote or an angle bracket.
function(read_includes file opening out)
  file(STRINGS "${ROOT}/${file}" lines REGEX "^[ \t]*#[ \t]*include[ \t]*${opening}")
  list(TRANSFORM lines REPLACE "^[^\"<]*[\"<]([^\">]*).*" "\\1")
  set(${out} "${lines}" PARENT_SCOPE)
endfunction()

# Prints `message`, alone on its line, and lets the script fail at its end.
function(refuse message)
  message(NOTICE "${message}")
  set_property(GLOBAL APPEND PROPERTY refused x)
endfunction()

function(fail_if_refused)
  get_property(refused GLOBAL PROPERTY refused)
  list(LENGTH refused count)
  if(count GREATER 0)
    message(FATAL_ERROR "refused: ${count}")
  endif()
endfunction()
