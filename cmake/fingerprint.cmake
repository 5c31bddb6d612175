# SPDX-License-Identifier: Apache-2.0
# A fingerprint of the sources that decide results, for the records of what found them; at build time:
# cmake -D ROOT=<tree> -D TO=<header> -P fingerprint.cmake. The same sources have the same one, wherever they
# lie and whatever compiles them. The header is written only when it changes.
file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/sim/*.h ${ROOT}/sim/*.cpp ${ROOT}/models/*.h ${ROOT}/models/*.cpp
     ${ROOT}/subsystems/*.h ${ROOT}/subsystems/*.cpp ${ROOT}/workloads/*.h ${ROOT}/workloads/*.cpp
     ${ROOT}/experiments/*.h ${ROOT}/experiments/*.cpp)
list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
list(SORT sources)
set(all "")
foreach(source IN LISTS sources)
  file(SHA256 ${ROOT}/${source} hash)
  string(APPEND all "${source} ${hash}\n")
endforeach()
string(SHA256 fingerprint "${all}")
string(SUBSTRING ${fingerprint} 0 16 fingerprint)
file(CONFIGURE OUTPUT ${TO} CONTENT "#define WAVESIM_SOURCES \"${fingerprint}\"\n" @ONLY)
