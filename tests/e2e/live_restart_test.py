#!/usr/bin/env python3
"""A restart of `heptap run` in the middle of calls: with state.directory their media, reports and
verdicts stay theirs, without it they do not: live_restart_test.py HEPTAP."""
import json
import os
import stat

from common import HEPTAP, RTCP, SIP, Collector, Folder, Process, contains, equal, eventually
from live_figures import last_ledger
from live_media_test import A, B
from live_reports_test import captures, send
from netns import Namespaces
from rtcp_capture import audio, datagram, sender_report
from rtcp_capture import description as sdp
from rtp_test import RTP_REPORT, rtp
from calls import Dialog  # of tests/golden

CALL, LINK = "restart@a", "leg@a"
PACKETS = 20
CALLER, CALLEE = (A, 40000), (B, 50000)
LOG = 100  # HEP payload type of reports of calls
STATE = "state"
FILE = "calls.state"

CONFIG = """
interfaces: [{{name: tap, threads: {threads}}}]
collectors: [{{url: "{url}"}}]
link: [X-CID]
rtp: {{statistics: true, interval: 0s}}
calls: {{report: true}}
plan:
  unmatched: drop
  rules:
    - {{name: sales, when: 'sip.Method == "INVITE" && {when}', send: [{url}], scope: call}}
security: {{user: nobody}}
http: {{listen: off}}
{more}
"""
SAME, OTHER = "sip.from.user", "sip.to.user"


