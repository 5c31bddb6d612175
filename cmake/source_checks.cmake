# SPDX-License-Identifier: Apache-2.0
# Registers with ctest what is checked on the text of the tree, and the test of these checks.
foreach(check layering angle_includes std_random spdx)
  add_test(NAME source.${check}
           COMMAND ${CMAKE_COMMAND} -D ROOT=${PROJECT_SOURCE_DIR}
                   -P ${PROJECT_SOURCE_DIR}/cmake/${check}.cmake)
endforeach()
add_test(NAME source.checks_refuse_what_they_should
         COMMAND ${CMAKE_COMMAND} -D TREE=${PROJECT_BINARY_DIR}/source_checks_tree
                 -P ${PROJECT_SOURCE_DIR}/cmake/source_checks_test.cmake)
add_test(NAME scripts.faults_fit COMMAND python3 ${PROJECT_SOURCE_DIR}/scripts/mutation/run.py --check)
