// How long until a page shows its first row, and what it took: run by `cargo xtask bench --only
// pages` on release builds. Nothing here fails for being slow; figures are printed, and the one
// assertion is that there was something to measure.
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import { commit, createTopics } from "../support/many.ts";

// As many as the largest clusters have.
const TOPICS = 10_000;
const GROUPS = 2_000;
const RECORDS = 1_000;
/** Times that each is opened cold and warm; the median is told. */
const TIMES = 5;
/** Longer than any opening; what is still not there then is told as this. */
const PATIENCE_MS = 30_000;

interface Opening {
  /** From the navigation to the first row, in milliseconds. */
  row: number;
  /** In tasks longer than 50 ms until then, what is beyond 50 ms of each (as TBT counts). */
  blocked: number;
  /** As they came over the wire. */
  bytes: number;
  requests: number;
}

/** Runs in the page before its own scripts. */
function watch() {
  const seen = { row: 0, blocked: 0 };
  Object.assign(window, { seen });
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) {
      if (seen.row === 0) seen.blocked += Math.max(0, task.duration - 50);
    }
  }).observe({ type: "longtask", buffered: true });
  const look = () => {
    if (document.querySelector("[role=row] [role=gridcell]")) seen.row = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function open(context: BrowserContext, path: string): Promise<Opening> {
  const page: Page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  const told = { bytes: 0, requests: 0 };
  network.on("Network.requestWillBeSent", () => (told.requests += 1));
  network.on("Network.loadingFinished", (it) => (told.bytes += it.encodedDataLength));
  await page.addInitScript(watch);
  await page.goto(path);
  const there = () => (window as unknown as { seen: { row: number } }).seen.row > 0;
  await page.waitForFunction(there, undefined, { timeout: PATIENCE_MS });
  const seen = await page.evaluate(() => (window as unknown as { seen: Opening }).seen);
  await page.close();
  return { ...told, row: seen.row, blocked: seen.blocked };
}

function median(all: Opening[], of: (one: Opening) => number): number {
  const sorted = all.map(of).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function tell(what: string, cold: Opening[], warm: Opening[]) {
  const ms = (all: Opening[]) => median(all, (one) => one.row).toFixed(0).padStart(5);
  const blocked = median(cold, (one) => one.blocked).toFixed(0).padStart(5);
  const kilobytes = (median(cold, (one) => one.bytes) / 1000).toFixed(0).padStart(6);
  const requests = `${median(cold, (one) => one.requests)}`.padStart(3);
  console.log(
    `pages: ${what.padEnd(28)} cold ${ms(cold)} ms  warm ${ms(warm)} ms  ` +
      `blocked ${blocked} ms  ${kilobytes} kB in ${requests} requests`,
  );
}

test("first rows, cold and warm", async ({ page, browser, server, kcat, signIn, createTopic }) => {
  test.setTimeout(600_000);
  await signIn(page);
  const state = await page.context().storageState();
  const fresh = (of: Browser) => of.newContext({ storageState: state, baseURL: server.url });
  await createTopic(page, "measured", 6);
  const lines = Array.from({ length: RECORDS }, (_, at) => JSON.stringify({ id: at, on: true }));
  await kcat.produce("measured", lines);
  const measure = async (what: string, path: string) => {
    const [cold, warm]: [Opening[], Opening[]] = [[], []];
    for (let time = 0; time < TIMES; time += 1) {
      const context = await fresh(browser);
      cold.push(await open(context, path));
      warm.push(await open(context, path));
      await context.close();
    }
    tell(what, cold, warm);
    expect(median(cold, (one) => one.requests)).toBeGreaterThan(0);
  };
  await measure("one topic", "/c/embedded/topics");
  await measure("messages, newest of 1,000", "/c/embedded/topics/measured/messages");
  await createTopics(server.kafka, Array.from({ length: TOPICS }, (_, n) => `t-${n}`));
  await measure("10,000 topics", "/c/embedded/topics");
  const groups = Array.from({ length: GROUPS }, (_, n) => `g-${n}`);
  await kcat.consumeAs("g-0", "measured");
  await commit(server.kafka, groups.slice(1), ["measured", RECORDS / 2]);
  await measure("2,000 groups", "/c/embedded/groups");
});
