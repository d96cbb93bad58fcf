#!/usr/bin/env python3
"""Collectors that are files: pcapng as tshark reads it, JSON lines, standard output; a pool's last member, a
reload, a disk that is full. files_test.py HEPTAP"""
import collections
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

import tshark_oracle
import tshark_test
from common import (GOLDEN, HEPTAP, SIP, Collector, Folder, Process, as_message, contains, equal, eventually,
                    free_port, need, replay, run, same_items, sip_of, tshark)

CAPTURE = GOLDEN / "demo.pcap"
MESSAGES = 30
LONGEST_FRAME = 65_507
CAPTURES = ("demo.pcap", "fragments.pcap", "media.pcap", "sctp.pcap", "tcp.pcap", "tcp-six.pcap",
            "vlan.pcap", "websocket.pcap")
CONFIG = """
collectors:
{collectors}
hep: [{{listen: "tcp://127.0.0.1:{listen}"}}]
run: {{stop_wait: 3s}}
http: {{listen: "off"}}
security: {{seccomp: "on", user: nobody}}
{more}
"""


def over_udp_and_tcp(counts):
    return collections.Counter({key: count for key, count in counts.items() if key[:4] in ("udp ", "tcp ")})


def same_sip_for_tshark(folder, captures):
    """In what is written tshark finds the SIP over UDP and TCP that was sent, and heptap no gap."""
    for number, capture in enumerate(captures):
        out, beside = folder / f"{number}.pcapng", folder / f"{number}.jsonl"
        replay(capture, "--to", f"pcapng:{out}", "--to", f"jsonl:{beside}", "--quiet")
        sent = [json.loads(line) for line in beside.read_text().splitlines()] if beside.is_file() else []
        equal(f"{capture.name}: a file where something was sent", out.is_file(), bool(sent))
        if not sent:
            continue
        want = collections.Counter(tshark_test.sip_key(frame) for frame in sent
                                   if frame["type"] == SIP and frame["ip_protocol"] in (6, 17))
        equal(f"{capture.name}: SIP", over_udp_and_tcp(tshark_oracle.found(out)), want)
        equal(f"{capture.name}: packets", len(tshark(out, "frame", "frame.number")), len(sent))
        done = replay(out, "--to", f"pcapng:{folder / f'{number}-again.pcapng'}")
        equal(f"{capture.name}: what was written has no gap", "has a gap" in done.err, False)


def packets_as_they_were(folder):
    out = folder / "named.pcapng"
    replay(CAPTURE, "--to", f"pcapng:{out}", "--node-name", "sbc-1", "--node-id", "7")
    same_items("messages, addresses, microseconds", sip_of(out), sip_of(CAPTURE))
    names = {row[0] for row in tshark(out, "frame", "frame.interface_name")}
    equal("interfaces", names, {"sbc-1 (7)"})
    equal("only the owner and the group read it", out.stat().st_mode & 0o137, 0)
    replay(CAPTURE, "--to", f"pcapng:{out}", "--quiet")
    equal("nothing is overwritten", (folder / "named-1.pcapng").is_file(), True)
    same_items("the first file", sip_of(out), sip_of(CAPTURE))


def lines(folder):
    with Collector() as collector:
        out = folder / "all.jsonl"
        replay(CAPTURE, "--to", f"jsonl:{out}", "--to", collector.url, "--quiet")
        collector.stop()
        same_items("JSON lines, as collect has them",
                   [json.loads(line) for line in out.read_text().splitlines()], collector.lines())
    done = replay(CAPTURE, "--to", "jsonl:-")
    equal("lines on standard output", len([json.loads(line) for line in done.out.splitlines()]), MESSAGES)
    contains("the ledger is beside them", done.err, " 30 = 30 sent\n")
    done = replay(CAPTURE, "--to", "console:-", "--quiet")
    equal("lines for people", done.out.count(" SIP "), MESSAGES)
    for name in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/fd/2", "/dev/stderr"):
        streams = [subprocess.DEVNULL] * 2
        into = folder / "redirected"
        with into.open("wb") as file:
            file.write(b"before\n")
            file.flush()
            streams["2" in name or "err" in name] = file
            subprocess.run([HEPTAP, "replay", CAPTURE, "--to", f"jsonl:{name}"], check=True, timeout=60,
                           stdout=streams[0], stderr=streams[1])
        said = into.read_text().splitlines()
        equal(f"{name} that is a file", (said[0], sum(line.startswith("{") for line in said)),
              ("before", MESSAGES))
    equal("files beside devices", list(Path("/dev").glob("std*-*")), [])
    twice = run(HEPTAP, "replay", CAPTURE, "--to", "console:-", "--to", "jsonl:/dev/stdout")
    equal("two for standard output", twice.status, 2)


