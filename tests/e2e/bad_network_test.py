#!/usr/bin/env python3
"""Two softphones talk through a bad network: what they say of it by RTCP is at the collector, with
its sign: copies make losses below zero: bad_network_test.py HEPTAP IMPAIRMENT_RELAY."""
import sys

from baresip import RTP_PORT, call
from common import RTCP, Folder, equal, need, same_items
from impairment_relay import ImpairmentRelay
from kamailio_proxy import Proxy
from media_bench import MediaBench, captured
from mirror_bench import ADDRESS
from rtcp_oracle import report_of, reports_in

RELAY = sys.argv[2]
SECONDS = 12  # baresip reports every 5 s
MIDDLE, CALLEE = ADDRESS["middle"][4], ADDRESS["callee"][4]
FRONT_PORT, BACK_PORT = 41000, 42000


def routes():
    """Media are impaired on their way from the caller to the callee, RTCP is not."""
    for option, more in (("--udp", 0), ("--clean", 1)):
        yield from (option, f"{MIDDLE}:{FRONT_PORT + more}", f"{MIDDLE}:{BACK_PORT + more}",
                    f"{CALLEE}:{RTP_PORT['callee'] + more}")


def reported(*impairments):
    """gives    losses that the callee reported, and what the relay did"""
    with MediaBench() as bench, Folder() as folder:
        within = bench.within("middle")
        with ImpairmentRelay(RELAY, *routes(), *impairments, within=within) as relay, \
                Proxy(bench, folder, "relay.cfg", ADDRESS=MIDDLE, FRONT_PORT=FRONT_PORT,
                      BACK_PORT=BACK_PORT):
            with captured(bench, folder, "rtcp: {send: true}\n") as got, \
                    call(bench, folder, SECONDS, proxy=MIDDLE):
                pass
            account = relay.account()["udp"][0]["forward"]
        want = reports_in(got.recording)
    frames = got.of_type(RTCP)
    reports = [report_of(frame) for frame in frames]
    same_items("reports", reports, want)
    equal("whose the reports are", {frame.correlation_id for frame in frames}, got.call_ids())
    losses = [report.lost for report in reports
              if report.source == CALLEE and report.lost is not None]
    print(f"losses {losses}, the network: {account}")
    equal("reports of the callee", len(losses) >= 2, True)
    return losses, account


def main():
    need("baresip", "kamailio", "tshark")
    losses, account = reported("--drop", 0.08, "--delay-ms", 20, "--jitter-ms", 10, "--seed", 11)
    equal("losses are some of the network's",
          all(0 < loss <= account["dropped"] for loss in losses), True)
    losses, account = reported("--duplicate", 0.08, "--seed", 12)
    equal("copies are losses below zero",
          all(-account["duplicated"] <= loss < 0 for loss in losses), True)


if __name__ == "__main__":
    main()
