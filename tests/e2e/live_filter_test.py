#!/usr/bin/env python3
"""What `heptap run` does not capture: live_filter_test.py HEPTAP FRAME_WRAPPER."""
from common import HEPTAP, Collector, Folder, Process, eventually
from live_capture_test import captures
from mirror_bench import ADDRESS, MirrorBench
from sipp_calls import calls, must_be_same

PORT = 5062

USERS = """
interfaces: [{{name: mirror, filter: "udp port {port}"}}]
collectors: [{{url: "{url}"}}]
security: {{user: nobody}}
"""


def has_port(message):
    return PORT in (message.source_port, message.destination_port)


def users_filter(bench, folder):
    """Each set of calls has another port at the caller's end."""
    url = f"udp://{ADDRESS['collector'][4]}:0"
    with Collector(url, within=bench.within("collector")) as collector:
        config = folder / "heptap.yaml"
        config.write_text(USERS.format(url=collector.url, port=PORT))
        with Process(*bench.within("agent", HEPTAP, "run", "-c", config)) as agent:
            eventually("it captures", lambda: captures(agent) or agent.ended())
            made = []
            while not any(map(has_port, made)):
                made += calls(bench)
            made += calls(bench)
            want = list(filter(has_port, made))
            eventually("what it lets through arrives", lambda: len(collector.lines()) >= len(want))
            agent.stop()
        collector.stop()
        must_be_same("with a filter of the user's", collector.messages(), want)


def main():
    with MirrorBench() as bench, Folder() as folder:
        users_filter(bench, folder)


if __name__ == "__main__":
    main()
