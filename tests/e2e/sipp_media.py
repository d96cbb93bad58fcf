"""A call with speech by sipp, which the impairment relay stands between: each end is told that the
other one's media are there.

    caller -- FRONT relay BACK -- callee
"""
from common import Process, eventually
from impairment_relay import ImpairmentRelay
from mirror_bench import ADDRESS
from sipp_calls import PATIENCE_S, PORT, SCENARIOS, ends_well, listens

CALLER, CALLEE, MIDDLE = (ADDRESS[name][4] for name in ("caller", "callee", "middle"))
FRONT, BACK = (MIDDLE, 40000), (MIDDLE, 40002)
OWN_MEDIA = {"caller": (CALLER, 16384), "callee": (CALLEE, 16386)}


def at(address):
    return "{}:{}".format(*address)


def call(bench, program, *impairments):
    """From its INVITE to its end; the callee sends back what it hears.

    gives    the account of the relay, of what went from caller to callee
    """
    route = ("--udp", at(FRONT), at(BACK), at(OWN_MEDIA["callee"]))
    with ImpairmentRelay(program, *route, *impairments, within=bench.within("middle")) as relay:
        with sipp(bench, "callee", FRONT, "-rtp_echo") as callee:
            eventually("the callee listens", lambda: listens(callee, "udp") or callee.ended())
            with sipp(bench, "caller", BACK, f"{CALLEE}:{PORT}") as caller:
                ends_well("caller", caller)
            ends_well("callee", callee)
        return relay.account()["udp"][0]["forward"]


def sipp(bench, name, media, *options):
    host, port = media
    own_host, own_port = OWN_MEDIA[name]
    return Process(*bench.within(
        name, "sipp", "-sf", SCENARIOS / f"media_{name}.xml", "-i", own_host, "-p", PORT, "-mi",
        own_host, "-mp", own_port, "-m", 1, "-nostdin", "-timeout", f"{PATIENCE_S}s",
        "-timeout_error", "-key", "media_host", host, "-key", "media_at", port, *options))
