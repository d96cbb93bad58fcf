"""Calls between the endpoints of the mirror bench by sipp, and what it says it has sent: the truth
to hold everything against that has captured them."""
import itertools
import pathlib
import re
import sys
from collections import Counter

from common import Folder, Message, Process, equal, eventually, same_items
from mirror_bench import ADDRESS
from netns import kernels_list

SCENARIOS = pathlib.Path(__file__).resolve().parent / "sipp"
PORT = 5060  # of the callee
# Another one for each run: a connection's ports cannot be used again at once.
CALLERS_PORTS = itertools.count(PORT)
PATIENCE_S = 20
OTHER = {"caller": "callee", "callee": "caller"}
# The size in bytes decides where the text ends.
ENTRY = re.compile(rb"-{20,} [^\n]*\n\w+ message (sent|received) [\[(](\d+)[^\n]*:\n\n")
CALL_ID = re.compile(rb"^(?:Call-ID|i)[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


def call_id(message):
    found = CALL_ID.search(message.payload)
    return found.group(1).decode() if found else ""


def calls(bench, transport="udp", family=4, count=5, rate=100, padding_bytes=1):
    """sipp makes them; gives the messages of all calls, those of one call in their order.

    Their time is empty. By padding_bytes each INVITE and the 200 for it are longer: beyond the MTU
    they come in fragments.
    """
    ends = {"caller": (ADDRESS["caller"][family], next(CALLERS_PORTS)),
            "callee": (ADDRESS["callee"][family], PORT)}
    options = ("-t", {"udp": "u1", "tcp": "t1"}[transport], "-m", count, "-key", "padding",
               "x" * padding_bytes)
    remote = "{}:{}" if family == 4 else "[{}]:{}"
    with Folder() as folder:
        with sipp(bench, "callee", ends, folder, *options) as callee:
            eventually("the callee listens", lambda: listens(callee, transport) or callee.ended())
            with sipp(bench, "caller", ends, folder, remote.format(*ends["callee"]), "-r", rate,
                      *options) as caller:
                ends_well("caller", caller)
            ends_well("callee", callee)
        return truth({name: entries(folder / name) for name in OTHER}, ends)


def sipp(bench, name, ends, folder, *options):
    address, port = ends[name]
    return Process(*bench.within(
        name, "sipp", "-sf", SCENARIOS / f"{name}.xml", "-i", address, "-p", port, "-nostdin",
        "-timeout", f"{PATIENCE_S}s", "-timeout_error", "-trace_msg",
        "-message_file", folder / name, *options))


def ends_well(name, process):
    status = process.process.wait(2 * PATIENCE_S)
    equal(f"exit code of sipp as {name}, which said {process.err}", status, 0)


def listens(process, transport):
    sockets = kernels_list(process, transport) + kernels_list(process, transport + "6")
    return re.search(rf"^ *\d+: [0-9A-F]+:{PORT:04X} ", sockets, re.MULTILINE)


def entries(log):
    """gives   (sent or received, text) of each message"""
    text, at, found = log.read_bytes(), 0, []
    while entry := ENTRY.search(text, at):
        at = entry.end() + int(entry.group(2))
        found.append((entry.group(1).decode(), text[entry.end():at]))
    return found


def truth(logs, ends):
    """The caller's log in its order: it answers nothing before it has it. The callee's log says
    that what one of them sent is what the other one received."""
    for name, other in OTHER.items():
        same_items(f"what sipp sent as {name}", texts(logs[other], "received"),
                   texts(logs[name], "sent"))
    sides = {"sent": (*ends["caller"], *ends["callee"]),
             "received": (*ends["callee"], *ends["caller"])}
    return [Message("", *sides[direction], text) for direction, text in logs["caller"]]


def texts(log, wanted):
    return [text for direction, text in log if direction == wanted]


def by_call(messages):
    """gives   {Call-ID: its messages in their order}"""
    calls_of = {}
    for message in messages:
        calls_of.setdefault(call_id(message), []).append(message)
    return calls_of


def fault_of_call(got, want):
    if got == want:
        return ""
    missing, surplus = (list((Counter(one) - Counter(other)).elements())
                        for one, other in ((want, got), (got, want)))
    if not missing and not surplus:
        return f"in another order: {[start_line(message) for message in got]}"
    return f"{len(missing)} missing, {len(surplus)} too much; of the first of them " + \
           " ".join(str(one[:1]) for one in (missing, surplus))


def start_line(message):
    return message.payload.partition(b"\r")[0].decode(errors="replace")


def faults(got, want):
    """What has been captured against what sipp has sent: each message once, with its addresses,
    those of one call in order.

    gives   a line for each call that is not as it must be
    """
    got_calls = by_call(message._replace(time="") for message in got)
    want_calls = by_call(want)
    lines = [f"{name}: " + fault for name, messages in want_calls.items()
             if (fault := fault_of_call(got_calls.get(name, []), messages))]
    return lines + [f"{name!r}: nobody made this call" for name in got_calls.keys() - want_calls]


def must_be_same(what, got, want):
    """Ends the test when faults() finds any."""
    wrong = faults(got, want)
    if wrong:
        sys.exit("\n".join([f"{what}: {len(wrong)} calls are wrong", *wrong[:2]]))
