"""Everything that the mirror bench can show to whoever captures on it."""
from mirror_bench import WRAPPINGS
from sipp_calls import calls

BEYOND_MTU = 3000  # two fragments and more


def traffic(bench):
    """Bare, in fragments, wrapped in everything. gives the messages that sipp has sent"""
    messages = bare(bench) + fragments(bench)
    for name in WRAPPINGS:
        with bench.wrapped(name):
            messages += each_family(bench)
    with bench.wrapped("vlan", "erspan-2", "vxlan", "vlan"):
        messages += each_family(bench)
    with bench.in_vxlan():
        messages += each_family(bench) + fragments(bench)
    return messages


def bare(bench):
    return [message for transport in ("udp", "tcp") for family in (4, 6)
            for message in calls(bench, transport, family)]


def fragments(bench):
    return [message for family in (4, 6)
            for message in calls(bench, "udp", family, padding_bytes=BEYOND_MTU)]


def each_family(bench):
    """And each transport."""
    return calls(bench, "udp", 4) + calls(bench, "tcp", 6)
