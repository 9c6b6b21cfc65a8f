// The list of topics as a tool: cloned settings, favourites, views, files, rates, ten thousand rows.
// What is marked runs before Apache Kafka too; paths are relative to the cluster under test.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

const row = (page: Page, name: string | RegExp) => page.getByRole("row").filter({ hasText: name });

async function download(page: Page, form: "CSV" | "JSON"): Promise<string> {
  await page.getByRole("button", { name: "Export" }).click();
  const file = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: form }).click();
  return readFileSync(await (await file).path(), "utf8");
}

test("a topic is made like another one, by its address too", BOTH, async ({ page, server }) => {
  const configs = [
    { name: "cleanup.policy", value: "compact" },
    { name: "segment.ms", value: "3600000" },
  ];
  const data = { name: "pattern", partitions: 3, replication_factor: 1, configs };
  await page.request.post(`${server.api}/topics`, { data });
  await page.goto("topics/pattern/partitions");
  await page.getByRole("button", { name: "Clone settings…" }).click();
  await expect(page).toHaveURL(/\/topics\?like=pattern$/);
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Begins as pattern is, with 2 settings of its own.");
  await expect(dialog.getByLabel("Partitions")).toHaveValue("3");
  await expect(dialog.getByLabel("Cleanup policy")).toHaveValue("compact");
  await expect(dialog.getByLabel("More configuration")).toHaveValue("segment.ms=3600000");
  await dialog.getByLabel("Name").fill("pattern-copy");
  await dialog.getByRole("button", { name: "Create topic" }).click();
  await expect(page).toHaveURL(/\/topics\/pattern-copy\/messages/);
  const answer = await page.request.get(`${server.api}/topics/pattern-copy/config`);
  const { settings } = (await answer.json()) as {
    settings: { name: string; value: string; modified: boolean }[];
  };
  const own = settings.filter(({ modified }) => modified).map(({ name, value }) => [name, value]);
  expect(own).toEqual([
    ["cleanup.policy", "compact"],
    ["segment.ms", "3600000"],
  ]);
});

test("favourites stay over a reload and narrow the list", async ({ page, createTopic }) => {
  for (const name of ["fav-yes", "fav-no"]) await createTopic(page, name);
  await page.goto("topics?q=fav-");
  const star = page.getByRole("button", { name: "Favourite fav-yes" });
  await star.click();
  await expect(star).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("checkbox", { name: "Favourites" }).check();
  await expect(page).toHaveURL(/favourites=1/);
  await expect(row(page, "fav-no")).toHaveCount(0);
  await page.reload();
  await expect(row(page, "fav-yes")).toBeVisible();
  await expect(row(page, "fav-no")).toHaveCount(0);
  await star.click();
  await expect(page.getByText("No favourite here")).toBeVisible();
});

test("a view is kept under a name, and is an address", async ({ page, createTopic }) => {
  await createTopic(page, "viewed");
  await page.goto("topics?q=viewed&sort=-records");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Keep this view…" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Mine");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.goto("topics");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitemradio", { name: "Mine" }).click();
  await expect(page).toHaveURL(/\?q=viewed&sort=-records$/);
  await expect(page.getByRole("search").getByRole("textbox")).toHaveValue("viewed");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Forget “Mine”" }).click();
  await page.getByRole("button", { name: "Views" }).click();
  await expect(page.getByRole("menuitemradio", { name: "Mine" })).toHaveCount(0);
});

test("the list is exported as it is shown, with every digit and every kind of lag", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  for (const name of ["file-b", "file-a"]) await createTopic(page, name, 2);
  await kcat.produce("file-b", ["1", "2", "3"], ["-p", "0"]);
  await page.goto("topics?q=file-&sort=-name");
  await expect(row(page, "file-a")).toBeVisible();
  const csv = (await download(page, "CSV")).split("\r\n");
  expect(csv[0]).toMatch(/^name,internal,partitions,/);
  expect(csv.slice(1).map((line) => line.split(",")[0])).toEqual(["file-b", "file-a", ""]);
  expect(csv[1]).toContain(",no groups,");
  const rows = JSON.parse(await download(page, "JSON")) as Record<string, unknown>[];
  expect(rows.map(({ name, records }) => [name, records])).toEqual([
    ["file-b", 3],
    ["file-a", 0],
  ]);
  expect(rows[0]?.size_bytes, "bytes on disk of what was written").toBeGreaterThan(0);
});

