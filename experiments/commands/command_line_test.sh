#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The program as its users meet it: what it prints, where, and how it ends. Run by ctest:
#
#   command_line_test.sh <wavesim> <root of the tree> <scratch folder> <test>
set -uo pipefail
wavesim=$1 root=$2 scratch=$3/$4

fail() {
  printf '%s\n' "$*" "exit code: $code" "standard output:" "$(head -c 2000 out)" "standard error:" \
    "$(head -c 2000 err)"
  exit 1
}

# Leaves the exit code in $code, and what was said in the files out and err.
run() {
  "$wavesim" "$@" >out 2>err
  code=$?
}

ends_with() {
  local expected=$1
  shift
  run "$@"
  [[ $code -eq $expected ]] || fail "expected exit code $expected from: wavesim $*"
}

# One line on standard error, nothing on standard output, exit code 2.
refuses() {
  local line=$1
  shift
  ends_with 2 "$@"
  [[ ! -s out ]] || fail "expected nothing on standard output"
  [[ $(cat err) == "wavesim: $line" ]] || fail "expected: wavesim: $line"
}

refuses_file() {
  local line=$1 content=$2
  printf '%s' "$content" >bad.json
  refuses "bad.json:$line" run bad.json
}

says() { grep -qF -- "$1" "$2" || fail "expected in $2: $1"; }

one_point='{"run":{"length":"1 ms","warm_up":"0 ms","replications":1}}'
four_points='{"run":{"length":"2 ms","warm_up":"1 ms","replications":2},
  "variants":{"host":{"system":{"placement":"host"}},"nic":{}},
  "sweep":{"workload.arrivals.rate":["100 k/s","200 k/s"]}}'

rates() { seq -s '","' -f '%g k/s' 100 "$1"; }
many_points="{\"run\":{\"length\":\"5 ms\",\"replications\":1},
  \"sweep\":{\"workload.arrivals.rate\":[\"$(rates 600)\"]}}"

short_and_long_point='{"run":{"warm_up":"0 ms","replications":1},
  "sweep":{"run.length":["50 ms","1000 s"]}}'

# Help and listings

test_help_names_every_command_and_the_exit_codes() {
  ends_with 0 --help
  local command
  for command in run sweep export merge check regress report plot sensitivity trace explain params stats schema machine \
    capture native completion man; do
    says "  $command " out
  done
  says '130 interrupted' out
}

test_help_of_each_command_has_an_example() {
  local command
  for command in run sweep export merge check regress report plot sensitivity trace explain params stats schema machine \
    completion man; do
    ends_with 0 $command --help
    says "wavesim $command" out
  done
  ends_with 0 capture rocksdb --help
  says 'wavesim capture rocksdb' out
  ends_with 0 capture pages --help
  says 'wavesim capture pages' out
  for command in fifo shinjuku multi_queue_shinjuku rpc sol; do
    ends_with 0 native $command --help
    says "wavesim native $command" out
  done
}

test_version_is_one_line() {
  ends_with 0 --version
  [[ $(cat out) =~ ^wavesim\ [0-9]+\.[0-9]+\.[0-9]+\ \(.+\)$ ]] || fail "expected a version"
}

test_params_lists_what_lies_below_a_path() {
  ends_with 0 params machine.pcie.link
  says 'machine.pcie.link.generation' out
  ! grep -q '^workload' out || fail "expected only machine.pcie.link"
  ends_with 0 params --markdown
  says '| `workload.threads` |' out
  ends_with 0 params --json
  says '"path": "run.seed"' out
  refuses 'machin.pcie: no such parameter; did you mean machine.pcie?' params machin.pcie
}

test_stats_lists_what_a_run_counts() {
  ends_with 0 stats requests
  says 'requests.latency.p99' out
}

test_schema_knows_variants_and_sweeps() {
  ends_with 0 schema
  says '"$schema": "http://json-schema.org/draft-07/schema#"' out
  says '"variants"' out
  says '"sweep"' out
}

test_machine_is_a_list_or_a_picture() {
  ends_with 0 machine --set machine.host.transfer_ccx='25 ns'
  grep -q '^line within a core complex .* 25 ns$' out || fail "expected the changed latency"
  ends_with 0 machine --dot
  says 'graph G {' out
}

test_machine_draws_coherent_links() {
  ends_with 0 machine --set machine.interconnect.preset=cxl_2
  grep -q '^line over the coherent link, there and back .* 131.92 ns$' out ||
    fail "expected the link's crossings and the line's time on the wire"
  ends_with 0 machine --dot --set machine.interconnect.preset=cxl_2
  says '131.92 ns, 50 GB/s' out
  ends_with 0 machine --dot --set machine.interconnect.preset=upi --set system.placement=other_socket
  says '63.601 ns, 60 GB/s' out
}

test_refuses_links_that_do_not_reach_the_agent() {
  echo "$one_point" >e.json
  refuses 'e.json:1:1: machine.interconnect.joins: this link joins the host'"'"'s sockets, and the agent is on a core of the NIC; use system.placement other_socket, or a link that joins the NIC' \
    run e.json --set machine.interconnect.preset=upi
  ends_with 2 run e.json --set machine.interconnect.preset=upl
  says 'machine.interconnect.preset' err
  says 'did you mean' err
  ends_with 2 run e.json --set machine.interconnect.preset=cxl_2 --set machine.interconnect.crossing='0 ns'
  says 'a link takes time to cross' err
  ends_with 2 run e.json --set system.decision_mapping=WB
  says 'WB is not possible across PCIe' err
  ends_with 0 run e.json --set machine.interconnect.preset=cxl_2 --set system.decision_mapping=WB
}

# The memory checker

stale_read() {
  echo '{"run":{"warm_up":"0 s","length":"1 ms","replications":1},
    "system":{"workers":4,"prestage":false},"workload":{"threads":40,"arrivals":{"rate":"100 k/s"}},
    "variants":{"flushed":{},"forgotten":{"system":{"flush_decisions":false}}}}' >e.json
}

test_check_memory_reports_stale_reads_and_fails() {
  stale_read
  ends_with 1 run e.json --check-memory
  says 'memory of flushed: nothing found' out
  says 'seed 1: stale read: ' out
  says 'missing: a cache-line flush before this load' out
  ends_with 1 run e.json --check-memory --json
  says '"memory_findings":{"count":0,"first":[]}' out
  ends_with 0 run e.json
  ! grep -q 'memory of' out || fail "expected no word about memory without --check-memory"
}

test_check_memory_needs_a_load() {
  refuses '--check-memory: nothing to look at in this kind of measure; use it with run.measure = load' \
    run "$root/experiments/paper/e1.json" --check-memory
}

test_run_says_who_does_not_keep_up() {
  echo '{"run":{"length":"5 ms","replications":1},"system":{"workers":4},
    "sweep":{"workload.arrivals.rate":["100 k/s","2000 k/s"]}}' >e.json
  ends_with 0 run e.json
  says 'workload.arrivals.rate = 2000 k/s: does not keep up' out
  ! grep -q '= 100 k/s: does not' out || fail "expected that 100 k/s are no trouble"
}

# What is made from the commands

test_completion_is_for_shells_that_it_knows() {
  ends_with 0 completion bash
  says 'complete -F _wavesim wavesim' out
  ends_with 0 completion zsh
  says 'bashcompinit' out
  refuses 'completion: no such shell: "tcsh"; use bash, zsh or fish' completion tcsh
}

# The command line

test_refuses_unknown_commands_and_options_with_the_nearest_name() {
  refuses 'no such command: "rum"; did you mean run?' rum x.json
  refuses 'run: no such option: "--jbos"; did you mean --jobs?' run --jbos 2 x.json
  refuses 'run: one word too many: "b.json"; see wavesim run --help' run a.json b.json
  refuses 'capture: no such command: "rocksbd"; did you mean rocksdb?' capture rocksbd
}

