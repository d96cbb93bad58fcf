#!/usr/bin/env python3
"""What goes wrong is said, and has its exit code: outputs, signals, records, counts."""
import signal
import subprocess
import sys
import time

from common import (GOLDEN, HEPTAP, Collector, Folder, Process, contains, equal, eventually, replay,
                    run)

sys.path.insert(0, str(GOLDEN))
import frames  # noqa: E402

CAPTURE = GOLDEN / "demo.pcap"


def full_output(*command):
    """Runs it with a standard output that takes nothing."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run([HEPTAP, *map(str, command)], stdout=full, stderr=subprocess.PIPE,
                              timeout=60, check=False)
    equal(f"exit code of {command} into a full disk", done.returncode, 1)
    contains("what it says", done.stderr.decode(), "standard output cannot be written")


def lost_outputs():
    full_output("replay", CAPTURE)
    full_output("replay", CAPTURE, "--json", "--quiet")
    full_output("check", "--reference")
    done = run(HEPTAP, "replay", CAPTURE, "--ledger-json", "/dev/full")
    equal("exit code without the ledger's file", done.status, 1)


def contradicting_record():
    """An enhanced packet block whose captured length is more than the block holds."""
    packet = frames.ethernet(frames.udp(("192.0.2.1", 5060), ("192.0.2.2", 5060), b"\r\n"))
    good = frames.pcapng([(0, 10**18, packet)] * 2, [(frames.ETHERNET, 6)])
    size = len(frames.block(6, b"\0" * 20 + packet, "<"))
    broken = bytearray(good)
    broken[-2 * size + 20:-2 * size + 24] = b"\xff\xff\xff\xff"
    with Folder() as folder:
        (folder / "broken.pcapng").write_bytes(broken)
        done = replay(folder / "broken.pcapng", expect=1)
    contains("the damage", done.err, f"the first at byte {len(good) - 2 * size}")
    equal("frames", done.ledger["stages"][0]["left"], 1)


def interrupted():
    with Collector() as collector, \
            Process(HEPTAP, "replay", CAPTURE, "--speed", "1", "--to", collector.url) as process:
        collector.wait_for(1)
        process.process.send_signal(signal.SIGINT)
        equal("exit code", process.process.wait(30), 130)
        contains("the log", process.err, "stopped by a signal near byte")
        contains("the ledger", process.err, "adds up")
        collector.stop()


def interrupted_before_a_dead_collector():
    """More frames than the queue takes, so that reading waits for a collector that never comes."""
    request = b"OPTIONS sip:a SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
    packet = frames.ethernet(frames.udp(("192.0.2.1", 5060), ("192.0.2.2", 5060), request))
    with Folder() as folder:
        capture = folder / "many.pcap"
        capture.write_bytes(frames.pcap(
            [(10**18 + second * 10**9, packet) for second in range(200_000)]))
        with Process(HEPTAP, "replay", capture, "--wait", "1h", "--to", "tcp://127.0.0.1:9") as process:
            eventually("it cannot connect", lambda: "refused" in process.err.lower())
            time.sleep(1)
            process.process.send_signal(signal.SIGINT)
            equal("exit code", process.process.wait(30), 3)
            contains("the log", process.err, "stopped by a signal near byte")
            contains("the log", process.err, "no time is left")
            contains("the ledger", process.err, "adds up")


def counted():
    for carrier in ("udp", "tcp"):
        with Collector(f"{carrier}://127.0.0.1:0", "--count", "7") as collector:
            subprocess.run([HEPTAP, "replay", str(CAPTURE), "--to", collector.url, "--wait", "1s",
                            "--quiet"], capture_output=True, timeout=60, check=False)
            equal("exit code", collector.process.wait(30), 0)
            equal(f"frames over {carrier}", len(collector.lines()), 7)
    equal("a negative count", run(HEPTAP, "collect", "--count", "-1").status, 2)
    no_certificate = run(HEPTAP, "collect", "--listen", "tls://127.0.0.1:0")
    equal("TLS without a certificate", no_certificate.status, 2)
    contains("TLS without a certificate", no_certificate.err, "needs --tls-cert and --tls-key")
    equal("TLS flags without TLS", run(HEPTAP, "collect", "--tls-ca", CAPTURE).status, 2)
    equal("a count of none", run(HEPTAP, "collect", "--count", "0").status, 2)


def unusable():
    equal("a folder", run(HEPTAP, "replay", GOLDEN).status, 69)
    with Folder() as folder, Collector() as collector:
        kept = folder / "kept.pcap"
        kept.write_bytes(b"precious")
        done = run(HEPTAP, "collect", "--listen", collector.url, "--out", f"pcap:{kept}")
        equal("a port that is taken", done.status, 1)
        equal("the file that would have been written", kept.read_bytes(), b"precious")
        collector.stop()


def any_time(folder):
    """Times as far apart as a file can hold them, at real speed: no wait for ever."""
    content = frames.pcapng([(0, 0, b"\0" * 60)] * 2, [(frames.ETHERNET, 6)])
    size = len(frames.block(6, b"\0" * 80, "<"))
    extreme = bytearray(content)
    extreme[-2 * size + 12:-2 * size + 20] = b"\xff" * 4 + b"\xff" * 4
    path = folder / "times.pcapng"
    path.write_bytes(extreme)
    start = time.monotonic()
    replay(path, "--speed", "1")
    assert time.monotonic() - start < 60


def main():
    lost_outputs()
    contradicting_record()
    interrupted()
    interrupted_before_a_dead_collector()
    counted()
    unusable()
    with Folder() as folder:
        any_time(folder)


if __name__ == "__main__":
    main()
