#!/usr/bin/env python3
"""HEP as a source: replay sends to `heptap run`, which sends on to `heptap collect`. The same messages
come out, with the node of the sender or of the one between, and what is refused is on the ledger."""
import os
import pathlib
import re
import socket

from certificates import Authority
from common import (GOLDEN, HEPTAP, Collector, Folder, Process, contains, equal, eventually,
                    free_port, need, replay, same_items, sip_of, skip)

CAPTURE = GOLDEN / "demo.pcap"
SENDER = ("--node-id", 17, "--node-name", "sender")
CONFIG = """
node: {{id: 5, name: between{own_key}}}
collectors:
  - url: {collector}
hep:
  - listen: {listen}
{options}
{more}
http: {{listen: "off"}}
security: {{user: nobody}}
"""


class Relay(Process):
    """`heptap run` between a sender and a collector."""

    def __init__(self, folder, collector, carrier="udp", options=(), own_key="", more=""):
        kind = socket.SOCK_DGRAM if carrier == "udp" else socket.SOCK_STREAM
        self.url = f"{carrier}://127.0.0.1:{free_port(kind)}"
        config = folder / "heptap.yaml"
        config.write_text(CONFIG.format(
            collector=collector.url, listen=self.url, own_key=own_key, more=more,
            options="\n".join(f"    {option}" for option in options)))
        super().__init__(HEPTAP, "run", "-c", config)
        eventually("the source listens",
                   lambda: f"HEP is received on {self.url}" in self.err or self.ended())
        equal("heptap run has ended, which said " + self.err, self.ended(), False)

    def ledger_line(self):
        return re.search(rf"^  {re.escape(self.url)} (.*)$", self.err, re.MULTILINE).group(1)


def relayed(folder, carrier="udp", options=(), sender=SENDER, own_key="", more=""):
    """gives   what arrived, and what the relay said"""
    want = sip_of(CAPTURE)
    with Collector("tcp://127.0.0.1:0") as collector:
        with Relay(folder, collector, carrier, options, own_key, more) as relay:
            replay(CAPTURE, "--to", relay.url, *sender)
            collector.wait_for(len(want))
            relay.stop()
            contains("the ledger of run", relay.err, "adds up")
            contains("the ledger of run", relay.err, f"({len(want)} of sources)")
            equal("the source", relay.ledger_line(), f"{len(want)} = {len(want)} left"
                  f"   ({len(want)} time_far)")
        collector.stop()
        same_items(f"over {carrier}", collector.messages(), want)
        return collector.lines()


def nodes(frames):
    return {(frame["node_id"], frame.get("node_name")) for frame in frames}


def refused(folder, key, sender, reason):
    count = len(sip_of(CAPTURE))
    with Collector("tcp://127.0.0.1:0") as collector:
        with Relay(folder, collector, "tcp", [f"auth_key_file: {key}"]) as relay:
            replay(CAPTURE, "--to", relay.url, *sender)
            eventually("the sender is told of in the log", lambda: "frame refused" in relay.err)
            relay.stop()
            equal("the source", relay.ledger_line(), f"{count} = 0 left + {count} {reason}")
            equal("lines in the log", relay.err.count("frame refused"), 1)
            contains("the ledger of run", relay.err, "adds up")
        collector.stop()
        equal("frames that arrived", collector.lines(), [])


def keys(folder):
    paths = {name: folder / name for name in ("theirs", "other", "ours")}
    for name, path in paths.items():
        path.write_text(name + "\n")
        path.chmod(0o644)
    refused(folder, paths["theirs"], (), "missing_key")
    refused(folder, paths["theirs"], ("--auth-key-file", paths["other"]), "wrong_key")
    wanted, sender = [f"auth_key_file: {paths['theirs']}"], ("--auth-key-file", paths["theirs"])
    frames = relayed(folder, "tcp", wanted, sender)
    equal("keys passed on", {frame.get("auth_key") for frame in frames}, {None})
    frames = relayed(folder, "tcp", wanted, sender, f", auth_key_file: {paths['ours']}")
    equal("keys put in their place", {frame.get("auth_key") for frame in frames}, {"ours"})


def over_tls(folder):
    authority = Authority(folder / "ca", "ca")
    certificate, key = authority.issue("IP:127.0.0.1")
    own, own_key = authority.issue("DNS:agent")
    options = [f"certificate: {certificate}", f"key: {key}", f"ca: {authority.certificate}"]
    trust = ("--tls-ca", authority.certificate, "--tls-cert", own, "--tls-key", own_key)
    equal("nodes over TLS", nodes(relayed(folder, "tls", options, SENDER + trust)),
          {(17, "sender")})


def capabilities(process):
    status = pathlib.Path(f"/proc/{process.process.pid}/status").read_text()
    return set(re.findall(r"^Cap(?:Prm|Eff):\s*(\S+)$", status, re.MULTILINE))


def no_capability(folder):
    """Nothing is captured, so there is no interface to be opened again."""
    with Collector("tcp://127.0.0.1:0") as collector, Relay(folder, collector) as relay:
        eventually("all capabilities go", lambda: capabilities(relay) == {"0" * 16})
        relay.stop()
        collector.stop()


def main():
    need("tshark", "openssl")
    if os.geteuid() != 0:
        skip("heptap run needs CAP_NET_RAW")
    with Folder() as folder:
        (folder / "ca").mkdir()
        for carrier in ("udp", "tcp"):
            equal("nodes kept", nodes(relayed(folder, carrier)), {(17, "sender")})
            equal("nodes rewritten", nodes(relayed(folder, carrier, ["node: rewrite"])),
                  {(5, "between")})
        equal("nodes kept beside an interface",
              nodes(relayed(folder, more="interfaces: [{name: lo}]")), {(17, "sender")})
        no_capability(folder)
        keys(folder)
        over_tls(folder)


if __name__ == "__main__":
    main()
