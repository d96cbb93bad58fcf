#!/usr/bin/env python3
"""`heptap check`: what it says, what it exits with; replay reads the same file."""
import os
import shutil

from common import GOLDEN, HEPTAP, PROJECT, Collector, Folder, contains, equal, replay, run

EXAMPLE = PROJECT / "config" / "examples" / "heptap.yaml"


def good():
    done = run(HEPTAP, "check", "-c", EXAMPLE)
    equal("exit code for the example, with " + done.err, done.status, 0)
    contains("the summary", done.out, "heptap.yaml: ok")
    contains("the summary", done.out, 'collector tcp://127.0.0.1:9060 "homer"')
    contains("the summary", done.out, "  interface eth1\n")
    reference = run(HEPTAP, "check", "--reference")
    equal("the reference", reference.out, (PROJECT / "config" / "REFERENCE.md").read_text())


def filter_is_shown(folder):
    path = folder / "filter.yaml"
    path.write_text("sip: {ports: 5062, detect: ports}\n"
                    "collectors: [{url: 'udp://192.0.2.1:9063'}, {url: 'tcp://homer.test:9064'}]\n")
    shown = run(HEPTAP, "check", "-c", path, "--show-filter")
    equal("exit code with --show-filter, with " + shown.err, shown.status, 0)
    contains("the filter", shown.out, "kernel filter of an Ethernet interface")
    contains("its first instruction", shown.out, "(000) ldx      #0x0\n")
    for port in (5062, 9063):
        contains(f"port {port} in the filter", shown.out, f"#{port:#x} ")
    contains("what is not in it", shown.out, "not in it yet: the connection to tcp://homer.test:9064")
    plain = run(HEPTAP, "check", "-c", path)
    equal("without --show-filter", shown.out.startswith(plain.out), True)
    equal("the filter unasked", "(000)" in plain.out, False)


def sources(folder):
    path = folder / "sources.yaml"
    path.write_text("hep: [{listen: 'udp://0.0.0.0:9060', node: rewrite}]\n")
    contains("the summary", run(HEPTAP, "check", "-c", path).out,
             "  hep udp://0.0.0.0:9060, node rewritten\n")
    done = run(HEPTAP, "run", "-c", path)
    equal("exit code of run without collectors", done.status, 78)
    contains("run without collectors", done.err, f"{path}: collectors: nothing to do without one")
    path.write_text("collectors: [{url: 'udp://127.0.0.1:9060'}]\n")
    done = run(HEPTAP, "run", "-c", path)
    equal("exit code of run without interfaces and hep", done.status, 78)
    contains("run without interfaces and hep", done.err,
             f"{path}: interfaces and hep: nothing to do without one of either")
    (folder / "empty.pem").write_text("")
    path.write_text("hep: [{listen: 'tls://0.0.0.0:9061', certificate: empty.pem, key: empty.pem}]\n")
    done = run(HEPTAP, "check", "-c", path)
    equal("exit code for a certificate that is none", done.status, 78)
    contains("a certificate that is none", done.err, f"{path}: hep[0]: ")


def spool(folder):
    os.chmod(folder.name, 0o755)  # within reach of the user that run becomes
    path = folder / "spool.yaml"
    text = "collectors: [{{url: 'udp://192.0.2.1:9060'}}, {{url: 'udp://192.0.2.2:9060', spool: false}}]\n" \
           "spool: {{directory: {}, size: 2GiB}}\n"
    path.write_text(text.format("waiting"))
    done = run(HEPTAP, "check", "-c", path)
    equal("warnings of a folder that can be made", (done.status, done.err), (0, ""))
    contains("the summary", done.out, f"  spool {folder / 'waiting'}, 2GiB for each of 1 collector\n")
    equal("check makes it", (folder / "waiting").exists(), False)
    roots_folder_is_warned_of(folder, path)
    path.write_text("state: {directory: kept}\n")
    contains("the summary", run(HEPTAP, "check", "-c", path).out,
             f"  calls kept over a restart in {folder / 'kept'}\n")
    path.write_text(text.format("/proc/sys/waiting"))
    done = run(HEPTAP, "check", "-c", path)
    equal("exit code for a folder that cannot be written", done.status, 0)
    contains("a folder that cannot be written", done.err,
             f"{path}:2:20: warning: spool.directory: \"/proc/sys\" cannot be written by us, ")
    wrong = run(HEPTAP, "replay", GOLDEN / "demo.pcap", "--spool", folder / "waiting")
    equal("exit code for a spool of no collector", wrong.status, 2)
    contains("a spool of no collector", wrong.err, "--spool is for collectors, and there is none")


def roots_folder_is_warned_of(folder, path):
    """Where root has made it, and run becomes another."""
    if os.geteuid() != 0:
        return print("folders of root are left out: only root can make one")
    (folder / "waiting").mkdir(mode=0o700)
    path.write_text(path.read_text() + "security: {user: nobody}\n")
    done = run(HEPTAP, "check", "-c", path)
    equal("exit code", done.status, 0)
    equal("the warning", done.err, f'{path}: warning: spool.directory: "{folder / "waiting"}" cannot be '
          'written by "nobody", which run becomes (security.user)\n')
    shutil.chown(folder / "waiting", "nobody")
    equal("none when it is the user's", run(HEPTAP, "check", "-c", path).err, "")
    return None


