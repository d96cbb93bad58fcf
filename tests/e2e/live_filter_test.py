#!/usr/bin/env python3
"""What `heptap run` does not capture: live_filter_test.py HEPTAP FRAME_WRAPPER."""
import re

from common import HEPTAP, Collector, Folder, Process, contains, equal, eventually
from live_faults_test import ask, is_ready
from mirror_bench import ADDRESS, MirrorBench
from netns import captures
from sipp_calls import calls, must_be_same

PORT = 5062

USERS = """
interfaces: [{{name: mirror, filter: "udp port {port}"}}]
collectors: [{{url: "{url}"}}]
security: {{user: nobody}}
"""


# What heptap sends to its collector comes by on lo, too; so does what is asked over HTTP.
NAMED = """
interfaces:
  - {{name: mirror, filter: "udp port 5060"}}
  - {{name: lo, filter: "tcp and not port 19060"}}
collectors: [{{url: "{url}"}}]
security: {{user: nobody, reopen: false}}
"""


def has_port(message):
    return PORT in (message.source_port, message.destination_port)


def users_filter(bench, folder):
    """Each set of calls has another port at the caller's end."""
    url = f"udp://{ADDRESS['collector'][4]}:0"
    with Collector(url, within=bench.within("collector")) as collector:
        config = folder / "heptap.yaml"
        config.write_text(USERS.format(url=collector.url, port=PORT))
        with Process(*bench.within("agent", HEPTAP, "run", "-c", config)) as agent:
            eventually("it captures", lambda: captures(agent) or agent.ended())
            made = []
            while not any(map(has_port, made)):
                made += calls(bench)
            made += calls(bench)
            want = list(filter(has_port, made))
            collector.wait_for(len(want))
            agent.stop()
        collector.stop()
        must_be_same("with a filter of the user's", collector.messages(), want)


def received(bench, interface):
    """Packets, as the kernel counts them; published each second."""
    found = re.search(r'^heptap_capture_received_packets_total\{[^}]*interface="' + interface +
                      r'"[^}]*\} (\d+)', ask(bench, "metrics"), re.MULTILINE)
    return int(found.group(1)) if found else 0


def sends_unseen(bench, collector):
    """gives   whether nothing of what heptap sends for a call comes back by lo. Later calls say when all
    of that has been counted and published: some of their packets are."""
    before = received(bench, "lo")
    arrived = len(collector.lines())
    made = calls(bench, count=1)
    collector.wait_for(arrived + len(made))
    enough = received(bench, "mirror") + len(made) + 1
    calls(bench, count=2)
    eventually("later calls are counted", lambda: received(bench, "mirror") >= enough)
    return received(bench, "lo") == before


def named_collector(bench, folder):
    """Where it is, is known only when it runs, without any capability left."""
    with Collector("tcp://127.0.0.1:0", within=bench.within("agent")) as collector:
        config = folder / "heptap.yaml"
        config.write_text(NAMED.format(url=collector.url.replace("127.0.0.1", "localhost")))
        with Process(*bench.within("agent", HEPTAP, "run", "-c", config)) as agent:
            eventually("it captures", lambda: is_ready(bench) or agent.ended())
            eventually("its own connection is left out", lambda: sends_unseen(bench, collector))
            equal("complaints about the filter", "stays as it was" in agent.err, False)
            agent.stop()
            contains("its ledger", agent.err, "adds up")
        collector.stop()


def main():
    with MirrorBench() as bench, Folder() as folder:
        users_filter(bench, folder)
        named_collector(bench, folder)


if __name__ == "__main__":
    main()
