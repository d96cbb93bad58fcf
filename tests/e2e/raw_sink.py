#!/usr/bin/env python3
"""raw_sink.py PORT FOLDER: keeps the bytes of each TCP connection in a file of its own.

Made to be killed: bytes are in the file before they are taken from the kernel, so what was taken is
never lost, and what was not is known to the kernel, which resets the connection.
"""
import itertools
import pathlib
import socket
import sys

CHUNK = 64 * 1024


def keep(connection, path):
    with open(path, "ab", buffering=0) as file:
        while data := connection.recv(CHUNK, socket.MSG_PEEK):
            file.write(data)
            connection.recv(len(data), socket.MSG_WAITALL)


def main():
    folder = pathlib.Path(sys.argv[2])
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
        for number in itertools.count():
            connection, _ = server.accept()
            with connection:
                try:
                    keep(connection, folder / f"{number}.hep")
                except ConnectionResetError:
                    pass


if __name__ == "__main__":
    main()
