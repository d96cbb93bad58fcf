#!/usr/bin/env python3
"""`heptap run` under load when it is told to stop and cannot send, when nobody reads its log, and when
the wall clock jumps: live_process_faults_test.py HEPTAP PROGRAMS CLOCK_STEP.

The clock jumps for heptap alone, by a library that it is started with (clock_step.cpp): what it asks
the system, and the kernel's times of packets. The machine's own clock is not touched.
"""
import pathlib
import signal
import struct
import sys

from common import PATIENCE_S, contains, equal, eventually
from live_load import LoadBench, collectors_url, must_account

RATE = 5000
HOUR_S = 3600
LOG_INTO = {"a full disk": "exec \"$@\" 2>/dev/full",
            "a pipe that nobody reads": "exec \"$@\" 2> >(exec true)"}


def told_to_stop(bench):
    """The collector takes nothing: what it has not got by run.stop_wait is lost, and counted."""
    with bench.sink("tcp") as sink:
        with bench.agent(collectors_url("tcp"), stop_wait="1s") as agent, bench.load(RATE) as load:
            agent.goes_on_sending()
            sink.process.send_signal(signal.SIGSTOP)
            until = agent.entered() + 4 * RATE  # more than the sockets between them hold
            eventually("it captures", lambda: agent.entered() > until)
            offered = load.end()
            agent.settle()
            ledger = agent.end()
    must_account("told to stop", offered, ledger)
    print(f"told to stop: {ledger['far']}")


def told_twice(bench):
    """The first one is taken when the handler is gone; the second one ends it as usual."""
    with bench.sink("tcp") as sink:
        with bench.agent(collectors_url("tcp"), stop_wait="5m") as agent, bench.load(RATE):
            agent.goes_on_sending()
            sink.process.send_signal(signal.SIGSTOP)
            until = agent.entered() + 4 * RATE
            eventually("it captures", lambda: agent.entered() > until)
            agent.process.terminate()
            eventually("it stops", lambda: not catches_term(agent))
            equal("it waits for its collector", agent.ended(), False)
            agent.process.terminate()
            equal("exit code", agent.process.wait(PATIENCE_S), -signal.SIGTERM)


def catches_term(process):
    status = pathlib.Path(f"/proc/{process.process.pid}/status").read_text()
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return caught >> (signal.SIGTERM - 1) & 1 == 1


def log_goes_nowhere(bench, what):
    """run writes no files but its log. There is something to say at the beginning, in the middle and
    at the end."""
    shell = ("bash", "-c", LOG_INTO[what], "heptap")
    with bench.agent(collectors_url("tcp"), before=shell) as agent:
        for _ in range(2):
            with bench.sink("tcp") as sink:
                eventually("it connects", agent.is_ready)
                before = agent.entered()
                with bench.load(RATE, rounds=1) as load:
                    until = before + load_to_its_end(load)
                eventually("all is captured", lambda: agent.entered() == until)
                agent.settle()
                equal(f"{what}: arrived", sink.end() > 0, True)
            eventually("it sees that", lambda: not agent.is_ready())
            agent.must_live()
        agent.process.terminate()
        status = agent.process.wait(PATIENCE_S)
    if status not in (0, 1):
        sys.exit(f"with its log into {what}, run ended with {status}")
    print(f"{what}: exit code {status}")


def load_to_its_end(load):
    load.process.wait(PATIENCE_S)
    return load.end()


def clock_jumps(bench, library):
    step = bench.folder / "step"
    step.write_bytes(struct.pack("q", 0))
    preloaded = ("env", f"LD_PRELOAD={library}", f"CLOCK_STEP={step}",
                 "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0")
    with bench.sink("tcp") as sink:
        with bench.agent(collectors_url("tcp"), before=preloaded) as agent:
            with bench.load(RATE) as load:
                for seconds in (HOUR_S, 0, -HOUR_S, 0):
                    agent.goes_on_sending()
                    with open(step, "r+b") as file:
                        file.write(struct.pack("q", seconds))
                agent.goes_on_sending()
                offered = load.end()
            agent.settle()
            ledger = agent.end()
        must_account("clock", offered, ledger)
        equal("clock: arrived", sink.end(), offered)
    contains("clock: what is noted", ledger["capture"].noted, "time_steps_back")
    print(f"clock: {offered} arrived, {ledger['capture'].noted}")


def main():
    with LoadBench(sys.argv[2]) as bench:
        told_to_stop(bench)
        told_twice(bench)
        clock_jumps(bench, sys.argv[3])
        for what in LOG_INTO:
            log_goes_nowhere(bench, what)


if __name__ == "__main__":
    main()
