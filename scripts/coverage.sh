#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Which lines and branches of engine, models and subsystems their own tests never reach.
#
#   scripts/coverage.sh           the table, and build/coverage/report/index.html to look at
#
# Ends with another exit code than 0 when less than 95 % of the lines or 85 % of the branches are reached. What
# is not counted: tests and what only tests and fuzzers include, branches that only an exception takes, and checks
# that end the program (SIM_CHECK, broken). docs/trust.md says why, and what remains.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly programs="sim_test models_*_test wave_test scheduling_policies_test scheduling_test tiering_policies_test
                   tiering_test rpc_protocol_test rpc_stack_test rpc_test"
readonly checks='.*(SIM_CHECK|broken\(").*'

scripts/install-packages.sh build test coverage
cmake --preset coverage
mapfile -t targets < <(ninja -C build/coverage -t targets all | sed -n 's|^.*/\([a-z0-9_]*_test\): CXX_EXECUTABLE.*|\1|p')
wanted=()
for target in "${targets[@]}"; do
  for pattern in $programs; do
    # shellcheck disable=SC2053
    [[ $target == $pattern ]] && wanted+=("$target")
  done
done
cmake --build build/coverage --parallel "$(nproc)" --target "${wanted[@]}"
find build/coverage -name '*.gcda' -delete
for target in "${wanted[@]}"; do
  program=$(find build/coverage -name "$target" -type f -executable)
  (cd "$(dirname "$program")" && "./$target" --gtest_brief=1)
done
mkdir -p build/coverage/report
gcovr --root . --object-directory build/coverage -j "$(nproc)" \
  --filter 'sim/' --filter 'models/' --filter 'subsystems/' --exclude '.*test.*' --exclude '.*_bench\.h' \
  --exclude '.*_fuzz\.cpp' --exclude '.*/(exercise|scripted_runtime|json_sample)\.h' \
  --exclude-throw-branches --exclude-unreachable-branches \
  --exclude-lines-by-pattern "$checks" --exclude-branches-by-pattern "$checks" \
  --html-details build/coverage/report/index.html --txt build/coverage/report/table.txt --print-summary \
  --fail-under-line 95 --fail-under-branch 85
