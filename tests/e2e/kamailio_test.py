#!/usr/bin/env python3
"""Kamailio's sipcapture stores every message: kamailio_test.py HEPTAP udp|tcp."""
import socket
import sqlite3
import sys

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


def stored(database):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute(
            "SELECT method, callid, source_ip, source_port, destination_ip, destination_port, "
            "micro_ts FROM sip_capture").fetchall()


def nodes(database):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute("SELECT DISTINCT node, proto FROM sip_capture").fetchall()


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


def check(carrier, capture):
    port = free_port()
    with Folder() as folder:
        database, config = prepare(folder, port)
        with Process("kamailio", "-DD", "-E", "-f", config, "-w", folder.name, "-Y", folder.name,
                     "-P", folder / "pid", "-A", carrier.upper()) as kamailio:
            eventually("kamailio listens", lambda: accepts(port))
            replay(capture, "--to", f"{carrier}://127.0.0.1:{port}", "--node-id", NODE_ID)
            want = expected(capture)
            eventually("rows in the database", lambda: len(stored(database)) >= len(want))
            same_items(f"rows over {carrier}", stored(database), want)
            equal("node and transport", nodes(database), [(f"kamailio:{NODE_ID}", 1)])
            kamailio.process.terminate()
            kamailio.process.wait()


def main():
    need("kamailio", "tshark")
    carrier = sys.argv[2]
    check(carrier, GOLDEN / "demo.pcap")
    check(carrier, GOLDEN / "two-interfaces-le.pcapng.gz")


if __name__ == "__main__":
    main()
