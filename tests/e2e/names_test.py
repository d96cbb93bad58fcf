#!/usr/bin/env python3
"""Names as pools: each address is a member, one that comes or goes moves its share alone, and wrong answers
hurt nobody. names_test.py HEPTAP"""
import collections
import os
import re
import signal
import sys
import urllib.request

from certificates import Authority
from common import (GOLDEN, HEPTAP, Collector, Folder, Process, contains, equal, eventually, free_port,
                    need, replay, run)
from dns_server import A, AAAA, CNAME, SRV, DnsServer
from metrics import families_of

sys.path.insert(0, str(GOLDEN))
import calls  # noqa: E402
import frames  # noqa: E402

CALLS = 200
MESSAGES_A_CALL = 7
TTL_S = 5
CALLER, CALLEE = ("192.0.2.10", 5060), ("192.0.2.20", 5060)
CONFIG = """
collectors: [{{name: site, url: "{url}", members: {members}}}]
dns: {{servers: ["{dns}"]}}
hep: [{{listen: "tcp://127.0.0.1:{listen}"}}]
run: {{stop_wait: 2s}}
http: {{listen: "{http}"}}
security: {{user: nobody}}
"""


def make_capture(path):
    timed = []
    for i in range(CALLS):
        for time_us, source, destination, text in calls.answered(CALLER, CALLEE, f"call-{i}@pool", i):
            timed.append((time_us, frames.ethernet(frames.udp(source, destination, text))))
    path.write_bytes(frames.pcap(sorted(timed, key=lambda one: one[0])))


class Site:
    """Collectors on one port of several addresses of this machine."""

    def __init__(self, addresses):
        self.port = free_port()
        self.collectors = {one: Collector(f"tcp://{one}:{self.port}") for one in addresses}
        self.seen = collections.Counter()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in self.collectors.values():
            one.__exit__()

    def messages(self):
        return sum(len(one.messages()) for one in self.collectors.values())

    def new_calls(self):
        """gives   by address, which calls had how many messages there since the last time"""
        out = {}
        for address, one in self.collectors.items():
            all_of_it = one.messages()
            out[address] = collections.Counter(
                line.split(b": ")[1] for message in all_of_it[self.seen[address]:]
                for line in message.payload.split(b"\r\n") if line.startswith(b"Call-ID"))
            self.seen[address] = len(all_of_it)
        return out


