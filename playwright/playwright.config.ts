// How the browser tests run: Debian's Chromium, the real binary, no retries. A test that passes
// only the second time has found something.
import { defineConfig } from "@playwright/test";
import { jars } from "./support/kafka.ts";

// What goes to the cluster, once more before Apache Kafka: three files whole, of the others what is
// marked with `BOTH`, one good and the failing ways each. Left out where `cargo xtask` found no
// JVM, which it says.
const onKafka = {
  name: "kafka",
  testDir: "tests",
  grep: /(topics|messages|groups)\.spec\.ts|@kafka/,
  use: { against: "kafka" as const },
};

export default defineConfig<object, { against: "ouzel" | "kafka" }>({
  // Two cores: the browser and the server share them with each worker.
  workers: 2,
  retries: 0,
  fullyParallel: false,
  forbidOnly: true,
  // A debug build on a busy machine; no single wait below is this long.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  outputDir: "test-results",
  use: {
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    // A trace photographs the page's tree around each action, and is thrown away where a test
    // passes. Whoever looks for a failure asks for one: `--trace retain-on-failure`.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.OUZEL_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        // Root in a container cannot have Chromium's sandbox; the only pages are our own.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "tests", testDir: "tests", grepInvert: /@kafka-alone/ },
    ...(jars() ? [onKafka] : []),
    { name: "shots", testDir: "photographs" },
    { name: "measures", testDir: "measures" },
  ],
});
