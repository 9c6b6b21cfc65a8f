// node kafkajs.mjs <address>: kafkajs 2, whose versions of each request are fixed since 2023.

import { randomUUID } from 'node:crypto'

import { CompressionTypes, Kafka, logLevel } from 'kafkajs'

import { eventually, refusal, same } from './waiting.mjs'

const kafka = new Kafka({ brokers: [process.argv[2]], logLevel: logLevel.NOTHING })
const admin = kafka.admin()
const topic = `kafkajs-${randomUUID()}`
const groupId = `kafkajs-readers-${randomUUID()}`
const RECORDS = 300

await admin.connect()
const configEntries = [{ name: 'retention.ms', value: '3600000' }]
same('created', await admin.createTopics({ topics: [{ topic, numPartitions: 3, configEntries }] }), true)
same('created twice', await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] }), false)
const illegal = admin.createTopics({ topics: [{ topic: '../x' }] })
same('a topic named ../x', await refusal(illegal, error => error.errors[0].type), 'INVALID_TOPIC_EXCEPTION')
await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] })
const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
same('partitions', topics[0].partitions.map(one => one.partitionId).sort(), [0, 1, 2, 3])
same('leaders', new Set(topics[0].partitions.map(one => one.leader)).size, 1)
const { brokers, clusterId } = await admin.describeCluster()
same('brokers', brokers.map(one => `${one.host}:${one.port}`), [process.argv[2]])
same('a cluster id', typeof clusterId, 'string')
const asked = [{ type: 2, name: topic, configNames: ['retention.ms'] }]
const { resources } = await admin.describeConfigs({ resources: asked })
same('retention.ms', resources[0].configEntries.map(one => one.configValue), ['3600000'])

const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
await producer.connect()
const began = Date.now()
for (let from = 0; from < RECORDS; from += 50) {
  const messages = Array.from({ length: 50 }, (_, n) => ({
    key: `k${(from + n) % 7}`,
    value: `${from + n}`,
    headers: { n: `${from + n}` },
  }))
  const compression = from % 100 ? CompressionTypes.GZIP : CompressionTypes.None
  const written = await producer.send({ topic, messages, acks: -1, compression })
  same('errors', written.map(one => one.errorCode).filter(code => code), [])
}

/** Reads as a member of the group until it has so many records, and leaves. */
async function read(count) {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 10000, maxWaitTimeInMs: 300 })
  const records = []
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      same('header', message.headers.n.toString(), message.value.toString())
      records.push({ partition, offset: +message.offset, value: +message.value, key: `${message.key}` })
    },
  })
  await eventually(`${count} records`, () => records.length >= count, 40)
  const { members, state } = (await admin.describeGroups([groupId])).groups[0]
  same('group', [state, members.length], ['Stable', 1])
  await consumer.disconnect()
  return records
}

const first = await read(RECORDS)
same('each once', first.map(one => one.value).sort((a, b) => a - b), [...Array(RECORDS).keys()])
for (const partition of [0, 1, 2, 3]) {
  const here = first.filter(one => one.partition === partition)
  same('offsets in order', here.map(one => one.offset), [...here.keys()])
  const values = here.map(one => one.value)
  same('values in order', values, [...values].sort((a, b) => a - b))
}
for (const key of new Set(first.map(one => one.key))) {
  const homes = new Set(first.filter(one => one.key === key).map(one => one.partition))
  same(`partitions of ${key}`, homes.size, 1)
}

const ends = await admin.fetchTopicOffsets(topic)
same('records in all', ends.reduce((sum, one) => sum + +one.high, 0), RECORDS)
const committed = async () => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0].partitions
const places = list => list.map(one => [one.partition, +(one.high ?? one.offset)]).sort((a, b) => a[0] - b[0])
// A partition without a record has no commit, which kafkajs calls -1.
const known = places(ends).map(([partition, end]) => [partition, end || -1])
same('committed', places(await committed()), known)
const early = await admin.fetchTopicOffsetsByTimestamp(topic, began)
same('from a time before', new Set(early.map(one => +one.offset).filter(offset => offset)).size, 0)

// The group goes on where it stopped.
await producer.send({ topic, messages: [{ key: 'k1', value: '1000', headers: { n: '1000' } }] })
same('what is left', (await read(1)).map(one => one.value), [1000])

// And goes back where it is told to.
await admin.resetOffsets({ groupId, topic, earliest: true })
same('everything again', (await read(RECORDS + 1)).length, RECORDS + 1)

await admin.deleteTopicRecords({ topic, partitions: [{ partition: first[0].partition, offset: '1' }] })
const trimmed = (await admin.fetchTopicOffsets(topic)).find(one => one.partition === first[0].partition)
same('first offset after deleting records', trimmed.low, '1')

same('listed', (await admin.listGroups()).groups.some(one => one.groupId === groupId), true)
await admin.deleteGroups([groupId])
same('listed after', (await admin.listGroups()).groups.some(one => one.groupId === groupId), false)
await admin.deleteTopics({ topics: [topic] })
await eventually('its end', async () => !(await admin.listTopics()).includes(topic))
await producer.disconnect()
await admin.disconnect()