test_refuses_values_of_options_that_make_no_sense() {
  refuses 'run: --jobs: Value 0 not in range 1 to 1024; see wavesim run --help' run --jobs 0 x.json
  refuses 'run: Could not convert: --seed = first; see wavesim run --help' run --seed first x.json
  local seed command
  for seed in -1 99999999999999999999999; do
    for command in run check sweep trace explain 'native fifo' 'native sol' 'capture pages'; do
      refuses "$command: --seed: $seed is not from 0 to 2^64 - 1; see wavesim $command --help" \
        $command --seed=$seed
    done
  done
  refuses 'capture rocksdb --operation: no such operation: "gett"; did you mean get?' \
    capture rocksdb --operation gett --out x.json
  refuses 'capture pages --intervals: give 1 to 10,000 intervals' \
    capture pages --intervals 0 --out x.json
  refuses 'regress: --json excludes --markdown; see wavesim regress --help' \
    regress --markdown --json
}

test_a_policy_is_said_once() {
  refuses '--policy: says which policy, and so does --set system.policy.kind=fifo; leave one of them out' \
    run "$root/experiments/hello.json" --policy x.so --set system.policy.kind=fifo
}

test_refuses_settings_that_are_none() {
  echo "$one_point" >e.json
  refuses '--set workers: is not an assignment; write workers=VALUE' \
    run e.json --set workers
  refuses '--set system.workrs=4: system: no such parameter: "workrs"; did you mean workers?' \
    run e.json --set system.workrs=4
}

# Bad files

test_refuses_files_that_cannot_be_read() {
  refuses 'none.json: cannot be read: No such file or directory; check the name' run none.json
  refuses '.: cannot be read: Is a directory; check the name' run .
}

test_refuses_malformed_json() {
  ends_with 2 run <(printf '{"run":')
  printf '{"run":{"seed":1},}' >bad.json
  ends_with 2 run bad.json
  [[ $(cat err) == 'wavesim: bad.json:1:19: malformed JSON: '* && $(wc -l <err) -eq 1 ]] ||
    fail "expected one line with the position"
}

test_refuses_unknown_names_missing_units_and_impossible_values() {
  refuses_file '1:2: no such parameter: "sytem"; did you mean system?' '{"sytem":{}}'
  refuses_file '1:18: run.length: 5 has no unit; write a time with its unit, as in "130 ns"' \
    '{"run":{"length":5}}'
  refuses_file '1:18: run.length: "-5 ms" is negative; write a time of zero or more' \
    '{"run":{"length":"-5 ms"}}'
  refuses_file '1:22: system.workers: 0 workers; give 1 to 256' '{"system":{"workers":0}}'
  refuses_file '1:21: system.policy: found a single value; write an object, as in { ... }' \
    '{"system":{"policy":"fifo"}}'
  refuses_file '1:30: system.policy.slice: is too short: an interrupt alone takes longer; give at least 1 us' \
    '{"system":{"policy":{"slice":"0 us"}}}'
  refuses_file '1:29: system.policy.kind: "shinjoku" is not a choice; did you mean shinjuku?' \
    '{"system":{"policy":{"kind":"shinjoku"}}}'
  refuses_file '1:32: system.policy.classes: has no class, or more than a thousand; give an SLO for each, as in [{"slo": "100 us"}]' \
    '{"system":{"policy":{"classes":[]}}}'
  refuses_file '1:40: system.policy.classes.0.slo: is too short for any request; give at least 1 us' \
    '{"system":{"policy":{"classes":[{"slo":"0 us"}]}}}'
  refuses_file '1:38: workload.service.long_share: is not a share; give a number from 0 to 1' \
    '{"workload":{"service":{"long_share":1.5}}}'
  refuses_file '1:37: workload.service.variation: 1e+308 is too large; stay within -1e18 and 1e18' \
    '{"workload":{"service":{"variation":1e308}}}'
}

test_refuses_what_no_file_should_be() {
  printf '{"a":%.0s' {1..10000} >deep.json
  refuses 'deep.json:1:321: more than 64 levels deep; flatten the file' run deep.json
  { printf '{"about":"'; head -c 10000000 /dev/zero | tr '\0' x; printf '","b":1}'; } >large.json
  local names='variants, sweep, run, machine, system, workload, rpc, faults, vm or memory'
  refuses "large.json:1:10000013: no such parameter: \"b\"; try $names" \
    check large.json
  printf '{"workload":{"service":{"variation":NaN}}}' >nan.json
  ends_with 2 run nan.json
  [[ $(wc -l <err) -eq 1 ]] || fail "expected one line"
}

# Places to write

test_refuses_an_unwritable_place_before_it_simulates() {
  echo "$many_points" >e.json
  refuses '/no/where: cannot be written: No such file or directory; choose another place' \
    run e.json --out /no/where
  refuses '.: cannot be written: Is a directory; choose another place' run e.json --out .
  refuses '/no/where: cannot be written: No such file or directory; choose another place' \
    regress "$root/experiments/paper" --report /no/where
  refuses '/no/where: cannot be read or written: unable to open database file; choose another place' \
    sweep e.json --out /no/where
}

test_says_when_the_disk_is_full() {
  echo "$one_point" >e.json
  local full='/dev/full: cannot be written: No space left on device; choose another place'
  refuses "$full" run e.json --out /dev/full
  refuses '/dev/full: is no regular file; choose another file' sweep e.json --out /dev/full
  "$wavesim" run e.json >/dev/full 2>err
  code=$?
  [[ $code -eq 2 ]] || fail "expected exit code 2"
  says 'standard output: cannot be written: No space left on device' err
}

test_a_file_is_written_whole_or_not_at_all() {
  echo "$one_point" >e.json
  ends_with 0 run e.json --json --out result.json
  [[ ! -s out && $(wc -l <result.json) -eq 1 && ! -e result.json.partial ]] ||
    fail "expected a file with one line, and nothing else"
  echo precious >result.json
  ends_with 2 run e.json --set system.workers=0 --out result.json
  [[ $(cat result.json) == precious ]] || fail "expected the former file"
}

test_no_output_is_what_the_same_command_reads() {
  echo "$one_point" >e.json
  ln e.json other_name.json
  local lost='is read by the same command, and would be lost; choose another name'
  refuses "./e.json: $lost" run e.json --out ./e.json
  refuses "other_name.json: $lost" run e.json --out other_name.json
  refuses "e.json: $lost" check e.json --out e.json
  refuses "e.json: $lost" trace e.json --out e.json
  refuses "e.json: $lost" report e.json -o e.json
  refuses "m.json: is named twice, and only the last would be kept; choose another name" \
    explain e.json --out m.json --html m.json
  [[ $(cat e.json) == "$one_point" ]] || fail "expected the experiment"
  ends_with 0 explain "$root/experiments/hello.json" --out /dev/null --html /dev/null
}

test_no_output_is_what_the_experiments_name() {
  local lost='is read by the same command, and would be lost; choose another name' place
  cp "$root/workloads/captures/rocksdb_get.json" mine.json
  echo '{"workload":{"service":{"kind":"empirical","capture":"./mine.json"}}}' >e.json
  refuses "mine.json: $lost" run e.json --out mine.json
  refuses "./mine.json: $lost" sweep e.json --out ./mine.json
  refuses "mine.json: $lost" trace e.json --out mine.json
  refuses "mine.json: $lost" explain e.json --html mine.json
  cmp mine.json "$root/workloads/captures/rocksdb_get.json" || fail "expected the capture"
  write_paper 70
  for place in --report --junit --accept --out; do
    refuses "paper/targets.json: $lost" regress paper $place paper/targets.json
    refuses "paper/e1.json: $lost" regress paper $place paper/e1.json
  done
}

test_files_that_others_are_writing_stay() {
  echo "$one_point" >e.json
  echo theirs | tee r.json.partial >all.db.partial
  ends_with 0 run e.json --json --out r.json
  ends_with 0 sweep e.json --out e.db
  ends_with 0 merge e.db --out all.db
  [[ $(cat r.json.partial all.db.partial) == $'theirs\ntheirs' ]] || fail "expected their files"
  [[ -s r.json && -s all.db && $(ls | wc -l) -eq 8 ]] || fail "expected no file besides: $(ls)"
}

test_nothing_depends_on_standard_error() {
  echo "$one_point" >e.json
  code=0
  "$wavesim" sweep e.json --out e.db >out 2>&- || code=$?
  [[ $code -eq 0 && $(complete_in e.db) -eq 1 ]] || fail "expected a point"
  "$wavesim" merge e.db --out all.db >out 2>/dev/full || code=$?
  [[ $code -eq 0 && $(complete_in all.db) -eq 1 ]] || fail "expected a point"
}

