// What every browser test gets: a server per worker (and Apache Kafka behind it, where a project
// asks for that), kcat beside it, a page that notices its own
// errors, and a way in.
//
//   import { expect, test } from "../fixtures.ts";
//   test("…", async ({ page, kcat, signIn }) => { await signIn(page); … });
import { test as base, expect, type Page } from "@playwright/test";
import { Kcat } from "./support/kcat.ts";
import { type Kafka, startKafka } from "./support/kafka.ts";
import { ADMIN, type Server, start, startBefore } from "./support/server.ts";

export { ADMIN, expect };

/** Marks a test that runs before Apache Kafka too: `test("…", BOTH, async …)`. */
export const BOTH = { tag: "@kafka" };

/** Marks a test of what our own broker does not do yet: it runs before Apache Kafka alone. */
export const KAFKA_ALONE = { tag: "@kafka-alone" };

interface PerTest {
  kcat: Kcat;
  /** Signs in by the API, as the administrator; the sign-in page has a test of its own. */
  signIn: (page: Page) => Promise<void>;
  /** Creates a topic by the API and waits until the broker serves it. */
  createTopic: (page: Page, name: string, partitions?: number) => Promise<void>;
}

interface PerWorker {
  /** Further words for the server's command line, as `--demo`. */
  arguments: string[];
  /** The broker that the console stands before: our own, or Apache Kafka. */
  against: "ouzel" | "kafka";
  /** Apache Kafka, where the console stands before that. */
  kafka: Kafka | undefined;
  server: Server;
}

export const test = base.extend<PerTest, PerWorker>({
  arguments: [[], { option: true, scope: "worker" }],

  against: ["ouzel", { option: true, scope: "worker" }],

  kafka: [
    async ({ against }, use) => {
      const kafka = against === "kafka" ? await startKafka() : undefined;
      try {
        await use(kafka);
      } finally {
        await kafka?.stop();
      }
    },
    { scope: "worker", timeout: 150_000 },
  ],

  server: [
    async ({ arguments: more, kafka }, use) => {
      const server = await (kafka ? startBefore(kafka.address) : start(more));
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 150_000 },
  ],

  // `goto("topics")` is the cluster under test; `goto("/audit")` the console as a whole.
  baseURL: async ({ server }, use) => {
    await use(`${server.url}/c/${server.cluster}/`);
  },

  page: async ({ page }, use) => {
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) problems.push(message.text());
    });
    await use(page);
    expect(problems, "errors in the page").toEqual([]);
  },

  kcat: async ({ server }, use) => {
    await use(new Kcat(server.kafka));
  },

  signIn: async ({ server }, use) => {
    await use(async (page) => {
      const answer = await page.request.post(`${server.url}/api/v1/session`, { data: ADMIN });
      expect(answer.status(), await answer.text()).toBe(200);
    });
  },

  createTopic: async ({ server }, use) => {
    await use(async (page, name, partitions = 1) => {
      const topics = `${server.api}/topics`;
      const data = { name, partitions, replication_factor: 1 };
      const answer = await page.request.post(topics, { data });
      expect(answer.ok(), await answer.text()).toBe(true);
    });
  },
});
