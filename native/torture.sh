#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Kills agents for as long as one likes; every request must have been carried out once.
#
#   native/torture.sh [seconds of each run]      with build/release/wavesim
set -euo pipefail
cd "$(dirname "$0")/.."
readonly seconds=${1:-60}

torture() {
  build/release/wavesim native "$@" --workers 2 --rate 3k/s --long 300us --long-share 0.1 \
    --restart-after 0ms --length "${seconds}s" --watchdog 30s
}

for policy in fifo shinjuku multi_queue_shinjuku; do
  torture $policy --kill-every 5ms
  torture $policy --kill-every 20ms --no-fallback  # rarer: an agent must live to decide
done
