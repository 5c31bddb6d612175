# SPDX-License-Identifier: Apache-2.0
# A check that cannot fail checks nothing: each runs here over small trees with one flaw, and over
# the same trees without it. Run by ctest: cmake -D TREE=<scratch folder> -P source_checks_test.cmake
cmake_policy(VERSION 3.25)
set(spdx "// SPDX-License-Identifier: Apache-2.0\n")

# Runs `check` over a tree that holds just `file` with `content`.
function(run_check check file content result output)
  file(REMOVE_RECURSE "${TREE}")
  file(WRITE "${TREE}/${file}" "${content}")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -D "ROOT=${TREE}" -P "${CMAKE_CURRENT_LIST_DIR}/${check}.cmake"
    RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  set(${result} ${code} PARENT_SCOPE)
  set(${output} "${said}" PARENT_SCOPE)
endfunction()

# The message must be a whole line.
function(refuses check file content message)
  run_check(${check} ${file} "${content}" result output)
  string(FIND "\n${output}" "\n${message}\n" found)
  if(result EQUAL 0 OR found EQUAL -1)
    message(SEND_ERROR "${check} should refuse ${file} with\n${message}\nbut said\n${output}")
  endif()
endfunction()

function(accepts check file content)
  run_check(${check} ${file} "${content}" result output)
  if(NOT result EQUAL 0)
    message(SEND_ERROR "${check} should accept ${file} but said\n${output}")
  endif()
endfunction()

function(may_not_include file include why)
  refuses(layering ${file} "${spdx}#include \"${include}\"\n" "${file} may not include ${include}: ${why}")
endfunction()

function(may_include file include)
  accepts(layering ${file} "${spdx}#include \"${include}\"\n")
endfunction()

may_not_include(subsystems/scheduling/policy.h models/pcie/link.h "subsystems does not depend on models/pcie")
may_not_include(subsystems/scheduling/kernel.h subsystems/memory/pages.h "subsystems does not depend on subsystems/memory")
may_not_include(subsystems/wave/queue.cpp subsystems/rpc/stack.h "subsystems/wave does not depend on subsystems/rpc")
may_not_include(subsystems/wave/agent/queue.h sim/units.h "subsystems/wave/agent does not depend on sim")
may_not_include(subsystems/wave/agent/queue.h subsystems/wave/host.h "subsystems/wave/agent does not depend on subsystems/wave")
may_not_include(subsystems/scheduling/policies/fifo.h sim/units.h "policies does not depend on sim")
may_not_include(subsystems/rpc/policies/slo.h subsystems/rpc/stack.h "policies does not depend on subsystems/rpc")
may_not_include(subsystems/rpc/policies/slo.h subsystems/memory/policies/sol.h "policies does not depend on subsystems/memory/policies")
may_not_include(models/zen3/core.h models/mount_evans/nic.h "models/zen3 does not depend on models/mount_evans")
may_not_include(models/mount_evans/nic.cpp models/zen3/core.h "models/mount_evans does not depend on models/zen3")
may_not_include(models/pcie/dma.cpp models/memory/region.h "models/pcie does not depend on models/memory")
may_not_include(models/machine/graph.h models/zen3/core.h "models/* does not depend on models/zen3")
may_not_include(models/port.h models/pcie/link.h "models does not depend on models/pcie")
may_not_include(sim/simulation.h models/port.h "sim does not depend on models")
may_not_include(workloads/arrivals.h models/core/core.h "workloads does not depend on models/core")
may_not_include(workloads/arrivals.h experiments/run.h "workloads does not depend on experiments")
may_not_include(native/kernel.h models/core/core.h "native does not depend on models/core")
may_not_include(native/kernel.h sim/simulation.h "native does not depend on sim")
may_not_include(native/kernel.h subsystems/scheduling/kernel.h "native does not depend on subsystems/scheduling")
may_not_include(native/kernel.h experiments/run.h "native does not depend on experiments")
may_not_include(workloads/arrivals.h native/host.h "workloads does not depend on native")
may_not_include(sim/simulation.cpp simulation.h "include paths start at the root of the repository")
may_not_include(sim/simulation.cpp ../sim/simulation.h "include paths start at the root of the repository")
refuses(layering subsystems/wave/agent/queue.h "#include <boost/context/fiber.hpp>\n"
        "subsystems/wave/agent/queue.h may not include boost/context/fiber.hpp: subsystems/wave/agent uses the standard library only")
refuses(layering subsystems/memory/policies/sol.cpp "  #  include <unistd.h>\n"
        "subsystems/memory/policies/sol.cpp may not include unistd.h: policies uses the standard library only")

refuses(layering models/fabric/network.cpp "#include <simgrid/s4u.hpp>\n"
        "models/fabric/network.cpp may not include simgrid/s4u.hpp: only models/fabric/simgrid.cpp knows SimGrid")

