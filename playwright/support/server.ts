// A real `ouzel` with ports and a data folder of its own. Owns its life: started, awaited,
// stopped by its pid, its folder removed.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { end } from "./process.ts";

// A debug build that opens demo data beside another one.
const READY_WITHIN_MS = 60_000;

export const ADMIN = { user: "admin", password: "a password for tests only" };

const BUILT = fileURLToPath(new URL("../../target/debug/ouzel", import.meta.url));

export interface Server {
  /** `http://127.0.0.1:port` */
  url: string;
  /** The id of the cluster under test. */
  cluster: string;
  /** The address below which the API has what belongs to that cluster. */
  api: string;
  /** `127.0.0.1:port` */
  kafka: string;
  /** The binary that runs, for its other commands. */
  binary: string;
  /** Its data folder. */
  data: string;
  /** Everything it has logged. */
  log(): string;
  /** Ends the process and nothing else: its data and its addresses are kept. */
  down(): Promise<void>;
  /** Starts it again after `down`, with the same data at the same addresses. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one; `more` are further words on its command line, as `--demo`. */
export function start(more: string[] = []): Promise<Server> {
  return run(["--kafka", "127.0.0.1:0", ...more], { cluster: "embedded" });
}

/** Starts a console without a broker of its own, before the one at `kafka`. */
export function startBefore(kafka: string): Promise<Server> {
  // The name of the cluster that `--brokers` names.
  return run(["--kafka", "off", "--brokers", kafka], { cluster: "default", kafka });
}

async function run(
  more: string[],
  { cluster, kafka: elsewhere }: { cluster: string; kafka?: string },
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "ouzel-browser-"));
  const logFile = join(folder, "log");
  const log = () => readFileSync(logFile, "utf8");
  const binary = process.env.OUZEL_BINARY ?? BUILT;
  const data = join(folder, "data");
  const launch = (http: string, words: string[]) => {
    const out = openSync(logFile, "a");
    const child = spawn(binary, ["--data", data, "--http", http, ...words], {
      stdio: ["ignore", "pipe", out],
      // What is seen over time is seen in the time of a test.
      env: { ...process.env, OUZEL_ADMIN_PASSWORD: ADMIN.password, OUZEL_LAG_SAMPLE_SECONDS: "1" },
    });
    closeSync(out);
    return child;
  };
  let child = launch("127.0.0.1:0", more);
  const down = () => end(child);
  const stop = async () => {
    await down();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const ready = await readyLine(child);
    const url = `http://${ready.http}`;
    const api = `${url}/api/v1/clusters/${cluster}`;
    const kafka = elsewhere ?? ready.kafka;
    if (!elsewhere) formGroupsAtOnce(binary, kafka);
    const up = async () => {
      const at = more.indexOf("--kafka") + 1;
      const same = more.map((word, n) => (n === at && !elsewhere ? ready.kafka : word));
      child = launch(ready.http, same);
      await readyLine(child);
    };
    return { url, cluster, api, kafka, binary, data, log, down, up, stop };
  } catch (problem) {
    const said = log();
    await stop();
    throw new Error(`ouzel did not become ready: ${problem}\n${said}`);
  }
}

/** An empty group waits 3 s for company, in each of dozens of tests; Apache Kafka's is told, too. */
function formGroupsAtOnce(binary: string, kafka: string) {
  const setting = "group.initial.rebalance.delay.ms=0";
  execFileSync(binary, ["cluster", "config", "set", setting, "--brokers", kafka]);
}

/** Waits for `ready kafka=HOST:PORT http=HOST:PORT`. */
function readyLine(child: ChildProcess): Promise<{ kafka: string; http: string }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("too slow")), READY_WITHIN_MS);
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`it ended: ${code ?? signal}`)));
    if (!child.stdout) throw new Error("ouzel was started without a pipe");
    // Read to the end, so that the server never waits for a reader of its output.
    createInterface({ input: child.stdout }).on("line", (line) => {
      const kafka = /^ready .*\bkafka=(\S+)/.exec(line)?.[1];
      const http = /^ready .*\bhttp=(\S+)/.exec(line)?.[1];
      if (!http) return;
      clearTimeout(timer);
      resolve({ kafka: kafka ?? "", http });
    });
  });
}
