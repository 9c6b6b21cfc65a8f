"""async_client.py <address>: the asyncio client, with a protocol and a group of its own."""

import asyncio
import sys
import uuid

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import TopicAlreadyExistsError

from waiting import same

address = sys.argv[1]
topic = f"asyncio-{uuid.uuid4()}"
group = f"asyncio-readers-{uuid.uuid4()}"
RECORDS = 400


async def eventually(what, found, seconds=40):
    try:
        async with asyncio.timeout(seconds):
            while not await found():
                await asyncio.sleep(0.02)
    except TimeoutError:
        sys.exit(f"{what}: not within {seconds} s")


class Assigned(ConsumerRebalanceListener):
    def __init__(self):
        self.partitions = set()

    async def on_partitions_revoked(self, revoked):
        self.partitions = set()

    async def on_partitions_assigned(self, assigned):
        self.partitions = {one.partition for one in assigned}


async def member():
    consumer = AIOKafkaConsumer(
        bootstrap_servers=address,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=10000,
        heartbeat_interval_ms=500,
    )
    listener = Assigned()
    await consumer.start()
    consumer.subscribe([topic], listener=listener)
    return consumer, listener


async def take(consumer, into):
    for records in (await consumer.getmany(timeout_ms=200)).values():
        for one in records:
            same("header", one.headers, (("n", one.value),))
            into.append((one.partition, one.offset, int(one.value), one.timestamp))


async def produce(numbers):
    async with AIOKafkaProducer(
        bootstrap_servers=address, enable_idempotence=True, compression_type="gzip"
    ) as producer:
        sent = [
            await producer.send(
                topic, b"%d" % n, key=b"k%d" % (n % 7), headers=[("n", b"%d" % n)]
            )
            for n in numbers
        ]
        return [(done.partition, done.offset) for done in await asyncio.gather(*sent)]


async def create():
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 2, 1)])
    again = await admin.create_topics([NewTopic(topic, 2, 1)])
    same("creating it twice", again.topic_errors[0][1], TopicAlreadyExistsError.errno)
    await admin.create_partitions({topic: NewPartitions(4)})
    (described,) = await admin.describe_topics([topic])
    same("partitions", len(described["partitions"]), 4)
    return admin


async def two_share(told):
    """Both members together read what was sent, each record once, and commit it."""
    (one, of_one), (two, of_two) = await member(), await member()
    read_one, read_two = [], []

    async def balanced():
        await take(one, read_one)
        await take(two, read_two)
        shares = len(of_one.partitions), len(of_two.partitions)
        return shares == (2, 2) and not of_one.partitions & of_two.partitions

    await eventually("two partitions each", balanced)
    told += await produce(range(100, RECORDS))

    async def all_are_read():
        await take(one, read_one)
        await take(two, read_two)
        return len({place[2] for place in read_one + read_two}) == RECORDS

    await eventually("all records", all_are_read)
    # Before the balance the first may have read what the second then read again.
    late = [place for place in read_one + read_two if place[2] >= 100]
    same("each late one once", sorted(place[2] for place in late), list(range(100, RECORDS)))
    same("where they are", {place[:2] for place in read_one + read_two}, set(told))
    for read in (read_one, read_two):
        for partition in range(4):
            here = [(p[1], p[2]) for p in read if p[0] == partition and p[2] >= 100]
            same("order", here, sorted(here, key=lambda pair: (pair[0], pair[1])))
    await one.commit()
    await two.commit()
    partitions = [TopicPartition(topic, number) for number in range(4)]
    ends = await one.end_offsets(partitions)
    same("records in all partitions", sum(ends.values()), RECORDS)
    for partition in partitions:
        same("committed", await one.committed(partition) or 0, ends[partition])
    partition, offset, _, time = late[50]
    at = TopicPartition(topic, partition)
    found = (await one.offsets_for_times({at: time}))[at]
    same("found by its time", found.timestamp == time and found.offset <= offset, True)
    await one.stop()
    await two.stop()


async def main():
    admin = await create()
    await two_share(await produce(range(100)))
    await produce([1000])
    third, _ = await member()
    rest = []

    async def it_is_read():
        await take(third, rest)
        return rest

    await eventually("what the group has left", it_is_read)
    same("what the group has left", [place[2] for place in rest], [1000])
    await third.stop()
    await admin.delete_topics([topic])

    async def gone():
        return topic not in await admin.list_topics()

    await eventually("its end", gone)
    await admin.close()


asyncio.run(main())
