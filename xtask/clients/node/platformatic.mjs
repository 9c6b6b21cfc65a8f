// node platformatic.mjs <address>: @platformatic/kafka, which shares no code with kafkajs.

import { randomUUID } from 'node:crypto'

import {
  Admin,
  Consumer,
  ProduceAcks,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'

import { eventually, refusal, same } from './waiting.mjs'

const clientId = 'platformatic'
const bootstrapBrokers = [process.argv[2]]
const admin = new Admin({ clientId, bootstrapBrokers })
const topic = `platformatic-${randomUUID()}`
const groupId = `platformatic-readers-${randomUUID()}`
const RECORDS = 300

const [created] = await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 })
same('created', [created.name, created.partitions, created.replicas], [topic, 3, 1])
const again = admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 })
const code = error => error.errors?.[0]?.errors?.[0]?.apiId ?? error.errors?.[0]?.apiId ?? error.message
same('created twice', await refusal(again, code), 'TOPIC_ALREADY_EXISTS')
const [broker] = (await admin.metadata({ topics: [] })).brokers.keys()
await admin.createPartitions({ topics: [{ name: topic, count: 4, assignments: [{ brokerIds: [broker] }] }] })
const metadata = await admin.metadata({ topics: [topic] })
same('partitions', metadata.topics.get(topic).partitionsCount, 4)
same('its id', metadata.topics.get(topic).id, created.id)

const producer = new Producer({ clientId, bootstrapBrokers, serializers: stringSerializers, idempotent: true })
for (let from = 0; from < RECORDS; from += 50) {
  const messages = Array.from({ length: 50 }, (_, n) => ({
    topic,
    key: `k${(from + n) % 7}`,
    value: `${from + n}`,
    headers: { n: `${from + n}` },
  }))
  await producer.send({ messages, acks: ProduceAcks.ALL, compression: from % 100 ? 'gzip' : 'none' })
}

/** Reads as a member of the group until it has so many records, commits all and leaves. */
async function read(count) {
  const consumer = new Consumer({
    clientId,
    bootstrapBrokers,
    groupId,
    deserializers: stringDeserializers,
    sessionTimeout: 10000,
    heartbeatInterval: 500,
    maxWaitTime: 500,
  })
  const topics = [topic]
  const stream = await consumer.consume({
    topics,
    autocommit: false,
    mode: 'committed',
    fallbackMode: 'earliest',
  })
  const records = []
  stream.on('data', one => {
    same('header', one.headers.get('n'), one.value)
    records.push({ partition: one.partition, offset: Number(one.offset), value: +one.value, key: one.key })
  })
  await eventually(`${count} records`, () => records.length >= count, 40)
  const group = (await admin.describeGroups({ groups: [groupId] })).get(groupId)
  same('group', [group.state, group.members.size], ['STABLE', 1])
  const next = new Map(records.map(one => [one.partition, BigInt(one.offset + 1)]))
  const offsets = [...next].map(([partition, offset]) => ({ topic, partition, offset, leaderEpoch: 0 }))
  await consumer.commit({ offsets })
  const ends = (await consumer.listOffsets({ topics })).get(topic)
  await stream.close()
  await consumer.close(true)
  return { records, ends }
}

const { records, ends } = await read(RECORDS)
same('each once', records.map(one => one.value).sort((a, b) => a - b), [...Array(RECORDS).keys()])
for (const partition of [0, 1, 2, 3]) {
  const here = records.filter(one => one.partition === partition)
  same('offsets in order', here.map(one => one.offset), [...here.keys()])
  const values = here.map(one => one.value)
  same('values in order', values, [...values].sort((a, b) => a - b))
  same('end', ends[partition], BigInt(here.length))
}

const [mine] = await admin.listConsumerGroupOffsets({ groups: [groupId] })
const committed = mine.topics[0].partitions.map(one => [one.partitionIndex, one.committedOffset])
const wanted = ends.map((end, partition) => [partition, end]).filter(([, end]) => end)
same('committed', committed.sort((a, b) => a[0] - b[0]), wanted)

// The group goes on where it stopped.
await producer.send({ messages: [{ topic, key: 'k1', value: '1000', headers: { n: '1000' } }], acks: ProduceAcks.ALL })
same('what is left', (await read(1)).records.map(one => one.value), [1000])

same('listed', (await admin.listGroups()).has(groupId), true)
await admin.deleteGroups({ groups: [groupId] })
same('listed after', (await admin.listGroups()).has(groupId), false)
await admin.deleteTopics({ topics: [topic] })
await eventually('its end', async () => !(await admin.listTopics()).includes(topic))
await producer.close()
await admin.close()
