#!/usr/bin/env python3
"""Records the frames between a Kafka client and a broker, for the tests beside this file.

    record.py LISTEN_PORT BROKER_PORT FILE

Stands between both on 127.0.0.1 (start the broker with `--advertise-kafka 127.0.0.1:LISTEN_PORT`,
or clients go past it), until it is interrupted; then writes FILE, one frame a line: direction, API
key, version, and the frame without its length in hexadecimal. Of each kind it keeps a few, short
ones first, since every line is read by every run of the tests.
"""

import signal
import socket
import sys
import threading
from collections import defaultdict, deque

FRAMES_PER_KIND = 2
FRAME_BYTES_MAX = 2000

kinds = defaultdict(set)
lock = threading.Lock()


def keep(direction, key, version, frame):
    if len(frame) <= FRAME_BYTES_MAX:
        with lock:
            kinds[direction, key, version].add(frame)


def read_exactly(source, count):
    data = b""
    while len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def pump(source, target, note):
    try:
        while True:
            length = read_exactly(source, 4)
            frame = read_exactly(source, int.from_bytes(length, "big"))
            note(frame)
            target.sendall(length + frame)
    except (EOFError, OSError):
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client, broker_port):
    broker = socket.create_connection(("127.0.0.1", broker_port))
    asked = deque()

    def request(frame):
        key, version = (int.from_bytes(frame[at : at + 2], "big") for at in (0, 2))
        # Nothing answers a Produce without acknowledgements; those are not made here.
        asked.append((key, version))
        keep("request", key, version, frame)

    def response(frame):
        keep("response", *asked.popleft(), frame)

    threading.Thread(target=pump, args=(client, broker, request), daemon=True).start()
    threading.Thread(target=pump, args=(broker, client, response), daemon=True).start()


def write(path):
    with lock, open(path, "w") as out:
        for direction, key, version in sorted(kinds, key=lambda kind: (kind[1], kind[2], kind[0])):
            frames = sorted(kinds[direction, key, version], key=lambda frame: (len(frame), frame))
            middle = frames[:1] + frames[len(frames) // 2 :][: FRAMES_PER_KIND - 1]
            for frame in sorted(set(middle), key=len):
                out.write(f"{direction} {key} {version} {frame.hex()}\n")


def main():
    listen, broker_port, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

    def end(*_):
        write(path)
        sys.exit(0)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    with socket.create_server(("127.0.0.1", listen)) as door:
        while True:
            client, _ = door.accept()
            serve(client, broker_port)


main()
