#!/usr/bin/env python3
"""Pools: each frame goes to those that the policy names, calls stay whole, and who fails has a stand-in.
pools_test.py HEPTAP"""
import collections
import sys

from common import (GOLDEN, HEPTAP, Collector, Folder, Process, contains, equal, eventually,
                    free_port, replay, run)

sys.path.insert(0, str(GOLDEN))
import calls  # noqa: E402
import frames  # noqa: E402

CALLS = 200
MESSAGES_A_CALL = 7
CALLER, CALLEE = ("192.0.2.10", 5060), ("192.0.2.20", 5060)
COLLECTOR = '  - {{name: {name}, url: "{url}"}}\n'
CONFIG = """
collectors:
{collectors}
pools: [{{name: site, policy: {policy}, collectors: [{names}], fail_after: 300ms, return_after: 500ms}}]
hep: [{{listen: "tcp://127.0.0.1:{listen}"}}]
run: {{stop_wait: 2s}}
http: {{listen: "off"}}
security: {{user: nobody}}
"""


def make_capture(path):
    timed = []
    for i in range(CALLS):
        for time_us, source, destination, text in calls.answered(CALLER, CALLEE, f"call-{i}@pool", i):
            timed.append((time_us, frames.ethernet(frames.udp(source, destination, text))))
    path.write_bytes(frames.pcap(sorted(timed, key=lambda one: one[0])))


def write(path, policy, collectors, listen=0):
    path.write_text(CONFIG.format(
        policy=policy, names=", ".join(collectors), listen=listen or free_port(),
        collectors="".join(COLLECTOR.format(name=name, url=url)
                           for name, url in collectors.items())))


def by_call(collector):
    return collections.Counter(
        line.split(b": ")[1] for message in collector.messages()
        for line in message.payload.split(b"\r\n") if line.startswith(b"Call-ID"))


def replayed(folder, policy, names, reordered=False):
    """gives   of each collector how many messages of each call it got, in a replay"""
    collectors = {name: Collector() for name in names}
    try:
        urls = {name: one.url for name, one in collectors.items()}
        write(folder / "pool.yaml", policy, dict(reversed(urls.items())) if reordered else urls)
        replay("-c", folder / "pool.yaml", folder / "calls.pcap")
        total = CALLS * MESSAGES_A_CALL * (len(names) if policy == "mirror" else 1)
        eventually("all arrives",
                   lambda: sum(len(one.messages()) for one in collectors.values()) == total)
        return {name: by_call(one) for name, one in collectors.items()}
    finally:
        for one in collectors.values():
            one.stop()


def whole(what, counts):
    for name, of in counts.items():
        equal(f"{what}: messages of each call at {name}", set(of.values()), {MESSAGES_A_CALL})
    equal(f"{what}: calls in all", sum(len(of) for of in counts.values()), CALLS)


def is_explained(folder):
    write(folder / "site.yaml", "hash", {"a": "udp://127.0.0.1:1", "b": "udp://127.0.0.1:2"})
    done = run(HEPTAP, "plan", "explain", "-c", folder / "site.yaml")
    contains("plan explain", done.out, "sent to every pool, and every collector in none\n"
                                       "  pool site, hash of a, b\n")


def hash_keeps_calls(folder):
    names = ["a", "b", "c", "d", "e"]
    five = replayed(folder, "hash", names)
    whole("hash", five)
    for name, of in five.items():
        equal(f"{name} has a share: {len(of)}", CALLS / 10 < len(of) < CALLS / 3, True)
    equal("the order of names does not matter", replayed(folder, "hash", names, True), five)
    four = replayed(folder, "hash", names[:4])
    whole("hash without e", four)
    for name in names[:4]:
        equal(f"{name} keeps its calls without e", set(five[name]) - set(four[name]), set())


def others(folder):
    for name, of in replayed(folder, "mirror", ["a", "b"]).items():
        equal(f"mirror: calls at {name}", len(of), CALLS)
    failover = replayed(folder, "failover", ["a", "b"])
    equal("failover: the first has all", (len(failover["a"]), len(failover["b"])), (CALLS, 0))
    whole("round_robin", replayed(folder, "round_robin", ["a", "b", "c"]))


def failover_and_return(folder):
    listen = free_port()
    primary, second = Collector(), Collector()
    write(folder / "run.yaml", "failover", {"primary": primary.url, "second": second.url}, listen)

    def feed():
        replay(folder / "calls.pcap", "--to", f"tcp://127.0.0.1:{listen}")

    each = CALLS * MESSAGES_A_CALL
    with Process(HEPTAP, "run", "-c", folder / "run.yaml") as agent:
        eventually("the source listens", lambda: "HEP is received" in agent.err or agent.ended())
        feed()
        primary.wait_for(each)
        equal("nothing went to the second", len(second.lines()), 0)
        primary.stop()
        for _ in range(30):  # what is on its way while the failure is found out waits for the primary
            feed()
            if len(second.lines()) >= each:
                break
        eventually("the second has a whole round", lambda: len(second.lines()) >= each)
        back = Collector(primary.url)
        had = len(second.lines())
        for _ in range(30):
            feed()
            if len(second.lines()) == had and len(back.lines()) >= each:
                break
            had = len(second.lines())
        eventually("the primary has a whole round", lambda: len(back.lines()) >= each)
        agent.stop()
        back.stop()
    second.stop()


def main():
    with Folder() as folder:
        make_capture(folder / "calls.pcap")
        is_explained(folder)
        hash_keeps_calls(folder)
        others(folder)
        failover_and_return(folder)


main()
