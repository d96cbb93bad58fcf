#!/usr/bin/env python3
"""RTP streams as tshark counts them and as heptap does:
rtp_streams_test.py HEPTAP RTP_STREAMS CAPTURES VECTORS.

Compared is what `tshark -q -z rtp,streams` prints of each stream: packets, lost, the maximum of
delta, mean and maximum of jitter, to the printed digit. Where tshark knows no clock, there is no
jitter to compare. What differs, on purpose, stands in rtp_streams_exceptions.tsv with both figures
and the reason; a row that is not right any more fails, too.
"""
import pathlib
import re
import subprocess
import sys

from common import need, rows_of, skip

HERE = pathlib.Path(__file__).parent
SUFFIXES = (".pcap", ".pcapng", ".cap")
TIMEOUT_S = 120
FIGURES = ("packets", "lost", "max_delta", "mean_jitter", "max_jitter")
LINE = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+(\S+)\s+(\d+)\s+(\S+)\s+(\d+)\s+0x([0-9A-F]{8})\s+(.*?)\s+"
                  r"(\d+)\s+(-?\d+) \(-?[\d.]+%\)\s+([-\d.]+)\s+([-\d.]+)\s+([-\d.]+)\s+([-\d.]+)"
                  r"\s+([-\d.]+)\s+([-\d.]+)")


def lines_of(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    return done.stdout.splitlines()


def tshark_streams(capture):
    """Figures of each stream by `source:port>destination:port SSRC`, as they are printed."""
    streams = {}
    for line in lines_of("tshark", "-r", str(capture), "-q", "--enable-heuristic", "rtp_udp", "-z",
                         "rtp,streams"):
        match = LINE.match(line)
        if match:
            source, port, destination, other_port, ssrc, _, packets, lost = match.groups()[:8]
            min_delta, _, max_delta, _, mean_jitter, max_jitter = match.groups()[8:]
            key = f"{source}:{port}>{destination}:{other_port} {ssrc}"
            streams[key] = dict(zip(FIGURES, (packets, lost, max_delta, mean_jitter, max_jitter)))
    return streams


def printed(us):
    return f"{int(us) / 1000:.3f}"


def heptap_streams(program, capture):
    streams = {}
    for line in lines_of(program, str(capture)):
        (source, port, destination, other_port, ssrc, packets, lost, max_delta, mean_jitter,
         max_jitter, _, _, is_clock_told) = line.split("\t")
        figures = (packets, lost, printed(max_delta), printed(mean_jitter), printed(max_jitter))
        stream = dict(zip(FIGURES, figures))
        if is_clock_told == "0":
            stream["mean_jitter"] = stream["max_jitter"] = "0.000"
        streams[f"{source}:{port}>{destination}:{other_port} {ssrc[2:]}"] = stream
    return streams


def differences(theirs, ours):
    """(stream, figure, tshark, heptap)"""
    for key, figures in theirs.items():
        if key not in ours:
            yield key, "stream", "there", "none"
            continue
        for name in FIGURES:
            if figures[name] != ours[key][name]:
                yield key, name, figures[name], ours[key][name]


def main():
    need("tshark")
    program, folders = sys.argv[2], [pathlib.Path(name) for name in sys.argv[3:]]
    paths = {path.name: path for folder in folders for path in sorted(folder.glob("*"))
             if path.name.endswith(SUFFIXES)}
    if not paths:
        skip(f"there are no captures in {', '.join(map(str, folders))}")
    found, streams, figures = {}, 0, 0
    for name, path in paths.items():
        theirs = tshark_streams(path)
        streams += len(theirs)
        figures += len(theirs) * len(FIGURES)
        if theirs:
            for *what, tshark, heptap in differences(theirs, heptap_streams(program, path)):
                found[name, *what] = (tshark, heptap)
    listed = {(row["file"], row["stream"], row["figure"]): (row["tshark"], row["heptap"])
              for row in rows_of(HERE / "rtp_streams_exceptions.tsv") if row["file"] in paths}
    faults = [f"{' '.join(key)}: tshark {found.get(key)}, listed {listed.get(key)}"
              for key in sorted(found.keys() | listed.keys()) if found.get(key) != listed.get(key)]
    if faults:
        sys.exit("\n".join(faults))
    print(f"{len(paths)} captures with {streams} streams: {figures} figures, of which "
          f"{len(found)} differ as they should")


if __name__ == "__main__":
    main()
