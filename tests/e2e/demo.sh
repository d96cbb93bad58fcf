#!/bin/sh
# usage: demo.sh HEPTAP CAPTURE MEDIA_CAPTURE
# Starts `heptap collect` on a free TCP port of loopback, replays CAPTURE to it, and lets it print the
# calls that arrived. Then prints what is known of the call in MEDIA_CAPTURE, and draws it.
set -eu
heptap=$1
capture=$2
media=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkfifo "$dir/says"

"$heptap" collect --listen tcp://127.0.0.1:0 --out calls >"$dir/calls" 2>"$dir/says" &
collector=$!
exec 3<"$dir/says"
read -r line <&3
case $line in
  *"listening on tcp://"*) url=${line##*listening on } ;;
  *)
    echo "demo: the collector says: $line" >&2
    exit 1
    ;;
esac
echo "demo: a collector listens on $url"

echo "demo: heptap replay $capture --to $url"
status=0
"$heptap" replay "$capture" --to "$url" || status=$?

kill -TERM "$collector"
cat <&3
wait "$collector" || status=$?
echo
echo "demo: the calls that arrived over TCP"
cat "$dir/calls"

echo
echo "demo: heptap replay $media"
"$heptap" replay --quiet "$media" || status=$?
echo
echo "demo: heptap replay $media --ladder 3ed1-media@192.0.2.10"
"$heptap" replay --quiet "$media" --ladder 3ed1-media@192.0.2.10 || status=$?
exit $status
