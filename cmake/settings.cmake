# SPDX-License-Identifier: Apache-2.0
# Language, warnings and the flags that keep Debug and Release bit-identical.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
# Lines and functions are what profilers and stack traces need; variables cost a third of the build.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# A fused multiply-add rounds once where two instructions round twice.
add_compile_options(-ffp-contract=off)
include_directories(${PROJECT_SOURCE_DIR})
# A broken promise names its file from the top of the tree; so compiled, clones share what ccache holds.
add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)

add_library(warnings INTERFACE)
target_compile_options(warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                          -Wnon-virtual-dtor -Woverloaded-virtual)
if(WAVESIM_WERROR)
  target_compile_options(warnings INTERFACE -Werror)
endif()

# From the folder of the installed program to the prefix: what it loads, it finds from there.
include(GNUInstallDirs)
file(RELATIVE_PATH from_bin "/prefix/${CMAKE_INSTALL_BINDIR}" "/prefix")
string(REGEX REPLACE "/$" "" from_bin "${from_bin}")

find_package(Boost REQUIRED COMPONENTS context)
find_package(fmt REQUIRED)
