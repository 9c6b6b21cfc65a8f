"""numbered_producer.py <address> <topic> <partitions>: produces until SIGTERM, whatever happens.

Each partition's records are numbered 0, 1, 2, …; a line `partition offset number` is printed for
each that was acknowledged.
"""

import signal
import sys

from confluent_kafka import Producer

address, topic, partitions = sys.argv[1], sys.argv[2], int(sys.argv[3])
# About one batch for each partition in flight: enough that a kill always interrupts something.
IN_FLIGHT_MAX = 400
running = True


def stop(*_):
    global running
    running = False


def delivered(error, message):
    if error:
        sys.exit(f"not delivered: {error}")
    print(message.partition(), message.offset(), message.value().decode())


def failed(error):
    # Broken connections are what this is about; they are retried.
    if error.fatal():
        sys.exit(f"fatal: {error}")


signal.signal(signal.SIGTERM, stop)
producer = Producer(
    {
        "bootstrap.servers": address,
        "enable.idempotence": True,
        "acks": "all",
        "linger.ms": 2,
        "message.timeout.ms": 300000,
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 500,
        "error_cb": failed,
    }
)
number = 0
while running:
    while len(producer) >= IN_FLIGHT_MAX and running:
        producer.poll(0.05)
    for partition in range(partitions):
        producer.produce(topic, str(number), partition=partition, on_delivery=delivered)
    number += 1
    producer.poll(0)
left = producer.flush(60)
if left:
    sys.exit(f"{left} records were never acknowledged")
