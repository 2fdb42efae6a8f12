#!/usr/bin/env bash
# Plans and sends the sample campaigns through the five gateways of the sandbox, in a copy of the samples, and shows what
# comes out. Ends with 0 when every command ended as it should.
#
# Usage: scripts/demo.sh [QUNFA]   (default: .build/release/qunfa)
# The result files stay in demo-out, which every run replaces.
#   DEMO_KEEP=1 keeps the copy, its ledgers and its files.
set -euo pipefail
export LC_ALL=C.UTF-8

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
qunfa=${1:-$repository/.build/release/qunfa}
[[ -x $qunfa ]] || { echo "demo: no tool at $qunfa; run 'make build' first" >&2; exit 2; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/qunfa-demo-XXXXXX")
sandbox=
cleanup() {
  if [[ -n $sandbox ]]; then kill -TERM "$sandbox" 2>/dev/null || true; wait "$sandbox" 2>/dev/null || true; fi
  if [[ -n ${DEMO_KEEP:-} ]]; then echo "kept: $folder"; else rm -rf "$folder"; fi
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

heading() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
[[ -t 1 && -z ${NO_COLOR:-} ]] || heading() { printf '\n== %s\n' "$*"; }

# expect CODE COMMAND…: runs it, shows it, and stops the demo when it ends otherwise.
expect() {
  local expected=$1 code=0
  shift
  printf '\n$ qunfa -C samples %s\n' "$*"
  "$qunfa" -C "$folder/samples" "$@" | sed "s|$folder/||g" || code=${PIPESTATUS[0]}
  if [[ $code != "$expected" ]]; then
    echo "demo: 'qunfa $*' ended with exit code $code instead of $expected" >&2
    exit 1
  fi
  echo "(exit code $code)"
}

# show FILE ROWS: the header and the first rows of a result file, cut to the width of a page.
show() {
  local line left=$(($2 + 1))
  printf '\n-- %s\n' "${1#"$folder/"}"
  while ((left-- > 0)) && IFS= read -r line; do
    line=${line#$'\xef\xbb\xbf'}
    line=${line%$'\r'}
    ((${#line} <= 110)) || line=${line:0:109}…
    printf '   %s\n' "$line"
  done <"$1"
}

# count FILE PATTERN: how many lines of a file match.
count() { grep -c "$2" "$1" || true; }

cp -R "$repository/samples" "$repository/templates" "$folder/"
rm -rf "$folder/samples/data" "$folder/samples/out"
chmod 600 "$folder/samples/qunfa.toml"

heading "The sandbox: five gateways on loopback"
mkfifo "$folder/sandbox.out"
"$qunfa" sandbox --port 0 --log "$folder/sandbox.jsonl" >"$folder/sandbox.out" &
sandbox=$!
exec 3<"$folder/sandbox.out"
if ! read -r -t 30 _ address <&3 || ! read -r -t 30 _ <&3; then
  echo "demo: the sandbox did not start" >&2
  exit 1
fi
echo "$address"
sed -i "s|http://127.0.0.1:7862|$address|" "$folder/samples/qunfa.toml"

# What every campaign ends with: 4, since all have rows that are rejected on purpose.
for campaign in double11 abroad notice-mobset notice-youe notice-18sms; do
  heading "Campaign $campaign"
  id=2026-$campaign
  files=$folder/samples/out/$id
  expect 4 plan "$campaign.toml"
  expect 4 send "$campaign.toml"
  show "$files/result.csv" 3
  show "$files/rejected.csv" 3
  if (($(wc -l <"$files/failed.csv") > 1)); then show "$files/failed.csv" 2; fi
done

heading "Sent again: nothing goes out twice"
before=$(wc -l <"$folder/sandbox.jsonl")
expect 4 send double11.toml
after=$(wc -l <"$folder/sandbox.jsonl")
echo "messages in the sandbox's log before and after: $before, $after"
[[ $before == "$after" ]] || { echo "demo: the second run sent something" >&2; exit 1; }

heading "Afterwards"
expect 4 status
expect 0 verify 2026-double11
expect 0 balance juhe-main

heading "Sums"
printf '%-20s %9s %9s %9s %9s\n' campaign rejected planned accepted refused
accepted=0
for campaign in double11 abroad notice-mobset notice-youe notice-18sms; do
  id=2026-$campaign
  files=$folder/samples/out/$id
  # A cell may hold a line break; a line that begins like a row is one.
  taken=$(count "$files/result.csv" "^$id,.*,accepted,")
  printf '%-20s %9s %9s %9s %9s\n' "$campaign" "$(count "$files/rejected.csv" '^contacts/')" \
    "$(count "$files/result.csv" "^$id,")" "$taken" "$(count "$files/result.csv" "^$id,.*,refused,")"
  accepted=$((accepted + taken))
done
echo "accepted by qunfa's books: $accepted, in the sandbox's log: $after"
[[ $accepted == "$after" ]] || { echo "demo: the books and the sandbox's log differ" >&2; exit 1; }

heading "The sandbox's own sums"
kill -TERM "$sandbox"
wait "$sandbox" || { echo "demo: the sandbox did not end well" >&2; exit 1; }
sandbox=
cat <&3

echo "Its refused messages are more than those of the books: a refused batch goes again in halves until the messages at fault"
echo "are found, and the sandbox counts the same message at every try."

rm -rf "$repository/demo-out"
cp -R "$folder/samples/out" "$repository/demo-out"
heading "The result files, to open"
(cd "$repository" && find demo-out -type f | sort)

echo
echo "The demo ended well. DEMO_KEEP=1 make demo keeps the ledgers as well."
