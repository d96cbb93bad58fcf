#!/usr/bin/env python3
"""Members of a name that come later are left out of what is captured, as those of the start are: else HEP
would feed on itself. live_names_test.py HEPTAP"""
import os
import re
import socket

from common import HEPTAP, Collector, Folder, Process, contains, equal, eventually
from dns_server import A, DnsServer
from netns import Namespaces, captures

PORT = 5060  # where heptap looks for SIP, and finds HEP of others
HOSTS = ["127.0.0.41", "127.0.0.42", "127.0.0.43"]
MESSAGES = 100
CONFIG = """
interfaces: [{{name: lo}}]
collectors: [{{name: site, url: "udp://site.test:{port}", members: addresses}}]
pools: [{{name: all, policy: mirror, collectors: [site]}}]
dns: {{servers: ["{dns}"]}}
security: {{user: nobody, reopen: false}}
"""
OPTIONS = ("OPTIONS sip:b@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK{0}\r\n"
           "From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:b@127.0.0.1>\r\nCall-ID: live-{0}@names\r\n"
           "CSeq: {0} OPTIONS\r\nContent-Length: 0\r\n\r\n")


def records(hosts):
    return [(A, 5, host) for host in hosts]


def send_sip(first):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 5070))
        for number in range(first, first + MESSAGES):
            sender.sendto(OPTIONS.format(number).encode(), ("127.0.0.1", 5071))


def run_in(names, folder, dns):
    config = folder / "heptap.yaml"
    config.write_text(CONFIG.format(port=PORT, dns=dns.address))
    urls = [f"udp://{host}:{PORT}" for host in HOSTS]
    collectors = [Collector(url, within=names.within("agent")) for url in urls]
    with Process(*names.within("agent", HEPTAP, "run", "-c", config)) as agent:
        eventually("it captures", lambda: captures(agent) or agent.ended())
        names.call_in("agent", lambda: send_sip(1))
        for one in collectors[:2]:
            one.wait_for(MESSAGES)
        dns.zone["site.test"] = records(HOSTS)
        eventually("a third is there", lambda: f"site/{HOSTS[2]}:{PORT}: udp" in agent.err)
        names.call_in("agent", lambda: send_sip(MESSAGES + 1))
        for one in collectors[:2]:
            one.wait_for(2 * MESSAGES)
        collectors[2].wait_for(MESSAGES)
        agent.stop()
        said = agent.err
    for one in collectors:
        one.stop()
        one.__exit__()
    return said


def main():
    with Namespaces("agent") as names, Folder() as folder:
        os.chmod(folder.name, 0o755)
        names.ip("agent", "link set lo up")
        dns = names.call_in("agent", lambda: DnsServer({"site.test": records(HOSTS[:2])}))
        with dns:
            said = run_in(names, folder, dns)
        contains("its ledger", said, "adds up")
        equal(f"frames of its own that it has captured: {said}", re.findall(r"([\d,]+) hep\b", said), [])


main()
