#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sweeps under Open MPI: the same results as of one process, also after a rank was killed. Run by
# ctest where mpirun is installed:
#
#   mpirun_test.sh <wavesim> <scratch folder>
set -uo pipefail
wavesim=$1 scratch=$2
here=$(realpath "$(dirname "$0")/../../scripts/mpirun-here.sh")
readonly here

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch" || exit 1

fail() {
  echo "$*"
  cat err
  exit 1
}

# Long enough (some 4 s of one core) that who is to be killed is there still when that is done.
cat >e.json <<'JSON'
{"run": {"warm_up": "1 ms", "length": "100 ms", "replications": 5},
 "sweep": {"system.placement": ["host", "nic"],
           "workload.arrivals.rate": {"from": "50 k/s", "to": "200 k/s", "step": "50 k/s"}}}
JSON

under_mpirun() { # <options of mpirun>... -- <store>
  local more=()
  while [[ $1 != -- ]]; do more+=("$1"); shift; done
  exec "$here" "${more[@]}" "$wavesim" sweep e.json --out "$2" </dev/null 2>err
}

# The process id of rank 1 of the mpirun with this process id, as soon as there is one.
rank_1_of() {
  local pid
  for _ in {1..3000}; do
    for pid in $(pgrep -P "$1"); do
      grep -qz '^OMPI_COMM_WORLD_RANK=1$' "/proc/$pid/environ" 2>/dev/null && echo "$pid" && return
    done
    sleep 0.02
  done
  return 1
}

wait_for_results() {
  for _ in {1..3000}; do
    [[ $(sqlite3 "$1" 'SELECT count(*) FROM runs' 2>/dev/null || echo 0) -gt 2 ]] && return
    sleep 0.02
  done
}

# Kills rank 1 of the mpirun with this process id once the store has a result.
kill_rank_1() {
  local rank
  rank=$(rank_1_of "$1") || fail "found no rank 1"
  wait_for_results "$2"
  kill -KILL "$rank" || fail "rank 1 was gone before it was killed"
}

equals_one_process() {
  cmp <("$wavesim" export "$1" --jsonl) expected || fail "$1 differs from what one process finds"
}

"$wavesim" sweep e.json --out one.db 2>err || fail "one process failed"
"$wavesim" export one.db --jsonl >expected

(under_mpirun -n 2 -- two.db) || fail "two ranks failed"
equals_one_process two.db

# As mpirun is by default: a lost rank ends the job. What was found stays, and is not run again.
under_mpirun -n 2 -- killed.db &
job=$!
kill_rank_1 $job killed.db
wait $job && fail "expected mpirun to end with an error"
times() { sqlite3 killed.db "SELECT key, replication, wall_seconds FROM runs ORDER BY 1, 2"; }
times >before
[[ $(wc -l <before) -lt 40 ]] || fail "expected to kill it before it was through"
(under_mpirun -n 2 -- killed.db) || fail "the job did not go on"
[[ $(times | comm -12 - before | wc -l) -eq $(wc -l <before) ]] || fail "a run was run again"
equals_one_process killed.db

# With recovery the others go on.
under_mpirun -n 3 --enable-recovery -- recovered.db &
job=$!
kill_rank_1 $job recovered.db
wait $job || fail "expected the others to go on"
grep -q 'nothing heard of rank 1' err || fail "expected a note about rank 1"
equals_one_process recovered.db

# Upon Ctrl-C mpirun sends SIGTERM to all ranks: they end what they are doing, and rank 0 says what there is. Not by way
# of mpirun here, which gives them one second.
under_mpirun -n 3 -- interrupted.db &
job=$!
wait_for_results interrupted.db
pkill -TERM -P $job || fail "all was over before it was interrupted"
wait $job && fail "expected mpirun to end with an error"
grep -q 'interrupted: ' err || fail "expected rank 0 to say that it was interrupted"
(under_mpirun -n 2 -- interrupted.db) || fail "the job did not go on"
equals_one_process interrupted.db
