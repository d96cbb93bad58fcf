#!/usr/bin/env python3
"""SIGHUP twenty times under load, with good configurations and bad ones, loses nothing and closes no
capture handle: live_reload_test.py HEPTAP PROGRAMS."""
import signal
import sys

from common import equal
from live_load import LoadBench, collectors_url, must_account

RATE = 5000
TIMES = 20
CHANGES = (("level: info", "level: debug"), ("level: debug", "level: info"),
           ("level: info", "level: nonsense"), ("level: nonsense", "level: info"))


def change(config, before, after):
    config.write_text(config.read_text().replace(before, after))


def main():
    with LoadBench(sys.argv[2]) as bench, bench.sink("tcp") as sink:
        with bench.agent(collectors_url("tcp")) as agent:
            with bench.load(RATE) as load:
                for time in range(TIMES):
                    agent.goes_on_sending()
                    change(bench.folder / "heptap.yaml", *CHANGES[time % len(CHANGES)])
                    agent.process.send_signal(signal.SIGHUP)
                    agent.goes_on_sending()
                    agent.must_live()
                offered = load.end()
            agent.settle()
            ledger = agent.end()
            said = agent.err
        must_account("reloads", offered, ledger)
        equal("arrived", sink.end(), offered)
        equal("times it began to capture", said.count("mirror: capturing"), 1)
        equal("bad configurations that were refused", said.count("stays as it was"), TIMES // 4)
        equal("connections that broke", ledger["far"].noted.get("disconnects", 0), 0)


if __name__ == "__main__":
    main()