test_a_reader_who_leaves_is_no_error() {
  echo "$four_points" >e.json
  local status
  "$wavesim" run e.json --json 2>err | true
  status=("${PIPESTATUS[@]}")
  code=${status[0]}
  [[ $code -eq 0 && ! -s err ]] || fail "expected silence"
}

test_a_sweep_ends_when_its_reader_leaves() {
  echo "$many_points" >e.json
  local status
  "$wavesim" sweep e.json --jobs 1 2>err | head -1 >out
  status=("${PIPESTATUS[@]}")
  code=${status[0]}
  [[ $code -eq 2 && $(wc -l <err) -eq 1 ]] || fail "expected exit code 2 and one line"
  says 'wavesim: standard output: was closed after ' err
  says ' of 501 points; read all of it, or write --out results.db' err
}

# Results

test_progress_stays_out_of_pipes() {
  echo "$four_points" >e.json
  ends_with 0 run e.json
  [[ ! -s err ]] || fail "expected nothing on standard error"
  says 'throughput_krps' out
}

test_json_is_a_line_for_each_point_with_its_hash() {
  echo "$four_points" >e.json
  ends_with 0 run e.json --json
  [[ $(grep -c '"trace_hash":"[0-9a-f]\{16\}"' out) -eq 4 && $(wc -l <out) -eq 4 ]] ||
    fail "expected four lines"
}

test_a_run_may_be_of_some_variants() {
  ends_with 0 run "$(hello)" --json --replications 1
  grep -E '"variant":"(on_host|wave)"' out >both
  ends_with 0 run "$(hello)" --json --replications 1 --variant wave --variant on_host
  cmp both out || fail "expected the same two points"
  ends_with 0 check "$(hello)" --variant wave
  says '1 point, ' out
  refuses '--variant: no such variant: "wav"; did you mean wave?' run "$(hello)" --variant wav
  echo "$one_point" >e.json
  refuses '--variant: no such variant: "wave"; the file has none' run e.json --variant wave
}

test_jobs_never_change_a_result() {
  echo "$four_points" >e.json
  "$wavesim" run e.json --json --jobs 1 >one
  "$wavesim" run e.json --json --jobs 2 >two
  code=$?
  cmp one two || fail "expected the same bytes"
}

test_seed_and_replications_are_settings() {
  echo "$one_point" >e.json
  ends_with 0 run e.json --json --seed 7 --replications 2
  says '"runs":[{"seed":7,' out
  says ',{"seed":8,' out
  ends_with 2 run e.json --replications 0
}

test_check_lists_the_runs_and_runs_nothing() {
  echo "$many_points" >e.json
  ends_with 0 check e.json
  says '501 points, 501 runs in all' out
}

test_values_outside_their_range_are_noted() {
  echo "$one_point" >e.json
  ends_with 0 run e.json --set machine.pcie.root_complex.core_to_root_port='1 us'
  says 'note: machine.pcie.root_complex.core_to_root_port: 1 us is outside 70 ns .. 160 ns' err
}

# Sweeps

runs_in() { sqlite3 "$1" 'SELECT count(*) FROM runs'; }
results_in() { sqlite3 "$1" 'SELECT * FROM results ORDER BY 1, 2, 6'; }

test_a_sweep_goes_on_where_it_stopped() {
  echo "$four_points" >e.json
  ends_with 0 sweep e.json --out all.db
  says 'wavesim: 4 of 4 points are in all.db' err
  cp all.db part.db
  sqlite3 part.db "DELETE FROM runs WHERE replication = 1; UPDATE points SET state = 'open'"
  ends_with 0 sweep e.json --out part.db
  cmp <(results_in all.db) <(results_in part.db) || fail "expected the same results"
  [[ $(runs_in part.db) -eq 8 ]] || fail "expected all runs"
  ends_with 0 sweep e.json --out part.db --set 'sweep.workload.arrivals.rate=["100 k/s","150 k/s"]'
  says 'note: 2 points of before are kept in part.db, but not shown' err
  [[ $(runs_in part.db) -eq 12 ]] || fail "expected to run what changed"
}

test_a_sweep_does_not_add_to_what_is_no_store() {
  echo "$one_point" >e.json
  seq 1000 >precious.db
  cp precious.db before
  refuses 'precious.db: is no store of results; choose another file' sweep e.json --out precious.db
  cmp precious.db before || fail "expected the former file"
  refuses 'all.jsonl: runs are kept in a store, which is no .jsonl file; write --out results.db, and wavesim export results.db' \
    sweep e.json --out all.jsonl
}

test_a_sweep_notices_another_version() {
  echo "$one_point" >e.json
  ends_with 0 sweep e.json --out all.db
  local version
  version=$(sqlite3 all.db 'SELECT version FROM points')
  [[ $version =~ ^[0-9.]+\ \(sources\ [0-9a-f]{16}\)$ ]] || fail "expected the sources' fingerprint"
  sqlite3 all.db "UPDATE points SET version = '0.0.1'"
  refuses "all.db: has results of version 0.0.1, and this is version $version; choose another file" \
    sweep e.json --out all.db
}

test_a_store_is_the_file_of_that_name() {
  echo "$one_point" >e.json
  ends_with 0 sweep e.json --out :memory:
  [[ $(complete_in ./:memory:) -eq 1 ]] || fail "expected a file"
  ends_with 0 merge :memory: --out file:all.db
  [[ -s file:all.db ]] || fail "expected a file"
  ends_with 0 export file:all.db
  says 'throughput_krps' out
}

test_refuses_a_store_that_is_damaged() {
  echo "$one_point" >e.json
  ends_with 0 sweep e.json --out e.db
  local damaged
  damaged="e.db: is damaged: what it has of point $(sqlite3 e.db 'SELECT key FROM points') is no JSON; write to another store"
  sqlite3 e.db "UPDATE runs SET measured = '{'; UPDATE points SET state = 'open'"
  refuses "$damaged" sweep e.json --out e.db
  sqlite3 e.db "UPDATE points SET state = 'complete'; UPDATE runs SET statistics = 'no'"
  refuses "$damaged" export e.db --jsonl
  sqlite3 e.db "UPDATE points SET state = 'open', experiment = '['"
  refuses "$damaged" report e.db
}

test_a_sweep_says_when_there_is_no_more_room() {
  echo "$four_points" >e.json
  code=0
  (trap '' XFSZ; ulimit -f 64; "$wavesim" sweep e.json --out all.db >out 2>err) || code=$?
  [[ $code -eq 2 && $(wc -l <err) -eq 1 ]] || fail "expected one line"
  says 'all.db: cannot be read or written: ' err
  ends_with 0 sweep e.json --out all.db
  says '4 of 4 points' err
}

test_a_sweep_with_failed_points_ends_with_5() {
  echo "$one_point" >e.json
  ln -s /dev/stdin once.json  # is there when the experiment is checked, and gone when it is run
  "$wavesim" sweep e.json --set workload.service.capture=./once.json >out 2>err \
    < <(cat "$root/workloads/captures/rocksdb_get.json")
  code=$?
  [[ $code -eq 5 && ! -s out ]] || fail "expected exit code 5 and no result"
  says 'the only point failed: ./once.json:1:1: ' err
}

test_a_study_with_failed_runs_says_so() {
  echo "$one_point" >e.json
  ln -s /dev/stdin once.json  # is there when the experiment is checked, and gone when it is run
  "$wavesim" sensitivity e.json --set workload.service.capture=./once.json --value throughput_krps \
    --over machine.pcie.link.flight >out 2>err < <(cat "$root/workloads/captures/rocksdb_get.json")
  code=$?
  [[ $code -eq 2 && ! -s out ]] || fail "expected no answer"
  says 'machine.pcie.link.flight = 90 ns failed: ./once.json:1:1: ' err
}

complete_in() { sqlite3 "$1" "SELECT count(*) FROM points WHERE state = 'complete'"; }

