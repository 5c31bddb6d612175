# SPDX-License-Identifier: Apache-2.0
# wavesim_add_policy(<name> <source>... [METERED]): a policy in a shared object <name>.so, for
# `wavesim run FILE --policy ./<name>.so`. One of the sources holds the line WAVESIM_POLICY(...).
# METERED: it counts the basic blocks that it runs, so that system.policy.cost may be "metered".
function(wavesim_add_policy name)
  cmake_parse_arguments(PARSE_ARGV 1 policy "METERED" "" "")
  add_library(${name} MODULE ${policy_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE wavesim::agent)
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
                                           UNITY_BUILD OFF)
  # A fused multiply-add would make decisions depend on the machine that they were compiled for.
  target_compile_options(${name} PRIVATE -ffp-contract=off)

  # Results say how a policy was built.
  string(TOUPPER "${CMAKE_BUILD_TYPE}" build)
  string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build}}" flags)
  if(policy_METERED)
    target_compile_options(${name} PRIVATE -fsanitize-coverage=trace-pc)
    target_compile_definitions(${name} PRIVATE WAVESIM_METERED)
    string(APPEND flags " -fsanitize-coverage=trace-pc")
  endif()
  string(STRIP "${flags}" flags)
  target_compile_definitions(${name} PRIVATE "WAVESIM_POLICY_FLAGS=\"${flags}\"")
endfunction()
