#!/usr/bin/env python3
"""Two softphones call each other; what they report by RTCP is at the collector under their Call-ID,
value by value: baresip_test.py HEPTAP."""
from collections import Counter

from baresip import call
from common import RTCP, Folder, equal, need, same_items
from media_bench import MediaBench, captured
from rtcp_oracle import report_of, reports_in

SECONDS = 12  # baresip reports every 5 s


def main():
    need("baresip", "tshark")
    with MediaBench() as bench, Folder() as folder:
        with captured(bench, folder, "rtcp: {send: true}\n") as got, call(bench, folder, SECONDS):
            pass
        want = reports_in(got.recording)
    frames = got.of_type(RTCP)
    same_items("reports", [report_of(frame) for frame in frames], want)
    call_ids = got.call_ids()
    equal("one call", len(call_ids), 1)
    equal("whose the reports are", {frame.correlation_id for frame in frames}, call_ids)
    sources = Counter(report.source for report in want if report.packets)
    equal(f"two and more from both ends: {sources}",
          (len(sources), min(sources.values(), default=0) >= 2), (2, True))
    print(f"{len(frames)} reports; with figures of the sender: {dict(sources)}")


if __name__ == "__main__":
    main()
