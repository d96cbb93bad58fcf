"""`heptap run` under load, and the account of what was offered to it.

    source out --- mirror agent mgmt --- mgmt collector

The load is of tests/bench: SIP over UDP, one message a packet, no two alike within seconds. Nothing of
it is dropped on purpose, so what was offered has arrived, or is in the ledger for a reason.
"""
import json
import os
import sys

from common import HEPTAP, PATIENCE_S, Collector, Folder, Process, equal, eventually
from live_figures import SettledPage, figures, is_ready, last_ledger
from netns import Namespaces

ADDRESS = {"agent": "10.45.0.1", "collector": "10.45.0.2"}
COLLECTORS_PORT = 9060
MIRROR_MTU = 9000
CONFIG = """
interfaces: [{{name: mirror, threads: {threads}}}]
collectors: [{{name: far, url: "{url}"{resend}}}]
run: {{ring: {ring}, stop_wait: {stop_wait}}}
security: {{user: nobody}}
log: {{level: {level}}}
{more}
"""
SMALL_RING = {"ring": "1MiB", "resend": ", resend_bytes: 256KiB"}  # soon full
DEFAULTS = {"ring": "64MiB", "resend": "", "stop_wait": "5s", "level": "info", "threads": 1,
            "more": ""}


class LoadBench(Namespaces):
    """programs: the folder with bench_generate, bench_send and bench_sink."""

    def __init__(self, programs, shapes=("plain",), messages=7000):
        super().__init__("source", "agent", "collector")
        self.programs, self.shapes, self.messages = programs, shapes, messages
        self.folder = Folder()
        os.chmod(self.folder.name, 0o755)  # the configuration is read again as another user

    def __enter__(self):
        super().__enter__()
        try:
            for name in self.names:
                self.be_silent(name)
            self.add_mirror()
            self.veth("agent", "mgmt", "collector", "mgmt")
            for name, address in ADDRESS.items():
                self.ip(name, f"addr add {address}/24 dev mgmt")
            self.captures = [self.generate(shape) for shape in self.shapes]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        super().__exit__()
        self.folder.cleanup()

    def be_silent(self, name):
        self.run_in(name, "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6")

    def add_mirror(self):
        self.veth("source", "out", "agent", "mirror")
        for name, link in (("source", "out"), ("agent", "mirror")):
            self.ip(name, f"link set {link} mtu {MIRROR_MTU}")

    def remove_mirror(self):
        self.ip("agent", "link delete mirror")

    def generate(self, shape):
        capture = self.folder / f"{shape}.pcap"
        self.run_in("source", f"{self.programs}/bench_generate", capture, "--shape", shape,
                    "--messages", self.messages)
        return capture

    def load(self, rate, rounds=0):
        return Load(self, rate, rounds)

    def sink(self, carrier):
        """The fast one, which counts."""
        return Sink(*self.within("collector", f"{self.programs}/bench_sink", "--listen",
                                 collectors_url(carrier)))

    def collector(self, carrier, *flags):
        """Several connections at a time."""
        return Collector(collectors_url(carrier), *flags, within=self.within("collector"))

    def agent(self, url, wait_for_capture=True, before=(), **settings):
        """before: words in front of the command."""
        (self.folder / "heptap.yaml").write_text(CONFIG.format(url=url, **{**DEFAULTS, **settings}))
        agent = Agent(self, *self.within("agent", *before, HEPTAP, "run", "-c",
                                         self.folder / "heptap.yaml"))
        try:
            eventually("heptap runs", lambda: agent.figures() or agent.ended())
            if wait_for_capture:
                eventually("it captures", lambda: agent.captures() or agent.ended())
            agent.must_live()
        except BaseException:
            agent.__exit__()
            raise
        return agent


def collectors_url(carrier):
    return f"{carrier}://{ADDRESS['collector']}:{COLLECTORS_PORT}"


class Load(Process):
    """Frames out of bench_send, until end() or so many rounds."""

    def __init__(self, bench, rate, rounds):
        super().__init__(*bench.within("source", f"{bench.programs}/bench_send", *bench.captures,
                                       "--interface", "out", "--rate", rate, "--rounds", rounds))
        eventually("the load begins", lambda: "sending" in self.err or self.ended())

    def end(self, may_be_refused=False):
        """gives   how many frames were sent"""
        if not self.ended():
            self.process.terminate()
        equal(f"exit code of bench_send, which said {self.err}", self.process.wait(PATIENCE_S), 0)
        account = json.loads(self.out_path.read_text())
        if not may_be_refused:
            equal("frames that could not be sent", account["refused"], 0)
        return account["sent"]


class Sink(Process):
    def __init__(self, *command):
        super().__init__(*command)
        self.listens_on()

    def end(self):
        """gives   how many frames have arrived"""
        self.stop()
        return json.loads(self.out_path.read_text())["frames"]


class Agent(Process):
    def __init__(self, bench, *command):
        super().__init__(*command)
        self.bench = bench

    def must_live(self):
        if self.ended():
            sys.exit(f"heptap run ended with {self.process.returncode}: {self.err}")

    def figures(self):
        """Of a page on which no stage has a difference."""
        page = figures(self.bench, "agent")
        equal("what does not add up", page.fault() if page else "", "")
        return page

    def captures(self):
        return self.figures().get(("capture_up", "mirror", "0")) == 1

    def is_ready(self):
        return is_ready(self.bench, "agent")

    def dropped(self, stage, reason):
        return self.figures().get(("stage_dropped_by_reason_total", stage, reason), 0)

    def entered(self):
        return self.figures().entered()

    def sent(self):
        """By the collector's word over TCP, into the network over UDP."""
        return self.figures().get(("collector_sent_frames_total", "far"), 0)

    def goes_on_sending(self):
        before = self.sent()
        eventually("more is sent", lambda: self.sent() > before)

    def settle(self):
        eventually("all is handled", SettledPage(self.bench, "agent"))

    def end(self):
        """gives   the ledger at the end, which adds up"""
        self.must_live()
        self.stop()
        return last_ledger(self.err)


def must_account(what, offered, ledger):
    """Whatever was offered was captured or counted as dropped, and went on or was lost for a reason.

    gives   how many messages the collector has by heptap's word
    """
    equal(f"{what}: offered and captured or dropped, in {ledger}", ledger["capture"].entered, offered)
    lost = sum(sum(stage.dropped.values()) for stage in ledger.values())
    equal(f"{what}: offered and sent or lost, in {ledger}", ledger["far"].left + lost, offered)
    return ledger["far"].left


def must_have_arrived(what, arrived, ledger):
    """What is known to be there is there; more only if it was sent again, or given up in doubt."""
    far = ledger["far"]
    most = far.left + far.noted.get("resent", 0) + sum(far.dropped.values())
    if not far.left <= arrived <= most:
        sys.exit(f"{what}: {arrived} arrived, but the ledger says {far}")
