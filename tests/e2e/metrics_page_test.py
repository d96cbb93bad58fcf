#!/usr/bin/env python3
"""The page that the unit test holds metrics_page() to is what Prometheus reads.
usage: metrics_page_test.py HEPTAP PAGE"""
import pathlib
import sys

from common import equal
from metrics import add_up, families_of, value


def main():
    families = families_of(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))
    equal("the ledger", value(families["heptap_ledger_adds_up"]), 1)
    add_up(families, "stage")
    add_up(families, "stream", "_bytes")
    add_up(families, "source", "_frames")
    add_up(families, "collector", "_frames", "sent", "lost")
    add_up(families, "spool", "_frames", "sent", "lost")
    equal("a reason", value(families["heptap_stage_dropped_by_reason"], stage="decode",
                            reason="not_ip"), 9)
    equal("a name with a quote", value(families["heptap_capture_up"], interface='we"ird',
                                       worker="0"), 0)
    lag = families["heptap_capture_to_send_lag_seconds"]
    homer = {"collector": "tcp://127.0.0.1:9060"}
    equal("frames within 1 ms", value(lag, lag.name + "_bucket", le="0.001", **homer), 900)
    equal("frames within 4 ms", value(lag, lag.name + "_bucket", le="0.004", **homer), 980)
    equal("all frames", value(lag, lag.name + "_count", **homer), 984)
    degraded = families["heptap_capture_degraded"]
    equal("an interface that loses packets", value(degraded, interface="eth0"), 1)
    equal("what waits", value(families["heptap_table_held_bytes"], table="fragments"), 9000)
    equal("what a rule has dropped", value(families["heptap_plan_rule_dropped"], rule="noise"), 10)
    transit = {"carrier": "transit", "mode": "strict"}
    equal("answered", value(families["heptap_sip_session_answered"], **transit), 1)
    equal("a ratio", round(value(families["heptap_sip_seer_ratio"], **transit), 9), round(2 / 3, 9))
    equal("no ratio of nothing", {s.labels["carrier"] for s in
                                  families["heptap_sip_seer_ratio"].samples}, {"transit"})
    pdd = families["heptap_sip_pdd_seconds"]
    equal("calls within 2 s", value(pdd, pdd.name + "_bucket", le="2", carrier="transit"), 1)
    equal("their sum", value(pdd, pdd.name + "_sum", carrier="transit"), 1.5)
    equal("INVITEs", value(families["heptap_sip_requests"], carrier="transit", method="INVITE"), 3)


if __name__ == "__main__":
    main()