def plan(folder):
    path = folder / "plan.yaml"
    path.write_text("collectors: [{name: a, url: 'udp://127.0.0.1:9060'}]\n"
                    "plan: {unmatched: drop, rules: [{send: a, when: sip.Method == BYE}]}\n")
    contains("the summary", run(HEPTAP, "check", "-c", path).out,
             "  plan of 1 rule, what is unmatched is dropped\n")
    explained = run(HEPTAP, "plan", "explain", "-c", path)
    equal("exit code of plan explain, with " + explained.err, explained.status, 0)
    contains("the program", explained.out, '  1: sip.Method == "BYE"\n     yes: "rule 1"\n')
    path.write_text("plan: {rules: [{drop: true, when: sip.method}]}\n")
    wrong = run(HEPTAP, "check", "-c", path)
    equal("exit code for a wrong condition", wrong.status, 78)
    contains("a wrong condition", wrong.err, "plan.yaml:1:35: plan.rules[0].when: \"sip.method\" is no "
             "field, upper and lower case count: sip.Method\n    sip.method\n    ^~~~~~~~~~\n")
    fields = run(HEPTAP, "plan", "fields", "--markdown")
    equal("the fields", fields.out, (PROJECT / "agent" / "plan" / "FIELDS.md").read_text())


def reports(folder):
    path = folder / "reports.yaml"
    path.write_text("rtcp: {unmatched: send}\nrtp: {statistics: true}\nvq: {send: true}\n"
                    "calls: {report: true}\nkpi: {enabled: true}\nlink: [X-CID, P-A:icid]\n")
    contains("the summary", run(HEPTAP, "check", "-c", path).out,
             "  RTCP of calls, and of none\n  statistics of RTP\n  reports of phones\n"
             "  reports of calls\n  KPIs on /metrics\n  linked by X-CID\n  linked by P-A:icid\n")
    path.write_text("rtcp:\n  send: true\nlink:\n  - X-CID\n  - X CID\n")
    done = run(HEPTAP, "check", "-c", path)
    equal("exit code for a header that is none", done.status, 78)
    contains("a header that is none", done.err, f"{path}:5:5: link[1]: \"X CID\" is neither")


def filter_of_the_users(folder):
    path = folder / "users.yaml"
    path.write_text("interfaces:\n  - name: eth1\n    filter: udp port 5062\n"
                    "collectors: [{url: 'udp://192.0.2.1:9063'}]\n")
    shown = run(HEPTAP, "check", "-c", path, "--show-filter")
    equal("exit code for a filter that hides something", shown.status, 0)
    contains("what it hides", shown.err, f"{path}:3:5: warning: interfaces[0].filter: hides what "
             "heptap's own filter would not: later fragments of IPv4")
    contains("the filter", shown.out, "kernel filter of eth1 by its expression")
    for port in (5062, 9063):
        contains(f"port {port} in the filter", shown.out, f"#{port:#x} ")
    equal("a filter made for nobody", "an Ethernet interface" in shown.out, False)
    path.write_text("interfaces:\n  - name: eth1\n    filter: udp prt 5062\n"
                    "collectors: [{url: 'udp://192.0.2.1:9063'}]\n")
    for command in ("check", "run"):
        done = run(HEPTAP, command, "-c", path)
        equal(f"exit code of {command} for a wrong filter", done.status, 78)
        contains(command, done.err, f"{path}:3:5: interfaces[0].filter: libpcap: ")
        contains(command, done.err, "syntax error")


def bad(folder):
    path = folder / "bad.yaml"
    path.write_text("collectors:\n  - ur: tcp://127.0.0.1:9060\nnode:\n  id: -1\n")
    for done in (run(HEPTAP, "check", "-c", path),
                 run(HEPTAP, "replay", "-c", path, GOLDEN / "demo.pcap")):
        equal("exit code", done.status, 78)
        contains("unknown key", done.err,
                 f"{path}:2:5: collectors[0].ur: unknown key, did you mean url?")
        contains("range", done.err, f"{path}:4:7: node.id:")
    equal("missing file", run(HEPTAP, "check", "-c", folder / "none.yaml").status, 69)
    for usage in ([], ["--reference", "-c", path], ["--show-filter"],
                  ["--reference", "--show-filter"], ["--no-such-flag"]):
        equal(f"check {usage}", run(HEPTAP, "check", *usage).status, 2)
    for usage in ([], ["x.pcap", "--speed", "0"], ["x.pcap", "--to", "tcp://nowhere"],
                  ["x.pcap", "--tls-cert", path, "--to", "tls://a:1"],
                  ["x.pcap", "--tls-ca", EXAMPLE, "--to", "tcp://a:1"],
                  ["x.pcap", "--tls-no-verify", "--to", "tcp://a:1"],
                  ["x.pcap", "--to", "tcp://a:1", "--to", "tcp://a:1"],
                  ["x.pcap", "--json", "--to", "tcp://a:1"],
                  ["x.pcap", "--wait", "0s"],
                  ["x.pcap", "--node-name", "much-too-long-for-a-node"]):
        equal(f"replay {usage}", run(HEPTAP, "replay", *usage).status, 2)
    too_many = run(HEPTAP, "replay", "x.pcap", *["--to", "udp://127.0.0.1:9"] * 65)
    equal("exit code for 65 collectors", too_many.status, 2)
    contains("65 collectors", too_many.err, "--to: more than 64 collectors")
    unknown = run(HEPTAP, "repla")
    equal("exit code for an unknown subcommand", unknown.status, 2)
    contains("an unknown subcommand", unknown.err, "not expected: repla")
    equal("exit code for no subcommand", run(HEPTAP).status, 2)


