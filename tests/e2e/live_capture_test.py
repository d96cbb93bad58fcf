#!/usr/bin/env python3
"""`heptap run` on a mirror port: what sipp sends is at the collector once, whole, in order, with
the kernel's time of its packet: live_capture_test.py HEPTAP FRAME_WRAPPER THREADS.

tcpdump records the same port: its times are the kernel's, too.
"""
import re
import sys

from common import HEPTAP, Collector, Folder, Process, eventually, run, same_items, skip
from live_traffic import traffic
from mirror_bench import ADDRESS, MirrorBench, messages_of
from netns import captures
from sipp_calls import must_be_same

THREADS = int(sys.argv[3]) if len(sys.argv) > 3 else 1
CONFIG = """
interfaces:
  - name: mirror
    threads: {threads}
collectors:
  - name: collector
    url: {url}
security:
  user: nobody
"""


def wait_for(collector, count):
    try:
        collector.wait_for(count)
    except SystemExit as late:
        print(late)  # what is missing is said later


def live(bench, folder):
    """gives   what the collector got, what the recording has, and what sipp sent"""
    url = f"udp://{ADDRESS['collector'][4]}:0"
    with Collector(url, within=bench.within("collector")) as collector:
        config, recording = folder / "heptap.yaml", folder / "mirror.pcap"
        config.write_text(CONFIG.format(url=collector.url, threads=THREADS))
        with Process(*bench.within("agent", HEPTAP, "run", "-c", config)) as agent:
            eventually("heptap captures", lambda: captures(agent, THREADS) or agent.ended())
            if agent.ended():
                sys.exit("heptap run ended: " + agent.err)
            with bench.recorded(recording):
                want = traffic(bench)
            wait_for(collector, len(want))
            agent.stop()
        collector.stop()
        return collector.messages(), messages_of(recording), want


def over_udp(messages):
    """What can be compared by time, see mirror_bench.py."""
    return [message for message in messages if b"SIP/2.0/UDP" in message.payload]


def in_order(messages):
    """What fragments brought may leave beside what else there is of a call: another thread has them.
    Times put them in order, as collectors do."""
    return messages if THREADS == 1 else sorted(messages, key=lambda message: message.time)


def main():
    if not re.search(r"^ +run +", run(HEPTAP, "--help").out, re.MULTILINE):
        skip("this heptap has no run")
    with MirrorBench() as bench, Folder() as folder:
        got, recorded, want = live(bench, folder)
    must_be_same("heptap run", in_order(got), want)
    same_items("with the times of the recording", over_udp(got), over_udp(recorded))
    print(f"{len(want)} messages, {THREADS} threads")


if __name__ == "__main__":
    main()
