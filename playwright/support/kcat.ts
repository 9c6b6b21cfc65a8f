// kcat as the other end of the wire: what the console shows is produced and consumed by a client
// that shares no code with it.
import { type ChildProcess, spawn } from "node:child_process";

// Far more than the slowest use, which sends 100,000 records.
const LIMIT_MS = 60_000;
// How long a broker leaves a transaction open: longer than a test takes, at most what Kafka allows.
const OPEN_MS = 600_000;
// More than kcat reads at a time.
const BLOCK = 10_000;

export class Kcat {
  constructor(private readonly kafka: string) {}

  /** One record a line; `more` as `["-K", ":"]` for keys before a colon. */
  async produce(topic: string, lines: string[], more: string[] = []): Promise<void> {
    await this.run(["-P", "-t", topic, "-X", "acks=all", ...more], lines.join("\n") + "\n");
  }

  /** Writes records in one transaction and commits it. `id` is the producer's, by which a
   * transaction that it has left undecided is aborted first. */
  async transact(topic: string, id: string, lines: string[]): Promise<void> {
    await this.produce(topic, lines, ["-X", `transactional.id=${id}`]);
  }

  /** Writes records in a transaction that stays undecided; they are there when this returns. It is
   * decided by `transact` of the same `id` once it was left, or by the broker's timeout. */
  async undecided(
    topic: string,
    id: string,
    lines: string[],
  ): Promise<{ leave(): Promise<void> }> {
    const open = ["-X", `transactional.id=${id}`, "-X", `transaction.timeout.ms=${OPEN_MS}`];
    const child = spawn("kcat", ["-b", this.kafka, "-P", "-t", topic, ...open], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const leave = () => terminate(child, "SIGKILL");
    child.stdin?.on("error", () => {});
    // It reads in blocks: what follows the lines fills the last one, and never becomes a record.
    child.stdin?.write(lines.map((line) => `${line}\n`).join("") + "x".repeat(BLOCK));
    const all = ["-X", "isolation.level=read_uncommitted"];
    const until = Date.now() + LIMIT_MS;
    while (Date.now() < until) {
      const there = await this.consume(topic, all);
      if (lines.every((line) => there.includes(line))) return { leave };
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await leave();
    throw new Error(`${topic} does not have the records of transaction ${id}`);
  }

  /** Every value in a topic, in the order of partitions and offsets. */
  async consume(topic: string, more: string[] = []): Promise<string[]> {
    const text = await this.run(["-C", "-t", topic, "-e", "-q", ...more]);
    return text.split("\n").filter((line) => line !== "");
  }

  /** Reads what a group has not read yet, commits, and leaves. */
  async consumeAs(group: string, topic: string): Promise<string[]> {
    const from = ["-X", "auto.offset.reset=earliest"];
    const text = await this.run(["-G", group, ...from, "-e", "-q", topic]);
    return text.split("\n").filter((line) => line !== "");
  }

  /** A member of a group that stays until it is stopped. */
  join(group: string, topic: string): { stop(): Promise<void> } {
    const from = ["-X", "auto.offset.reset=earliest"];
    const child = spawn("kcat", ["-b", this.kafka, "-G", group, ...from, "-q", topic], {
      stdio: "ignore",
    });
    return { stop: () => terminate(child) };
  }

  private run(words: string[], input = ""): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn("kcat", ["-b", this.kafka, ...words], { timeout: LIMIT_MS });
      let out = "";
      let err = "";
      child.stdout.on("data", (data) => (out += data));
      child.stderr.on("data", (data) => (err += data));
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve(out);
        else reject(new Error(`kcat ${words.join(" ")} ended with ${code}\n${err}`));
      });
      // It may end before it has read everything; its exit code says why.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
    });
  }
}

async function terminate(child: ChildProcess, by: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(by);
  await ended;
}
