#!/usr/bin/env python3
"""`heptap run` under load while collectors are stopped, killed, cut off, not there or have no
address; and an interface that is not there at the start: live_collector_faults_test.py HEPTAP PROGRAMS.

Each time it lives, its ledger adds up at every look, and what was offered has arrived or is counted.
"""
import re
import signal
import sys

from common import contains, equal, eventually
from live_load import (SMALL_RING, LoadBench, collectors_url, must_account, must_have_arrived)

RATE = 5000
MANY = 2 * RATE  # some seconds of load


def stopped(bench, carrier, is_stopped_enough, **settings):
    """gives   the ledger and how many frames arrived, of a collector that was stopped for a while"""
    with bench.sink(carrier) as sink, bench.agent(collectors_url(carrier), **settings) as agent:
        with bench.load(RATE) as load:
            agent.goes_on_sending()
            sink.process.send_signal(signal.SIGSTOP)
            is_stopped_enough(agent)
            sink.process.send_signal(signal.SIGCONT)
            agent.goes_on_sending()
            offered = load.end()
        agent.settle()
        ledger = agent.end()
        return must_account(f"stopped, {carrier}", offered, ledger), ledger, sink.end()


def tcp_collector_stopped(bench):
    def is_full(agent):
        eventually("the ring is full", lambda: agent.dropped("encode", "ring_full") > 0)
    sent, ledger, arrived = stopped(bench, "tcp", is_full, **SMALL_RING)
    must_have_arrived("stopped, tcp", arrived, ledger)
    equal("losses of the delivery itself", ledger["far"].dropped, {})
    print(f"stopped, tcp: {arrived} arrived of {sent} sent, {ledger['encode'].dropped}")


def udp_collector_stopped(bench):
    """heptap cannot know: it sends. What finds no room there, that kernel has dropped."""
    def many_more(agent):
        until = agent.sent() + MANY
        eventually("it goes on sending", lambda: agent.sent() > until)
    before = receive_errors(bench)
    sent, _, arrived = stopped(bench, "udp", many_more)
    refused = receive_errors(bench) - before
    equal("stopped, udp: sent and arrived or dropped there", sent, arrived + refused)
    print(f"stopped, udp: {arrived} arrived of {sent} sent, {refused} had no room")


def udp_path_gets_narrower(bench):
    """Datagrams that went together fit no longer; each of them does, in pieces if need be."""
    with bench.sink("udp") as sink, bench.agent(collectors_url("udp")) as agent:
        with bench.load(RATE) as load:
            agent.goes_on_sending()
            bench.ip("agent", "link set mgmt mtu 300")
            agent.goes_on_sending()
            bench.ip("agent", "link set mgmt mtu 1500")
            agent.goes_on_sending()
            offered = load.end()
        agent.settle()
        ledger = agent.end()
        sent = must_account("narrower path", offered, ledger)
        equal("narrower path: arrived", sink.end(), sent)
        equal("losses of the delivery itself", ledger["far"].dropped, {})


def receive_errors(bench):
    names, values = re.findall(r"^Udp: (.*)$", bench.run_in("collector", "cat", "/proc/net/snmp"),
                               re.MULTILINE)
    return int(dict(zip(names.split(), values.split()))["InErrors"])


def link_down_and_up(bench):
    url = collectors_url("tcp")
    with bench.collector("tcp") as collector, bench.agent(url, **SMALL_RING) as agent:
        with bench.load(RATE) as load:
            agent.goes_on_sending()
            bench.ip("collector", "link set mgmt down")
            eventually("the ring is full", lambda: agent.dropped("encode", "ring_full") > 0)
            bench.ip("collector", "link set mgmt up")
            agent.goes_on_sending()
            offered = load.end()
        agent.settle()
        ledger = agent.end()
        collector.stop()
        must_account("link", offered, ledger)
        must_have_arrived("link", len(collector.lines()), ledger)
        print(f"link down: {len(collector.lines())} arrived, {ledger['encode'].dropped}")


def killed(bench, carrier):
    with bench.agent(collectors_url(carrier)) as agent, bench.load(RATE) as load:
        with bench.collector(carrier) as collector:
            eventually("frames arrive", lambda: collector.lines())
            collector.process.kill()
            collector.process.wait()
        before = agent.entered()
        eventually("it still captures", lambda: agent.entered() > before + RATE)
        with bench.collector(carrier) as collector:
            eventually("frames arrive again", lambda: collector.lines())
            offered = load.end()
            agent.settle()
            ledger = agent.end()
            collector.stop()
        must_account(f"killed, {carrier}", offered, ledger)
        print(f"killed, {carrier}: {ledger['far']}")


def without_address(bench):
    url = "tcp://collector.invalid:9060"
    with bench.agent(url, stop_wait="500ms") as agent, bench.load(RATE) as load:
        eventually("it captures", lambda: agent.entered() > RATE)
        contains("the log", agent.err, "cannot resolve collector.invalid")
        equal("it is ready", agent.is_ready(), False)
        offered = load.end()
        agent.settle()
        ledger = agent.end()
        equal("what a collector without an address got", must_account("no address", offered, ledger),
              0)
        print(f"no address: {ledger['far']}")


def not_there_at_the_start(bench):
    with bench.agent(collectors_url("tcp")) as agent:
        with bench.load(RATE, rounds=1) as load:
            load.process.wait()
            offered = load.end()
        eventually("all is captured", lambda: agent.entered() >= offered)
        with bench.sink("tcp") as sink:
            eventually("it connects", agent.is_ready)
            agent.settle()
            ledger = agent.end()
            equal("sent, though nobody was there", must_account("no collector", offered, ledger),
                  offered)
            equal("arrived", sink.end(), offered)


def no_interface_at_the_start(bench):
    bench.remove_mirror()
    with bench.sink("tcp") as sink:
        with bench.agent(collectors_url("tcp"), wait_for_capture=False) as agent:
            eventually("it says so", lambda: "mirror" in agent.err)
            equal("it is ready", agent.is_ready(), False)
            bench.add_mirror()
            eventually("it captures", lambda: agent.is_ready())
            with bench.load(RATE, rounds=1) as load:
                load.process.wait()
                offered = load.end()
            agent.settle()
            ledger = agent.end()
        must_account("no interface", offered, ledger)
        equal("arrived", sink.end(), ledger["far"].left)


def main():
    with LoadBench(sys.argv[2]) as bench:
        tcp_collector_stopped(bench)
        udp_collector_stopped(bench)
        udp_path_gets_narrower(bench)
        link_down_and_up(bench)
        killed(bench, "tcp")
        killed(bench, "udp")
        without_address(bench)
        not_there_at_the_start(bench)
        no_interface_at_the_start(bench)


if __name__ == "__main__":
    main()
