"""create_topic.py <address> <topic> <partitions>: creates a topic and waits until it can be used."""

import sys

from confluent_kafka.admin import AdminClient, NewTopic

from waiting import eventually

address, topic, partitions = sys.argv[1], sys.argv[2], int(sys.argv[3])
admin = AdminClient({"bootstrap.servers": address})
admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(timeout=30)


def has_leaders():
    known = admin.list_topics(topic, timeout=10).topics[topic].partitions
    return len(known) == partitions and all(one.leader >= 0 for one in known.values())


eventually("a leader for every partition", has_leaders)
