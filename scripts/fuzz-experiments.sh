#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Feeds the experiment reader with mutations of the experiments that are in the tree.
#
#   scripts/fuzz-experiments.sh [SECONDS]      default: 60
#
# An input that breaks it is left in build/fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/.."

cmake --preset fuzz >/dev/null
cmake --build build/fuzz --target json_fuzz --parallel "$(nproc)"
program=$(find build/fuzz -name json_fuzz -type f -executable -print -quit)

mkdir -p build/fuzz/{corpus,found,seeds}
find experiments -name '*.json' -size -64k -exec cp --target-directory=build/fuzz/seeds {} +
"$program" -max_total_time="${1:-60}" -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 \
  -verbosity=0 -artifact_prefix=build/fuzz/found/ build/fuzz/corpus build/fuzz/seeds
