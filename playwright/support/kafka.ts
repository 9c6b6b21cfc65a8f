// Apache Kafka on a port and in a folder of its own: one process that is broker and controller.
// Owns its life, as server.ts does for ours. `cargo xtask` fetches the jars and says where they lie.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end } from "./process.ts";

// A JVM that starts beside a browser on two cores.
const READY_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 100;

// Its own defaults are for a server with a machine to itself.
const JVM = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

export interface Kafka {
  /** `127.0.0.1:port` */
  address: string;
  /** A second door to the same broker. */
  locked: Locked;
  /** Runs one of Kafka's own tools before it, until it is stopped. */
  tool(main: string, words: string[]): { stop(): Promise<void> };
  stop(): Promise<void>;
}

/** A listener for which one needs TLS and a password, which is proved by SCRAM-SHA-512. */
export interface Locked {
  /** `127.0.0.1:port` */
  address: string;
  /** PEM of its certificate, which no authority has signed: made when it was started. */
  ca: string;
  user: string;
  password: string;
}

/** Who may come in by the locked door. */
const ANNA = { user: "anna", password: "hush-hush" };
/** Of the file with the certificate's key, which is gone when the test is. */
const STORE_PASSWORD = "for tests only";

/** The folder with Kafka's jars, if this machine can run them. */
export function jars(): string | undefined {
  return process.env.KAFKA_JARS || undefined;
}

/** Formats an empty folder, starts a broker on it and waits until it listens. */
export async function startKafka(): Promise<Kafka> {
  const folder = mkdtempSync(join(tmpdir(), "ouzel-browser-kafka-"));
  const [port, locked, controller] = [await freePort(), await freePort(), await freePort()];
  const properties = join(folder, "server.properties");
  writeFileSync(properties, configuration(folder, { port, locked, controller }));
  const ca = certificate(folder);
  const out = openSync(join(folder, "log"), "a");
  const words = (main: string) => [...JVM, "-cp", join(jars() ?? "", "*"), main];
  const known = `SCRAM-SHA-512=[name=${ANNA.user},password=${ANNA.password}]`;
  const format = ["format", "--cluster-id", "b3V6ZWwtYnJvd3Nlci0xMg", "--config", properties];
  format.push("--add-scram", known);
  spawnSync("java", [...words("kafka.tools.StorageTool"), ...format], { stdio: ["ignore", out, out] });
  const child = spawn("java", [...words("kafka.Kafka"), properties], { stdio: ["ignore", out, out] });
  closeSync(out);
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listening(child, port);
  } catch (problem) {
    const said = readFileSync(join(folder, "log"), "utf8");
    await stop();
    throw new Error(`Apache Kafka did not start: ${problem}\n${said.slice(-4000)}`);
  }
  const address = (port: number) => `127.0.0.1:${port}`;
  const tool = (main: string, more: string[]) => {
    const all = [...words(main), "--bootstrap-server", address(port), ...more];
    const child = spawn("java", all, { stdio: "ignore" });
    return { stop: () => end(child) };
  };
  return { address: address(port), locked: { address: address(locked), ca, ...ANNA }, tool, stop };
}

/** Makes the certificate of the locked door, by what comes with every JVM. */
function certificate(folder: string): string {
  const store = ["-keystore", join(folder, "door.p12"), "-storetype", "PKCS12"];
  const keytool = (words: string[]) => {
    const all = [...words, "-alias", "door", ...store, "-storepass", STORE_PASSWORD];
    const { status, stdout, stderr } = spawnSync("keytool", all, { encoding: "utf8" });
    if (status !== 0) throw new Error(`keytool ${words[0]} failed: ${stdout}${stderr}`);
    return stdout;
  };
  const whose = ["-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1", "-validity", "2"];
  keytool(["-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", ...whose]);
  return keytool(["-exportcert", "-rfc"]);
}

interface Ports {
  port: number;
  locked: number;
  controller: number;
}

function configuration(folder: string, { port, locked, controller }: Ports): string {
  const doors = `PLAINTEXT://127.0.0.1:${port},SASL_SSL://127.0.0.1:${locked}`;
  const lines = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controller}`,
    listeners: `${doors},CONTROLLER://127.0.0.1:${controller}`,
    "advertised.listeners": doors,
    "listener.security.protocol.map":
      "PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "log.dirs": join(folder, "logs"),
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "sasl.enabled.mechanisms": "SCRAM-SHA-512",
    "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config":
      "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    "listener.name.sasl_ssl.ssl.keystore.type": "PKCS12",
    "listener.name.sasl_ssl.ssl.keystore.location": join(folder, "door.p12"),
    "listener.name.sasl_ssl.ssl.keystore.password": STORE_PASSWORD,
  };
  return Object.entries(lines).map(([key, value]) => `${key}=${value}\n`).join("");
}

/** A port that was free a moment ago; the system gives out others before it gives it out again. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    if (await answers(port)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error("too slow");
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const tell = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => tell(true)).once("error", () => tell(false));
  });
}