def scripts_are_run(folder):
    path = folder / "script.yaml"
    path.write_text("plan:\n  lua: plan.lua\n  rules:\n    - {name: a, lua: f, drop: true}\n")
    for script, status, says in (
            ("function f(msg) return msg['no.such.field'] end", 0, ""),
            ("function g() end", 78, f'{path}:4:17: plan.rules[0].lua: "f" is no function of plan.lua'),
            ("\nf = = 1", 78, f"{path}:2:3: plan.lua: is wrong: plan.lua:2: unexpected symbol near '='"),
            ("while true do end", 78, f"{path}:2:3: plan.lua: is wrong: plan.lua:1: takes too many steps"),
            ("t = ('x'):rep(1e9)", 78, f"{path}:2:3: plan.lua: is wrong: takes too much memory")):
        (folder / "plan.lua").write_text(script)
        done = run(HEPTAP, "check", "-c", path)
        equal(f"exit code for {script}, with {done.err}", done.status, status)
        contains(f"what it says of {script}", done.err, says)
    path.write_text("plan: {rules: [{lua: f, drop: true}, {on_error: match, drop: true}]}\n")
    done = run(HEPTAP, "check", "-c", path)
    contains("lua without a script", done.err, "plan.rules[0].lua: needs a script, plan.lua")
    contains("on_error without lua", done.err, "plan.rules[1].on_error: does nothing without lua")


def scripts_decide(folder):
    path = folder / "decides.yaml"
    (folder / "plan.lua").write_text(
        "function of_invite(msg) msg.node_suffix = '-i' return msg['sip.CSeq.method'] == 'INVITE' end\n"
        "function bomb(msg) return ('a'):rep(5000):find('.-.-.-b') end\n")
    with Collector() as collector:
        path.write_text(f"collectors: [{{url: '{collector.url}', name: a}}]\nnode: {{name: n}}\n"
                        "plan:\n  lua: plan.lua\n  unmatched: drop\n  rules:\n"
                        "    - {name: bomb, lua: bomb, drop: true}\n"
                        "    - {name: invites, lua: of_invite, send: a}\n")
        done = replay("-c", path, GOLDEN / "demo.pcap")
        collector.stop()
        frames = collector.lines()
    equal("names of nodes", {f["node_name"] for f in frames}, {"n-i"})
    equal("is some of it, not all", 0 < len(frames) < 30, True)
    contains("an error is told of", done.err, "bomb: the pattern takes too many steps")
    equal("and once", done.err.count("too many steps"), 1)


def tls_files_are_tried(folder):
    (folder / "ca.pem").write_text("no certificate\n")
    path = folder / "tls.yaml"
    path.write_text("collectors: [{url: 'tls://127.0.0.1:9061', ca: ca.pem}]\n")
    done = run(HEPTAP, "check", "-c", path)
    equal("exit code for a CA file without a certificate", done.status, 78)
    contains("what it says", done.err, f"{path}: collectors[0]: ")


def replay_reads_it(folder):
    secret = folder / "key"
    secret.write_text("s3cret\n")
    path = folder / "heptap.yaml"
    with Collector() as collector:
        path.write_text(f"node: {{id: 7, name: sbc-1, auth_key_file: key}}\n"
                        f"collectors: [{{url: '{collector.url}'}}]\n")
        replay("-c", path, GOLDEN / "demo.pcap", "--node-id", 8)
        equal("--json and collectors",
              run(HEPTAP, "replay", "-c", path, "--json", GOLDEN / "demo.pcap").status, 2)
        collector.stop()
        frames = collector.lines()
    equal("frames", len(frames), 30)
    equal("identity", {(f["node_id"], f["node_name"], f["auth_key"]) for f in frames},
          {(8, "sbc-1", "s3cret")})


def main():
    good()
    with Folder() as folder:
        filter_is_shown(folder)
        sources(folder)
        spool(folder)
        plan(folder)
        reports(folder)
        filter_of_the_users(folder)
        bad(folder)
        scripts_are_run(folder)
        scripts_decide(folder)
        tls_files_are_tried(folder)
        replay_reads_it(folder)


if __name__ == "__main__":
    main()
