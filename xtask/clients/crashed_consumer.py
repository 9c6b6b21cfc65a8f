"""crashed_consumer.py <address> <topic>: one of two consumers is killed, the other takes over.

Started again with a third word it is one of the consumers: it prints what it is assigned and
what it reads, one JSON document a line.
"""

import json
import os
import signal
import subprocess
import sys
import threading

from confluent_kafka import Consumer, Producer

from waiting import eventually, same

address, topic = sys.argv[1], sys.argv[2]
PARTITIONS = 4
# Kafka's smallest: a crashed member is missed after this long.
SESSION_MS = 6000


def say(kind, value):
    print(json.dumps([kind, value]), flush=True)


def be_a_consumer():
    consumer = Consumer(
        {
            "bootstrap.servers": address,
            "group.id": "taken-over",
            "session.timeout.ms": SESSION_MS,
            "heartbeat.interval.ms": 1000,
            "auto.offset.reset": "earliest",
        }
    )

    def assigned(_, partitions):
        say("assigned", sorted(one.partition for one in partitions))

    consumer.subscribe([topic], on_assign=assigned)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while True:
            message = consumer.poll(0.2)
            if message and not message.error():
                say("read", int(message.value()))
    finally:
        consumer.close()


class Child:
    def __init__(self):
        words = [sys.executable, "-u", __file__, address, topic, "consume"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.assigned = []
        self.read = set()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            kind, value = json.loads(line)
            if kind == "assigned":
                self.assigned = value
            else:
                self.read.add(value)


def produce(numbers):
    producer = Producer({"bootstrap.servers": address, "acks": "all"})
    for number in numbers:
        producer.produce(topic, str(number), partition=number % PARTITIONS)
    same("records left unsent", producer.flush(30), 0)


def tell_the_story(one, two):
    shared = list(range(PARTITIONS))
    eventually(
        "two consumers with two partitions each",
        lambda: len(one.assigned) == len(two.assigned) == 2
        and sorted(one.assigned + two.assigned) == shared,
        40,
    )
    produce(range(100))
    eventually("all records at both together", lambda: len(one.read | two.read) == 100)
    same("records read by both", one.read & two.read, set())

    os.kill(one.process.pid, signal.SIGKILL)
    produce(range(100, 200))
    eventually("the other has all partitions", lambda: two.assigned == shared, 40)
    # What the crashed one had read but not committed may come again; nothing may be missing.
    eventually("all later records", lambda: two.read >= set(range(100, 200)))

    two.process.terminate()
    same("the other's end", two.process.wait(timeout=30), 0)


if len(sys.argv) > 3:
    be_a_consumer()
else:
    children = Child(), Child()
    try:
        tell_the_story(*children)
    finally:
        for child in children:
            child.process.kill()
