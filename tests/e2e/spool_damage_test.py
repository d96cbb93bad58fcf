#!/usr/bin/env python3
"""What a crash of the machine does to a spool: its newest file is cut, bits flip, a page is zero, the
position is gone. No frame is sent that was not written, all before the damage is sent, and the ledger has
the rest. spool_damage_test.py HEPTAP

HEPTAP_DAMAGES: how many of each kind; default 3."""
import json
import os
import random
import shutil
import struct
from typing import NamedTuple

import hep3
from common import HEPTAP, Folder, equal, eventually, run
from spool_scene import Scene, Sink

DAMAGES = int(os.environ.get("HEPTAP_DAMAGES", "3"))
MESSAGES = 20_000
LOST = 3
FILE_HEADER, BLOCK_HEADER, PAGE = 24, 40, 4096
SIZE = "size: 4MiB, "  # files of 512 KiB


class Block(NamedTuple):
    """As spool_block.hpp has it."""
    begin: int
    end: int
    first: int
    frames: int


def aligned(offset, alignment):
    return -(-offset // alignment) * alignment


def blocks_of(path):
    data, found = path.read_bytes(), []
    alignment, = struct.unpack_from("<I", data, 16)
    at = aligned(FILE_HEADER, alignment)
    while at < len(data):
        magic, stored, _, count, first = struct.unpack_from("<4sIIIQ", data, at)
        equal("a block begins", magic, b"HTsB")
        found.append(Block(at, at + BLOCK_HEADER + stored, first, count))
        at = aligned(found[-1].end, alignment)
    equal("the last block ends where the file does", at, len(data))
    return found


def last_of(blocks):
    """gives   where the last two begin and end, or the only one"""
    return blocks[-2:][0].begin, blocks[-1].end


def cut(path, chance, blocks):
    """Within the last two blocks."""
    at = chance.randrange(*last_of(blocks))
    os.truncate(path, at)
    return at


def flip(path, chance, blocks):
    """Up to 20 bits there."""
    data = bytearray(path.read_bytes())
    places = [chance.randrange(*last_of(blocks)) for _ in range(chance.randint(1, 20))]
    for at in places:
        data[at] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return min(places)


def zero_page(path, _chance, blocks):
    size = blocks[-1].end
    with open(path, "r+b") as file:
        file.seek((size - 1) // PAGE * PAGE)
        file.write(bytes(size - file.tell()))
    return (size - 1) // PAGE * PAGE


def zero_from(path, chance, blocks):
    """As long as it was, and never written: what a file system may leave of a file that had grown."""
    at = chance.randrange(*last_of(blocks))
    size = blocks[-1].end
    os.truncate(path, at)
    os.truncate(path, size)
    return at


def lose_position(path, _chance, blocks):
    (path.parent / "position").unlink()
    return blocks[-1].end


def lose_header(path, chance, _blocks):
    """The file is none any more."""
    with open(path, "r+b") as file:
        file.seek(chance.randrange(FILE_HEADER))
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 0xff]))
    return 0


class Crashed:
    """A spool whose process was killed, and what it had been given."""

    def __init__(self, folder):
        self.scene, self.template = Scene(folder, MESSAGES), folder / "template"
        text = self.scene.config.read_text()
        self.scene.config.write_text(text.replace("spool: {", "spool: {" + SIZE))
        self.expected = self.scene.baseline()
        with self.scene.start(self.scene.capture, 0) as process:
            eventually("all is on disk", lambda: self.on_disk() == MESSAGES or process.ended())
            equal("it waits for the collector", process.ended(), False)
            process.process.kill()
            process.process.wait()
        self.scene.collector_folder.rename(self.template)

    def on_disk(self):
        """Frames in all files; a block that is being written makes it none."""
        try:
            return sum(block.frames for path in segments(self.scene.collector_folder)
                       for block in blocks_of(path))
        except (FileNotFoundError, struct.error, SystemExit):
            return 0

    def after(self, damage, chance, which=-1):
        """gives   frames that arrive after it, the ledger of the spool, and how many were before it"""
        target = self.scene.collector_folder
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.template, target)
        path = segments(target)[which]
        blocks = blocks_of(path)
        at = damage(path, chance, blocks)
        before = blocks[0].first + sum(block.frames for block in blocks if block.end <= at)
        with Sink(self.scene.port) as sink:
            ledger = self.replay_one()
            arrived = [frame for frame in sink.frames() if hep3.decode(frame).node_id != 2]
            equal("the live message arrives, too", len(sink.frames()) - len(arrived), 1)
        equal("segments that are left", segments(target), [])
        return arrived, ledger["spools"][0], before

    def replay_one(self):
        """What is damaged is lost, which replay says."""
        path = self.scene.folder / "ledger.json"
        done = run(HEPTAP, "replay", self.scene.one, "-c", self.scene.config, "--node-id", 2,
                   "--ledger-json", path)
        ledger = json.loads(path.read_text())
        equal("ledger adds up", ledger["adds_up"], True)
        equal("exit code, it said " + done.err, done.status, LOST if ledger["spools"][0]["lost"] else 0)
        return ledger


def segments(folder):
    return sorted(folder.glob("*.spool"))


def judge(crashed, damage, chance, which=-1):
    arrived, spool, before = crashed.after(damage, chance, which)
    equal("none twice", len(set(arrived)), len(arrived))
    order = {frame: i for i, frame in enumerate(crashed.expected)}
    equal("each is one that was written", set(arrived) <= set(order), True)
    numbers = [order[frame] for frame in arrived]
    equal("their order", numbers == sorted(numbers), True)
    equal("all before the damage arrives", set(range(before)) <= set(numbers), True)
    lost = spool["lost"].get("damage", 0)
    noted = {word: spool[word] for word in ("torn", "quarantined") if word in spool}
    known = spool.get("joined", 0)
    equal("what was found is what arrived, and what is lost", known, len(arrived) + lost)
    told = lost + sum(noted.values())
    equal(f"what is missing is told: {spool}", told > 0, len(arrived) < MESSAGES)
    print(f"{damage.__name__}: {before} before it, {len(arrived)} of {MESSAGES} arrived, "
          f"{lost} lost: damage, {noted}", flush=True)
    return len(arrived), lost


def main():
    with Folder() as folder:
        crashed = Crashed(folder)
        files = segments(crashed.template)
        print(f"{len(files)} files, {sum(map(len, map(blocks_of, files)))} blocks")
        equal("there are files before the last one", len(files) > 1, True)
        for number in range(DAMAGES):
            for damage in (cut, flip, zero_page, zero_from):
                judge(crashed, damage, random.Random(f"{damage.__name__} {number}"))
        equal("without the position all arrives", judge(crashed, lose_position, None), (MESSAGES, 0))
        for which in range(len(files)):
            arrived, lost = judge(crashed, lose_header, random.Random(which), which)
            inside = sum(block.frames for block in blocks_of(files[which]))
            equal("others arrive", arrived, MESSAGES - inside)
            if which != len(files) - 1:
                equal("those of the file are counted", lost, inside)


if __name__ == "__main__":
    main()