test_exports_what_a_sweep_prints() {
  echo "$four_points" >e.json
  "$wavesim" sweep e.json >printed 2>err
  ends_with 0 sweep e.json --out all.db
  ends_with 0 export all.db --jsonl
  cmp out printed || fail "expected the lines that sweep prints"
  ends_with 0 export all.db --wide --out all.csv
  [[ $(wc -l <all.csv) -eq 5 && ! -s out ]] || fail "expected a heading and a row for each point"
  ends_with 0 export all.db
  says 'key,variant,workload.arrivals.rate,unstable,ended_by,value,mean,half_width,n' out
  refuses 'e.json: is no store of results; choose another file' export e.json --csv
  refuses 'export: --csv excludes --jsonl; see wavesim export --help' export all.db --csv --jsonl
}

test_shards_merge_into_the_whole() {
  echo "$four_points" >e.json
  ends_with 0 sweep e.json --out whole.db
  ends_with 0 sweep e.json --out a.db --shard 1/2
  says 'wavesim: 2 of 2 points of shard 1/2 are in a.db' err
  ends_with 0 sweep e.json --out b.db --shard 2/2
  ends_with 0 merge b.db a.db -o all.db
  says 'wavesim: 4 of 4 points are in all.db' err
  cmp <("$wavesim" export all.db --jsonl) <("$wavesim" export whole.db --jsonl) ||
    fail "expected the results of the whole"
  sqlite3 b.db 'UPDATE runs SET events = 1 WHERE rowid = 1'
  ends_with 2 merge b.db a.db all.db -o other.db
  [[ ! -e other.db ]] || fail "expected no store"
  refuses '--shard: "3/2" is no part of a whole; write 1/4, 2/4, 3/4 and 4/4 for four' \
    sweep e.json --shard 3/2
}

# This machine instead of a simulated one

test_native_serves_each_request_once() {
  ends_with 0 native shinjuku --rate 2k/s --length 300ms --long 200us --long-share 0.1 --slice 20us --no-pin
  says 'requests was carried out once' out
  says 'agent in a process' out
  ends_with 0 native fifo --rate 2k/s --length 300ms --agent thread --json --out result.json
  [[ ! -s out ]] || fail "expected the result in the file only"
  says '"policy":"fifo"' result.json
  says '"agent":"thread"' result.json
  says '"lost":0,"repeated":0' result.json
}

test_native_tells_what_it_does_not_keep_up_with() {
  local overload='does not keep up, so its latencies mean nothing'
  ends_with 0 native fifo --rate 5k/s --service 1ms --length 200ms --warm-up 0ms --no-pin
  says "$overload" out
  grep -qE 'of (4\.[6-9]|5\.[0-4])[0-9] k/s offered' out || fail "expected some 5 k/s offered"
  ends_with 0 native rpc --rate 2k/s --service 5ms --length 200ms --warm-up 0ms --patience 60s
  says "$overload" out
}

test_native_refuses_what_makes_no_sense() {
  refuses '--rate: no rate: "fast"; try 20k/s' native fifo --rate fast
  refuses '--rate: is more than one generator can hand out; give at most 10M/s' native fifo --rate 1000M/s
  refuses '--service: no time: "10"; try 10ms or 200us' native fifo --service 10
  refuses '--agent: no such place: "nic"; try process or thread' native fifo --agent nic
  refuses '--workers: is out of bounds: 0; give something from 1 to 256' native fifo --workers 0
  refuses '--kill-every: a thread cannot be killed; give --agent process' \
    native fifo --agent thread --kill-every 10ms
  refuses '--length: is too short to count anything; give at least 10 ms' native fifo --length 0s
  refuses '--length: is too short to count anything; give at least 10 ms' native fifo --length 1ps
  refuses '--length: is too short to count anything; give at least 10 ms' native rpc --length 1ps
  refuses '--slice: is too short: an interrupt alone takes longer; give at least 1 us' native shinjuku --slice 1ns
}

test_native_names_a_policy_that_throws() {
  local flawed
  flawed=$(dirname "$wavesim")/experiments/policy_flaws/throws.so
  local place
  for place in process thread; do
    refuses 'policy flawed: runnable() failed: lost my?way; this is the policy'"'"'s fault, not wavesim'"'"'s' \
      native loaded "$flawed" --rate 1k/s --length 1000s --agent $place
  done
}

test_native_rpc_answers_each_call() {
  ends_with 0 native rpc --rate 1k/s --length 200ms --patience 60s --reply-bytes 3000
  says ', 0 refused, 0 lost' out
  ends_with 0 native rpc --rate 1k/s --length 200ms --patience 60s --stacks 2 --long 1ms --long-share 0.2 --json
  says '"bad_replies":0,"stray_replies":0' out
  says '"no_magic":0' out
  refuses '--workers: is out of bounds: 0; give something from 1 to 256' native rpc --workers 0
  refuses '--budget: no time: "soon"; try 10ms or 200us' native rpc --budget soon
}

test_native_sol_loses_no_access() {
  run native sol --batches 16 --length 400ms --shortest-period 20ms --periods 2 --epoch-periods 2 --out result.txt
  if [[ $code == 2 ]] && grep -q 'this machine does not offer\|it takes Linux' err; then
    says 'wavesim: native sol: ' err
    return
  fi
  [[ $code == 0 ]] || fail "expected exit code 0, got $code"
  says 'accesses is in the memory' result.txt
  says 'footprint_gib' result.txt
  ends_with 0 native sol --batches 16 --length 200ms --agents 2 --threads 2 --json
  says '"policy":"sol"' out
  says '"lost":0' out
}

test_native_sol_refuses_what_makes_no_sense() {
  refuses '--agents: are more than there are batches; give fewer' native sol --batches 2 --agents 3
  refuses '--shortest-period: no time: "soon"; try 10ms or 200us' native sol --shortest-period soon
  refuses '--threads: is out of bounds: 0; give something from 1 to 32' native sol --threads 0
}

test_replay_finds_what_a_native_agent_did() {
  ends_with 0 native shinjuku --rate 2k/s --length 300ms --slice 20us --no-pin --record agents.rec
  ends_with 0 replay agents.rec
  says 'calls, all equal' out
}

test_replay_refuses_what_is_no_record() {
  echo '{"seed": 1, "about": "nothing"}' >other.rec
  refuses 'other.rec: is no record of an agent; give a file that wavesim native --record has written' replay other.rec
  refuses 'missing.rec: cannot be read; give a file that wavesim native --record has written' replay missing.rec
  refuses '--record: records agents in threads only; give --agent thread' \
    native fifo --agent process --record agents.rec
}

# The processes of a native run with seed $1.
processes() { grep -lsza "^--seed=$1\$" /proc/[0-9]*/cmdline | wc -l; }

# Starts one and waits until its agent is there: the host, the agents' parent, and the agent.
start_native() {
  "$wavesim" native fifo --length 1000s "--seed=$1" >out 2>err &
  native=$!
  code="none yet"
  local tries
  for tries in {1..1500}; do
    [[ $(processes "$1") -ge 3 ]] && return
    sleep 0.02
  done
  fail "expected an agent"
}

expect_no_process() {
  local tries
  for tries in {1..1500}; do
    [[ $(processes "$1") -eq 0 ]] && return
    sleep 0.02
  done
  fail "expected no process of seed $1"
}

test_native_ends_cleanly_after_ctrl_c() {
  start_native "1$$"
  kill -INT $native
  wait $native
  code=$?
  [[ $code -eq 130 ]] || fail "expected exit code 130"
  says 'was carried out once' out
  [[ $(processes "1$$") -eq 0 ]] || fail "expected no process"
}

# The process that starts agents is gone, as for want of memory.
test_native_says_why_no_agent_can_be_started() {
  "$wavesim" native fifo --workers 1 --rate 200/s --service 100us --length 20s --kill-every 100ms >out 2>err &
  local host=$! nursery=
  until nursery=$(pgrep -P $host); do sleep 0.05; done
  sleep 0.2
  kill -9 "$nursery"
  wait $host
  code=$?
  [[ $code -eq 3 && $(wc -l <err) -eq 1 ]] || fail "expected exit code 3 and one line"
  says 'wavesim: internal error: ' err
}

test_native_leaves_nobody_behind_when_it_is_killed() {
  start_native "2$$"
  kill -KILL $native
  wait $native 2>/dev/null
  expect_no_process "2$$"
}

