"""confluent_admin.py <address>: topics and groups through librdkafka's admin client."""

import sys
import uuid

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, OffsetSpec, ResourceType

from waiting import eventually, same

address = sys.argv[1]
admin = AdminClient({"bootstrap.servers": address})
topic = f"administered-{uuid.uuid4()}"


def result(futures):
    (future,) = futures.values()
    return future.result(timeout=30)


def refused(futures):
    try:
        result(futures)
    except KafkaException as problem:
        return problem.args[0].code()
    return None


result(admin.create_topics([NewTopic(topic, 3, 1, config={"retention.ms": "3600000"})]))
again = refused(admin.create_topics([NewTopic(topic, 3, 1)]))
same("creating it twice", again, KafkaError.TOPIC_ALREADY_EXISTS)
none = refused(admin.create_topics([NewTopic("no-partitions", 0, 1)]))
same("a topic of no partitions", none, KafkaError.INVALID_PARTITIONS)

configs = result(admin.describe_configs([ConfigResource(ResourceType.TOPIC, topic)]))
same("retention.ms", configs["retention.ms"].value, "3600000")
same("its default", configs["cleanup.policy"].value, "delete")

cluster = admin.describe_cluster().result(timeout=30)
same("brokers", len(cluster.nodes), 1)

producer = Producer({"bootstrap.servers": address})
for number in range(9):
    producer.produce(topic, str(number), partition=number % 3)
same("records left unsent", producer.flush(30), 0)
ends = admin.list_offsets({TopicPartition(topic, one): OffsetSpec.latest() for one in range(3)})
same("end offsets", [end.result(timeout=30).offset for end in ends.values()], [3, 3, 3])

group = f"readers-{uuid.uuid4()}"
consumer = Consumer(
    {"bootstrap.servers": address, "group.id": group, "auto.offset.reset": "earliest"}
)
consumer.subscribe([topic])
read = []


def all_are_read():
    message = consumer.poll(0.2)
    if message and not message.error():
        read.append(int(message.value()))
    return len(read) == 9


eventually("nine records", all_are_read)
consumer.commit(asynchronous=False)
partitions = [TopicPartition(topic, one) for one in range(3)]
committed = [one.offset for one in consumer.committed(partitions, timeout=30)]
same("committed offsets", committed, [3, 3, 3])
described = result(admin.describe_consumer_groups([group]))
same("members", len(described.members), 1)
same("state", described.state.name, "STABLE")
listed = admin.list_consumer_groups().result(timeout=30)
same("listed", group in [one.group_id for one in listed.valid], True)
consumer.close()

result(admin.delete_topics([topic]))
eventually("its end", lambda: topic not in admin.list_topics(timeout=10).topics)
