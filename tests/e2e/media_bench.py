"""heptap on the mirror bench, and tshark beside it, while endpoints talk."""
import contextlib
import json
import re
import sys

import hep3
from common import HEPTAP, Process, equal, eventually
from hep_rules import RTP, must_keep_rules
from hep_sink import Sink
from mirror_bench import ADDRESS, MirrorBench
from netns import captures

CONFIG = """
interfaces:
  - name: mirror
collectors:
  - name: collector
    url: {url}
security:
  user: nobody
"""
ENDS = re.compile(rb"SIP/2.0 200 [^\0]*?CSeq: *\d+ BYE")


class MediaBench(MirrorBench):
    """`middle` is where calls lead their media through."""

    def __init__(self):
        super().__init__("middle")


@contextlib.contextmanager
def captured(bench, folder, options):
    """What `heptap run` sends of what happens in the block.

    options  more lines of its configuration
    gives    a Captured, whose frames are there behind the block; each keeps collectors' rules
    """
    sink = bench.call_in("collector", lambda: Sink("tcp", ADDRESS["collector"][4]))
    config = folder / "heptap.yaml"
    config.write_text(CONFIG.format(url=sink.url) + options)
    got = Captured(folder / "mirror.pcap")
    with Process(*bench.within("agent", HEPTAP, "run", "-c", config)) as agent:
        eventually("heptap captures", lambda: captures(agent) or agent.ended())
        if agent.ended():
            sys.exit("heptap run ended: " + agent.err)
        with bench.recorded(got.recording):
            yield got
        eventually("the end of the call arrives", lambda: ENDS.search(sink.data))
        agent.stop()
        got.summary = agent.err
    got.frames = sink.frames()
    must_keep_rules(sink.raw)


class Captured:
    def __init__(self, recording):
        self.recording, self.frames, self.summary = recording, [], ""

    def of_type(self, kind):
        return [frame for frame in self.frames if frame.type == kind]

    def whole_stream(self, source, destination):
        """What is said of a stream of RTP between two of (address, port), when it is over."""
        frames = [frame for frame in self.of_type(RTP) if (source, destination) == (
            (frame.source, frame.source_port), (frame.destination, frame.destination_port))]
        equal(f"whose the reports from {source} to {destination} are",
              {frame.correlation_id for frame in frames}, self.call_ids())
        finals = [report for frame in frames
                  if (report := json.loads(frame.payload))["TYPE"] == "FINAL"]
        equal(f"reports of the whole stream from {source} to {destination}", len(finals), 1)
        return finals[0]

    def call_ids(self):
        """Of the messages that came."""
        found = (re.search(rb"^Call-ID: *(\S+)", frame.payload, re.MULTILINE)
                 for frame in self.of_type(hep3.SIP))
        return {one.group(1).decode() for one in found if one}
