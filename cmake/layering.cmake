# SPDX-License-Identifier: Apache-2.0
# Who may include whom; run by ctest: cmake -D ROOT=<tree> -P layering.cmake
include(${CMAKE_CURRENT_LIST_DIR}/source_files.cmake)

# A folder may always include itself. models/* stands for every part of a machine that is no
# particular product; subsystems for each of them but wave, which they are built on.
set(may_include_sim "")
set(may_include_models sim)
set(may_include_models/pcie sim models)
set(may_include_models/fabric sim models)
set("may_include_models/*" sim models models/* models/pcie)
set(may_include_models/zen3 sim models models/* models/pcie)
set(may_include_models/mount_evans sim models models/* models/pcie)
set(may_include_models/skylake sim models models/*)
set(may_include_subsystems/wave/agent "")
set(may_include_subsystems/rpc/protocol "")
set(may_include_subsystems/rpc/stack subsystems/wave/agent subsystems/rpc/protocol)
set(may_include_policies subsystems/wave/agent subsystems/rpc/protocol)
set(may_include_subsystems/wave sim models models/* subsystems/wave/agent)
set(may_include_subsystems/rpc sim models models/* models/pcie subsystems/wave subsystems/wave/agent
    subsystems/rpc/protocol subsystems/rpc/stack)
set(may_include_subsystems sim models models/* subsystems/wave subsystems/wave/agent)
set(may_include_workloads sim models/fabric subsystems subsystems/wave subsystems/wave/agent subsystems/rpc
    subsystems/rpc/protocol)
set(may_include_native subsystems/wave/agent policies subsystems/rpc/protocol subsystems/rpc/stack)
set(may_include_experiments ANYTHING)
set(may_include_bench ANYTHING)

# From the bottom up; what else there is in experiments lies on top of these. Tests and what they share may
# use any of them: a part is best tried with the experiments that need it.
set(experiment_folders text policy system measure points regress)

# Agents, policies and what they read from a wire also run natively, without a simulator: they may use the
# standard library, and Eigen for arithmetic on arrays.
set(standard_library_only subsystems/wave/agent subsystems/rpc/protocol subsystems/rpc/stack policies)

# The native host is no simulator. Of one it may use what knows no simulation: plain tools, and the structs
# that say what was counted, so that both count the same.
set(native_tools
    sim/check.h sim/config_error.h sim/context.h sim/describe.h sim/distributions.h sim/histogram.h
    sim/member_wise.h sim/parameters.h sim/random.h sim/sanitizer.h sim/units.h
    subsystems/memory/layout.h subsystems/memory/tiering_stats.h
    subsystems/scheduling/cpu_stats.h subsystems/scheduling/keeper_params.h subsystems/scheduling/kernel_stats.h
    workloads/request_stats.h)

# The folder of `path` whose neighbours it may include.
function(folder_of path out)
  foreach(pattern "subsystems/wave/agent" "subsystems/rpc/protocol" "subsystems/rpc/stack" "subsystems/[^/]+/policies" "subsystems/[^/]+"
                  "models/[^/]+" "[^/]+")
    if(path MATCHES "^(${pattern})/")
      set(${out} ${CMAKE_MATCH_1} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${out} "" PARENT_SCOPE)
endfunction()

# The folder's row in the table above.
function(layer_of folder out)
  set(layer ${folder})
  if(folder MATCHES "^subsystems/.*/policies$")
    set(layer policies)
  elseif(NOT DEFINED "may_include_${folder}")
    string(REGEX REPLACE "^models/.*" "models/*" layer ${layer})
    string(REGEX REPLACE "^subsystems/.*" "subsystems" layer ${layer})
  endif()
  set(${out} ${layer} PARENT_SCOPE)
endfunction()

# A mechanism may use its own policies; a policy may not use its mechanism.
function(is_allowed from to out)
  layer_of(${from} layer)
  layer_of(${to} target)
  set(allowed "${may_include_${layer}}")
  set(${out} FALSE PARENT_SCOPE)
  if(from STREQUAL to OR to STREQUAL "${from}/policies"
     OR allowed STREQUAL ANYTHING OR target IN_LIST allowed)
    set(${out} TRUE PARENT_SCOPE)
  endif()
endfunction()

function(check_include file include)
  # A folder to be copied elsewhere, which includes what lies beside it.
  if(file MATCHES "^experiments/my_policy/" AND NOT include MATCHES "/")
    return()
  endif()
  folder_of(${file} from)
  folder_of(${include} to)
  string(REGEX REPLACE "/.*" "" top "${include}")
  if(NOT top IN_LIST code_folders OR NOT to)
    refuse("${file} may not include ${include}: include paths start at the root of the repository")
    return()
  endif()
  is_allowed(${from} ${to} allowed)
  if(from STREQUAL native AND include IN_LIST native_tools)
    set(allowed TRUE)
  endif()
  if(NOT allowed)
    layer_of(${from} layer)
    refuse("${file} may not include ${include}: ${layer} does not depend on ${to}")
  endif()
endfunction()

# The folder's place in experiment_folders, and that of one which is not there beyond all of them.
function(height_in_experiments path out)
  string(REGEX REPLACE "^experiments/([^/]+)/.*" "\\1" folder "${path}")
  list(FIND experiment_folders "${folder}" height)
  if(height EQUAL -1)
    list(LENGTH experiment_folders height)
  endif()
  set(${out} ${height} PARENT_SCOPE)
endfunction()

function(check_experiments_include file include)
  if(NOT file MATCHES "^experiments/" OR NOT include MATCHES "^experiments/" OR file MATCHES "_(test|fuzz)\\.cpp$|_bench\\.h$")
    return()
  endif()
  height_in_experiments(${file} from)
  height_in_experiments(${include} to)
  if(to GREATER from)
    refuse("${file} may not include ${include}: of experiments' folders it lies below that one")
  endif()
endfunction()

# SimGrid's engine is one for a process: who else included it would share it.
function(check_simgrid_include file include)
  if(include MATCHES "^simgrid/" AND NOT file STREQUAL "models/fabric/simgrid.cpp" AND NOT file MATCHES "^bench/")
    refuse("${file} may not include ${include}: only models/fabric/simgrid.cpp knows SimGrid")
  endif()
endfunction()

# Names of standard headers have neither a dot nor a slash in them.
function(check_library_include file include)
  folder_of(${file} from)
  layer_of(${from} layer)
  if(layer IN_LIST standard_library_only AND include MATCHES "[./]"
     AND NOT include STREQUAL "stdint.h"  # for a header that is C, too
     AND NOT (layer STREQUAL policies AND include MATCHES "^Eigen/")
     AND NOT (file MATCHES "_test\\.cpp$" AND include MATCHES "^(gtest|gmock)/"))
    refuse("${file} may not include ${include}: ${layer} uses the standard library only")
  endif()
endfunction()

list_sources(files)
foreach(file IN LISTS files)
  read_includes(${file} "\"" includes)
  foreach(include IN LISTS includes)
    check_include(${file} ${include})
    check_experiments_include(${file} ${include})
  endforeach()
  read_includes(${file} "<" includes)
  foreach(include IN LISTS includes)
    check_library_include(${file} ${include})
    check_simgrid_include(${file} ${include})
  endforeach()
endforeach()
fail_if_refused()
