// The network is cut while the page reads: what was read stays, the reason is said, and it goes on
// from there. What is marked runs before Apache Kafka too.
import type { Page } from "@playwright/test";
import { BOTH, expect, test } from "../fixtures.ts";
import type { Kcat } from "../support/kcat.ts";
import { Wire } from "../support/wire.ts";

let wire: Wire;
let cluster: string;

test.beforeEach(async ({ page, server, signIn }) => {
  await signIn(page);
  wire = await Wire.to(server.url);
  cluster = server.cluster;
});

test.afterEach(() => wire.cut());

const here = (path: string) => `${wire.url}/c/${cluster}/${path}`;

const gridOf = (page: Page) => page.getByRole("grid", { name: "Messages" });

/** Partition and offset of every row, by their places in the list. */
async function rowCount(page: Page): Promise<number> {
  return Number(await gridOf(page).getAttribute("aria-rowcount")) - 1;
}

/** So many that a thin wire takes seconds for them. */
const RECORDS = 10_000;

/** Fills the topic, and begins a search of all of it that has shown some rows and not all. */
async function searchOverThinWire(page: Page, kcat: Kcat, topic: string): Promise<void> {
  const filler = "x".repeat(600);
  const lines = Array.from({ length: RECORDS }, (_, n) => `{"n":${n},"filler":"${filler}"}`);
  await kcat.produce(topic, lines);
  // The app comes over the wide wire, the records over the thin one.
  await page.goto(here(`topics/${topic}/messages?from=oldest&limit=10000&f=contains~any~absent`));
  await expect(page.getByText("Nothing matched of 10,000 records read")).toBeVisible();
  wire.narrow();
  await page.getByRole("button", { name: /^Switch the condition off/ }).click();
  await expect.poll(() => rowCount(page)).toBeGreaterThan(100);
  await expect(page.getByText("0 read", { exact: true })).toHaveCount(0);
}

test("a search that breaks off keeps its rows, says why, and Continue goes on without repeating", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  test.setTimeout(120_000);
  await createTopic(page, "severed", 2);
  await searchOverThinWire(page, kcat, "severed");
  await wire.cut();
  const main = page.getByRole("main");
  await expect(main.getByText("The console's server does not answer")).toBeVisible();
  await expect(main.getByText("broke off", { exact: true })).toBeVisible();
  const before = await rowCount(page);
  expect(before).toBeGreaterThan(100);
  expect(before).toBeLessThan(RECORDS);
  // Pressed too early, it breaks off once more and nothing is lost.
  const onward = main.getByRole("button", { name: "Continue" });
  await onward.click();
  await expect(main.getByText("broke off", { exact: true })).toBeVisible();
  expect(await rowCount(page)).toBe(before);
  wire.widen();
  await wire.mend();
  await onward.click();
  await expect(page.getByText("everything was read")).toBeVisible({ timeout: 60_000 });
  expect(await rowCount(page), "nothing twice, nothing left out").toBe(RECORDS);
  await expect(page.getByText("10,000 matches", { exact: true })).toBeVisible();
  await expect(page.getByText("10,000 read", { exact: true }), "each once").toBeVisible();
  await expect(main.getByText("The console's server does not answer")).toHaveCount(0);
});

test("a live tail that is cut says so, connects again by itself, and tells what it did not see", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "unplugged");
  await page.goto(here("topics/unplugged/messages?from=live"));
  await expect(page.getByText("Waiting for new records")).toBeVisible();
  await kcat.produce("unplugged", ["first seen"]);
  const row = (text: string) => gridOf(page).getByRole("row").filter({ hasText: text });
  await expect(row("first seen")).toBeVisible();
  await wire.cut();
  await expect(page.getByText(/connection lost, tried again/)).toBeVisible();
  await kcat.produce("unplugged", ["never seen live"]);
  await expect(row("first seen")).toBeVisible();
  await wire.mend();
  await expect(page.getByText(/reconnected; nothing seen from/)).toBeVisible({ timeout: 30_000 });
  await kcat.produce("unplugged", ["seen again"]);
  await expect(row("seen again")).toBeVisible();
  await expect(row("first seen")).toBeVisible();
  await expect(row("never seen live"), "the gap is told, not hidden").toHaveCount(0);
});

test("a page that is opened while the network is down says so and comes up on a second try", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "out-of-reach");
  await page.goto(here("overview"));
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await wire.cut();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: /^Topics/ }).click();
  const alert = page.getByRole("main").getByRole("alert");
  await expect(alert).toContainText("The console's server does not answer");
  await wire.mend();
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toHaveCount(0);
  await page.getByRole("search").getByRole("textbox").fill("out-of-reach");
  await expect(page.getByRole("row").filter({ hasText: "out-of-reach" })).toBeVisible();
});

test("a search that is stopped goes on where it stopped: no row twice, none missing", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  test.setTimeout(120_000);
  await createTopic(page, "halted", 2);
  await searchOverThinWire(page, kcat, "halted");
  const main = page.getByRole("main");
  await main.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(main.getByText("stopped", { exact: true })).toBeVisible();
  expect(await rowCount(page)).toBeLessThan(RECORDS);
  wire.widen();
  await main.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("everything was read")).toBeVisible({ timeout: 60_000 });
  expect(await rowCount(page), "nothing twice, nothing left out").toBe(RECORDS);
  await expect(page.getByText("10,000 matches", { exact: true })).toBeVisible();
});

/** As many as one person may have. */
const SOCKETS = 32;

test("a live tail that is refused says why it does not come about", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "no-sockets");
  const others = await page.context().newPage();
  await others.goto(here("topics"));
  const opened = await others.evaluate(async (count) => {
    const address = `ws://${location.host}/api/v1/live`;
    const open = () =>
      new Promise<boolean>((tell) => {
        const socket = new WebSocket(address);
        socket.onopen = () => tell(true);
        socket.onerror = () => tell(false);
      });
    return Promise.all(Array.from({ length: count }, open));
  }, SOCKETS);
  expect(opened.every(Boolean)).toBe(true);
  await page.goto(here("topics/no-sockets/messages?from=live"));
  const refused = /You have 32 live connections already; close one of them first, tried again/;
  await expect(page.getByText(refused)).toBeVisible();
  await others.close();
  await expect(page.getByText("Waiting for new records")).toBeVisible({ timeout: 30_000 });
});
