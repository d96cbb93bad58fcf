#!/usr/bin/env python3
"""`heptap plan test`, and plans in captagent's language in a configuration."""
from common import GOLDEN, HEPTAP, Folder, contains, equal, run
from plan_test import ALICE, OTHER, call
from rtcp_capture import Sip, capture

COLLECTORS = """collectors:
  - {name: homer, url: "udp://127.0.0.1:9060"}
  - {name: lab, url: "udp://127.0.0.1:9061"}
"""
PLAN = COLLECTORS + """plan:
  rules:
    - {name: no keep-alives, when: sip.CSeq.method == OPTIONS, drop: true}
    - {name: masked, when: sip.Method == INVITE, send: lab, mask: {users: keep}, next: continue}
    - {name: the rest, send: homer}
"""


def plan_test(path, *arguments):
    done = run(HEPTAP, "plan", "test", "-c", path, *arguments)
    equal("exit code of plan test, with " + done.err, done.status, 0)
    return done.out


def tries(folder):
    path = folder / "plan.yaml"
    path.write_text(PLAN)
    out = plan_test(path, GOLDEN / "demo.pcap", GOLDEN / "media.pcap")
    for line in ("no keep-alives 2 matched, 0 sent, 2 dropped\n",
                 "masked       5 matched, 5 sent, 0 dropped   (5 masked)\n",
                 " sent, 2 dropped\n"):
        contains("what rules did", out, line)
    told = plan_test(path, "--verbose", GOLDEN / "media.pcap")
    contains("a masked message", told,
             " INVITE sip:bob@example.net SIP/2.0 from 192.0.2.10:5060 to 198.51.100.20:5060, "
             "Call-ID 3ed1-media@192.0.2.10\n  the rest: sent to lab, masked; to homer\n")
    contains("rules beside the one that decided", told, "\n  also: masked (masked, sent)\n")
    contains("RTCP", told, " RTCP from 192.0.2.10:40001 to 198.51.100.20:42001, Call-ID ")
    equal("lines of a message", told.count("\n  the rest: sent to "), told.count("Call-ID "))


def begins_again(folder):
    """A Call-ID that is used again has no rule of the call before, where calls are followed."""
    sip, path, calls = Sip(), folder / "again.yaml", folder / "again.pcap"
    call(sip, "one", 20000, source=OTHER, media=False)
    sip.wait(100)
    call(sip, "one", 22000, source=ALICE, media=False)
    calls.write_bytes(capture(sip.packets))
    plan = COLLECTORS + """plan:
  rules:
    - {name: held, when: ip.src == %s && sip.Method == INVITE, drop: true, scope: dialog}
""" % OTHER[0]
    for follow, dropped in (("", 10), ("kpi: {enabled: true}\n", 5), ("calls: {report: true}\n", 5)):
        path.write_text(follow + plan)
        contains(f"what is dropped with {follow!r}", plan_test(path, calls),
                 f" {dropped} matched, 0 sent, {dropped} dropped\n")


def has_no_plan(folder):
    path = folder / "none.yaml"
    path.write_text(COLLECTORS)
    equal("without a plan", plan_test(path, GOLDEN / "demo.pcap"),
          "there is no plan: everything goes to every collector\n")
    path.write_text(PLAN)
    lacking = run(HEPTAP, "plan", "test", "-c", path, folder / "no such.pcap")
    equal("exit code without the capture", lacking.status, 69)


def captagent(folder):
    plan, path = folder / "sip.cfg", folder / "captagent.yaml"
    path.write_text(COLLECTORS + "plan: {captagent: sip.cfg}\n")
    plan.write_text('capture[sip] {\n  if (parse_sip()) {\n    if (sip_check("method", "INVITE")) {\n'
                    '      send_hep("homer");\n    }\n  }\n  drop;\n}\n')
    checked = run(HEPTAP, "check", "-c", path)
    equal("exit code of check, with " + checked.err, checked.status, 0)
    out = plan_test(path, GOLDEN / "media.pcap")
    contains("what the plan sends", out, "send_hep:4:7 1 matched, 1 sent, 0 dropped\n")
    contains("what it does not send", out, " unmatched\n")
    plan.write_text('capture[sip] {\n  if (parse_sip()) {\n    if (!send_hep("homr")) { drop; }\n'
                    '  }\n}\n')
    wrong = run(HEPTAP, "check", "-c", path)
    equal("exit code of a wrong plan", wrong.status, 78)
    contains("a wrong plan", wrong.err, "plan.captagent: sip.cfg:3:")
    contains("a wrong plan", wrong.err, "homr")
    path.write_text(PLAN + "  captagent: sip.cfg\n")
    both = run(HEPTAP, "check", "-c", path)
    contains("two plans", both.err, "plan.captagent: does not go with rules, one of the two")


def main():
    with Folder() as folder:
        tries(folder)
        begins_again(folder)
        has_no_plan(folder)
        captagent(folder)


if __name__ == "__main__":
    main()
