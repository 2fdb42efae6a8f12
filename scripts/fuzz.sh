#!/usr/bin/env bash
# Builds the fuzzer (libFuzzer and the address sanitiser), runs every target for a while and shows a table.
# Ends with 1 when an input broke a property, crashed, took too long or too much memory; it is kept in
# Tests/Fuzz/found/TARGET, where the tests find it.
#
# Usage: scripts/fuzz.sh FUZZ_SECONDS [TARGET…]   (default: every target)
#   FUZZ_SEED=N     the same run again (default: the time)
#   FUZZ_MEMORY=MB  the most memory (default 1024)
#   FUZZ_TABLE=FILE writes the table there as well
set -euo pipefail
export LC_ALL=C.UTF-8

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$repository"
each=${1:-10}
shift || true
[[ $each =~ ^[1-9][0-9]*$ ]] || { echo "fuzz: the seconds a target gets are a number from 1, not '$each'" >&2; exit 2; }
folder=.build/fuzz

# Swift for Linux brings both runtimes; a distribution's own build may leave them out.
runtimes=$("${SWIFT:-swift}" -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
for runtime in fuzzer asan; do
  compgen -G "$runtimes/clang/lib/*/libclang_rt.$runtime*" > /dev/null || {
    echo "fuzz: Swift's runtime '$runtime' is not in $runtimes/clang/lib: take Swift from https://www.swift.org/install/linux/" >&2
    exit 1
  }
done

# --sanitize fuzzer leaves `main` to libFuzzer. The address sanitiser is asked for by hand: of two --sanitize, SwiftPM
# gives Swift them in changing order, and the compiler takes the last.
QUNFA_FUZZ=1 "${SWIFT:-swift}" build -c release --product fuzz --build-path "$folder" --sanitize fuzzer \
  -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library -Xcc -fsanitize=address -Xcxx -fsanitize=address
program=$folder/release/fuzz

targets=("$@")
if [[ ${#targets[@]} -eq 0 ]]; then mapfile -t targets < <(ls Tests/Fuzz/seeds); fi
seed=${FUZZ_SEED:-$(date +%s)}
# Files that live for a millisecond; a file system in memory makes and forgets them several times as quickly.
if [[ -z ${TMPDIR:-} && -d /dev/shm && -w /dev/shm ]]; then export TMPDIR=/dev/shm; fi
logs=$folder/logs
mkdir -p "$logs"
table=$(mktemp -p "$folder")
trap 'rm -f "$table"' EXIT
findings=0
{
  echo "| target | executions | per second | edges | features | corpus | dearest input ms | peak MB | findings |"
  echo "|---|---|---|---|---|---|---|---|---|"
} > "$table"

# The last figure that libFuzzer printed behind a word.
figure() { grep -oE "$2:? +[0-9]+" "$1" | tail -n 1 | grep -oE '[0-9]+$' || echo 0; }

for target in "${targets[@]}"; do
  [[ -d Tests/Fuzz/seeds/$target ]] || { echo "fuzz: no target '$target'; there are: $(ls Tests/Fuzz/seeds | xargs)" >&2; exit 2; }
  corpus=$folder/corpus/$target
  found=$folder/found/$target
  log=$logs/$target.log
  mkdir -p "$corpus" "$found"
  rm -f "$found"/*
  code=0
  most=4096
  case $target in phone | money) most=64 ;; esac
  QUNFA_FUZZ_TARGET=$target SWIFT_BACKTRACE=enable=no ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=0}" \
    "$program" -max_total_time="$each" -seed="$seed" -max_len="$most" -timeout=5 -rss_limit_mb="${FUZZ_MEMORY:-1024}" \
    -print_final_stats=1 -artifact_prefix="$found/" "$corpus" "Tests/Fuzz/seeds/$target" > "$log" 2>&1 || code=$?
  count=$(find "$found" -type f | wc -l)
  if [[ $count -gt 0 || $code -ne 0 ]]; then
    findings=$((findings + 1))
    mkdir -p "Tests/Fuzz/found/$target"
    find "$found" -type f -exec cp {} "Tests/Fuzz/found/$target/" \;
    echo "fuzz: $target ended with $code, inputs are in Tests/Fuzz/found/$target; $log ends:" >&2
    grep -E "broken:|ERROR|SUMMARY|Fatal|ALARM" "$log" | tail -n 5 >&2 || true
  fi
  printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$target" \
    "$(figure "$log" stat::number_of_executed_units)" "$(figure "$log" stat::average_exec_per_sec)" \
    "$(figure "$log" cov)" "$(figure "$log" ft)" "$(figure "$log" corp)" \
    "$(figure "$log" stat::slowest_input_ms)" "$(figure "$log" stat::peak_rss_mb)" "$count" >> "$table"
done

echo "$each seconds a target, seed $seed, $(date -u +%F), $(nproc) processors"
cat "$table"
[[ -z ${FUZZ_TABLE:-} ]] || cp "$table" "$FUZZ_TABLE"
[[ $findings -eq 0 ]]