may_include(sim/simulation.cpp sim/simulation.h)
may_include(models/core/core.h models/memory/region.h)
may_include(models/machine/graph.h models/pcie/link.h)
may_include(models/zen3/core.h models/core/core.h)
may_include(subsystems/wave/host.h subsystems/wave/agent/queue.h)
may_include(subsystems/scheduling/kernel.h subsystems/wave/host.h)
may_include(subsystems/scheduling/kernel.h models/core/core.h)
may_include(subsystems/scheduling/kernel_test.cpp subsystems/scheduling/policies/fifo.h)
may_include(subsystems/scheduling/policies/fifo.cpp subsystems/scheduling/policies/fifo.h)
may_include(subsystems/scheduling/policies/fifo.h subsystems/wave/agent/queue.h)
may_include(workloads/load.h subsystems/scheduling/task.h)
may_include(experiments/machines.cpp models/zen3/core.h)
may_include(bench/hold.cpp sim/simulation.h)
may_include(native/host.h sim/histogram.h)
may_include(native/host.h subsystems/scheduling/kernel_stats.h)
may_include(native/agent.h subsystems/scheduling/policies/policy.h)
may_include(native/agent.h subsystems/wave/agent/runtime.h)
accepts(layering models/fabric/simgrid.cpp "${spdx}#include <simgrid/s4u.hpp>\n")
accepts(layering bench/simgrid.cpp "${spdx}#include <simgrid/s4u.hpp>\n")
accepts(layering subsystems/wave/agent/queue.h "#include <type_traits>\n")
accepts(layering subsystems/scheduling/policies/abi.h "#include <stdint.h>\n")
refuses(layering experiments/system/server.cpp "#include \"experiments/points/runner.h\"\n"
        "experiments/system/server.cpp may not include experiments/points/runner.h: of experiments' folders it lies below that one")
refuses(layering experiments/regress/regress.h "#include \"experiments/report/page.h\"\n"
        "experiments/regress/regress.h may not include experiments/report/page.h: of experiments' folders it lies below that one")
may_include(experiments/points/runner.h experiments/measure/experiment.h)
may_include(experiments/report/page.h experiments/commands/plot.h)
may_include(experiments/system/server_test.cpp experiments/measure/experiment.h)
accepts(layering experiments/my_policy/module.cpp "#include \"my_policy.h\"\n")
may_not_include(experiments/other/module.cpp my_policy.h "include paths start at the root of the repository")
accepts(layering subsystems/wave/agent/queue_test.cpp "#include <gtest/gtest.h>\n")

refuses(angle_includes models/pcie/link.h "#include <sim/units.h>\n"
        "models/pcie/link.h: write #include \"sim/units.h\", not <sim/units.h>")
accepts(angle_includes models/pcie/link.h "#include <simgrid/s4u.hpp>\n#include <sys/mman.h>\n")

refuses(std_random workloads/arrivals.cpp "#include <random>\n"
        "workloads/arrivals.cpp may not include <random>: draw from a named stream (sim/random.h)")
refuses(std_random workloads/arrivals_test.cpp "  std::uniform_int_distribution<int> die{1, 6};\n"
        "workloads/arrivals_test.cpp may not use std::uniform_int_distribution: draw from a named stream (sim/random.h)")
refuses(std_random subsystems/memory/policies/sol.cpp "a();\nstd::shuffle(b.begin(), b.end(), c);\n"
        "subsystems/memory/policies/sol.cpp may not use std::shuffle: draw from a named stream (sim/random.h)")
accepts(std_random sim/random_test.cpp "#include <random>\nstatic_assert(std::uniform_random_bit_generator<Stream>);\n")
accepts(std_random sim/random.h "  // Not std::normal_distribution, which is free to differ.\n")
accepts(std_random bench/hold.cpp "#include <random>\n")
accepts(std_random workloads/arrivals.cpp "#include <boost/random.hpp>\n#include \"sim/random.h\"\n")

refuses(spdx sim/units.h "#pragma once\n${spdx}" "sim/units.h: the first line is not SPDX-License-Identifier: Apache-2.0")
refuses(spdx sim/units.h "" "sim/units.h: the first line is not SPDX-License-Identifier: Apache-2.0")
refuses(spdx scripts/run.sh "#!/bin/sh\necho\n" "scripts/run.sh: the first line is not SPDX-License-Identifier: Apache-2.0")
refuses(spdx models/pcie/CMakeLists.txt "add_library(pcie)\n" "models/pcie/CMakeLists.txt: the first line is not SPDX-License-Identifier: Apache-2.0")
accepts(spdx sim/units.h "${spdx}#pragma once\n")
accepts(spdx scripts/run.sh "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n")
