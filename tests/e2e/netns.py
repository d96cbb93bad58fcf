"""Network namespaces of this process alone, gone when the block is left, whatever ends it.

What SIGKILL leaves behind is taken away by the next one who makes namespaces.
"""
import concurrent.futures
import ctypes
import os
import re
import signal
import sys

from common import need, run, skip

OWNED = re.compile(r"heptap-(\d+)-\w+")
CLONE_NEWNET = 0x40000000  # linux/sched.h
DEADLY = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
# Before any interface is there: IPv6 addresses are usable at once and stay when a link is down, and
# nothing is said unasked.
SETTINGS = {"accept_dad": 0, "keep_addr_on_down": 1, "router_solicitations": 0}


class Namespaces:
    def __init__(self, *names):
        self.names = {name: f"heptap-{os.getpid()}-{name}" for name in names}

    def __enter__(self):
        need("ip")
        if os.geteuid() != 0:
            skip("only root can make network namespaces")
        self.handlers = {number: signal.signal(number, leave) for number in DEADLY}
        try:
            remove_orphans()
            for full_name in self.names.values():
                make(full_name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for number in DEADLY:
            signal.signal(number, signal.SIG_IGN)
        for full_name in self.names.values():
            remove(full_name)
        for number, handler in self.handlers.items():
            signal.signal(number, handler)

    def within(self, name, *command):
        """The command that runs `command` in there."""
        return ["ip", "netns", "exec", self.names[name], *map(str, command)]

    def run_in(self, name, *command, stdin=None):
        """Runs it to its end; a failure ends the test."""
        return checked(*self.within(name, *command), stdin=stdin)

    def call_in(self, name, function):
        """What it gives when a thread calls it that is in there; its sockets are of there."""
        def enter_and_call():
            with open(f"/run/netns/{self.names[name]}") as namespace:
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            return function()
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            return thread.submit(enter_and_call).result()

    def ip(self, name, *commands):
        """Commands of ip(8), one after the other."""
        checked("ip", "-n", self.names[name], "-batch", "-", stdin="\n".join(commands).encode())

    def veth(self, one, its_link, other, others_link):
        """A cable between two namespaces, up at both ends."""
        checked("ip", "link", "add", its_link, "netns", self.names[one], "type", "veth",
                "peer", "name", others_link, "netns", self.names[other])
        self.ip(one, f"link set {its_link} up")
        self.ip(other, f"link set {others_link} up")


def kernels_list(process, name):
    """What /proc/net of its namespace says, such as udp; nothing once it has ended."""
    try:
        with open(f"/proc/{process.process.pid}/net/{name}") as listed:
            return listed.read()
    except OSError:
        return ""


def captures(process, threads=1):
    """Whether as many packet sockets of its namespace take frames: sk, RefCnt, Type, Proto, Iface, R."""
    listed = kernels_list(process, "packet")
    return len(re.findall(r"^\w+ +\d+ +3 +0003 +\d+ +1 ", listed, re.MULTILINE)) == threads


def leave(number, _):
    sys.exit(128 + number)


def checked(*command, stdin=None):
    done = run(*command, stdin=stdin)
    if done.status != 0:
        sys.exit(f"{command} of {stdin}: exit code {done.status}: {done.err}{done.out}")
    return done.out


def make(full_name):
    """Where one cannot be made, entered or set up, as in many containers, nothing can be tested."""
    settings = "; ".join(f"echo {value} >/proc/sys/net/ipv6/conf/default/{setting}"
                         for setting, value in SETTINGS.items())
    for command in (("ip", "netns", "add", full_name),
                    ("ip", "-n", full_name, "link", "set", "lo", "up"),
                    ("ip", "netns", "exec", full_name, "sh", "-ec", settings)):
        done = run(*command)
        if done.status != 0:
            skip("no network namespaces here: " + done.err)


def existing():
    return [line.split()[0] for line in run("ip", "netns", "list").out.splitlines() if line]


def remove(full_name):
    """With whatever runs in it. It may be gone already."""
    for pid in run("ip", "netns", "pids", full_name).out.split():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass
    run("ip", "netns", "delete", full_name)


def remove_orphans():
    for full_name in existing():
        owner = OWNED.fullmatch(full_name)
        if owner and not os.path.exists(f"/proc/{owner.group(1)}"):
            remove(full_name)