class Agent(Process):
    def __init__(self, folder, dns, url, members, more=""):
        self.listen, self.http, self.capture = free_port(), free_port(), folder / "calls.pcap"
        (folder / "run.yaml").write_text(CONFIG.format(
            url=url, members=members, dns=dns.address, listen=self.listen,
            http=f"127.0.0.1:{self.http}") + more)
        super().__init__(HEPTAP, "run", "-c", folder / "run.yaml")
        eventually("the source listens", lambda: "HEP is received" in self.err or self.ended())

    def feed(self, site):
        """gives   as Site.new_calls(), of all calls once more"""
        before = site.messages()
        replay(self.capture, "--to", f"tcp://127.0.0.1:{self.listen}")
        eventually("all arrives",
                   lambda: site.messages() >= before + CALLS * MESSAGES_A_CALL)
        found = site.new_calls()
        for address, of in found.items():
            equal(f"messages of each call at {address}", set(of.values()) - {MESSAGES_A_CALL}, set())
        equal("calls in all", sum(len(of) for of in found.values()), CALLS)
        return {address: set(of) for address, of in found.items() if of}

    def says(self, text):
        eventually(f"it says {text}", lambda: text in self.err or self.ended())

    def page(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/metrics") as page:
            return page.read().decode()

    def readings(self, name):
        return dict(re.findall(rf'^heptap_{name}{{collector="([^"]*)".*}} (\S+)$', self.page(), re.M))


def addresses_of(hosts):
    return [(A, TTL_S, host) for host in hosts]


def members_come_and_go(folder):
    hosts = [f"127.0.0.{i}" for i in range(11, 17)]
    with DnsServer({"site.test": addresses_of(hosts[:5])}) as dns, Site(hosts) as site, \
            Agent(folder, dns, f"tcp://site.test:{site.port}", "addresses") as agent:
        agent.says("site.test: 5 addresses")
        five = agent.feed(site)
        equal("who has calls", sorted(five), hosts[:5])
        for address, of in five.items():
            equal(f"{address} has a share: {len(of)}", CALLS / 10 < len(of) < CALLS / 3, True)

        gone, stay = hosts[2], hosts[:2] + hosts[3:5]
        dns.zone["site.test"] = addresses_of(reversed(stay))
        agent.says(f"gone {gone}:{site.port}")
        eventually("its pool is without it", lambda: len(agent.readings("collector_healthy")) == 4)
        four = agent.feed(site)
        equal("who has calls now", sorted(four), stay)
        for address in stay:
            equal(f"{address} keeps its calls", five[address] - four[address], set())

        dns.zone["site.test"] = addresses_of(stay + [hosts[5]])
        agent.says(f"new {hosts[5]}:{site.port}")
        eventually("its pool has it", lambda: len(agent.readings("collector_healthy")) == 5)
        more = agent.feed(site)
        for address in stay:
            equal(f"{address} gets no call of others", more[address] - four[address], set())
        equal("the new one has the rest", more[hosts[5]],
              set().union(*four.values()) - set().union(*(more[one] for one in stay)))

        dns.zone.clear()
        agent.says("site.test: there is no such name; what was known last stays")
        equal("nothing moves without a name", agent.feed(site), more)
        figures(agent, site, stay + [hosts[5]])
        agent.stop()
        unbroken(agent.err, stay, site.port)


def figures(agent, site, hosts):
    page = agent.page()
    families_of(page)
    names = [f"site/{host}:{site.port}" for host in hosts]
    equal("healthy", agent.readings("collector_healthy"), {name: "1" for name in names})
    for name in names:
        contains("where it is", page,
                 f'heptap_collector_info{{collector="{name}",address="{name[5:]}"}} 1')
    contains("how many", page, 'heptap_collector_members{collector="site"} 5')
    eventually("that the name is not known",
               lambda: agent.readings("collector_name_known") == {"site": "0"})


def unbroken(said, hosts, port):
    equal("it was told once", said.count("there is no such name"), 1)
    for host in hosts:
        lines = [line for line in said.splitlines() if f"tcp://{host}:{port}: up" in line]
        equal(f"connections to {host}: {said}", len(lines), 1)


def services(folder):
    hosts = ["127.0.0.21", "127.0.0.22", "127.0.0.23"]
    with Site(hosts) as site:
        targets = [(10, 30, "a"), (10, 10, "b"), (20, 0, "c")]
        zone = {"_hep._tcp.site.test": [(SRV, TTL_S, (priority, weight, site.port, f"{name}.site.test"))
                                        for priority, weight, name in targets]}
        for name, host in zip("abc", hosts):
            zone[f"{name}.site.test"] = [(CNAME, 60, f"real-{name}.site.test")]
            zone[f"real-{name}.site.test"] = [(A, 60, host)]
        with DnsServer(zone) as dns, Agent(folder, dns, "tcp://site.test:1", "srv") as agent:
            agent.says("_hep._tcp.site.test: 3 addresses")
            shares = agent.feed(site)
            equal("the second priority waits", sorted(shares), hosts[:2])
            share = len(shares[hosts[0]]) / CALLS
            equal(f"the share of weight 30 of 40 is {share}", 0.65 < share < 0.85, True)
            del zone["_hep._tcp.site.test"][:2]
            agent.says(f"gone {hosts[0]}:{site.port}")
            eventually("others are gone", lambda: len(agent.readings("collector_healthy")) == 1)
            equal("who is left has all", sorted(agent.feed(site)), hosts[2:])
            agent.process.send_signal(signal.SIGHUP)
            agent.says("the configuration was read again")
            equal("a reload keeps it", sorted(agent.feed(site)), hosts[2:])
            agent.stop()
            equal("and its connection", agent.err.count(f"tcp://{hosts[2]}:{site.port}: up"), 1)


def parts_that_fail(folder):
    """Those that are known stay, and a target of which nothing is known hides no other."""
    hosts = ["127.0.0.24", "127.0.0.25", "127.0.0.26"]
    with Site(hosts) as site:
        zone = {"_hep._tcp.site.test": [(SRV, TTL_S, (1, 1, site.port, f"{name}.site.test"))
                                        for name in "abc"]}
        for name, host in zip("abc", hosts):
            zone[f"{name}.site.test"] = [(A, TTL_S, host), (AAAA, TTL_S, f"2001:db8::{name}")]
        with DnsServer(zone) as dns:
            ours = {(f"{name}.site.test", AAAA) for name in "abc"}
            dns.failing = ours | {("c.site.test", A)}
            dns.silent_for = {("b.site.test", AAAA)}
            with Agent(folder, dns, "tcp://site.test:1", "srv") as agent:
                agent.says("A and AAAA of c.site.test: no name server can be reached")
                agent.says("_hep._tcp.site.test: 2 addresses")
                equal("others are used", sorted(agent.feed(site)), hosts[:2])
                eventually("the metric says so",
                           lambda: agent.readings("collector_name_known") == {"site": "0"})
                dns.failing = ours
                agent.says(f"new {hosts[2]}:{site.port}")
                dns.failing = ours | {("a.site.test", A)}
                agent.says("; what was known last stays")
                equal("all are used", sorted(agent.feed(site)), hosts)
                agent.stop()
                equal("it was told once", agent.err.count("it is left out"), 1)


def orphans(folder):
    """What waits for an address that has gone is for another one of the name."""
    hosts = ["127.0.0.27", "127.0.0.28"]
    directory = folder / "spool"
    directory.mkdir()
    directory.chmod(0o777)
    zone = {"site.test": addresses_of(hosts[:1])}
    with Site(hosts[1:]) as site, DnsServer(zone) as dns:
        agent = Agent(folder, dns, f"tcp://site.test:{site.port}", "addresses", f"spool: {{directory: {directory}, rate: 0}}\n")
        with agent:
            replay(agent.capture, "--to", f"tcp://127.0.0.1:{agent.listen}")
            gone = directory / f"site%2F{hosts[0]}%3A{site.port}"
            eventually("all waits", lambda: f'heptap_spool_held_frames{{spool="site/{hosts[0]}:{site.port}"}}'
                                            f" {CALLS * MESSAGES_A_CALL}\n" in agent.page())
            zone["site.test"] = addresses_of(hosts[1:])
            eventually("all arrives", lambda: site.messages() == CALLS * MESSAGES_A_CALL)
            agent.says(f"{CALLS * MESSAGES_A_CALL:,} frames went to site/{hosts[1]}:{site.port} instead")
            eventually("the folder has gone", lambda: not gone.exists())
            eventually("the metric", lambda: f"orphan_sent_frames_total {CALLS * MESSAGES_A_CALL}\n"
                       in agent.page())
            agent.stop()
            equal("each call once", sorted(set(site.new_calls()[hosts[1]].values())), [MESSAGES_A_CALL])


def replays(folder):
    hosts = ["127.0.0.31", "127.0.0.32"]
    with DnsServer({"site.test": addresses_of(hosts)}) as dns, Site(hosts) as site:
        config = folder / "replay.yaml"
        config.write_text(f'collectors: [{{name: site, url: "tcp://site.test:{site.port}", '
                          f'members: addresses}}]\ndns: {{servers: "{dns.address}"}}\n')
        done = replay("-c", config, folder / "calls.pcap")
        equal("members in the ledger", sorted(one["name"] for one in done.ledger["collectors"]),
              [f"site/{host}:{site.port}" for host in hosts])
        eventually("all arrives", lambda: site.messages() == CALLS * MESSAGES_A_CALL)
        equal("both have calls", sorted(of for of, calls_ in site.new_calls().items() if calls_), hosts)


def certificates(folder):
    """The name that was configured must be in them, not that of a target."""
    need("openssl")
    (folder / "tls").mkdir()
    authority = Authority(folder / "tls", "right")
    for name, status in (("site.test", 0), ("a.site.test", 3)):
        certificate, key = authority.issue(f"DNS:{name}")
        with Collector("tls://127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key) as collector:
            port = int(collector.url.rpartition(":")[2])
            zone = {"_hep._tcp.site.test": [(SRV, 9, (0, 0, port, "a.site.test"))],
                    "a.site.test": [(A, 9, "127.0.0.1")]}
            with DnsServer(zone) as dns:
                config = config_of(folder, dns, "tls://site.test:9", "srv")
                config.write_text(config.read_text().replace("srv}", f"srv, ca: {authority.certificate}}}")
                                  + "replay: {wait: 500ms}\n")
                done = replay("-c", config, folder / "calls.pcap", expect=status)
            if status:
                contains("why", done.err, f"certificate is for {name}")
            collector.stop()


def config_of(folder, dns, url, members="addresses"):
    config = folder / "check.yaml"
    config.write_text(f'collectors: [{{name: site, url: "{url}", members: {members}}}]\n'
                      f'dns: {{servers: ["{dns.address}"]}}\n')
    return config


def resolved(folder, dns, url, members="addresses"):
    done = run(HEPTAP, "check", "-c", config_of(folder, dns, url, members), "--resolve")
    return done.status, done.out


def answers(folder):
    zone = {"site.test": addresses_of(["192.0.2.1", "192.0.2.2"]) + [(AAAA, 9, "2001:db8::1")],
            "many.test": addresses_of(f"10.0.{i // 250}.{i % 250}" for i in range(1000)),
            "_hep._udp.site.test": [(SRV, 9, (1, 1, 9060, "."))],
            "_hep._udp.half.test": [(SRV, 9, (1, 1, 9060, "site.test")), (SRV, 9, (2, 0, 9061, "no.test"))]}
    with DnsServer(zone) as dns:
        url = "udp://site.test:9060"
        before = len(dns.queries)
        equal("no network unasked",
              (run(HEPTAP, "check", "-c", config_of(folder, dns, url)).status, len(dns.queries)),
              (0, before))
        status, out = resolved(folder, dns, url)
        equal("status", status, 0)
        contains("members", out, "members of site, by site.test\n    192.0.2.1:9060\n"
                                 "    192.0.2.2:9060\n    [2001:db8::1]:9060\n")
        status, out = resolved(folder, dns, "udp://many.test:9060")
        equal("status of 1,000 records", status, 0)
        contains("1,000 records", out, "and 936 more than there is room for")
        contains("they came over TCP", str(dns.queries), "('many.test', 'A', 'tcp')")
        contains("a target that is not there", resolved(folder, dns, "udp://half.test:9060", "srv")[1],
                 "by _hep._udp.half.test\n    192.0.2.1:9060")
        contains("a service that is not offered", resolved(folder, dns, url, "srv")[1],
                 "none: it has no such records")
        contains("a name that is not there", resolved(folder, dns, "udp://no.test:9060")[1],
                 "none: there is no such name")
        for mode in ("garbage", "cut", "servfail", "loop", "silent"):
            dns.mode = mode
            for members in ("addresses", "srv"):
                status, out = resolved(folder, dns, url, members)
                print(f"{mode}, {members}: {out.strip().splitlines()[-1].strip()}")
                equal(f"status with {mode} answers", status, 69)
                contains(mode, out, "none: ")
        status, out = resolved(folder, dns, "tcp://localhost:9060")
        equal("/etc/hosts needs no server", (status, "127.0.0.1:9060" in out), (0, True))


def main():
    with Folder() as folder:
        os.chmod(folder.name, 0o755)  # the agent reads its file again as somebody else
        make_capture(folder / "calls.pcap")
        answers(folder)
        replays(folder)
        certificates(folder)
        members_come_and_go(folder)
        services(folder)
        parts_that_fail(folder)
        orphans(folder)


main()
