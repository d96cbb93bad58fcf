#!/usr/bin/env python3
"""A call through kamailio and rtpengine: what the phones report by RTCP is at the collector from
both sides of rtpengine; it, and what heptap says of RTP, agree with what rtpengine made of the same
packets: rtpengine_test.py HEPTAP."""
import itertools
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
LATE_PACKETS = 5  # on their way when rtpengine ended the call
MOS_TOLERANCE = 0.3  # it has one decimal place, and takes the delay into account
CONFIG = """
rtcp: {send: true}
rtp: {statistics: true}
"""
MIDDLE = ADDRESS["middle"][4]


def one_call(bench, folder):
    """gives   what heptap sent, what tshark found, and what rtpengine says of the call"""
    with RtpEngine(bench, folder) as engine, \
            Proxy(bench, folder, "rtpengine.cfg", ADDRESS=MIDDLE, NG_PORT=NG_PORT):
        with captured(bench, folder, CONFIG) as got, \
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


def streams(answer):
    """gives   (SSRC, phone, port of rtpengine, packets) of each stream of RTP that it received"""
    for party in answer["tags"].values():
        for stream in party["medias"][0]["streams"]:
            if "RTP" in stream["flags"]:
                phone = stream["endpoint"]["address"], stream["endpoint"]["port"]
                yield stream["SSRC"], phone, stream["local port"], stream["stats"]["packets"]


def rtcp_agrees(reports, ssrc, figures):
    """Its jitter is one that was reported, its loss that of the last report."""
    of_it = [report for report in reports
             if report.source_ssrc == ssrc and report.destination == MIDDLE]
    jitters = [report.jitter / CLOCK_KHZ for report in of_it]
    average = figures["average MOS"]
    print(f"  RTCP: jitter {average['jitter']} ms, ours {jitters}; lost "
          f"{figures['cumulative loss']}, ours {[report.lost for report in of_it]}")
    # It has whole milliseconds, and does not count each report.
    equal("jitter", min(jitters) - 3 <= average["jitter"] <= max(jitters) + 3, True)
    equal("loss", figures["cumulative loss"], of_it[-1].lost)


def rtp_agrees(whole, packets, figures):
    mos = figures["average MOS"]["MOS"] / 10
    print(f"  RTP: {packets} packets, ours {whole['TOTAL_PACKETS']}; MOS {mos}, ours {whole['MOS']}")
    equal("packets", abs(packets - whole["TOTAL_PACKETS"]) <= LATE_PACKETS, True)
    equal("MOS", abs(mos - whole["MOS"]) <= MOS_TOLERANCE, True)


def agree(got, reports, answer):
    """On both streams, before rtpengine and behind it."""
    found = {ssrc: (phone, (MIDDLE, port), packets) for ssrc, phone, port, packets
             in streams(answer)}
    # It has none of a stream on which no report with a round trip came in time: then there is
    # nothing to compare with.
    rated = {int(ssrc) for ssrc in answer["SSRC"]}
    equal("streams that rtpengine has a MOS of, and we do not know", rated - set(found), set())
    print(f"rtpengine has a MOS of {len(rated)} streams")
    equal("two of them", len(found), 2)
    for (ssrc, (phone, own, packets)), (_, (other, to_other, _)) in itertools.permutations(
            found.items()):
        if ssrc not in rated:
            continue
        figures = answer["SSRC"][str(ssrc)]
        print(f"SSRC {ssrc} of {phone}, rtpengine:")
        rtcp_agrees(reports, ssrc, figures)
        rtp_agrees(got.whole_stream(phone, own), packets, figures)
        rtp_agrees(got.whole_stream(to_other, other), packets, figures)


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
    agree(got, reports, answer)


if __name__ == "__main__":
    main()
