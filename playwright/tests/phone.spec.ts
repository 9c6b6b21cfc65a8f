// A phone: the figures that somebody on call looks for are there without moving sideways.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";

test.use({ viewport: { width: 390, height: 844 } });

test.beforeEach(async ({ page, kcat, server, signIn, createTopic }) => {
  await signIn(page);
  const there = await page.request.get(`${server.url}/api/v1/clusters/embedded/topics/pocket`);
  if (there.ok()) return;
  await createTopic(page, "pocket");
  await kcat.produce("pocket", ["one"]);
  await kcat.consumeAs("pocket-readers", "pocket");
  await kcat.produce("pocket", ["two", "three", "four"]);
});

/** Headings and the texts of the first row that can be seen at all, once figures have arrived. */
async function seen(page: Page, row: string): Promise<string> {
  const found = page.getByRole("row").filter({ has: page.getByRole("gridcell"), hasText: row });
  await expect(found).toHaveCount(1);
  await expect(found.locator(".skeleton-cell:visible")).toHaveCount(0);
  return page.evaluate(() => {
    const texts: string[] = [];
    for (const cell of document.querySelectorAll<HTMLElement>(".cell")) {
      const { left, right, width } = cell.getBoundingClientRect();
      if (width > 0 && left >= 0 && right <= innerWidth) texts.push(cell.innerText);
    }
    return texts.join("\n");
  });
}

async function expectNoTableToScrollSideways(page: Page) {
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll(".table")]
      .filter((table) => table.scrollWidth > table.clientWidth)
      .map((table) => `${table.getAttribute("aria-label")}: ${table.scrollWidth} px`),
  );
  expect(wide, page.url()).toEqual([]);
}

test("lag and state of groups are on screen", async ({ page }) => {
  await page.goto("/c/embedded/groups?q=pocket-readers");
  // What was read while the reader was still there is shown until the list is read anew.
  await expect
    .poll(() => seen(page, "pocket-readers"), { timeout: 20_000 })
    .toMatch(/pocket-readers[^]*Empty[^]*3/);
  await expectNoTableToScrollSideways(page);
  await page.goto("/c/embedded/groups/pocket-readers");
  expect(await seen(page, "pocket")).toMatch(/lag[^]*pocket[^]*3/);
  await expectNoTableToScrollSideways(page);
});

test("a topic's records, worst lag and consumers are on screen", async ({ page }) => {
  await page.goto("/c/embedded/topics?q=pocket");
  expect(await seen(page, "pocket")).toMatch(/worst lag[^]*pocket[^]*4[^]*1[^]*3/);
  await expectNoTableToScrollSideways(page);
  await page.goto("/c/embedded/topics/pocket/consumers");
  expect(await seen(page, "pocket-readers")).toMatch(/lag on this topic[^]*Empty[^]*3/);
  await expectNoTableToScrollSideways(page);
  await page.goto("/c/embedded/topics/pocket/partitions");
  // Number, state, leader, copies and size on the first line; start, end and records below.
  const partition = /0 in sync leader \d+ · 1 of 1 in sync · \d+ B\n+0\n+4\n+4/;
  expect(await seen(page, "in sync")).toMatch(partition);
  await expectNoTableToScrollSideways(page);
});

test("a topic is ticked, and what can be done to it is on screen", async ({ page }) => {
  await page.goto("/c/embedded/topics?q=pocket");
  await page.getByRole("checkbox", { name: "Tick pocket" }).check();
  const bar = page.getByRole("region", { name: "Ticked topics" });
  await expect(bar).toContainText("1 topic ticked, 1 partition");
  for (const name of ["Tail together", "Set a setting…", "Empty…", "Delete…"]) {
    const { x, width } = (await bar.getByRole("button", { name }).boundingBox())!;
    expect(x >= 0 && x + width <= 390, name).toBe(true);
  }
  await bar.getByRole("button", { name: "Delete…" }).click();
  await expect(page.getByRole("dialog")).toContainText("1 topic");
  await page.keyboard.press("Escape");
  await expectNoTableToScrollSideways(page);
});

test("a broker's partitions and disk are on screen", async ({ page }) => {
  await page.goto("/c/embedded/brokers");
  await expectNoTableToScrollSideways(page);
  expect(await seen(page, "127.0.0.1")).toMatch(/127\.0\.0\.1:\d+\s+controller\s+\d+\s+0\s+[\d.]+ (B|KiB|MiB)/);
  await page.goto("/c/embedded/brokers/0/partitions?q=pocket");
  expect(await seen(page, "pocket")).toMatch(/pocket[^]*0[^]*leader[^]*in sync/);
  await expectNoTableToScrollSideways(page);
  await page.goto("/c/embedded/brokers/0/log-directories");
  await expectNoTableToScrollSideways(page);
});

test("no table of the overview, the members or the audit log moves sideways", async ({ page }) => {
  for (const path of ["overview", "groups/pocket-readers/members"]) {
    await page.goto(`/c/embedded/${path}`);
    await expect(page.getByRole("grid").first()).toBeVisible();
    await expectNoTableToScrollSideways(page);
  }
  await page.goto("/audit?action=topic.create");
  await expect(page.getByRole("row").filter({ hasText: "topic.create" }).first()).toBeVisible();
  await expectNoTableToScrollSideways(page);
});

test("rows of two lines stay in their places in a long list", async ({ page }) => {
  const rows = Array.from({ length: 500 }, (_, n) => ({
    name: `topic-${String(n).padStart(3, "0")}`,
    internal: false,
    partitions: 1,
    replication_factor: 1,
    offline: 0,
    under_replicated: 0,
  }));
  await page.route("**/api/v1/clusters/embedded/topics", (route) =>
    route.fulfill({ json: { topics: rows, read_at_ms: Date.now() } }),
  );
  await page.goto("/c/embedded/topics");
  const table = page.getByRole("grid", { name: "Topics" });
  await expect(table.getByRole("row").filter({ hasText: "topic-000" })).toBeVisible();
  await table.focus();
  await page.keyboard.press("End");
  const last = table.getByRole("row").filter({ hasText: "topic-499" });
  await expect(last).toBeInViewport();
  await expect(last).toHaveAttribute("aria-selected", "true");
  const bottom = await last.evaluate((row) => row.getBoundingClientRect().bottom);
  const end = await table.evaluate((it) => it.getBoundingClientRect().bottom);
  expect(Math.abs(end - bottom)).toBeLessThan(3);
});
