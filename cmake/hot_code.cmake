# SPDX-License-Identifier: Apache-2.0
# For the folders whose code every entry of the agenda runs: a tenth faster (docs/performance.md), at 5 % more compiling.
# GCC 12 sees overlaps in std::string that there are not (GCC's bug 105651).
set(library $<STREQUAL:$<TARGET_PROPERTY:TYPE>,STATIC_LIBRARY>)
add_compile_options("$<$<AND:$<CONFIG:RelWithDebInfo>,${library}>:-O3>"
                    "$<$<AND:$<CXX_COMPILER_ID:GNU>,${library}>:-Wno-restrict>")
unset(library)
