#!/usr/bin/env python3
"""`heptap replay -` behind a live capture: frames leave as they come, signals are heeded."""
import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios

from common import GOLDEN, HEPTAP, Collector, Folder, equal, eventually

sys.path.insert(0, str(GOLDEN))
import frames  # noqa: E402

REQUEST = b"OPTIONS sip:a SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
PACKET = frames.ethernet(frames.udp(("192.0.2.1", 5060), ("192.0.2.2", 5060), REQUEST))
# A second apart: what comes sooner is a copy of a mirror's.
CAPTURE = frames.pcap([(10**18 + second * 10**9, PACKET) for second in range(3)])


def start(*arguments, **streams):
    return subprocess.Popen([HEPTAP, "replay", *map(str, arguments)], stderr=subprocess.PIPE,
                            stdout=subprocess.DEVNULL, **streams)


def ends(what, process, want):
    equal(what, process.wait(30), want)
    process.stderr.close()


def frames_do_not_wait_for_more():
    with Collector() as collector:
        process = start("-", "--to", collector.url, stdin=subprocess.PIPE)
        process.stdin.write(CAPTURE)
        process.stdin.flush()
        eventually("what came down the pipe arrives", lambda: len(collector.lines()) == 3)
        process.send_signal(signal.SIGTERM)
        ends("exit code of a signal on a silent pipe", process, 130)
        process.stdin.close()
        collector.stop()


def fifo_without_writer(folder):
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    process = start(fifo)
    eventually("it waits", lambda: waits(process))
    process.send_signal(signal.SIGINT)
    ends("exit code of a signal on a FIFO without a writer", process, 130)


def waits(process):
    """It sleeps, with its own handler in place."""
    with open(f"/proc/{process.pid}/stat") as stat:
        state = stat.read().rpartition(")")[2].split()[0]
    return state == "S" and is_caught(process.pid, signal.SIGINT)


def second_signal_ends_it():
    """Whichever of the two comes second."""
    for first, second in ((signal.SIGINT, signal.SIGTERM), (signal.SIGTERM, signal.SIGINT)):
        process = start("-", "--wait", "1h", "--to", "tcp://127.0.0.1:9", stdin=subprocess.PIPE)
        process.stdin.write(CAPTURE)
        process.stdin.flush()
        said = iter(process.stderr.readline, b"")
        equal("it cannot connect", any(b"refused" in line for line in said), True)
        eventually("it has read all", lambda p=process: not unread(p.stdin) and waits(p))
        process.send_signal(first)
        eventually("the first is taken", lambda p=process: not is_caught(p.pid, second))
        process.send_signal(second)
        ends(f"exit of {first} and {second}", process, -second)
        process.stdin.close()


def unread(pipe):
    """How many bytes of it."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


def is_caught(pid, number):
    with open(f"/proc/{pid}/status") as status:
        caught = next(line for line in status if line.startswith("SigCgt"))
    return int(caught.split()[1], 16) >> (number - 1) & 1


def closed_standard_streams():
    done = subprocess.run(["sh", "-c", '"$0" replay - <&-', HEPTAP], capture_output=True,
                          timeout=60, check=False)
    equal(f"exit code without standard input, which said {done.stderr}", done.returncode, 69)
    done = subprocess.run(["sh", "-c", '"$0" replay "$1" >&-', HEPTAP, GOLDEN / "demo.pcap"],
                          capture_output=True, timeout=60, check=False)
    equal("exit code without standard output", done.returncode, 1)


def main():
    frames_do_not_wait_for_more()
    with Folder() as folder:
        fifo_without_writer(folder)
    second_signal_ends_it()
    closed_standard_streams()


if __name__ == "__main__":
    main()