test("all columns are on screen at the usual widths, and on a smaller one all but one", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "wide-list");
  // It is cut in its own box; if that were wider than its cell, nothing of it would be shown.
  await createTopic(page, `wide-list.${"of-a-service.".repeat(6)}v2`);
  await page.goto("topics?q=wide-list");
  const grid = page.getByRole("grid", { name: "Topics" });
  const short = row(page, /wide-list(?!\.)/);
  await expect(short).toContainText("no groups", { timeout: 30_000 });
  for (const [width, cleanup] of [
    [1280, 0],
    [1440, 1],
    [1920, 1],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await expect(grid.getByRole("columnheader", { name: "cleanup" })).toHaveCount(cleanup);
    const cut = await grid.evaluate((it) =>
      [it, ...it.querySelectorAll(".cell")]
        .filter((part) => part.scrollWidth > part.clientWidth)
        .map((part) => part.textContent || part.className),
    );
    expect(cut, `${width} px`).toEqual([]);
    await expect(short.getByText("no groups")).toBeInViewport({ ratio: 1 });
  }
});

test("rates are measured between two readings, and figures tell when they were read", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "rated");
  await page.goto("topics?q=rated");
  await expect(row(page, "rated").getByTitle(/^Being measured/).first()).toBeVisible();
  await kcat.produce("rated", Array.from({ length: 40 }, (_, n) => `${n}`));
  await expect(row(page, "rated")).toContainText(/\d\/s/, { timeout: 40_000 });
  await expect(row(page, "rated").getByTitle(/^40 offsets in /)).toBeVisible();
  await expect(row(page, "rated").getByTitle(/^Read \d{4}-/).first()).toBeVisible();
});

test("a topic that nobody reads says so, and one without a commit says that", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  for (const name of ["lag-alone", "lag-joined"]) await createTopic(page, name);
  const member = kcat.join("lag-members", "lag-joined");
  try {
    await page.goto("topics?q=lag-");
    await expect(row(page, "lag-alone")).toContainText("no groups", { timeout: 30_000 });
    await expect(row(page, "lag-joined")).toContainText("no commit", { timeout: 30_000 });
  } finally {
    await member.stop();
  }
});

test("ten thousand topics are quick to show, to filter, to tick and to walk through", async ({
  page,
  server,
}) => {
  const topics = Array.from({ length: 10_000 }, (_, n) => ({
    name: `bulk-${String(n).padStart(5, "0")}`,
    internal: false,
    partitions: 3,
    replication_factor: 1,
    offline: 0,
    under_replicated: 0,
  }));
  await page.route(`${server.api}/topics`, (route) =>
    route.fulfill({ json: { topics, read_at_ms: Date.now() } }),
  );
  const asked = new Set<string>();
  await page.route("**/topic-figures", (route) => {
    const { topics: names } = route.request().postDataJSON() as { topics: string[] };
    names.forEach((name) => asked.add(name));
    return route.fulfill({ json: { figures: [], read_at_ms: Date.now() } });
  });
  await page.goto("topics");
  const grid = page.getByRole("grid", { name: "Topics" });
  await expect(row(page, "bulk-00000")).toBeVisible();
  await expect(grid).toHaveAttribute("aria-rowcount", "10001");
  expect(await grid.getByRole("row").count()).toBeLessThan(80);
  await grid.focus();
  await page.keyboard.press("End");
  await expect(row(page, "bulk-09999")).toBeInViewport();
  await page.getByRole("checkbox", { name: "Tick all topics shown" }).check();
  const ticked = page.getByRole("region", { name: "Ticked topics" });
  await expect(ticked).toContainText("10,000 topics ticked, 30,000 partitions");
  const remove = ticked.getByRole("button", { name: "Delete…" });
  await expect(remove).toBeDisabled();
  await expect(remove).toHaveAttribute("title", "At most 1,000 topics at once.");
  await page.keyboard.press("/");
  await page.keyboard.type("bulk-0777");
  await expect(ticked).toContainText("10 topics ticked");
  await expect(row(page, "bulk-07779")).toBeVisible();
  expect(asked.size, "figures are asked for rows on screen alone").toBeLessThan(200);
});