def standard_output_that_nobody_reads():
    """A reader that goes away ends a replay; one that is slow does not hold up the end of it."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([HEPTAP, "replay", CAPTURE, "--to", "jsonl:-"], stdout=write, timeout=60,
                          capture_output=False, stderr=subprocess.PIPE, check=False)
    os.close(write)
    equal("exit code when nobody reads", done.returncode, 3)
    contains("it says so", done.stderr.decode(), "nobody reads it any more")
    read, write = os.pipe()
    with subprocess.Popen([HEPTAP, "replay", *[str(CAPTURE)] * 20, "--to", "jsonl:-"], stdout=write,
                          stderr=subprocess.DEVNULL) as process:
        os.close(write)
        try:
            process.wait(1)
            sys.exit("it did not wait for its reader")
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
        equal("exit code", process.wait(30), 3)
    os.close(read)


def compressed(folder):
    need("zstd")
    out = folder / "packed.jsonl"
    path = write(folder, f'  - {{name: f, url: "jsonl:{out}", file: {{compress: zstd, size: 0, age: 0}}}}')
    replay("-c", path, CAPTURE, "--quiet")
    text = subprocess.run(["zstd", "-dc", f"{out}.zst"], capture_output=True, check=True).stdout
    equal("messages in it", len(text.splitlines()), MESSAGES)


def rotated(folder):
    (folder / "many").mkdir()
    path = write(folder, f'  - {{name: f, url: "pcapng:{folder / "many"}/%S-sip.pcapng",'
                         ' file: {size: 1MiB, keep: 3}}')
    ledger = replay("-c", path, *[CAPTURE] * 800, "--quiet").ledger
    files = list((folder / "many").iterdir())
    equal("files", len(files), 3)
    stage = ledger["collectors"][0]
    equal("files on the ledger", stage["files"] - stage["files_removed"], 3)
    for file in files:
        equal(f"{file.name} is small", file.stat().st_size <= 1024 * 1024, True)
        equal(f"{file.name} has SIP for tshark", len(sip_of(file)) > 0, True)


def write(folder, collectors, listen=0, more=""):
    path = folder / "files.yaml"
    path.write_text(CONFIG.format(collectors=collectors, listen=listen or free_port(), more=more))
    return path


def sip_in(path):
    if not path.is_file():
        return []
    text = path.read_text()
    return [as_message(frame) for frame in map(json.loads, text[:text.rfind("\n") + 1].splitlines())
            if frame["type"] == SIP]


def run_with_failover_and_reload(folder):
    """Under seccomp: a collector that is down has a file for a stand-in; a reload changes its path."""
    listen, (one, two) = free_port(), (folder / "one.jsonl", folder / "two.jsonl")
    both = ('  - {{name: far, url: "tcp://127.0.0.1:{port}"}}\n'
            '  - {{name: near, url: "jsonl:{out}", file: {{size: 0, age: 0}}}}')
    pool = "pools: [{name: p, policy: failover, collectors: [far, near], fail_after: 200ms, return_after: 200ms}]"
    port = free_port()
    path = write(folder, both.format(port=port, out=one), listen, pool)

    def feed():
        replay(CAPTURE, "--to", f"tcp://127.0.0.1:{listen}", "--quiet")

    def feed_until(condition):
        for _ in range(30):
            feed()
            if condition():
                return
        eventually("it arrives", condition)

    with Process(HEPTAP, "run", "-c", path) as agent:
        listens(agent)
        feed_until(lambda: len(sip_in(one)) >= MESSAGES)
        write(folder, both.format(port=port, out=two), listen, pool)
        agent.process.send_signal(signal.SIGHUP)
        eventually("the file is read again", lambda: "was read again" in agent.err)
        feed_until(lambda: len(sip_in(two)) >= MESSAGES)
        had = len(sip_in(one))
        with Collector(f"tcp://127.0.0.1:{port}") as far:
            feed_until(lambda: len(far.messages()) >= MESSAGES)
            equal("the old file is left alone", len(sip_in(one)), had)
            agent.stop()
            contains("the ledger", agent.err, "near")


def run_without_threads(folder):
    """At the start that is the end, at a reload all stays as it was. The kernel counts threads by user: this one
    has no others."""
    listen = free_port()
    one = f'  - {{name: one, url: "jsonl:{folder / "threads.jsonl"}", file: {{size: 0, age: 0}}}}'

    def write_for_games(collectors):
        path = write(folder, collectors, listen)
        path.write_text(path.read_text().replace("user: nobody", "user: games"))
        return path

    path = write_for_games(one)
    done = run("prlimit", "--nproc=1", HEPTAP, "run", "-c", path)
    equal(f"exit code without threads: {done.err}", done.status, 1)
    contains("why", done.err, "one: cannot make a thread")
    with Process(HEPTAP, "run", "-c", path) as agent:
        runs(agent)
        threads = len(os.listdir(f"/proc/{agent.process.pid}/task"))
        agent.stop()
    with Process("prlimit", f"--nproc={threads}", HEPTAP, "run", "-c", path) as agent:
        runs(agent)
        write_for_games(one + f'\n  - {{name: two, url: "jsonl:{folder / "no-threads.jsonl"}"}}')
        agent.process.send_signal(signal.SIGHUP)
        eventually("it stays as it was", lambda: "stays as it was" in agent.err or agent.ended())
        contains("why", agent.err, "two: cannot make a thread")
        replay(CAPTURE, "--to", f"tcp://127.0.0.1:{listen}", "--quiet")
        eventually("the one goes on", lambda: len(sip_in(folder / "threads.jsonl")) == MESSAGES)
        agent.stop()


def runs(agent):
    eventually("it runs", lambda: "one: up" in agent.err or agent.ended())
    equal(f"it runs: {agent.err}", agent.ended(), False)


def chunk(kind, data):
    return struct.pack("!HHH", 0, kind, 6 + len(data)) + data


def longest_frame(folder):
    """As long as any that heptap takes: a datagram over IPv4 just holds it."""
    listen, out = free_port(), folder / "long.pcapng"
    with Process(HEPTAP, "run", "-c", write(folder, f'  - {{name: f, url: "pcapng:{out}", '
                                            'file: {size: 0, age: 0}}', listen)) as agent:
        listens(agent)
        known = b"".join(chunk(kind, data) for kind, data in (
            (1, b"\2"), (2, b"\x11"), (3, bytes([192, 0, 2, 1])), (4, bytes([192, 0, 2, 2])),
            (7, b"\x13\xc4"), (8, b"\x13\xc4"), (9, struct.pack("!I", 1)), (10, bytes(4)), (11, b"\5"),
            (12, struct.pack("!I", 7))))
        text = b'{"a":"' + b"a" * (LONGEST_FRAME - 6 - len(known) - 6 - 8) + b'"}'
        frame = known + chunk(15, text)
        with socket.create_connection(("127.0.0.1", listen)) as sender:
            sender.sendall(b"HEP3" + struct.pack("!H", 6 + len(frame)) + frame)
            eventually("it is written", lambda: out.is_file() and out.stat().st_size > 65_000)
        agent.stop()
    size = tshark(out, "udp", "frame.cap_len", "frame.len", "udp.length")
    equal("captured, of how much, and for UDP", [[int(one) for one in row] for row in size],
          [[14 + 65_535, 14 + 65_535, 65_515]])


def listens(agent):
    eventually("the source listens", lambda: "HEP is received" in agent.err or agent.ended())
    if agent.ended():
        sys.exit("run ended: " + agent.err)


def run_with_a_full_disk(folder):
    listen, out = free_port(), folder / "beside.jsonl"
    path = write(folder, '  - {name: full, url: "jsonl:/dev/full"}\n'
                         f'  - {{name: good, url: "jsonl:{out}", file: {{size: 0, age: 0}}}}', listen)
    with Process(HEPTAP, "run", "-c", path) as agent:
        listens(agent)
        replay(CAPTURE, "--to", f"tcp://127.0.0.1:{listen}", "--quiet")
        eventually("the other has all", lambda: len(sip_in(out)) == MESSAGES)
        eventually("it says so", lambda: "/dev/full: No space left on device" in agent.err)
        agent.stop()
        contains("losses", agent.err, "full: lost 30 of 30 messages: 30 disk")
        equal("told once", agent.err.count("/dev/full: No space left on device\n"), 1)


def checked(folder):
    path = write(folder, f'  - {{url: "pcapng:{folder / "none"}/a.pcapng"}}')
    contains("a folder that is not there", run(HEPTAP, "check", "-c", path).err,
             "none\" cannot be used: No such file or directory")
    path = write(folder, f'  - {{url: "pcapng:{folder / "a"}", spool: true}}', more="spool: {directory: /tmp}")
    done = run(HEPTAP, "check", "-c", path)
    equal("a spool for files", done.status, 78)
    contains("a spool for files", done.err, "spool: does nothing with a pcapng: url")


def main():
    need("tshark")
    with Folder() as folder:
        os.chmod(folder.name, 0o777)  # of nobody, too
        packets_as_they_were(folder)
        same_sip_for_tshark(folder, [GOLDEN / name for name in CAPTURES])
        lines(folder)
        standard_output_that_nobody_reads()
        rotated(folder)
        run_with_failover_and_reload(folder)
        run_with_a_full_disk(folder)
        run_without_threads(folder)
        longest_frame(folder)
        checked(folder)
        compressed(folder)


main()
