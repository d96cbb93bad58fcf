#!/usr/bin/env python3
"""Kamailio's sipcapture stores every message and every report of RTCP:
kamailio_test.py HEPTAP udp|tcp."""
import contextlib
import json
import socket
import sqlite3
import sys

import rtcp_capture
import rtcp_test
from common import (GOLDEN, Folder, PROJECT, Process, equal, eventually, free_port, need, replay,
                    same_items, tshark)

CONFIG = PROJECT / "tests" / "e2e" / "kamailio"
NODE_ID = 4711


def expected(capture):
    """(method or status, Call-ID, addresses and ports, microseconds) of each message."""
    rows = tshark(capture, "sip", "sip.Method", "sip.Status-Code", "sip.Call-ID", "ip.src",
                  "ipv6.src", "udp.srcport", "ip.dst", "ipv6.dst", "udp.dstport",
                  "frame.time_epoch")
    return [(row[0] or row[1], row[2], row[3] or row[4], int(row[5]), row[6] or row[7],
             int(row[8]), int(row[9].replace(".", "")[:-3])) for row in rows]


def rows_of(database, query):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute(query).fetchall()


def stored(database):
    return rows_of(database, "SELECT method, callid, source_ip, source_port, destination_ip, "
                             "destination_port, micro_ts FROM sip_capture")


def stored_reports(database):
    """As expected_reports() has them."""
    rows = rows_of(database, "SELECT msg, correlation_id, source_ip, source_port, destination_ip, "
                             "destination_port, micro_ts FROM rtcp_capture")
    return [(*figures(message), *others) for message, *others in rows]


def nodes(database):
    return rows_of(database, "SELECT DISTINCT node, proto FROM sip_capture")


def figures(message):
    report = json.loads(message)
    return report["type"], report["ssrc"], report["report_blocks"][0]["packets_lost"]


def expected_reports():
    """Of each case of rtcp_test.py."""
    times = {case.name: list(case.packets())[-1][0] // 1000 for case in rtcp_test.CASES}
    return [(200, rtcp_capture.SSRC, 7, f"{case.name}@a", *case.report[0], *case.report[1],
             times[case.name]) for case in rtcp_test.CASES]


def prepare(folder, port):
    database, config = folder / "hep.db", folder / "kamailio.cfg"
    with sqlite3.connect(database) as connection:
        # In any other mode a look into the database can make kamailio lose a row: "database is
        # locked".
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript((CONFIG / "schema.sql").read_text())
    text = (CONFIG / "kamailio.cfg").read_text()
    config.write_text(text.replace("PORT", str(port)).replace("DATABASE", str(database)))
    return database, config


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def capturing(carrier):
    """gives   kamailio's URL and its database"""
    port = free_port()
    with Folder() as folder:
        database, config = prepare(folder, port)
        with Process("kamailio", "-DD", "-E", "-f", config, "-w", folder.name, "-Y", folder.name,
                     "-P", folder / "pid", "-A", carrier.upper()) as kamailio:
            eventually("kamailio listens", lambda: accepts(port))
            yield f"{carrier}://127.0.0.1:{port}", database
            kamailio.process.terminate()
            kamailio.process.wait()


def check(carrier, capture):
    with capturing(carrier) as (url, database):
        replay(capture, "--to", url, "--node-id", NODE_ID)
        want = expected(capture)
        eventually("rows in the database", lambda: len(stored(database)) >= len(want))
        same_items(f"rows over {carrier}", stored(database), want)
        equal("node and transport", nodes(database), [(f"kamailio:{NODE_ID}", 1)])


def check_reports(carrier):
    """What kamailio.cfg stores of TCP has the addresses and times of others."""
    with capturing(carrier) as (url, database), Folder() as folder:
        path, config = folder / "rtcp.pcap", folder / "heptap.yaml"
        config.write_text("rtcp: {send: true}\n")
        for case in rtcp_test.CASES:  # each on its own: they have the same addresses
            path.write_bytes(rtcp_capture.capture(case.packets()))
            replay(path, "--to", url, "--node-id", NODE_ID, "-c", config)
        want = expected_reports()
        eventually("reports in the database", lambda: len(stored_reports(database)) >= len(want))
        known = len(want[0]) if carrier == "udp" else 4
        same_items(f"reports over {carrier}", [row[:known] for row in stored_reports(database)],
                   [row[:known] for row in want])


def main():
    need("kamailio", "tshark")
    carrier = sys.argv[2]
    check(carrier, GOLDEN / "demo.pcap")
    check(carrier, GOLDEN / "two-interfaces-le.pcapng.gz")
    check_reports(carrier)


if __name__ == "__main__":
    main()
