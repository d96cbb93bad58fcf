#!/usr/bin/env python3
"""The captures here are what make_captures.py makes, whatever zlib does to the compressed ones."""
import gzip
import pathlib
import sys
import zlib

import calls
import deflate
import make_captures

HERE = pathlib.Path(__file__).parent


def plain(content):
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def is_same(path, content):
    return path.is_file() and plain(path.read_bytes()) == plain(content)


def wrongly_deflated(keeps_context):
    """Texts that zlib does not inflate to what they were: literals, far and long matches, all."""
    deflater, inflater = deflate.Deflater(keeps_context), zlib.decompressobj(-zlib.MAX_WBITS)
    texts = [text for *_, text in calls.all_messages(0)]
    texts += [bytes(range(256)), b"a" * 2000, b"", bytes(40000), texts[0]]
    wrong = []
    for text in texts:
        if not keeps_context:
            inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        if inflater.decompress(deflater.message(text) + b"\0\0\xff\xff") != text:
            wrong.append(text)
    return wrong


def main():
    wrong = [name for name, content in make_captures.captures().items()
             if not is_same(HERE / name, content)]
    if wrong:
        sys.exit("not what make_captures.py makes: " + ", ".join(wrong))
    wrong = wrongly_deflated(True) + wrongly_deflated(False)
    if wrong:
        sys.exit(f"not what zlib inflates: {wrong[:1]}")


if __name__ == "__main__":
    main()
