#!/usr/bin/env python3
"""Frames that do not fit into one packet of the path are told of once, and counted; they arrive all the
same.
path_mtu_test.py HEPTAP"""
import sys

from common import (GOLDEN, HEPTAP, Collector, Folder, Process, contains, equal, eventually, free_port,
                    replay, run)
from netns import Namespaces

sys.path.insert(0, str(GOLDEN))
import calls  # noqa: E402
import frames  # noqa: E402

CALLER, CALLEE = ("192.0.2.10", 5060), ("192.0.2.20", 5060)
MTU = 1400
CONFIG = """
collectors: [{{url: "{url}"}}]
hep: [{{listen: "tcp://127.0.0.1:{listen}"}}]
http: {{listen: "off"}}
security: {{user: nobody}}
"""
LONG_HEADER = b"X-Long: " + b"x" * MTU + b"\r\nCall-ID:"


def make_capture(path):
    """Two messages in three are longer than the path likes."""
    timed = []
    for i, (time_us, source, destination, text) in enumerate(
            calls.answered(CALLER, CALLEE, "a@long", 1)):
        if i % 3 != 0:
            text = text.replace(b"Call-ID:", LONG_HEADER, 1)
        timed.append((time_us, frames.ethernet(frames.udp(source, destination, text))))
    path.write_bytes(frames.pcap(timed))
    return len(timed)


def replayed(net, carrier, host, folder, count):
    with Collector(f"{carrier}://{host}:0", within=net.within("path")) as collector:
        ledger = folder / "ledger.json"
        done = run(*net.within("path"), HEPTAP, "replay", folder / "long.pcap", "--to",
                   collector.url, "--ledger-json", ledger)
        equal(f"{carrier} {host}: exit code, {done.err}", done.status, 0)
        collector.wait_for(count)
        return done


def narrowed(net, folder, count):
    """The path changes under a connection. Two times udp_doubt after frames were sent it is known."""
    net.ip("path", "link set lo mtu 65536")
    listen = free_port()
    config = folder / "run.yaml"
    with Collector("udp://127.0.0.1:0", within=net.within("path")) as collector:
        config.write_text(CONFIG.format(url=collector.url, listen=listen))
        with Process(*net.within("path"), HEPTAP, "run", "-c", config) as agent:
            eventually("the source listens", lambda: "HEP is received" in agent.err or agent.ended())

            def feed(times):
                run(*net.within("path"), HEPTAP, "replay", folder / "long.pcap", "--to",
                    f"tcp://127.0.0.1:{listen}", "--quiet")
                collector.wait_for(times * count)

            feed(1)
            equal("a wide path", "the path's MTU" in agent.err, False)
            net.ip("path", f"link set lo mtu {MTU}")
            feed(2)
            eventually("it is read again", lambda: feed(2) or "the path's MTU" in agent.err)
            agent.stop()
            contains("the ledger", agent.err, " fragmented")
            contains("the warning", agent.err, f"longer than the {MTU - 28} bytes")


def main():
    with Folder() as folder, Namespaces("path") as net:
        count = make_capture(folder / "long.pcap")
        long_ones = count - (count + 2) // 3
        net.ip("path", "link set lo up", f"link set lo mtu {MTU}")
        for host, room in ("127.0.0.1", MTU - 28), ("[::1]", MTU - 48):
            done = replayed(net, "udp", host, folder, count)
            contains(f"{host}: the ledger", done.err, f"{long_ones} fragmented")
            contains(f"{host}: the warning", done.err, f"longer than the {room} bytes")
            equal(f"{host}: warnings", done.err.count("the path's MTU"), 1)
        narrowed(net, folder, count)
        done = replayed(net, "tcp", "127.0.0.1", folder, count)
        equal("over TCP nothing is fragmented", "fragmented" in done.err, False)
    with Folder() as folder, Collector("udp://127.0.0.1:0") as collector:
        make_capture(folder / "long.pcap")
        done = replay(folder / "long.pcap", "--to", collector.url)
        equal("a wide path fragments nothing", "fragment" in done.err, False)


if __name__ == "__main__":
    main()
