#!/usr/bin/env python3
"""SIGHUP again and again under load, each time with another plan for other collectors: every message goes
where one of the plans says, once: live_plan_reload_test.py HEPTAP PROGRAMS [RELOADS].

Two threads capture, and a third receives HEP. HEPTAP_RELOADS in the environment says how often, too.
"""
import os
import re
import signal
import sys
import time

from common import HEPTAP, Collector, Process, equal, eventually
from live_figures import figures
from live_load import ADDRESS, LoadBench

RATE = 1500
RELOADS = int(sys.argv[3] if len(sys.argv) > 3 else os.environ.get("HEPTAP_RELOADS", 50))
HEP = "tcp://127.0.0.1:9070"
CONFIG = """
node: {{name: agent}}
interfaces: [{{name: mirror, threads: 2}}]
hep: [{{listen: "%s"}}]
collectors: [{{name: "{name}", url: "{url}"}}]
run: {{ring: 64MiB, stop_wait: 10s}}
security: {{user: nobody}}
{plan}
""" % HEP
RULE = """
plan:
  unmatched: drop
  rules: [{{name: everything, send: ["{name}"], scope: call, node_suffix: "-{name}"}}]
"""
MARK = """
plan:
  rules: [{{name: mark, node_suffix: "-{name}", count: marked}}]
"""
BAD = "plan: {{rules: [{{when: sip.Methot, send: [even]}}]}}"
# Without a plan; with one; with one that sends to all there are; a bad one; the same name elsewhere.
STEPS = (("all", "all", ""), ("even", "even", RULE), ("odd", "odd", MARK), ("even", "even", BAD),
         ("odd", "moved", MARK), ("even", "even", RULE), ("odd", "odd", MARK), ("odd", "moved", MARK))
NODES = {"all": {"agent"}, "even": {"agent-even"}, "odd": {"agent-odd"}, "moved": {"agent-odd"}}


class Bench(LoadBench):
    def collectors(self):
        return {name: Collector(f"tcp://{ADDRESS['collector']}:0", within=self.within("collector"))
                for name in NODES}

    def write(self, step, collectors):
        name, place, plan = step
        text = CONFIG.format(name=name, url=collectors[place].url, plan=plan.format(name=name))
        new = self.folder / "new.yaml"
        new.write_text(text)
        new.rename(self.folder / "heptap.yaml")

    def start(self):
        agent = Process(*self.within("agent", HEPTAP, "run", "-c", self.folder / "heptap.yaml"))
        eventually("it captures", lambda: agent.err.count("mirror/0: capturing") +
                   agent.err.count("mirror/1: capturing") == 2 or agent.ended())
        return agent


class Senders:
    """One `heptap replay` after the other, each with a node of its own."""

    def __init__(self, bench):
        self.bench, self.count, self.running = bench, 0, None

    def look(self):
        if self.running and not self.running.ended():
            return
        self.end()
        self.count += 1
        self.running = Process(*self.bench.within(
            "agent", HEPTAP, "replay", self.bench.captures[0], "--to", HEP, "--quiet",
            "--node-name", f"sender{self.count}"))

    def end(self):
        if self.running:
            equal(f"exit code of replay, which said {self.running.err}",
                  self.running.process.wait(60), 0)
            self.running.__exit__()
        self.running = None


def must_be_consistent(collectors):
    """gives   how many messages were captured, and how many came as HEP, none of them twice"""
    captured, received = [], []
    for name, collector in collectors.items():
        for frame in collector.lines():
            one = (frame["time"], frame.get("payload"), frame["src_port"])
            if frame["node_name"].startswith("sender"):
                received.append((frame["node_name"], *one))
            else:
                equal(f"plan of what came to {name}", frame["node_name"] in NODES[name], True)
                captured.append(one)
    equal("captured messages that came twice", len(captured) - len(set(captured)), 0)
    equal("received messages that came twice", len(received) - len(set(received)), 0)
    return len(captured), len(received)


def reload(bench, agent, collectors, number):
    step = STEPS[number % len(STEPS)]
    bench.write(step, collectors)
    said = "stays as it was" if step[2] is BAD else "was read again"
    before = agent.err.count(said)
    agent.process.send_signal(signal.SIGHUP)
    try:
        eventually(f"reload {number}: {said}",
                   lambda: agent.err.count(said) > before or agent.ended())
    except SystemExit as late:
        sys.exit(f"{late}; it said {agent.err[-3000:]}")
    equal("heptap has ended, which said " + agent.err[-3000:], agent.ended(), False)


def must_show(bench, number):
    """The page has the rules of the plan that is there now, and no others; its ledger adds up."""
    *_, plan = next(step for step in reversed(STEPS[:number % len(STEPS) + 1]) if step[2] is not BAD)
    want = set(re.findall(r"name: (\w+)", plan))

    def shown():
        page = figures(bench, "agent")
        equal("what does not add up", page.fault(), "")
        return {name for name, in page.of("plan_rule_matched_total")} == want
    eventually(f"rules {want} on the page", shown)


def number_of(pattern, text):
    return int(re.findall(pattern, text, re.MULTILINE)[-1].replace(",", ""))


def main():
    with Bench(sys.argv[2], messages=2000) as bench:
        collectors = bench.collectors()
        bench.write(STEPS[0], collectors)
        senders = Senders(bench)
        with bench.start() as agent:
            begun = time.monotonic()
            with bench.load(RATE) as load:
                for number in range(1, RELOADS + 1):
                    senders.look()
                    reload(bench, agent, collectors, number)
                    if number % 20 == 0:
                        must_show(bench, number)
                    elif number % 10 != 0:
                        time.sleep(0.02)  # else the next one comes at once
                took = time.monotonic() - begun
                offered = load.end()
            senders.end()
            time.sleep(1)
            agent.stop()
            said = agent.err
        for collector in collectors.values():
            collector.stop()
        captured, received = must_be_consistent(collectors)
        equal("the ledger adds up: " + said[-3000:], "\n  adds up\n" in said, True)
        equal("captured", number_of(r"^  capture +([\d,]+) ", said), offered)
        equal("captured and arrived", captured, offered)
        equal("received and arrived", received, senders.count * bench.messages)
        for collector in collectors.values():
            equal("every collector got some", bool(collector.lines()), True)
            collector.__exit__()
        print(f"{RELOADS} reloads in {took:.1f} s; {captured} messages captured, {received} received")


if __name__ == "__main__":
    main()
