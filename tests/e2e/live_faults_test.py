#!/usr/bin/env python3
"""`heptap run` while things go wrong: what it has given up, an interface that goes and comes back, and
what it says of itself meanwhile: live_faults_test.py HEPTAP."""
import pathlib
import re

from common import HEPTAP, Collector, Folder, Process, contains, equal, eventually
from mirror_bench import ADDRESS, MirrorBench
from sipp_calls import calls, must_be_same

CONFIG = """
interfaces: [{{name: mirror}}]
collectors: [{{name: far, url: "{url}"}}]
security: {{user: nobody, reopen: {reopen}}}
http: {{listen: 127.0.0.1:19060}}
"""
ASK = """
import urllib.error, urllib.request
try:
    print(urllib.request.urlopen("http://127.0.0.1:19060/{page}", timeout=5).read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
except OSError:
    print("nobody")
"""
NET_RAW = "0000000000002000"
NONE = "0000000000000000"


def ask(bench, page):
    return bench.run_in("agent", "python3", "-c", ASK.format(page=page)).strip()


def is_ready(bench):
    return "captured" not in ask(bench, "readyz") and "nobody" not in ask(bench, "readyz")


def status_of(process):
    lines = pathlib.Path(f"/proc/{process.process.pid}/status").read_text().splitlines()
    return {key: value.strip() for key, value in (line.split(":", 1) for line in lines)}


def is_confined(agent, capabilities):
    status = status_of(agent)
    contains("its user", status["Uid"], "65534")
    equal("effective capabilities", status["CapEff"], capabilities)
    equal("permitted capabilities", status["CapPrm"], capabilities)
    equal("inherited capabilities", status["CapInh"], NONE)
    equal("ambient capabilities", status["CapAmb"], NONE)
    equal("bounding capabilities", status["CapBnd"], NONE)
    equal("no new privileges", status["NoNewPrivs"], "1")
    equal("seccomp has a filter", status["Seccomp"], "2")


def started(bench, folder, url, reopen):
    config = folder / "heptap.yaml"
    config.write_text(CONFIG.format(url=url, reopen=reopen))
    return Process(*bench.within("agent", HEPTAP, "run", "-c", config))


def frames_with_lag(page):
    return int(re.search(r'lag_seconds_count{collector="far"} (\d+)', page)[1])


def figures_are_there(page):
    contains("its figures", page, "heptap_ledger_adds_up 1")
    contains("the interface in its ledger", page, "packets:mirror")
    for table in ("fragments", "tcp_streams", "inflaters", "sctp_associations"):
        memory = re.search(rf'heptap_table_memory_bytes{{table="{table}"}} (\d+)', page)
        equal(f"{table} has memory", int(memory[1]) > 0, True)
    equal("the ring", len(re.findall(r"heptap_ring_size_bytes{.*} 67108864", page)), 1)


def interface_comes_back(bench, folder):
    url = f"udp://{ADDRESS['collector'][4]}:0"
    with Collector(url, within=bench.within("collector")) as collector:
        with started(bench, folder, collector.url, "true") as agent:
            eventually("it captures", lambda: is_ready(bench) or agent.ended())
            is_confined(agent, NET_RAW)
            want = calls(bench, "udp")
            bench.remove_mirror()
            eventually("it says so", lambda: "mirror is not captured" in ask(bench, "readyz"))
            bench.add_mirror()
            eventually("it captures again", lambda: is_ready(bench))
            want += calls(bench, "tcp")
            collector.wait_for(len(want))
            eventually("the lag of each message is known",
                       lambda: frames_with_lag(ask(bench, "metrics")) == len(want))
            figures_are_there(ask(bench, "metrics"))
            agent.stop()
            contains("its last words", agent.err, "1 went_away:mirror")
            contains("its ledger", agent.err, "adds up")
        collector.stop()
        must_be_same("before and after", collector.messages(), want)


def keeps_nothing(bench, folder):
    with started(bench, folder, "udp://192.0.2.1:9060", "false") as agent:
        eventually("it captures", lambda: is_ready(bench) or agent.ended())
        is_confined(agent, NONE)
        bench.remove_mirror()
        eventually("it says so", lambda: "mirror is not captured" in ask(bench, "readyz"))
        bench.add_mirror()
        eventually("it may not take it up again", lambda: "permi" in agent.err.lower())
        equal("it has not ended", agent.ended(), False)
        agent.stop()


def main():
    with MirrorBench() as bench, Folder() as folder:
        interface_comes_back(bench, folder)
        keeps_nothing(bench, folder)


if __name__ == "__main__":
    main()