test_native_gives_up_its_backlog_after_ctrl_c() {
  is_interrupted_after 2 native fifo --rate 1M/s --length 500ms --service 100us
  says ' more were given up' out
}

test_native_ends_cleanly_when_its_group_is_terminated() {
  timeout 5 "$wavesim" native fifo --length 1000s >out 2>err
  code=$?
  [[ $code -eq 124 && ! -s err ]] || fail "expected silence"
  says 'was carried out once' out
}

# Starts a sweep of the experiment $1 and waits for its first results.
start_sweep() {
  echo "$1" >e.json
  : >out
  "$wavesim" sweep e.json --jobs 2 --out results.db 2>err &
  sweep=$!
  code="none yet"
  local tries
  for tries in {1..1500}; do  # half a minute, for a slow machine
    [[ $(complete_in results.db 2>/dev/null) -gt 0 ]] && return
    sleep 0.02
  done
  fail "expected a first result"
}

test_ctrl_c_keeps_the_results_so_far() {
  start_sweep "$many_points"
  kill -INT $sweep
  wait $sweep
  code=$?
  [[ $code -eq 130 ]] || fail "expected exit code 130"
  says 'wavesim: interrupted: ' err
  says "$(complete_in results.db) of 501 points are in results.db" err
  local complete
  complete=$(complete_in results.db)
  [[ $complete -ge 1 && $complete -lt 501 ]] || fail "expected a part of the points"
}

# A nanosecond is over before the first replications are, on any machine.
test_a_point_that_its_time_ended_is_marked() {
  echo "$four_points" >e.json
  local precision='run.precision={"value":"mean_us","half_width":1e-9,"most_time":"1 ns"}'
  ends_with 0 run e.json --set "$precision"
  says 'host, workload.arrivals.rate = 100 k/s: ended by run.precision.most_time after 2 runs; a faster machine does more' out
  ends_with 0 sweep e.json --set "$precision" --out r.db
  says 'wavesim: 4 of 4 points are in r.db; 4 ended by most_time, as another machine may not' err
  [[ $(sqlite3 r.db "SELECT count(*) FROM points WHERE ended_by = 'time'") -eq 4 ]] || fail "expected marks"
  ends_with 0 export r.db --jsonl
  says '"ended_by":"time"' out
  ends_with 0 report r.db -o r.html
  says 'complete, ended by its time' r.html
  ends_with 0 sweep e.json --set 'run.precision={"value":"mean_us","half_width":1e-9,"most":4}' --out r.db
  [[ $(sqlite3 r.db "SELECT count(*) FROM points WHERE ended_by = 'replications' AND replications = 4") -eq 4 ]] ||
    fail "expected more runs of the same points"
  refuses '--set run.precision.most_time=60: run.precision.most_time: 60 has no unit; write a time with its unit, as in "130 ns"' \
    check e.json --set 'run.precision.most_time=60'
}

test_ctrl_c_gives_up_what_is_under_way() {
  # When the short point has a result, the long one has been under way as long on the other worker.
  start_sweep "$short_and_long_point"
  kill -INT $sweep
  wait $sweep
  code=$?
  [[ $code -eq 130 ]] || fail "expected exit code 130"
  says 'wavesim: interrupted: 1 of 2 points are in results.db' err
}

test_a_broken_promise_ends_with_3() {
  start_sweep "$many_points"
  kill -ABRT $sweep  # as SIM_CHECK does
  wait $sweep
  code=$?
  [[ $code -eq 3 ]] || fail "expected exit code 3"
}

# Regression

# A paper with one number, which the machine meets or not.
write_paper() {
  mkdir paper
  cp "$root/experiments/paper/e1.json" paper
  printf '{"targets":[{"id":"e1.msix_send_register_ns","what":"MSI-X","unit":"ns","tag":"S",
    "role":"prediction","source":"none","expected":%s,"low":%s,"high":%s,
    "from":{"experiment":"e1","value":"msix_send_register_ns","variant":""}}]}' "$1" "$1" "$1" \
    >paper/targets.json
}

test_a_miss_is_shown_and_fails_nothing() {
  write_paper 71
  ends_with 0 regress paper
  says MISS out
}

test_regress_fails_when_a_value_moves() {
  write_paper 70
  ends_with 0 regress paper --accept accepted.json
  ends_with 0 regress paper --baseline accepted.json
  ends_with 1 regress paper --baseline accepted.json --set machine.nic.msix_register='90 ns'
  says MOVED out
}

test_refuses_to_compare_with_nothing() {
  mkdir nothing
  echo '{"targets":[]}' >nothing/targets.json
  refuses 'nothing/targets.json:1:12: targets: is empty; write at least one, as in experiments/paper/targets.json' regress nothing
  echo '{"accepted":{}}' >old.json
  refuses 'old.json:1:13: accepted: is empty; write the file with wavesim regress --accept' \
    regress "$root/experiments/measured" --baseline old.json
  echo '{"studies":[]}' >conclusions.json
  refuses 'conclusions.json:1:12: studies: is empty; write at least one, as in experiments/influence/conclusions.json' \
    sensitivity "$root/experiments" --conclusions conclusions.json
}

test_regress_writes_a_junit_report_and_a_table_for_pull_requests() {
  write_paper 70
  ends_with 0 regress paper --accept old.json
  ends_with 0 regress paper --baseline old.json --junit regress.xml --markdown
  says '**0 of 1 values moved.**' out
  says '| e1.msix_send_register_ns | ns | 70 | 70 | 0 | equal |' out
  says 'tests="1" failures="0" errors="0" skipped="0"' regress.xml
  ends_with 1 regress paper --baseline old.json --junit regress.xml --markdown \
    --set machine.nic.msix_register='90 ns'
  says '| e1.msix_send_register_ns | ns | 70 | 90 | +28.57 % | MOVED' out
  says '<failure type="moved" message="e1.msix_send_register_ns: 70 ns before, 90 ns now (+28.57 %)' \
    regress.xml
  python3 -c 'import xml.etree.ElementTree as xml
suite = xml.parse("regress.xml").getroot().find("testsuite")
assert [part.tag for part in suite] == ["properties", "testcase", "system-out", "system-err"]' ||
    fail "expected XML in the order of the schema"
  echo precious >kept.xml
  ends_with 2 regress paper --baseline none.json --junit kept.xml
  [[ $(cat kept.xml) == precious ]] || fail "expected the former file"
}

# What a conclusion depends on

write_benchmarks() { echo '{"run":{"measure":"hardware","replications":1}}' >bench.json; }

test_sensitivity_of_a_value_over_parameters() {
  write_benchmarks
  ends_with 0 sensitivity bench.json --value mmio_read_uc_ns --over machine.pcie.link.flight
  says 'machine.pcie.link.flight  R    90 ns .. 180 ns' out
  ends_with 0 sensitivity bench.json --value mmio_read_uc_ns --over machine.pcie.link.flight --json
  says '"path": "machine.pcie.link.flight"' out
  says '"at_low": 669.331' out
  ends_with 0 sensitivity bench.json --value mmio_read_uc_ns --morris 2 \
    --over machine.pcie.link.flight --over machine.nic.msix_register --markdown
  says 'in 2 trajectories, 6 places' out
  says '| machine.pcie.link.flight | R | 90 ns .. 180 ns | 180 | 180 | ' out
  refuses 'sensitivity: of which value is not said; add --value, as in --value '"'"'wave_16/on_host saturation_krps'"'" \
    sensitivity bench.json --over machine.pcie.link.flight
  refuses 'no such variant: "wave"; the experiment has none' sensitivity bench.json --value 'wave mmio_read_uc_ns'
}

# mmio_read_uc_ns crosses the link twice, each way for 90 to 180 ns, and no register for MSI-X.
# An agent that is too slow, and at one end queues that are too short for it.
test_sensitivity_says_which_runs_failed() {
  echo '{"run":{"warm_up":"1 ms","length":"4 ms","replications":1},"system":{"preset":"unoptimised"},
    "workload":{"threads":200,"generators":16,"arrivals":{"rate":"800 k/s"}}}' >e.json
  ends_with 5 sensitivity e.json --value throughput_krps --over system.queue_capacity
  says 'system.queue_capacity = 16 failed: ' err
  says 'a message queue overflowed' err
  grep -qE '^system.queue_capacity +C +16 .. 65536 +256 +- +[0-9.]+ ' out ||
    fail "expected a value at the other end"
}

