#!/usr/bin/env python3
"""No secret of a capture is in any byte of what a collector gets masked: masks_test.py HEPTAP CAPTURES.

Each capture is replayed to collectors of which one gets everything as it is, which other tests hold
against tshark, and the others the same masked. The regular expressions of mask_secrets.py say what is
secret in the first; none of it may be at its place in the others, and if it is long enough to be told
from what is there by chance, at no place at all. Where it may stay stands in masks_exceptions.tsv with
the reason; a row that is not needed fails too.
"""
import pathlib
import re
import sys
from collections import Counter

import mask_messages
from common import GOLDEN, HEPTAP, SIP, Folder, equal, rows_of, run
from hep_sink import Sink
from mask_secrets import fields, secrets_of, secrets_of_report, split, values, without_what_stays

HERE = pathlib.Path(__file__).parent
PARTS = {"users": "users: keep", "credentials": "credentials: true", "keys": "keys: true",
         "bodies": "bodies: true", "digits": "digits: true"}
HASHED = PARTS | {"users": "users: hash"}
WITH_BODIES = {mask: text for mask, text in PARTS.items() if mask != "bodies"}
CONFIG = """
rtcp: {send: true}
rtp: {statistics: true, dtmf: show}
vq: {send: true}
calls: {report: true}
"""
FILLERS = b"0x*+-.,;() "  # and what stays in a number; a secret of these may look the same
TELLING_BYTES, RARE_BYTES = 4, 8


def replayed(folder, path, masks):
    """gives   the frames that a collector without masks gets, and one with each of these"""
    config, key = folder / "heptap.yaml", folder / "key"
    key.write_text("0123456789abcdef0123456789abcdef\n")
    sinks = [Sink("tcp") for _ in range(len(masks) + 1)]
    lines = ["collectors:", *(f"  - {{name: to{i}, url: \"{sink.url}\"}}"
                              for i, sink in enumerate(sinks)),
             CONFIG, "plan:", f"  mask_key_file: {key}", "  rules:",
             "    - {name: clear, send: [to0], next: continue}"]
    for i, parts in enumerate(masks, 1):
        lines.append(f"    - {{name: rule{i}, send: [to{i}], next: continue, "
                     f"mask: {{{', '.join(parts.values())}}}}}")
    config.write_text("\n".join(lines) + "\n")
    done = run(HEPTAP, "replay", path, "-c", config)
    equal(f"{path.name} is replayed, or its end is damaged: {done.err}", done.status in (0, 1), True)
    return [sink.frames() for sink in sinks]


def secrets_in(frame):
    return list(secrets_of(frame.payload) if frame.type == SIP else secrets_of_report(frame.payload))


def same_but_for_the_payload(clear, masked):
    """Chunks, lengths, and all that a parser goes by."""
    equal("chunks", masked._replace(payload=b""), clear._replace(payload=b""))
    equal("bytes of the payload", len(masked.payload), len(clear.payload))
    places = split(clear.payload) if clear.type == SIP else None
    if not places:
        return
    equal("head and body", split(masked.payload), places)
    was, now = clear.payload[:places[0]], masked.payload[:places[0]]
    equal("fields", [(name, begin, len(value)) for name, begin, value in fields(now)],
          [(name, begin, len(value)) for name, begin, value in fields(was)])
    for name in (b"call-id", b"cseq", b"via", b"content-type", b"user-agent"):
        equal(name.decode(), values(now, name), values(was, name))


def is_telling(secret):
    return len(secret.text.strip()) >= TELLING_BYTES and secret.text.strip(FILLERS) != b""


class Judge:
    """Of the frames of one collector."""

    def __init__(self, clear, masked, parts):
        self.masks, self.is_hash = parts.keys(), parts.get("users") == HASHED["users"]
        self.searched, self.survivors = Counter(), Counter()
        equal("frames", len(masked), len(clear))
        texts = {}
        for here, there in zip(clear, masked):
            same_but_for_the_payload(here, there)
            for secret in secrets_in(here):
                self.at_its_place(secret, there.payload)
                if is_telling(secret) and secret.mask not in ("bodies", "trailing"):
                    texts[secret.text] = secret.mask
        if not self.is_hash:  # which may make one number of another
            self.anywhere(texts, [without_what_stays(frame.payload) for frame in masked])

    def at_its_place(self, secret, payload):
        if secret.text.strip(FILLERS) == b"" or (self.is_hash and not is_telling(secret)):
            return
        self.searched[secret.mask] += 1
        if payload[secret.begin:secret.begin + len(secret.text)] == secret.text:
            self.survivors[secret.mask, secret.text] += 1

    def anywhere(self, texts, payloads):
        everything = b"\n".join(payloads)
        for text, mask in texts.items():
            if text not in everything:
                continue
            pattern = re.escape(text)
            if len(text) < RARE_BYTES:
                pattern = rb"(?<![A-Za-z0-9])" + pattern + rb"(?![A-Za-z0-9])"
            self.survivors[mask, text] += len(re.findall(pattern, everything))


def faults(name, frames, masks, exceptions):
    """gives   what has survived and should not have; takes out of `exceptions` those that were needed"""
    found = []
    for parts, masked in zip(masks, frames[1:]):
        judge = Judge(frames[0], masked, parts)
        for (mask, text), count in judge.survivors.items():
            row = (name, text.decode(errors="backslashreplace"))
            is_fault = count and (mask == "trailing" or mask in judge.masks)
            if is_fault and row in exceptions:
                exceptions[row] = True
            elif is_fault:
                found.append(f"{name}: {text!r}, {count} times behind {', '.join(parts)}")
    return found


def each_mask_is_needed(folder, path):
    """Without it, what it hides is found, and nothing else."""
    for left_out in PARTS:
        parts = {mask: text for mask, text in PARTS.items() if mask != left_out}
        if left_out == "digits":
            del parts["bodies"]  # where they are
        clear, masked = replayed(folder, path, [parts])
        judge = Judge(clear, masked, parts)
        equal(f"found without {left_out}", {mask for (mask, _), count in judge.survivors.items()
                                            if count}, PARTS.keys() - parts.keys())
        equal("searched", judge.searched.keys(), PARTS.keys() | {"trailing"})


def main():
    captures = pathlib.Path(sys.argv[2])
    listed = rows_of(captures / "INVENTORY.tsv") if (captures / "INVENTORY.tsv").is_file() else []
    real = [captures / row["file"] for row in listed if (captures / row["file"]).is_file()]
    golden = [path for path in sorted(GOLDEN.iterdir()) if ".pcap" in path.suffixes or
              ".pcapng" in path.suffixes]
    used = {(row["file"], row["secret"]): False for row in rows_of(HERE / "masks_exceptions.tsv")}
    masks, found, messages = (PARTS, HASHED, WITH_BODIES), [], 0
    with Folder() as folder:
        made = folder / "secrets.pcap"
        made.write_bytes(mask_messages.secrets())
        each_mask_is_needed(folder, made)
        for path in [made, *golden, *real]:
            frames = replayed(folder, path, masks)
            messages += len(frames[0])
            found += faults(path.name, frames, masks, used)
    names = {path.name for path in real}
    found += [f"{row}: an exception that is not needed" for row, is_used in used.items()
              if row[0] in names and not is_used]
    if found:
        sys.exit("\n".join(found))
    print(f"{messages} messages and reports of {1 + len(golden) + len(real)} captures; "
          f"{len(listed) - len(real)} captures skipped: not there" if listed else
          f"{messages} messages and reports; all real captures skipped: none in {captures}")


if __name__ == "__main__":
    main()
