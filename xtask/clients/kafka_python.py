"""kafka_python.py <address>: the pure-Python client, which shares no code with librdkafka."""

import sys
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import InvalidTopicError, TopicAlreadyExistsError

from waiting import eventually, same

address = sys.argv[1]
topic = f"pure-{uuid.uuid4()}"
group = f"pure-readers-{uuid.uuid4()}"
admin = KafkaAdminClient(bootstrap_servers=address)


def refusal(create):
    try:
        create()
    except Exception as problem:
        return type(problem)
    return None


admin.create_topics([NewTopic(topic, 2, 1)])
eventually("the topic", lambda: topic in admin.list_topics())
again = refusal(lambda: admin.create_topics([NewTopic(topic, 2, 1)]))
same("creating it twice", again, TopicAlreadyExistsError)
path = refusal(lambda: admin.create_topics([NewTopic("../x", 1, 1)]))
same("a topic named ../x", path, InvalidTopicError)

producer = KafkaProducer(bootstrap_servers=address, acks="all", compression_type="gzip")
for number in range(200):
    headers = [("n", str(number).encode())]
    producer.send(topic, key=b"k%d" % (number % 7), value=b"%d" % number, headers=headers)
producer.flush(30)

consumer = KafkaConsumer(
    topic,
    bootstrap_servers=address,
    group_id=group,
    auto_offset_reset="earliest",
    enable_auto_commit=False,
)
read = {}


def all_are_read():
    for records in consumer.poll(timeout_ms=500).values():
        for one in records:
            same("header", one.headers, [("n", one.value)])
            read[int(one.value)] = (one.partition, one.offset, one.timestamp)
    return len(read) == 200


eventually("200 records", all_are_read, 40)
same("each once", sorted(read), list(range(200)))
consumer.commit()

partitions = [TopicPartition(topic, one) for one in range(2)]
ends = consumer.end_offsets(partitions)
same("records in both partitions", sum(ends.values()), 200)
same("committed", [consumer.committed(one) for one in partitions], [ends[one] for one in partitions])
same("first offsets", set(consumer.beginning_offsets(partitions).values()), {0})
partition, offset, time = read[150]
at = consumer.offsets_for_times({TopicPartition(topic, partition): time})
found = at[TopicPartition(topic, partition)]
same("found by its time", found.timestamp == time and found.offset <= offset, True)
consumer.close()

second = KafkaConsumer(
    topic, bootstrap_servers=address, group_id=group, consumer_timeout_ms=3000
)
same("what the group has left", len(list(second)), 0)
second.close()
admin.delete_topics([topic])
eventually("its end", lambda: topic not in admin.list_topics())
producer.close()
admin.close()
