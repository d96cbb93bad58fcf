#!/usr/bin/env python3
"""Namespaces go with the test that made them, and all that runs in them, however it ends."""
import os
import signal
import subprocess
import sys

from common import equal, eventually
from netns import Namespaces, existing

OWNER = """
from common import Process
from netns import Namespaces
with Namespaces("one") as namespaces, Process(*namespaces.within("one", "sleep", "600")) as sleep:
    print(namespaces.names["one"], sleep.process.pid, flush=True)
    %s
"""


def start(then):
    owner = subprocess.Popen([sys.executable, "-B", "-c", OWNER % then], stdout=subprocess.PIPE,
                             cwd=os.path.dirname(os.path.abspath(__file__)), text=True)
    name, sleep = owner.stdout.readline().split()
    return owner, name, int(sleep)


def is_gone(pid):
    """Or nobody has asked for its exit code yet."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def ended_by(what, then, number, status):
    owner, name, sleep = start(then)
    if number:
        owner.send_signal(number)
    equal(f"{what}: exit code", owner.wait(30), status)
    owner.stdout.close()
    return name, sleep


def nothing_is_left(what, name, sleep):
    equal(f"{what}: the namespace is there", name in existing(), False)
    eventually(f"{what}: its process is gone", lambda: is_gone(sleep))


def main():
    with Namespaces("probe"):
        pass  # skipped where there are none
    forever = "import time; time.sleep(600)"
    for what, then, number, status in (("its end", "pass", 0, 0),
                                       ("a failure", "raise SystemExit(1)", 0, 1),
                                       ("SIGTERM", forever, signal.SIGTERM, 128 + signal.SIGTERM),
                                       ("SIGHUP", forever, signal.SIGHUP, 128 + signal.SIGHUP)):
        nothing_is_left(what, *ended_by(what, then, number, status))
    name, sleep = ended_by("SIGKILL", forever, signal.SIGKILL, -signal.SIGKILL)
    equal("SIGKILL leaves it behind", name in existing(), True)
    with Namespaces("next"):
        nothing_is_left("the next one", name, sleep)


if __name__ == "__main__":
    main()
