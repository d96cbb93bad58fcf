#!/usr/bin/env python3
"""What is known of each call, as text, as JSON and as frames: call_reports_test.py HEPTAP."""
import json

from common import GOLDEN, Collector, Folder, contains, equal, replay

DEMO = GOLDEN / "demo.pcap"
MEDIA = GOLDEN / "media.pcap"
LOG = 100
CALL = "a1b2-answered@192.0.2.10"
DETAILS = """\
    timing      SRD 352 ms, SDR 352 ms, PDD 352 ms, SNT 4552 ms, SDD 20 ms
    state       ended, BYE by caller
"""
# Keys of every call, and of those that came to an answer.
ALWAYS = {"call_id", "from", "to", "source", "destination", "opened_by", "methods", "start_us",
          "end_us", "messages", "state", "end", "retransmissions", "timing", "transactions"}
ANSWERED = {"final_status", "outcome", "answered_us", "talk_us"}


def printed():
    """Of each call in the capture, by Call-ID."""
    done = replay("--json", "--quiet", DEMO)
    calls = {call["call_id"]: call for call in json.loads(done.out)["calls"]}
    for call in calls.values():
        equal(f"keys that are missing in {call}", ALWAYS - call.keys(), set())
        equal(f"values that are not known in {call}", [k for k, v in call.items() if v is None], [])
    call = calls[CALL]
    equal("keys that are missing in the answered call", ANSWERED - call.keys(), set())
    equal("its times", {name: round(value) for name, value in call["timing"].items()
                        if name in ("sdr_ms", "sdd_ms", "sdt_sig_ms")},
          {"sdr_ms": 352, "sdd_ms": 20, "sdt_sig_ms": 65020})
    equal("how it ended", (call["state"], call["bye_by"], call["bye_status"]),
          ("ended", "caller", 200))
    return calls


def with_media():
    """The call whose media are captured, too: what its script has put there."""
    [call] = json.loads(replay("--json", "--quiet", MEDIA).out)["calls"]
    streams = {stream["from"]: stream for stream in call["streams"]}
    equal("packets and losses", {who: (stream["packets"], stream["lost"], stream["mos_lq"])
                                 for who, stream in streams.items()},
          {"caller": (392, 8, 4.235), "callee": (400, 0, 4.409)})
    rtcp = call["rtcp"]["streams"]
    equal("round trips", [round(one["mean_rtt_ms"]) for one in rtcp], [24, 24])
    return {call["call_id"]: call}


def sent(folder, capture, calls):
    """The same arrives as frames, of sessions alone."""
    config = folder / "heptap.yaml"
    config.write_text("calls: {report: true}\nrtp: {statistics: true}\n")
    with Collector() as collector:
        done = replay(capture, "--to", collector.url, "--quiet", "-c", config)
        collector.stop()
        frames = [frame for frame in collector.lines() if frame["type"] == LOG]
    sessions = {call_id for call_id, call in calls.items() if call["opened_by"] == "INVITE"}
    equal("calls that are reported", {frame["correlation_id"] for frame in frames}, sessions)
    equal("each once", len(frames), len(sessions))
    for frame in frames:
        call = calls[frame["correlation_id"]]
        equal("what is sent", json.loads(frame["payload"]), call)
        equal("its source", f"{frame['src']}:{frame['src_port']}".replace("[", "").replace("]", ""),
              call["source"].replace("[", "").replace("]", ""))
    stages = {row["name"]: row for row in done.ledger["sources"]}
    reports, queue = stages["call_reports"], stages["call_queue"]
    equal("on the ledger", (reports["entered"], reports["left"]), (len(frames), len(frames)))
    equal("in the queue", (queue["entered"], queue["held"]), (len(frames), 0))


def main():
    calls = printed()
    contains("below the line of the call", replay("--quiet", DEMO).out, DETAILS)
    with Folder() as folder:
        sent(folder, DEMO, calls)
        sent(folder, MEDIA, with_media())


if __name__ == "__main__":
    main()