test_sensitivity_divides_up_the_variance() {
  write_benchmarks
  local over="machine.pcie.link.flight machine.nic.msix_register machine.nic.caches.dram"
  ends_with 0 sensitivity bench.json --value mmio_read_uc_ns --sobol 16 --over $over
  says 'from 16 rows, 80 places' out
  grep -qE '^machine.nic.msix_register .* 0\.000 \[0\.000, 0\.000\] +- +16$' out || fail "expected no share"
  ends_with 0 sensitivity bench.json --value mmio_read_uc_ns --sobol 8 --top 1 --morris 2 --json --over $over
  says '"total_high"' out
  [[ $(grep -c '"path"' out) -eq 1 ]] || fail "expected one parameter"
  cp out shares.json
  ends_with 0 report shares.json
  says 'with its interactions' out
  ends_with 0 sensitivity bench.json --value mmio_read_uc_ns --sobol 8 --top 1 --markdown --over $over
  says 'in 8 trajectories, 32 places' out
  says '| parameter | tag | range | first order | total | chance | rows |' out
  refuses 'sensitivity: --sobol: Value 7 not in range 8 to 100000; see wavesim sensitivity --help' sensitivity bench.json --value mmio_read_uc_ns --sobol 7
  refuses 'sensitivity: --top requires --sobol; see wavesim sensitivity --help' sensitivity bench.json --value mmio_read_uc_ns --top 7
}

# Runs of four variants' worth of seconds: long enough to be interrupted in the middle.
study=(sensitivity e.json --value 'nic/host p99_us' --morris 4 --over machine.pcie.link.flight
  machine.pcie.msix.delivery system.agent.decide machine.linux.context_lines)
study_points='{"run":{"length":"20 ms","replications":2},"variants":{"host":{"system":{"placement":"host"}},"nic":{}}}'

runs_in() { sqlite3 "$1" 'SELECT count(*) FROM runs' 2>/dev/null || echo 0; }

# Starts the study and sends it the signal $1 when it has kept some runs.
start_study_and_send() {
  "$wavesim" "${study[@]}" --store runs.db --jobs 2 >out 2>err &
  local pid=$!
  code="none yet"
  local tries
  for tries in {1..1500}; do  # half a minute, for a slow machine
    [[ $(runs_in runs.db) -gt 2 ]] && break
    sleep 0.02
  done
  kill "-$1" $pid
  wait $pid
  code=$?
}

test_a_sensitivity_study_goes_on_where_it_was_interrupted() {
  echo "$study_points" >e.json
  ends_with 0 "${study[@]}" --jobs 1
  cp out expected
  start_study_and_send INT
  [[ $code -eq 130 ]] || fail "expected exit code 130"
  [[ ! -s out ]] || fail "expected no answer from a part of the runs"
  local first
  first=$(runs_in runs.db)
  [[ $(cat err) == "wavesim: interrupted; $first more runs are in runs.db: the same command goes on from here" ]] ||
    fail "expected what to do next"
  start_study_and_send KILL
  [[ $code -eq 137 ]] || fail "expected it to be killed"
  ends_with 0 "${study[@]}" --store runs.db --jobs 1
  cmp out expected || fail "expected the answer of an undisturbed study"
  local whole
  whole=$(runs_in runs.db)
  [[ $first -lt $whole ]] || fail "expected to interrupt it before the end"
  ends_with 0 "${study[@]}" --store runs.db
  cmp out expected || fail "expected the same answer from the store alone"
  [[ $(runs_in runs.db) -eq $whole ]] || fail "expected nothing to be run twice"
  refuses 'runs.json: runs are kept in a store, which is no .json file; write --store runs.db, and --json --out for the answer' \
    "${study[@]}" --store runs.json
  refuses 'expected: is no store of results; choose another file' "${study[@]}" --store expected
}

# What a shell begins behind itself ignores Ctrl-C, until the program says that it does not.
until_it_listens() {
  local tries caught
  for tries in {1..1500}; do
    caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status")
    (( (16#${caught:-0} & 1 << 1) != 0 )) && return
    sleep 0.02
  done
  fail "expected a program that listens to Ctrl-C"
}

# Sends Ctrl-C, so many seconds after it has begun, to the program with these arguments.
is_interrupted_after() {
  local seconds=$1
  shift
  "$wavesim" "$@" >out 2>err &
  local pid=$!
  until_it_listens $pid
  sleep "$seconds"
  kill -INT $pid
  wait $pid
  code=$?
  [[ $code -eq 130 ]] || fail "expected exit code 130"
}

test_ctrl_c_ends_a_run_of_any_kind() {
  local rate='"workload":{"arrivals":{"rate":"100 k/s"}}'
  echo "{\"run\":{\"length\":\"10000 s\",\"replications\":1},$rate}" >e.json
  local measure
  for measure in load capacity saturation memory vm; do
    is_interrupted_after 0.5 run e.json --set run.measure=$measure
    [[ ! -s out ]] || fail "expected no result of $measure"
    says 'wavesim: interrupted after 0 of 1 points' err
  done
  is_interrupted_after 0.5 explain e.json --set run.warm_up='100 s'
  says 'wavesim: interrupted; nothing is explained' err
  is_interrupted_after 0.5 explain e.json --set run.measure=saturation
  says 'wavesim: interrupted; nothing is explained' err
  is_interrupted_after 0.3 calibrate "$root/experiments/calibration/paper.json" --out m.json
  says 'wavesim: interrupted; no machine is fitted' err
  [[ ! -e m.json ]] || fail "expected no machine"
}

# Nobody writes into the pipe, so the program waits for its file and sees no Ctrl-C.
test_a_second_ctrl_c_ends_the_program_at_once() {
  mkfifo e.json
  "$wavesim" check e.json >out 2>err &
  local pid=$!
  until_it_listens $pid
  kill -INT $pid
  sleep 0.3
  kill -0 $pid || fail "expected the first Ctrl-C to be a request"
  kill -INT $pid
  wait $pid
  code=$?
  [[ $code -eq 130 ]] || fail "expected exit code 130"
}

# The second point of two is never over.
test_an_interrupted_run_writes_no_file() {
  echo "$short_and_long_point" >e.json
  local form
  for form in '' --json; do
    is_interrupted_after 2 run e.json --jobs 1 $form --out results
    says 'wavesim: interrupted after 1 of 2 points; results is not written' err
    [[ ! -e results ]] || fail "expected no file"
  done
  is_interrupted_after 2 run e.json --jobs 1
  says 'wavesim: interrupted after 1 of 2 points' err
  says 'run.length' out
  says '50 ms' out
}

test_an_interrupted_study_without_a_store_says_what_would_help() {
  echo "$study_points" >e.json
  is_interrupted_after 0.3 "${study[@]}" --jobs 1
  says 'wavesim: interrupted; nothing is kept: with --store runs.db the same command would go on from here' err
}

test_an_interrupted_regression_shows_targets_if_it_has_them_all() {
  write_paper 70
  echo '{"run":{"length":"50 ms","replications":1000}}' >paper/e4.json
  is_interrupted_after 1 regress paper --report report.html
  says 'e1.msix_send_register_ns' out
  says 'wavesim: interrupted; all targets were run, but not what else was asked for' err
  [[ ! -e report.html ]] || fail "expected no page from a part of the runs"
  cp paper/e4.json paper/e1.json
  is_interrupted_after 1 regress paper --report report.html
  [[ ! -s out ]] || fail "expected no table"
  says 'wavesim: interrupted; a part of the targets tells nothing' err
}

test_a_setting_that_wins_over_a_variant_is_noted() {
  ends_with 0 run "$root/experiments/hello.json" --set system.prestage=true --set run.length='1 ms' --jobs 1
  [[ $(cat err) == "wavesim: note: --set system.prestage=true wins over what variant wave_unoptimised says" ]] ||
    fail "expected one note"
}

test_sensitivity_says_where_a_claim_ends() {
  write_benchmarks
  ends_with 0 sensitivity bench.json --flip 'mmio_read_uc_ns < 800' \
    --over machine.pcie.link.flight --over machine.nic.msix_register
  says 'mmio_read_uc_ns < 800: holds by 50.67' out
  says 'nowhere in [50 ns, 200 ns]' out
  ends_with 0 sensitivity bench.json --flip 'mmio_read_uc_ns < 1000' --beyond 4 \
    --over machine.pcie.link.flight
  says 'beyond its range' out
  refuses '--flip: "mmio < x" is no claim; write one as in '"'"'wave_16 > on_host saturation_krps'"'" \
    sensitivity bench.json --flip 'mmio < x'
}

# Other machines

test_a_machine_is_fitted_written_and_used() {
  write_benchmarks
  echo '{"measurements":[{"value":"mmio_write_uc_ns","measured":"44 ns"}],
    "fit":["machine.host.core.mmio_store"]}' >mine.json
  ends_with 0 calibrate mine.json --out machine.json
  says 'identified' out
  ends_with 0 run bench.json --machine machine.json --json
  says '"mmio_write_uc_ns":{"mean":44.0,' out
  ends_with 0 run bench.json --machine machine.json --json --set machine.host.core.mmio_store='41 ns'
  says '"mean":41.0,' out
  says '"mmio_store":"41 ns"' out
  ends_with 0 check bench.json --machine machine.json --json
  says '"mmio_store":"44 ns"' out
  echo '{"run":{"measure":"hardware","replications":1},
    "machine":{"host":{"core":{"mmio_store":"39 ns"}}}}' >own.json
  ends_with 0 check own.json --machine machine.json --json
  says '"mmio_store":"39 ns"' out
  ends_with 0 sweep bench.json --machine machine.json
  says '"mmio_store":"44 ns"' out
}

test_refuses_machines_and_measurements_that_are_none() {
  write_benchmarks
  echo '{"machine":{},"run":{}}' >machine.json
  refuses 'machine.json:1:15: no such parameter: "run"; try machine' run bench.json --machine machine.json
  echo '{}' >machine.json
  refuses 'machine.json:1:1: has no machine; write {"machine": {...}}' run bench.json --machine machine.json
  echo '{"measurements":[{"value":"mmio_read_uc_ns","measured":"750"}]}' >mine.json
  refuses 'mine.json:1:56: measurements.0.measured: "750" has no unit; write a time with its unit, as in "130 ns"' \
    calibrate mine.json
  echo '{"measurements":[{"value":"mmio_red_uc_ns","measured":"750 ns"}]}' >mine.json
  refuses 'mine.json:1:27: measurements.0.value: no such value: "mmio_red_uc_ns"; did you mean mmio_read_uc_ns?' \
    calibrate mine.json
  echo '{"measurements":[{"value":"mmio_read_uc_ns","measured":"750 ns"}],"fit":["machine.pcie.link.fligt"]}' >mine.json
  refuses 'mine.json:1:73: fit: no such parameter with a range: "machine.pcie.link.fligt"; did you mean machine.pcie.link.flight?' \
    calibrate mine.json
}

test_the_report_is_one_page_that_needs_no_other() {
  write_paper 70
  ends_with 0 regress paper --report report.html
  says '<!doctype html>' report.html
  says 'e1.msix_send_register_ns' report.html
  ! grep -qE '<script[^>]* src|<link|@import|url\(' report.html || fail "expected nothing from outside"
}

test_a_report_of_the_paper_runs_curves_and_what_targets_need() {
  mkdir paper
  local point='{"run":{"measure":"hardware","replications":1},"variants":{"asked":{},"%s":{"machine":{"nic":{"msix_register":"%s"}}}}}'
  printf "$point" unasked_of_curve '80 ns' >paper/e4.json
  printf "$point" unasked_of_search '90 ns' >paper/search.json
  echo '{"targets":[{"id":"a","tag":"R","low":1,"high":2,
    "from":{"experiment":"search","value":"mmio_read_uc_ns","variant":"asked"}}]}' >paper/targets.json
  ends_with 0 regress paper --report report.html
  says 'unasked_of_curve' report.html
  ! grep -q 'unasked_of_search' report.html || fail "expected only what a target needs"
}

