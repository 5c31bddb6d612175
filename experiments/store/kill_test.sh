#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Kills a sweep with SIGKILL at fifty instants and resumes it: the store then has what an undisturbed
# sweep's has. Run by ctest:
#
#   kill_test.sh <wavesim> <scratch folder>
#
# The instants are spread over what a sweep takes on this machine now, so that some fall into its
# start, some between two runs and some into a transaction, however slow the machine is. Every fifth
# time the resumed sweep is killed too.
set -uo pipefail
wavesim=$1 scratch=$2
readonly kills=50

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch" || exit 1

cat >e.json <<'JSON'
{"run": {"warm_up": "200 us", "length": "1 ms", "replications": 2},
 "system": {"workers": 2}, "workload": {"threads": 20, "generators": 1},
 "sweep": {"system.placement": ["host", "nic"],
           "workload.arrivals.rate": ["10 k/s", "20 k/s"]}}
JSON

fail() {
  echo "$*"
  exit 1
}

sweep() { exec "$wavesim" sweep e.json --jobs 2 --out "$1" 2>err; }

# Everything but the time that it took.
contents() {
  sqlite3 "$1" "PRAGMA integrity_check;
    SELECT position, key, variant, swept, experiment, state, replications FROM points ORDER BY 1;
    SELECT key, replication, seed, trace_hash, events, unstable, measured, statistics FROM runs ORDER BY 1, 2;
    SELECT * FROM results ORDER BY file, position, name"
}

now() { date +%s%N; }

# Seconds with microseconds, of the nanoseconds $1.
seconds() { printf '%d.%06d' $(($1 / 1000000000)) $(($1 / 1000 % 1000000)); }

start=$(now)
(sweep whole.db) || fail "the undisturbed sweep failed: $(cat err)"
whole=$(($(now) - start))
contents whole.db >expected
[[ $(head -n 1 expected) == ok ]] || fail "expected a sound file"
[[ $(sqlite3 whole.db 'SELECT count(*) FROM runs') -eq 8 ]] || fail "expected 8 runs"

# Starts a sweep into $1 and kills it after the nanoseconds $2, if it is still there.
kill_after() {
  sweep "$1" &
  local pid=$!
  sleep "$(seconds "$2")"
  kill -KILL $pid 2>/dev/null
  wait $pid 2>/dev/null
  [[ $? -eq 137 ]]
}

# A sweep that was through before it was to be killed was quicker than those before: so will be the others.
early=0
for ((i = 0; i < kills; ++i)); do
  for (( ; ; )); do
    rm -f some.db some.db-journal
    after=$((whole * i / kills))
    kill_after some.db $after && break
    whole=$after
    ((++early < 200)) || fail "could not kill the sweep before it was through"
  done
  ((i % 5 > 0)) || kill_after some.db $((whole / 3))
  (sweep some.db) || fail "killed after $after ns, the sweep did not go on: $(cat err)"
  contents some.db | cmp - expected || fail "killed after $after ns, the results differ"
done
echo "killed $kills, and was $early times too late; over $((whole / 1000000)) ms at last"
