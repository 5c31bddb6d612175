#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A user's way: wavesim is installed and moved, the template of a policy is copied out of the tree, built against what
# is installed, tested, and run. Run by ctest:
#
#   install_test.sh <cmake> <build folder> <C++ compiler>
set -euo pipefail
cmake=$1 build=$2 compiler=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

fail() { printf '%s\n' "$@"; exit 1; }
quietly() { "$@" >log 2>&1 || fail "failed: $*" "$(tail -n 40 log)"; }

quietly "$cmake" --install "$build" --prefix "$scratch/first"
mv first prefix
for file in bin/wavesim share/man/man1/wavesim.1 share/bash-completion/completions/wavesim \
  share/zsh/site-functions/_wavesim share/fish/vendor_completions.d/wavesim.fish \
  share/wavesim/captures/rocksdb_get.json share/wavesim/experiments/hello.json; do
  [[ -s prefix/$file ]] || fail "not installed: $file"
done
wavesim=$scratch/prefix/bin/wavesim experiments=$scratch/prefix/share/wavesim/experiments

# The template.
cp -r prefix/share/wavesim/experiments/my_policy .
cd my_policy
quietly "$cmake" -B build -D CMAKE_PREFIX_PATH="$scratch/prefix" -D CMAKE_CXX_COMPILER="$compiler" \
  -D CMAKE_CXX_FLAGS='-Wall -Wextra -Werror'
quietly "$cmake" --build build
quietly build/my_policy_test

# Its results: the same twice, other than fifo's, and named after the build.
short=(--set run.length=5ms --replications 1 --json)
quietly "$wavesim" run experiment.json "${short[@]}" --out one.json
quietly "$wavesim" run experiment.json "${short[@]}" --out two.json
cmp one.json two.json || fail 'two runs differ'
python3 - <<'END' || fail 'the results are not what they should be' "$(cat one.json)"
import json
fifo, mine = (json.loads(line) for line in open('one.json'))
assert fifo['runs'][0]['trace_hash'] != mine['runs'][0]['trace_hash']
assert fifo['key'] != mine['key']
policy = mine['experiment']['system']['policy']
assert policy['build']['name'] == 'my_policy' and policy['build']['version'] == '0.1'
assert 'trace-pc' in policy['build']['built_by'] and len(policy['build']['hash']) == 16
END

# Anything else runs with it, with counted costs as well; and what the program loads, it finds.
quietly "$wavesim" run "$experiments/hello.json" "${short[@]}" --policy build/my_policy.so \
  --set system.policy.parameters.patience=20us --set system.policy.cost=metered --out metered.json
grep -q '"cost":"metered"' metered.json || fail 'not metered'
quietly "$wavesim" run "$experiments/hello.json" "${short[@]}" --set system.policy.cost=metered
quietly "$wavesim" run "$experiments/hello_rpc.json" --set run.length=1ms --set run.warm_up=0ms --replications 1

# The same library, for real.
quietly "$wavesim" native loaded build/my_policy.so --parameter patience=50us --rate 1k/s --length 200ms --no-pin

# A policy in C.
cat >lifo.c <<'END'
#include <stdlib.h>
#include "subsystems/scheduling/policies/policy_abi.h"
struct lifo { int32_t waiting[65536]; int count; };
static void* create(const WavesimSettings* s, WavesimFailure* f) { (void)s, (void)f; return calloc(1, sizeof(struct lifo)); }
static int32_t runnable(void* policy, int32_t thread, int32_t why, int64_t now, WavesimFailure* f) {
  struct lifo* p = policy;
  (void)why, (void)now, (void)f;
  p->waiting[p->count++] = thread;
  return WAVESIM_POLICY_NO;
}
static int32_t gone(void* policy, int32_t thread, WavesimFailure* f) {
  struct lifo* p = policy;
  int left = 0;
  (void)f;
  for (int i = 0; i < p->count; ++i)
    if (p->waiting[i] != thread) p->waiting[left++] = p->waiting[i];
  p->count = left;
  return WAVESIM_POLICY_NO;
}
static int32_t pick(void* policy, int32_t cpu, int64_t now, int32_t* thread, WavesimFailure* f) {
  struct lifo* p = policy;
  (void)cpu, (void)now, (void)f;
  if (p->count == 0) return WAVESIM_POLICY_NO;
  *thread = p->waiting[--p->count];
  return WAVESIM_POLICY_YES;
}
static int32_t reads_words(const void* p, WavesimFailure* f) { (void)p, (void)f; return WAVESIM_POLICY_NO; }
static int32_t word(void* p, int32_t thread, uint64_t w, WavesimFailure* f) {
  (void)p, (void)thread, (void)w, (void)f;
  return WAVESIM_POLICY_NO;
}
static int32_t slice(const void* p, int64_t* s, WavesimFailure* f) {
  (void)p, (void)s, (void)f;
  return WAVESIM_POLICY_NO;
}
static const WavesimPolicyModule module = {WAVESIM_POLICY_ABI, sizeof(WavesimPolicyModule), 0, "lifo", "", "cc",
  create, free, runnable, gone, pick, reads_words, word, slice, NULL};
const WavesimPolicyModule* wavesim_policy_module(void);
const WavesimPolicyModule* wavesim_policy_module(void) { return &module; }
END
quietly cc -std=c99 -pedantic -Wall -Wextra -Werror -shared -fPIC \
  -I "$scratch/prefix/include/wavesim" lifo.c -o lifo.so
quietly "$wavesim" run "$experiments/hello.json" "${short[@]}" --policy ./lifo.so
code=0
"$wavesim" run "$experiments/hello.json" --policy ./lifo.c >out 2>err || code=$?
[[ $code == 2 && $(cat err) == 'wavesim: --policy: "./lifo.c" is not a shared object; name the .so that was built' ]] ||
  fail "exit code $code" "$(cat err)"
