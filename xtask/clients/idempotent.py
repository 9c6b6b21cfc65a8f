"""idempotent.py <address> <topic> <count>: everything is stored once and in order.

Small batches and many requests in flight, so that retries and reordering would show.
"""

import sys
import uuid

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from waiting import eventually, same

address, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
PARTITIONS = 4
errors = []
acknowledged = [[] for _ in range(PARTITIONS)]


def delivered(error, message):
    if error:
        errors.append(str(error))
    else:
        acknowledged[message.partition()].append((message.offset(), int(message.value())))


producer = Producer(
    {
        "bootstrap.servers": address,
        "enable.idempotence": True,
        "acks": "all",
        "linger.ms": 1,
        "batch.num.messages": 50,
        "compression.type": "lz4",
    }
)
for number in range(count):
    while True:
        try:
            producer.produce(
                topic, str(number), partition=number % PARTITIONS, on_delivery=delivered
            )
            break
        except BufferError:
            producer.poll(0.1)
    producer.poll(0)
same("records left unsent", producer.flush(60), 0)
same("errors", errors, [])
for partition in range(PARTITIONS):
    numbers = range(partition, count, PARTITIONS)
    wanted = list(enumerate(numbers))
    same(f"acknowledged in partition {partition}", sorted(acknowledged[partition]), wanted)

consumer = Consumer({"bootstrap.servers": address, "group.id": f"check-{uuid.uuid4()}"})
consumer.assign([TopicPartition(topic, one, OFFSET_BEGINNING) for one in range(PARTITIONS)])
stored = [[] for _ in range(PARTITIONS)]


def everything_is_read():
    for message in consumer.consume(1000, timeout=0.5):
        if message.error():
            sys.exit(f"reading: {message.error()}")
        stored[message.partition()].append((message.offset(), int(message.value())))
    return sum(map(len, stored)) >= count


eventually("all records", everything_is_read)
for partition in range(PARTITIONS):
    same(f"stored in partition {partition}", stored[partition], sorted(acknowledged[partition]))
consumer.close()
