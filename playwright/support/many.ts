// Ten thousand topics and two thousand groups in seconds: by the two requests of Kafka's protocol
// that make them, which no client here sends in lots. Both are the oldest versions that Kafka 4
// still speaks, and have no tagged fields.
import { connect, type Socket } from "node:net";

const CREATE_TOPICS = { key: 19, version: 2 };
const OFFSET_COMMIT = { key: 8, version: 2 };
/** Topics in one request: each is small, and all of them share the broker's sync. */
const LOT = 500;
/** A debug build beside a browser. */
const PATIENCE_MS = 60_000;

const i16 = (value: number) => bytes(2, (at) => at.writeInt16BE(value));
const i32 = (value: number) => bytes(4, (at) => at.writeInt32BE(value));
const i64 = (value: number) => bytes(8, (at) => at.writeBigInt64BE(BigInt(value)));
const text = (value: string) => Buffer.concat([i16(Buffer.byteLength(value)), Buffer.from(value)]);
const list = (all: Buffer[]) => Buffer.concat([i32(all.length), ...all]);

function bytes(length: number, write: (to: Buffer) => void): Buffer {
  const to = Buffer.alloc(length);
  write(to);
  return to;
}

/** Creates the topics, each with one partition. */
export async function createTopics(kafka: string, names: string[]): Promise<void> {
  const topic = (name: string) => Buffer.concat([text(name), i32(1), i16(1), list([]), list([])]);
  const requests = [];
  for (let from = 0; from < names.length; from += LOT) {
    const lot = names.slice(from, from + LOT).map(topic);
    requests.push(Buffer.concat([list(lot), i32(PATIENCE_MS), Buffer.from([0])]));
  }
  await ask(kafka, CREATE_TOPICS, requests);
}

/**
 * Has each group commit `offset` of the topic's first partition, as a consumer without members. The
 * topic of commits has to be there: a first group has been read with.
 */
export async function commit(kafka: string, groups: string[], [topic, offset]: [string, number]) {
  const partition = Buffer.concat([i32(0), i64(offset), text("")]);
  const topics = list([Buffer.concat([text(topic), list([partition])])]);
  const request = (group: string) =>
    Buffer.concat([text(group), i32(-1), text(""), i64(-1), topics]);
  for (const answer of await ask(kafka, OFFSET_COMMIT, groups.map(request))) {
    // The error of the only partition of the only topic is what the answer ends in.
    const error = answer.readInt16BE(answer.length - 2);
    if (error !== 0) throw new Error(`a commit was refused with error ${error}`);
  }
}

/** Sends the requests one behind the other and answers what came back, in their order. */
async function ask(kafka: string, api: { key: number; version: number }, requests: Buffer[]) {
  const [host = "", port = ""] = kafka.split(":");
  const socket = connect({ host, port: Number(port) });
  try {
    const answers = answered(socket, requests.length);
    for (const [at, request] of requests.entries()) {
      const head = Buffer.concat([i16(api.key), i16(api.version), i32(at), text("browser-tests")]);
      socket.write(Buffer.concat([i32(head.length + request.length), head, request]));
    }
    return await answers;
  } finally {
    socket.destroy();
  }
}

/** Resolves at that many frames. */
function answered(socket: Socket, wanted: number): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    let rest = Buffer.alloc(0);
    const all: Buffer[] = [];
    const tell = (why: string) => reject(new Error(`${why} ${all.length} of ${wanted} answers`));
    const timer = setTimeout(() => tell("too slow:"), PATIENCE_MS);
    socket.once("error", reject);
    socket.once("close", () => tell("closed after"));
    socket.on("data", (data) => {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const end = 4 + rest.readInt32BE(0);
        all.push(rest.subarray(4, end));
        rest = rest.subarray(end);
      }
      if (all.length < wanted) return;
      clearTimeout(timer);
      resolve(all);
    });
  });
}
