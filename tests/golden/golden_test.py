#!/usr/bin/env python3
"""The captures here are what make_captures.py makes, whatever zlib does to the compressed ones."""
import gzip
import pathlib
import sys

import make_captures

HERE = pathlib.Path(__file__).parent


def plain(content):
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def is_same(path, content):
    return path.is_file() and plain(path.read_bytes()) == plain(content)


def main():
    wrong = [name for name, content in make_captures.captures().items()
             if not is_same(HERE / name, content)]
    if wrong:
        sys.exit("not what make_captures.py makes: " + ", ".join(wrong))


if __name__ == "__main__":
    main()