# Pages and figures from results

test_a_report_is_made_from_stores_and_from_lines_of_json() {
  printf '%s' "$four_points" >four.json
  ends_with 0 sweep four.json --out four.db
  ends_with 0 run four.json --json --out four.jsonl
  ends_with 0 report four.db -o from_store.html
  ends_with 0 report four.jsonl -o from_lines.html
  says '4 points of four.' from_store.html
  cmp -s from_store.html from_lines.html || fail "expected the same page from both"
}

test_a_report_shows_targets_and_effects_of_other_commands() {
  echo '{"id":"e2.x","tag":"S","unit":"us","low":1,"high":2,"value":1.5,"verdict":"pass"}' >t.jsonl
  echo '[{"path":"a.b","tag":"A","low":"1 ns","high":"2 ns","ratio":"gain","at_default":1,"at_low":0.5,"at_high":null}]' >s.json
  ends_with 0 report t.jsonl s.json
  says '1 of 1 numbers' out
  says 'a.b [A]' out
}

test_refuses_a_report_of_what_are_no_results() {
  echo '{"key":1}' >bad.jsonl
  refuses "bad.jsonl:1:1: is no result; give what wavesim sweep, run --json, regress --json or sensitivity --json wrote" report bad.jsonl
  refuses "none.db: cannot be read: No such file or directory; give what wavesim sweep, run --json, regress --json or sensitivity --json wrote" report none.db
}

test_refuses_a_report_of_nothing() {
  : >empty.jsonl
  local command
  for command in report plot; do
    refuses 'there are no results in these files' $command empty.jsonl
    refuses 'there are no results in these files' $command /dev/null
  done
}

test_plot_draws_what_it_is_told() {
  printf '%s' "$four_points" >four.json
  ends_with 0 run four.json --json --out four.jsonl
  ends_with 0 plot four.jsonl --x workload.arrivals.rate --y throughput_krps -o four.svg
  [[ $(grep -c 'class="dot' four.svg) -eq 6 ]] || fail "expected four points and two in the legend"
  ends_with 0 plot four.jsonl --where variant=nic --y throughput_krps
  [[ $(grep -c 'class="dot' out) -eq 3 ]] || fail "expected two points and one in the legend"
  command -v rsvg-convert >/dev/null || return 0
  ends_with 0 plot four.jsonl -o four.png
  [[ $(head -c 4 four.png | tail -c 3) == PNG ]] || fail "expected a picture"
}

test_results_of_two_files_are_told_apart() {
  printf '%s' "$four_points" >four.json
  ends_with 0 sweep four.json --out before.db
  ends_with 0 sweep four.json --out after.db --set system.workers=8
  ends_with 0 plot before.db after.db --x workload.arrivals.rate --y throughput_krps
  says 'before: four, host' out
  says 'after: four, nic' out
  mkdir d1 d2
  ends_with 0 run four.json --json --out d1/r.jsonl
  ends_with 0 run four.json --json --out d2/r.jsonl --set system.workers=8
  ends_with 0 plot d1/r.jsonl d2/r.jsonl --y throughput_krps
  says 'd1/r.jsonl, host' out
  says 'd2/r.jsonl, nic' out
}

test_plot_draws_bars_where_nothing_is_swept() {
  printf '%s}' "${four_points%,*\"sweep\"*}" >two.json
  ends_with 0 run two.json --json --out two.jsonl
  ends_with 0 plot two.jsonl --y throughput_krps --title 'two systems' -o two.svg
  [[ $(grep -c 'class="fill s0"' two.svg) -eq 2 ]] || fail "expected a bar for each variant"
  says 'two systems' two.svg
  refuses '--log-y: nothing is swept, and bars begin at zero; leave it out' plot two.jsonl --log-y
  ends_with 0 report two.jsonl
  says '<h2>Side by side</h2>' out
}

