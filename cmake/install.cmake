# SPDX-License-Identifier: Apache-2.0
# cmake --install: the program, what it loads (see also experiments/cluster, models/fabric and workloads), what
# people read, and a package for policies outside the tree. The installed tree may be moved.
include(CMakePackageConfigHelpers)
set(share ${CMAKE_INSTALL_DATADIR}/wavesim)
set(wavesim_headers ${CMAKE_INSTALL_INCLUDEDIR}/wavesim)
set(wavesim_libraries ${CMAKE_INSTALL_LIBDIR}/wavesim)
set(wavesim_programs ${CMAKE_INSTALL_BINDIR})
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/wavesim)

install(TARGETS wavesim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS policy_fifo policy_shinjuku policy_multi_queue_shinjuku
        LIBRARY DESTINATION ${wavesim_libraries}/policies)

# For policies.
install(TARGETS wave_agent scheduling_policies ARCHIVE DESTINATION ${wavesim_libraries})
foreach(folder subsystems/wave/agent subsystems/scheduling/policies)
  install(DIRECTORY ${folder}/ DESTINATION ${wavesim_headers}/${folder}
          FILES_MATCHING PATTERN "*.h" PATTERN "test_*.h" EXCLUDE PATTERN modules EXCLUDE)
endforeach()
configure_package_config_file(cmake/wavesim-config.cmake.in wavesim-config.cmake INSTALL_DESTINATION ${package}
                              PATH_VARS wavesim_headers wavesim_libraries wavesim_programs)
write_basic_package_version_file(wavesim-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/wavesim-config.cmake ${PROJECT_BINARY_DIR}/wavesim-config-version.cmake
              cmake/wavesim_add_policy.cmake DESTINATION ${package})

# For people.
install(DIRECTORY experiments/ DESTINATION ${share}/experiments
        FILES_MATCHING PATTERN "*.json" PATTERN "*.md" PATTERN "*.svg" PATTERN "*_corpus" EXCLUDE
        PATTERN my_policy EXCLUDE)
install(DIRECTORY experiments/my_policy DESTINATION ${share}/experiments
        PATTERN build EXCLUDE PATTERN "install_test.sh" EXCLUDE)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN "*.svg")
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The program writes its own manual page and its own completion.
function(install_what_it_says folder name)
  list(JOIN ARGN " " arguments)
  install(CODE "
    set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${folder}\")
    file(MAKE_DIRECTORY \"\${folder}\")
    message(STATUS \"Installing: \${folder}/${name}\")
    execute_process(COMMAND \"$<TARGET_FILE:wavesim>\" ${arguments} OUTPUT_FILE \"\${folder}/${name}\"
                    COMMAND_ERROR_IS_FATAL ANY)")
endfunction()
install_what_it_says(${CMAKE_INSTALL_MANDIR}/man1 wavesim.1 man)
install_what_it_says(${CMAKE_INSTALL_DATADIR}/bash-completion/completions wavesim completion bash)
install_what_it_says(${CMAKE_INSTALL_DATADIR}/zsh/site-functions _wavesim completion zsh)
install_what_it_says(${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d wavesim.fish completion fish)

add_test(NAME install.template_of_a_policy
         COMMAND ${PROJECT_SOURCE_DIR}/cmake/install_test.sh ${CMAKE_COMMAND} ${PROJECT_BINARY_DIR} ${CMAKE_CXX_COMPILER})
set_tests_properties(install.template_of_a_policy PROPERTIES TIMEOUT 300)
