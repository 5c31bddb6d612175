#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Feeds the experiment reader with mutations of the experiments that are in the tree: reading,
# expanding and checking, without simulating.
#
#   scripts/fuzz-experiments.sh [SECONDS]      default: 60
#
# An input that breaks it is left in build/fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/.."

cmake --preset dev >/dev/null
cmake --build --preset dev --target experiment_fuzz --parallel "$(nproc)"

mkdir -p build/fuzz/{corpus,found,seeds}
find experiments -name '*.json' -size -64k -exec cp --target-directory=build/fuzz/seeds {} +
build/dev/experiments/experiment_fuzz -max_total_time="${1:-60}" -max_len=4096 -timeout=10 \
  -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 -dict=sim/json_fuzz.dict \
  -artifact_prefix=build/fuzz/found/ build/fuzz/corpus experiments/fuzz_corpus build/fuzz/seeds
