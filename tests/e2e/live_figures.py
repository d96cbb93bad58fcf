"""What a running heptap says of itself: its pages, and the ledger among its last words."""
import re
import sys
import time
import urllib.error
import urllib.request
from typing import NamedTuple

PAGES = "http://127.0.0.1:19060/"
STAGE = re.compile(r"  (\S+) +([\d,]+)(?: \(([\d,]+) of \w+\))? = (.*?)(?:   \((.*)\))?")
SAMPLE = re.compile(r"heptap_(\w+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'\w+="((?:[^"\\]|\\.)*)"')
PUBLISHED_EVERY_S = 1
LEFT = ("left", "sent", "bytes in messages")


class Stage(NamedTuple):
    """Of the printed ledger."""
    entered: int
    left: int
    held: int
    dropped: dict  # by reason, what was absorbed among them; of a collector, what it lost
    noted: dict


def number(text):
    return int(text.replace(",", ""))


def counts(text, separator):
    """{words: number} of "1,000 words + 2 other words"."""
    parts = [part.split(" ", 1) for part in text.split(separator)] if text else []
    return {words.removeprefix("lost: "): number(count) for count, words in parts}


def last_ledger(said):
    """gives   {name: Stage} of the exit summary, which must add up; ends the test when it does not"""
    begin = said.rfind("ledger\n")
    if begin < 0 or "\n  adds up\n" not in said[begin:]:
        sys.exit(f"no ledger that adds up:\n{said}")
    stages = {}
    for line in said[begin:].splitlines()[1:]:
        if line == "  adds up":
            break
        name, entered, _, equation, noted = STAGE.fullmatch(line).groups()
        parts = counts(equation, " + ")
        left = sum(parts.pop(word, 0) for word in LEFT)
        stages[name] = Stage(number(entered), left, parts.pop("held", 0), parts,
                             counts(noted, ", "))
    return stages


def fetch(namespaces, name, page):
    """A page of the heptap in that namespace; empty while nobody serves it."""
    def get():
        try:
            with urllib.request.urlopen(PAGES + page, timeout=5) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return f"{error.code} {error.read().decode()}"
        except OSError:
            return ""
    return namespaces.call_in(name, get)


class Figures(dict):
    """{(family, *values of its labels): value} of /metrics; families without heptap_."""

    def __init__(self, text):
        super().__init__({(name, *LABEL.findall(labels or "")): float(value) for name, labels, value
                          in map(re.Match.groups, filter(None, map(SAMPLE.fullmatch,
                                                                   text.splitlines())))})

    def of(self, family):
        """gives   {values of the labels: value}"""
        return {key[1:]: value for key, value in self.items() if key[0] == family}

    def fault(self):
        """What does not add up; empty when all does."""
        wrong = [f"{key}: {value}" for key, value in self.items()
                 if key[0].endswith("_difference") or key[0].endswith("_difference_bytes")
                 or key[0].endswith("_difference_frames") if value != 0]
        if self.get(("ledger_adds_up",)) != 1:
            wrong.append("ledger_adds_up is not 1")
        return "; ".join(wrong)

    def held(self):
        """Packets that the kernel still has for it."""
        return self.get(("stage_held", "capture"), 0)

    def entered(self):
        return self.get(("stage_entered_total", "capture"), 0)


def figures(namespaces, name):
    return Figures(fetch(namespaces, name, "metrics"))


class SettledPage:
    """True, when called, once nothing comes any more and nothing waits to be read or written.
    Figures are published each second."""
    MOVING = ("stage_entered_total", "collector_sent_bytes_total")

    def __init__(self, namespaces, name):
        self.namespaces, self.name, self.seen, self.looked = namespaces, name, None, 0.0

    def __call__(self):
        if time.monotonic() - self.looked < 2 * PUBLISHED_EVERY_S:
            return False
        self.looked = time.monotonic()
        page = figures(self.namespaces, self.name)
        before, self.seen = self.seen, [page.of(family) for family in self.MOVING]
        return before == self.seen and page.held() == 0


def is_ready(namespaces, name):
    """Its interfaces are captured and a collector is connected."""
    page = fetch(namespaces, name, "readyz")
    return bool(page) and not page.startswith("503")
