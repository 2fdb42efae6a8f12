#!/usr/bin/env bash
# The whole circle in a copy of the samples: plans and sends the campaigns through the five gateways of the sandbox, fetches
# and receives reports and replies, reconciles them with the vendors' bills, writes the report page, and shows what comes
# out. Ends with 0 when every command ended as it should and every error planted in the bills was found.
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
listener=
cleanup() {
  local process
  for process in $listener $sandbox; do
    kill -TERM "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
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

heading "The receiver of pushes: 18sms tells what became of messages in no other way"
cat >>"$folder/samples/qunfa.toml" <<'TOML'

[listen]
address = "127.0.0.1"
port = 0
path_secret = "demo-only"
TOML
: >"$folder/listen.err"
"$qunfa" -C "$folder/samples" listen 2>"$folder/listen.err" &
listener=$!
for ((attempt = 0; attempt < 100; attempt++)); do
  port=$(sed -n 's|.* port \([0-9][0-9]*\)$|\1|p' "$folder/listen.err" | head -n 1)
  [[ -z $port ]] || break
  sleep 0.1
done
[[ -n $port ]] || { echo "demo: the receiver did not start" >&2; cat "$folder/listen.err" >&2; exit 1; }
head -n 1 "$folder/listen.err"

heading "The sandbox: five gateways on loopback"
cat >"$folder/faults.toml" <<TOML
[gateway.all.reports]
delay = [0.1, 1]
lost = 0
replies = 0.1
opt_outs = 0.5
[gateway.18sms.reports]
push = "http://127.0.0.1:$port/push/18sms-a/demo-only"
TOML
mkfifo "$folder/sandbox.out"
"$qunfa" sandbox --port 0 --log "$folder/sandbox.jsonl" --faults "$folder/faults.toml" --bills "$folder/samples/bills-demo" \
  >"$folder/sandbox.out" &
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

heading "What became of them: reports and replies"
# The sandbox reports within a second; the pushes of 18sms come by themselves.
sleep 2
expect 0 pull
kill -TERM "$listener"
wait "$listener" || { echo "demo: the receiver did not end well" >&2; exit 1; }
listener=
tail -n 1 "$folder/listen.err"
show "$folder/samples/out/replies.csv" 5

heading "The books: reports joined to messages"
expect 0 reconcile
show "$folder/samples/out/reconciliation.csv" 3
show "$folder/samples/out/summary.csv" 5

heading "The month's bills, with errors that the sandbox planted"
kill -TERM "$sandbox"
wait "$sandbox" || { echo "demo: the sandbox did not end well" >&2; exit 1; }
sandbox=
bills=$folder/samples/bills-demo
for bill in juhe-main=juhe emay-abroad=emay mobset-a=mobset youe-a=youe 18sms-a=18sms; do
  file=$(basename "$(ls "$bills/${bill#*=}"-*.csv)")
  arguments+=(--bill "${bill%%=*}=bills-demo/$file")
done
expect 8 reconcile "${arguments[@]}"
show "$folder/samples/out/differences.csv" 12
printf '\n%-12s %9s %9s\n' bill planted found
for bill in juhe-main=juhe emay-abroad=emay mobset-a=mobset youe-a=youe; do
  planted=$(count "$bills/planted.csv" "^${bill#*=},")
  # The sums of a whole bill are no errors of their own.
  found=$(grep "^${bill%%=*}," "$folder/samples/out/differences.csv" | grep -vc 'all in all\|balance' || true)
  printf '%-12s %9s %9s\n' "${bill%%=*}" "$planted" "$found"
  [[ $planted == "$found" ]] || { echo "demo: planted and found errors differ" >&2; exit 1; }
done
echo "18sms bills totals only: its error shows in the day's sums."

heading "For the head of marketing: one page"
expect 0 report 2026-double11

heading "The sandbox's own sums"
cat <&3

echo "Its refused messages are more than those of the books: a refused batch goes again in halves until the messages at fault"
echo "are found, and the sandbox counts the same message at every try."

rm -rf "$repository/demo-out"
cp -R "$folder/samples/out" "$repository/demo-out"
heading "The result files, to open"
(cd "$repository" && find demo-out -type f | sort)

echo
echo "The demo ended well. DEMO_KEEP=1 make demo keeps the ledgers as well."