class Scene:
    """One collector, and heptaps one after the other, in `agent`; packets come from `wire`."""

    def __init__(self, net, folder, more=""):
        self.net, self.folder, self.more, self.seen = net, folder, more, 0
        self.dialog = Dialog(CALLER[:1] + (5060,), CALLEE[:1] + (5060,), CALL, "alice", "bob", 0)
        self.collector = Collector("tcp://127.0.0.1:0", within=net.within("agent"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.collector.__exit__()

    def run(self, packets, threads=1, when=SAME, count=None):
        """Starts heptap, sends, and stops it. gives   what arrived of it, and what it said"""
        config = self.folder / "heptap.yaml"
        config.write_text(CONFIG.format(url=self.collector.url, threads=threads, more=self.more,
                                        when=when))
        with Process(*self.net.within("agent", HEPTAP, "run", "-c", config)) as agent:
            eventually("it captures", lambda: captures(agent, threads) or agent.ended())
            self.net.call_in("wire", lambda: send(packets))
            if count is not None:
                self.collector.wait_for(self.seen + count)
            agent.stop()
            said = agent.err
            last_ledger(said)
        eventually("all is there", lambda: len(self.collector.lines()) == self.sent(said))
        frames = self.collector.lines()[self.seen:]
        self.seen += len(frames)
        return frames, said

    def sent(self, said):
        return self.seen + last_ledger(said)[self.collector.url].left

    def say(self):
        said, self.dialog.messages = self.dialog.messages, []
        return [(0, datagram(*ends, text)) for _, *ends, text in said]

    def begin(self):
        self.dialog.request("INVITE", extra=[f"X-CID: {LINK}"], body=sdp(A, audio(CALLER[1])))
        self.dialog.answer(200, "INVITE", body=sdp(B, audio(CALLEE[1])))
        self.dialog.request("ACK")
        return self.say()

    def end(self):
        self.dialog.request("BYE", number=2)
        self.dialog.answer(200, "BYE", number=2)
        return self.say()


def media(first):
    """RTP both ways and a report of RTCP, without anything that says whose they are."""
    ways = ((CALLER, CALLEE, 1), (CALLEE, CALLER, 2))
    voice = [(0, datagram(*ends, rtp(first + number, ssrc)))
             for number in range(PACKETS) for *ends, ssrc in ways]
    return voice + [(0, datagram((A, CALLER[1] + 1), (B, CALLEE[1] + 1), sender_report(1)))]


def ids(frames, kind):
    return sorted({frame.get("correlation_id", "") for frame in frames if frame["type"] == kind})


def reports(frames, kind):
    values = [json.loads(frame["payload"]) for frame in frames if frame["type"] == kind]
    return [value for value in values if value.get("TYPE", "FINAL") == "FINAL"]


def call_reports(frames):
    return [json.loads(frame["payload"]) for frame in frames if frame["type"] == LOG]


def goes_on(net, folder, threads):
    """Before and after with any number of threads, and beyond a run in which nothing comes."""
    with Scene(net, folder, f"state: {{directory: {folder / STATE}}}") as scene:
        before, said = scene.run(scene.begin() + media(0), threads[0], count=4)
        contains("the first run", said, "1 calls, 1 with media, 1 followed, 1 with a verdict")
        equal("reports of the call, which goes on", call_reports(before), [])
        file = folder / STATE / FILE
        equal("mode", stat.S_IMODE(os.stat(file).st_mode), 0o600)
        scene.run([], threads[1])
        after, said = scene.run(media(PACKETS) + scene.end(), threads[1], count=3)
        contains("the last run", said, "1 calls, 1 with media, 1 followed, 1 with a verdict")
        ledger = last_ledger(said)
        equal("restored", (ledger["parse"].noted["calls_restored"],
                           ledger["correlate"].noted["media_calls_restored"]), (1, 1))
        equal("late", ledger["rtp"].noted.get("late_media", 0), 0)
    what = f"after a restart with {threads} threads, "
    equal(what + "ids of RTCP", ids(after, RTCP), [LINK])
    equal(what + "ids of RTP", ids(after, RTP_REPORT), [LINK])
    equal(what + "streams", len(reports(after, RTP_REPORT)), 2)
    equal(what + "messages", [frame["correlation_id"] for frame in after if frame["type"] == SIP],
          [LINK, LINK])


def report_comes_once(net, folder):
    """From the run that cannot leave the call to another one."""
    with Scene(net, folder, f"state: {{directory: {folder / STATE}}}") as scene:
        first, _ = scene.run(scene.begin() + media(0), count=4)
        (folder / STATE / (FILE + ".new")).mkdir()  # in the way of the next file
        last, said = scene.run(scene.end(), count=2)
        contains("the log", said, "the state of calls is not kept")
    equal("reports before", call_reports(first), [])
    reported = [(report["call_id"], report["final_status"], "is_partial" in report)
                for report in call_reports(last)]
    equal("reports after", reported, [(CALL, 200, False)])
    equal("file", (folder / STATE / FILE).exists(), False)


def forgets_without(net, folder):
    with Scene(net, folder) as scene:
        before, _ = scene.run(scene.begin() + media(0), count=4)
        equal("reports of the call, which is over for us", len(call_reports(before)), 1)
        after, said = scene.run(media(PACKETS) + scene.end())
        equal("state", "state:" in said, False)
    equal("what arrives after a restart that forgets", after, [])


def another_plan_is_asked_anew(net, folder):
    with Scene(net, folder, f"state: {{directory: {folder / STATE}}}") as scene:
        scene.run(scene.begin() + media(0), count=4)
        after, said = scene.run(media(PACKETS) + scene.end(), when=OTHER)
        contains("the log", said, "the plan is another one")
        equal("what the other plan has not decided to send", after, [])


def damage_is_told(net, folder):
    with Scene(net, folder, f"state: {{directory: {folder / STATE}}}") as scene:
        scene.run(scene.begin() + media(0), count=4)
        file = folder / STATE / FILE
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
        after, said = scene.run(media(PACKETS) + scene.end())
        contains("the log", said, "is damaged, nothing of it is used")
        equal("put aside", (folder / STATE / (FILE + ".bad")).read_bytes(), bytes(content))
    equal("what arrives then", after, [])


def main():
    with Namespaces("agent", "wire") as net:
        net.veth("agent", "tap", "wire", "cable")
        scenes = [lambda folder, threads=threads: goes_on(net, folder, threads)
                  for threads in ((1, 1), (1, 4), (4, 2))]
        scenes += [lambda folder, scene=scene: scene(net, folder)
                   for scene in (report_comes_once, forgets_without, another_plan_is_asked_anew,
                                 damage_is_told)]
        for scene in scenes:
            with Folder() as folder:
                os.chmod(folder.name, 0o777)  # heptap is somebody else then
                scene(folder)


if __name__ == "__main__":
    main()
