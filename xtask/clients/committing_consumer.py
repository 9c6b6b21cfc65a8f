"""committing_consumer.py <address> <topic> <partitions>: reads and commits until SIGTERM, whatever happens.

Each partition's records must come numbered 0, 1, 2, … at offsets 0, 1, 2, …; a line `partition offset`
is printed for each commit that was acknowledged. What the broker says is committed must never be
less, nor more than was ever sent.
"""

import signal
import sys

from confluent_kafka import Consumer, KafkaException, TopicPartition

from waiting import eventually

address, topic, partitions = sys.argv[1], sys.argv[2], int(sys.argv[3])
# A broker that comes back needs a moment; until then there is no answer, and that is no mistake.
ANSWER_SECONDS = 2
running = True
# The next record of each partition, and what is known to be committed.
next_offset = [0] * partitions
acknowledged = [0] * partitions


def stop(*_):
    global running
    running = False


def failed(error):
    # Broken connections are what this is about; they are retried.
    if error.fatal():
        sys.exit(f"fatal: {error}")


def read():
    for message in consumer.consume(500, timeout=0.1):
        if message.error():
            continue
        wanted = next_offset[message.partition()]
        got = message.offset(), int(message.value())
        if got != (wanted, wanted):
            sys.exit(f"partition {message.partition()}: {got} where {wanted} is next")
        next_offset[message.partition()] += 1


def commit():
    sent = list(next_offset)
    offsets = [TopicPartition(topic, one, sent[one]) for one in range(partitions)]
    try:
        answers = consumer.commit(offsets=offsets, asynchronous=False)
    except KafkaException:
        return False
    for answer in answers:
        if answer.error is None:
            acknowledged[answer.partition] = sent[answer.partition]
            print(answer.partition, answer.offset)
    return all(answer.error is None for answer in answers)


def check():
    asked = [TopicPartition(topic, one) for one in range(partitions)]
    try:
        answers = consumer.committed(asked, timeout=ANSWER_SECONDS)
    except KafkaException:
        return False
    if any(answer.error for answer in answers):
        return False
    for answer in answers:
        one, offset = answer.partition, max(answer.offset, 0)
        if not acknowledged[one] <= offset <= next_offset[one]:
            sys.exit(
                f"partition {one}: {offset} is committed; {acknowledged[one]} was acknowledged,"
                f" {next_offset[one]} is next"
            )
    return True


signal.signal(signal.SIGTERM, stop)
consumer = Consumer(
    {
        "bootstrap.servers": address,
        "group.id": "committing",
        "enable.auto.commit": False,
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 500,
        "error_cb": failed,
    }
)
consumer.assign([TopicPartition(topic, one, 0) for one in range(partitions)])
while running:
    check()
    read()
    commit()
eventually("a last commit", commit)
eventually("a last look", check)
consumer.close()