test_plot_and_report_say_what_they_leave_out() {
  printf '%s' "$four_points" >four.json
  ends_with 0 sweep four.json --out four.db
  ends_with 0 plot four.db -o four.svg
  [[ ! -s err ]] || fail "expected no note"
  sqlite3 four.db "UPDATE runs SET unstable = 1 WHERE key = (SELECT key FROM points WHERE position = 1);
    UPDATE points SET state = 'open' WHERE position = 0"
  ends_with 0 plot four.db -o four.svg
  [[ $(cat err) == "wavesim: note: 2 of 4 points are left out: 1 does not keep up (--overloaded shows it), 1 is still to run (the same sweep goes on)" ]] ||
    fail "expected one note"
  ends_with 0 plot four.db --overloaded --where variant=nic -o four.svg
  [[ ! -s err ]] || fail "expected no note"
  ends_with 0 report four.db
  says 'This is a part: 1 point more was asked for; 1 is still to run (the same sweep goes on).' out
}

test_no_number_keeps_a_plot_from_ending() {
  printf '%s' "$four_points" >four.json
  ends_with 0 run four.json --json --out four.jsonl
  local mean
  for mean in 1e308 -1e308 5e-324; do
    sed -E "1s/(\"throughput_krps\":\{\"mean\":)[0-9.]+/\1$mean/" four.jsonl >odd.jsonl
    says "\"mean\":$mean" odd.jsonl
    ends_with 0 plot odd.jsonl --y throughput_krps -o odd.svg
    ends_with 0 report odd.jsonl --out odd.html
  done
}

test_results_may_come_through_a_pipe() {
  echo "$one_point" >e.json
  "$wavesim" run e.json --json | "$wavesim" plot /dev/stdin -o plot.svg 2>err
  code=${PIPESTATUS[1]}
  [[ $code -eq 0 && -s plot.svg ]] || fail "expected a figure"
  echo '[{"path":"a.b","tag":"A","low":"1 ns","high":"2 ns","ratio":"gain","at_default":1,"at_low":0.5,"at_high":null}]' |
    "$wavesim" report /dev/stdin >out 2>err
  code=${PIPESTATUS[1]}
  says 'a.b [A]' out
}

test_endless_files_are_refused() {
  local results='give what wavesim sweep, run --json, regress --json or sensitivity --json wrote'
  refuses "/dev/zero:1:1: is no result; $results" plot /dev/zero
  (echo '['; cat /dev/zero) 2>/dev/null | "$wavesim" report /dev/stdin >out 2>err
  code=${PIPESTATUS[1]}
  [[ $code -eq 2 && $(cat err) == 'wavesim: /dev/stdin: larger than 16 MiB; split the file' ]] ||
    fail "expected a refusal"
  ln -s /dev/zero arrivals.jsonl
  echo '{"workload":{"arrivals":{"kind":"trace","trace":"arrivals.jsonl"}}}' >e.json
  ends_with 2 run e.json
  says 'arrivals.jsonl:1:1: larger than 16 MiB' err
  ends_with 2 run "$root/experiments/hello.json" --policy /dev/zero
  says 'wavesim: --policy: is no regular file; name a shared object' err
}

test_refuses_a_plot_of_what_there_is_not() {
  printf '%s' "$four_points" >four.json
  ends_with 0 run four.json --json --out four.jsonl
  refuses 'four.gif: is no kind of figure; choose a name that ends in .svg, .png or .pdf' plot four.jsonl -o four.gif
  refuses '--by: the curve "rate 100 k/s" has several points at workload.arrivals.rate = 100; tell them apart by what differs, or choose some with --where' plot four.jsonl --x workload.arrivals.rate --y p50_us --by workload.arrivals.rate
  ends_with 2 plot four.jsonl --y p98_us
  says '--y: there is no "p98_us" in these results' err
  refuses '--where: no point has variant "nosuch"; try host or nic' plot four.jsonl --where variant=nosuch
  refuses '--where: no point has workload.arrivals.rate "100k/s"; did you mean 100 k/s?' \
    plot four.jsonl --where workload.arrivals.rate=100k/s
  sed -E 's/"values":\{.*\},"runs"/"values":{},"error":"it broke","runs"/' four.jsonl >failed.jsonl
  refuses 'there are no results in these files' plot failed.jsonl
}

# Looking into a run

hello() { printf '%s/experiments/hello.json' "$root"; }

test_a_trace_is_written_in_the_format_that_its_name_asks_for() {
  ends_with 0 trace "$(hello)" --variant wave --from 1ms --for 20us -o t.perfetto
  says 't.perfetto: ' out
  says 'TASK_WAKEUP' t.perfetto
  ends_with 0 trace "$(hello)" --variant wave --from 1ms --for 20us -o t.json
  ! grep -q 'nothing happens' out || fail "expected it to have spans"
  ends_with 0 trace "$root/experiments/paper/e8.json" --variant nic_1 -o none.json
  says 'nothing happens in this span: choose another one with --from and --for' out
  python3 -c 'import json; assert len(json.load(open("t.json"))["traceEvents"]) > 100' ||
    fail "expected Chrome's JSON"
}

test_a_story_is_of_the_first_variant_unless_another_is_asked_for() {
  ends_with 0 explain "$root/experiments/paper/e2.json"
  says 'note: of on_host; --variant takes on_host, on_host_prestaged' err
  says 'critical path' out
  mv out first
  ends_with 0 explain "$root/experiments/paper/e2.json" --variant on_host
  cmp out first || fail "expected the first variant's story"
}

test_a_trace_says_what_is_missing() {
  refuses '--variant: no such variant: "wav"; did you mean wave?' \
    trace "$(hello)" --variant wav -o t.json
  refuses '--from: no time: "soon"; try 10ms or 200us' \
    trace "$(hello)" --variant wave --from soon -o t.json
  [[ ! -e t.json ]] || fail "expected no file"
}

test_a_trace_of_a_search_is_that_of_the_load_found() {
  echo '{"run":{"measure":"saturation","warm_up":"1 ms","length":"2 ms"},"system":{"workers":4},"workload":{"threads":40}}' >e.json
  ends_with 0 trace e.json --from 1ms --for 20us -o found.perfetto
  says 'run.measure is a search: looking for the load first' err
  local rate
  rate=$(grep -o "rate='.*'" err | cut -d "'" -f 2)
  cp out expected
  ends_with 0 trace e.json --from 1ms --for 20us -o found.perfetto --set run.measure=load --set workload.arrivals.rate="$rate"
  cmp out expected || fail "expected the same run with the settings that were shown"
  ends_with 0 explain e.json
  says 'critical path' out
}

test_a_trace_shows_virtual_machines() {
  local e6=$root/experiments/paper/e6.json
  ends_with 2 trace "$e6" --variant wave -o vm.json
  says "wavesim: sweep: the file has several points; choose one, as with --set 'sweep.vm.busy=[1]'" err
  ends_with 0 trace "$e6" --variant wave --set 'sweep.vm.busy=[8]' --from 3ms --for 1ms -o vm.json
  says 'VM 0 vCPU 7' vm.json
  ends_with 2 explain "$e6" --variant wave --set 'sweep.vm.busy=[8]'
  says 'wavesim: run.measure: only decisions under a load can be explained; look at the run with wavesim trace' err
}

test_ctrl_c_ends_a_trace() {
  is_interrupted_after 0.5 trace "$(hello)" --variant wave --from 3600s -o t.json
  says 'wavesim: interrupted; no trace is written' err
  [[ ! -e t.json ]] || fail "expected no file"
}

test_ctrl_c_ends_a_trace_that_has_begun_to_record() {
  is_interrupted_after 1 trace "$(hello)" --variant wave --from 2ms --for 1000s -o t.json
  says 'wavesim: interrupted; no trace is written' err
  [[ ! -e t.json ]] || fail "expected no file"
}

test_explain_tells_the_story_that_is_checked_in() {
  ends_with 0 explain "$root/experiments/paper/e2.json" --variant wave_prestaged
  diff "$root/experiments/story/e2_wave_prestaged.txt" out >difference ||
    fail "$(head -c 2000 difference)"
}

test_explain_compares_and_draws() {
  ends_with 0 explain "$root/experiments/paper/e2.json" --compare on_host wave_prestaged \
    --html e2.html
  says 'side by side' out
  says '<svg' e2.html
  ! grep -qE 'https?://|<script|<link|@import' e2.html || fail "expected nothing from outside"
  refuses '--decision: there is no decision 0; try 1 to 10000' \
    explain "$root/experiments/paper/e2.json" --variant on_host --decision 0
}

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch" || exit 1
code=none
"test_$4"
