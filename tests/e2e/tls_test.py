#!/usr/bin/env python3
"""TLS: who is refused is told why, who is not gets everything."""
from certificates import Authority
from common import GOLDEN, Collector, Folder, contains, equal, need, replay, same_items, sip_of

CAPTURE = GOLDEN / "demo.pcap"
HERE = "DNS:localhost,IP:127.0.0.1"


def listen(identity, *flags):
    return Collector("tls://127.0.0.1:0", "--tls-cert", identity[0], "--tls-key", identity[1],
                     *flags)


def delivered(what, collector, *flags):
    done = replay(CAPTURE, "--to", collector.url, *flags)
    collector.stop()
    same_items(what, collector.messages(), sip_of(CAPTURE))
    return done


def refused(what, collector, reason, *flags):
    done = replay(CAPTURE, "--to", collector.url, "--wait", "500ms", *flags, expect=3)
    contains(what, done.err, reason)
    collector.stop()
    equal(f"{what}: frames that arrived", collector.lines(), [])
    losses = done.ledger["collectors"][0]["lost"]
    equal(f"{what}: frames lost in {losses}", sum(losses.values()), 30)


def server_certificates(right, wrong):
    good = right.issue(HERE)
    trust = ("--tls-ca", right.certificate)
    with listen(good) as collector:
        delivered("right CA", collector, *trust)
    with listen(good) as collector:
        delivered("right CA, other name asked for", collector, *trust, "--tls-server-name",
                  "localhost")
    with listen(good) as collector:
        refused("wrong CA", collector, "unable to get local issuer certificate", "--tls-ca",
                wrong.certificate)
    with listen(good) as collector:
        refused("the system's CAs", collector, "unable to get local issuer certificate")
    with listen(right.issue("DNS:other.example")) as collector:
        refused("wrong name", collector, "certificate is for other.example", *trust)
    with listen(right.issue(HERE, days=-1)) as collector:
        refused("expired", collector, "certificate has expired", *trust)
    with listen(wrong.issue(HERE)) as collector:
        done = delivered("not verified", collector, "--tls-no-verify")
        contains("the warning", done.err, "the collector's certificate is not checked")


def client_certificates(right, wrong):
    good, own, other = right.issue(HERE), right.issue("DNS:agent"), wrong.issue("DNS:agent")
    trust = ("--tls-ca", right.certificate)
    demand = ("--tls-ca", right.certificate)
    with listen(good, *demand) as collector:
        delivered("client certificate", collector, *trust, "--tls-cert", own[0], "--tls-key",
                  own[1])
    with listen(good, *demand) as collector:
        refused("no client certificate", collector, "certificate required", *trust)
    with listen(good, *demand) as collector:
        refused("client certificate of another CA", collector, "unknown ca", *trust, "--tls-cert",
                other[0], "--tls-key", other[1])


def main():
    need("openssl", "tshark")
    with Folder() as folder:
        for name in ("right", "wrong"):
            (folder / name).mkdir()
        right, wrong = (Authority(folder / name, name) for name in ("right", "wrong"))
        server_certificates(right, wrong)
        client_certificates(right, wrong)


if __name__ == "__main__":
    main()
