#!/usr/bin/env python3
"""A call through kamailio and rtpengine: what the phones report by RTCP is at the collector from both
sides of rtpengine, and agrees with what rtpengine itself made of it: rtpengine_test.py HEPTAP."""
from collections import Counter

from baresip import call
from common import RTCP, Folder, equal, need, same_items
from kamailio_proxy import Proxy
from media_bench import MediaBench, captured
from mirror_bench import ADDRESS
from rtcp_oracle import report_of, reports_in
from rtpengine import NG_PORT, RtpEngine

SECONDS = 17  # baresip reports every 5 s; rtpengine needs two reports of each for a MOS
CLOCK_KHZ = 8
MIDDLE = ADDRESS["middle"][4]


def one_call(bench, folder):
    """gives   what heptap sent, what tshark found, and what rtpengine says of the call"""
    with RtpEngine(bench, folder) as engine, \
            Proxy(bench, folder, "rtpengine.cfg", ADDRESS=MIDDLE, NG_PORT=NG_PORT):
        with captured(bench, folder, "rtcp: {send: true}\n") as got, \
                call(bench, folder, SECONDS, proxy=MIDDLE):
            pass
        call_ids = engine.ask("list", limit=10)["calls"]
        equal("one call in the eyes of both", set(call_ids), got.call_ids())
        return got, reports_in(got.recording), engine.ask("query", **{"call-id": call_ids[0]})


def by_leg(reports):
    """Those that go to rtpengine, and those that come from it, without their ways."""
    def texts(key):
        return Counter(report[5:] for report in reports if getattr(report, key) == MIDDLE)
    return texts("destination"), texts("source")


def agree(reports, answer):
    """Of each stream that rtpengine has a MOS of: its jitter is one that was reported, its loss that
    of the last report."""
    streams = answer["SSRC"]
    equal("rtpengine has figures", bool(streams), True)
    for ssrc, figures in streams.items():
        of_it = [report for report in reports
                 if report.source_ssrc == int(ssrc) and report.destination == MIDDLE]
        jitters = [report.jitter / CLOCK_KHZ for report in of_it]
        average = figures["average MOS"]
        print(f"SSRC {ssrc}: rtpengine: jitter {average['jitter']} ms, lost "
              f"{figures['cumulative loss']}, MOS {average['MOS'] / 10} of {average['samples']}; "
              f"ours: jitter {jitters} ms, lost {[report.lost for report in of_it]}")
        # It has whole milliseconds.
        equal("jitter", min(jitters) - 1 <= average["jitter"] <= max(jitters) + 1, True)
        equal("loss", figures["cumulative loss"], of_it[-1].lost)


def main():
    need("baresip", "tshark", "kamailio", "rtpengine")
    with MediaBench() as bench, Folder() as folder:
        got, want, answer = one_call(bench, folder)
    frames = got.of_type(RTCP)
    reports = [report_of(frame) for frame in frames]
    same_items("reports", reports, want)
    equal("whose the reports are", {frame.correlation_id for frame in frames}, got.call_ids())
    before, behind = by_leg(reports)
    equal("reports before and behind rtpengine", before, behind)
    equal("some of them", sum(before.values()) >= 6, True)
    agree(reports, answer)


if __name__ == "__main__":
    main()
