#!/usr/bin/env python3
"""KPIs of `heptap run` while two threads capture, as Prometheus reads them and in the log, are those
of a replay: live_kpi_test.py HEPTAP PROGRAMS."""
import json
import signal
import sys

from common import equal, eventually, replay
from live_figures import fetch
from live_load import LoadBench, collectors_url
from metrics import families_of, value

RATE = 5000
KPI = """
kpi:
  enabled: true
  carriers:
    - {name: nobody, prefixes: 203.0.113.0/24}
"""


def must_agree(families, want):
    for mode in ("collapsed", "strict"):
        labels = {"carrier": "default", "mode": mode}
        for word in ("requests", "answered", "completed", "effective"):
            equal(f"{mode} {word}", value(families["heptap_sip_session_" + word], **labels),
                  want["sessions"][mode][word])
        for ratio in ("ser", "seer", "scr", "asr", "ner"):
            equal(f"{mode} {ratio}",
                  round(value(families[f"heptap_sip_{ratio}_ratio"], **labels) * 100, 3),
                  want["sessions"][mode][ratio])
        equal("of nobody", value(families["heptap_sip_session_requests"], carrier="nobody",
                                 mode=mode), 0)
    for time in ("srd", "pdd", "sdd", "sdt"):
        family = families[f"heptap_sip_{time}_seconds"]
        equal(time, value(family, family.name + "_count", carrier="default"),
              want["times"][time]["count"])
    for method in ("INVITE", "BYE"):
        equal(method, value(families["heptap_sip_requests"], carrier="default", method=method),
              want["methods"][method]["requests"])


def main():
    with LoadBench(sys.argv[2]) as bench, bench.sink("tcp") as sink:
        printed = json.loads(replay(bench.captures[0], "--json", "--quiet").out)
        want = printed["kpi"]["total"]
        with bench.agent(collectors_url("tcp"), threads=2, more=KPI) as agent:
            with bench.load(RATE, rounds=1) as load:
                eventually("all is sent", load.ended)
                load.end()
            agent.settle()
            families = families_of(fetch(bench, "agent", "metrics"))
            must_agree(families, want)
            equal("calls", value(families["heptap_sip_calls_tracked"]), printed["counts"]["calls"])
            agent.process.send_signal(signal.SIGUSR1)
            attempts = want["sessions"]["collapsed"]["requests"]
            line = f"KPIs: {attempts:,} attempts, {attempts:,} answered, SER 100.0 %"
            eventually("the log has them", lambda: line in agent.err)
            agent.end()
        sink.end()


if __name__ == "__main__":
    main()
