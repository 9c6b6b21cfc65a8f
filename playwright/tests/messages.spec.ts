// Reading messages: live, one of a hundred thousand, its link in another session, and the truth
// about nothing.
import { readFileSync } from "node:fs";
// Run on our own broker and on Apache Kafka; paths are relative to the cluster under test.
import { expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("a record that kcat produces arrives live", async ({ page, kcat, createTopic }) => {
  await createTopic(page, "live");
  await kcat.produce("live", ["before"]);
  await page.goto("topics/live/messages?from=live");
  await expect(page.getByText("Waiting for new records")).toBeVisible();
  await kcat.produce("live", ['{"said":"hello"}'], ["-k", "greeting"]);
  const row = page.getByRole("row").filter({ hasText: "hello" });
  await expect(row).toBeVisible();
  await expect(row).toContainText("greeting");
  await expect(page.getByRole("row").filter({ hasText: "before" })).toHaveCount(0);
});

test("a paused tail holds what arrives and shows it when it goes on", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "paused");
  await page.goto("topics/paused/messages?from=live");
  await expect(page.getByText("Waiting for new records")).toBeVisible();
  await page.getByRole("button", { name: "Pause" }).click();
  await kcat.produce("paused", ["held back"]);
  await expect(page.getByText("1 held")).toBeVisible();
  const held = page.getByRole("row").filter({ hasText: "held back" });
  await expect(held).toHaveCount(0);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(held).toBeVisible();
  await kcat.produce("paused", ["after"]);
  await expect(page.getByRole("row").filter({ hasText: "after" })).toBeVisible();
});

test("rows do not move under the pointer while a tail goes on, and a button leads to the newest", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "under-pointer");
  await page.goto("topics/under-pointer/messages?from=live");
  await expect(page.getByText("Waiting for new records")).toBeVisible();
  const some = (from: number) =>
    kcat.produce("under-pointer", Array.from({ length: 60 }, (_, at) => `number ${from + at}`));
  await some(100);
  const table = page.getByRole("grid", { name: "Messages" });
  const last = table.getByRole("row").filter({ hasText: "number 159" });
  // Nobody points anywhere: the tail shows its newest.
  await expect(last).toBeVisible();
  await last.hover();
  const before = await last.boundingBox();
  await some(200);
  // The first of them may look in at the edge.
  const newer = page.getByRole("button", { name: /^(59|60) newer below$/ });
  await expect(newer).toBeVisible();
  expect(await last.boundingBox()).toEqual(before);
  await newer.click();
  await expect(table.getByRole("row").filter({ hasText: "number 259" })).toBeVisible();
});

test("one record of 100,000 is found, and its link opens it in a second session", async ({
  page,
  kcat,
  browser,
  createTopic,
  signIn,
  server,
}) => {
  await createTopic(page, "haystack", 3);
  const lines = Array.from({ length: 100_000 }, (_, at) =>
    JSON.stringify({ id: `n-${at}`, amount: at, ok: true }),
  );
  // Written by hand: a number that no double holds, beside the one that it would be rounded to.
  lines[71_233] = '{"id":"neighbour","amount":9007199254740992,"price":0.10}';
  lines[71_234] = '{"id":"needle","amount":9007199254740993,"price":0.10}';
  await kcat.produce("haystack", lines);
  await page.goto("topics/haystack/messages?from=oldest");
  await page.getByLabel("Where to look").selectOption("field");
  await page.getByLabel("Path of the field").fill("amount");
  await page.getByLabel("Text to look for").fill("9007199254740993");
  await page.getByRole("button", { name: "Add condition" }).click();
  const row = page.getByRole("row").filter({ hasText: "needle" });
  await expect(row).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("everything was read")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("1 match", { exact: true })).toBeVisible();
  await expect(page.getByText("100,000 read")).toBeVisible();
  await row.click();
  const drawer = page.getByRole("complementary", { name: "Record" });
  await expect(drawer).toContainText("9007199254740993");
  await expect(drawer).toContainText("0.10");

  const link = page.url();
  expect(link).toMatch(/[?&]p=\d+&o=\d+/);
  const other = await browser.newContext({ baseURL: server.url });
  const second = await other.newPage();
  await signIn(second);
  await second.goto(link);
  const there = second.getByRole("complementary", { name: "Record" });
  await expect(there).toContainText("needle");
  await other.close();
});

test("a condition can be switched off without being lost, and the address keeps it", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "chips");
  await kcat.produce("chips", ["red", "green", "blue"]);
  await page.goto("topics/chips/messages");
  await page.getByLabel("Text to look for").fill("green");
  await page.getByLabel("Text to look for").press("Enter");
  const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
  await expect(rows.filter({ hasText: /green/ })).toHaveCount(1);
  await expect(rows.filter({ hasText: /red|blue/ })).toHaveCount(0);
  const chip = page.getByRole("button", { name: "“green”", exact: true, pressed: true });
  await chip.click();
  await expect(rows.filter({ hasText: /red|green|blue/ })).toHaveCount(3);
  await page.reload();
  await expect(
    page.getByRole("button", { name: "“green”", exact: true, pressed: false }),
  ).toBeVisible();
  await expect(rows.filter({ hasText: /red|green|blue/ })).toHaveCount(3);
});

test("newest comes first across partitions, and Continue goes on where it stopped", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "order", 2);
  for (let at = 0; at < 60; at += 1) await kcat.produce("order", [`r-${at}`], ["-p", `${at % 2}`]);
  await page.goto("topics/order/messages?limit=50");
  const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
  await expect(rows.filter({ hasText: "r-59" })).toBeVisible();
  await expect(page.getByText("50 matches")).toBeVisible();
  await expect(rows.nth(1)).toContainText("r-59");
  await expect(rows.nth(2)).toContainText("r-58");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("everything was read")).toBeVisible();
  await expect(page.getByText("60 matches")).toBeVisible();
  const grid = page.getByRole("grid", { name: "Messages" });
  await expect(grid).toHaveAttribute("aria-rowcount", "61");
  await grid.focus();
  await page.keyboard.press("End");
  // The head is row 1 and the newest record row 2; the first search ended with r-10 in row 51.
  for (let at = 10; at >= 0; at -= 1) {
    const row = grid.locator(`[role=row][aria-rowindex="${61 - at}"]`);
    await expect(row.getByText(`r-${at}`, { exact: true })).toBeVisible();
  }
});

test("an empty topic, no match and a wrong pattern are three different things", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "nothing");
  await page.goto("topics/nothing/messages");
  await expect(page.getByText("This topic holds no records")).toBeVisible();
  await kcat.produce("nothing", ["a", "b"]);
  await page.goto("topics/nothing/messages?f=contains~any~zebra");
  await expect(page.getByText("Nothing matched of 2 records read")).toBeVisible();
  await page.goto("topics/nothing/messages?f=regex~any~%5B");
  await expect(page.getByRole("alert").first()).toContainText(/pattern|regex|expression/i);
});

test("the drawer walks by keyboard and closes with Escape", async ({ page, kcat, createTopic }) => {
  await createTopic(page, "walk");
  await kcat.produce("walk", ["first", "second", "third"]);
  await page.goto("topics/walk/messages?from=oldest");
  const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
  await rows.filter({ hasText: "first" }).click();
  const drawer = page.getByRole("complementary", { name: "Record" });
  await expect(drawer).toContainText("first");
  await page.keyboard.press("j");
  await expect(drawer).toContainText("second");
  await expect(page).toHaveURL(/o=1/);
  await page.keyboard.press("k");
  await expect(drawer).toContainText("first");
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
});

test("a key and a value larger than one answer are downloaded whole", async ({
  page,
  kcat,
  server,
}) => {
  const configs = [{ name: "max.message.bytes", value: "12000000" }];
  const data = { name: "large", partitions: 1, replication_factor: 1, configs };
  const made = await page.request.post(`${server.api}/topics`, { data });
  expect(made.ok(), await made.text()).toBe(true);
  const value = "0123456789".repeat(500_000);
  const key = "abcdefghi-".repeat(450_000);
  const size = ["-X", "message.max.bytes=12000000"];
  await kcat.produce("large", [`${key}:${value}`], ["-K", ":", ...size]);
  await page.goto("topics/large/messages?p=0&o=0");
  const drawer = page.getByRole("complementary", { name: "Record" });
  await expect(drawer).toContainText(/The first .* of/);
  const downloaded = async () => {
    const download = page.waitForEvent("download");
    await drawer.getByRole("button", { name: "Download" }).click();
    return readFileSync(await (await download).path(), "utf8");
  };
  expect((await downloaded()) === value, "the file holds the value").toBe(true);
  await drawer.getByRole("tab", { name: "Key" }).click();
  await expect(drawer).toContainText(/The first .* of/);
  expect((await downloaded()) === key, "the file holds the key").toBe(true);
});

test("a value that looks like markup is shown as what it is", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "markup");
  await kcat.produce("markup", ['<img src=x onerror="document.title=1">', '{"big":1e400}']);
  await page.goto("topics/markup/messages?from=oldest");
  await expect(page.getByText('<img src=x onerror="document.title=1">')).toBeVisible();
  await expect(page.getByText("1e400")).toBeVisible();
});

test("Run takes what is written in a field and searches once; nonsense is not searched", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "pressed");
  await kcat.produce("pressed", ["zero", "one", "two"]);
  await page.goto("topics/pressed/messages");
  await expect(page.getByText("everything was read")).toBeVisible();
  const searches: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/search")) searches.push(request.postData() ?? "");
  });
  await page.getByLabel("Where to begin").selectOption("offset");
  const run = page.getByRole("button", { name: "Run", exact: true });
  await run.click();
  expect(searches, "an offset that is not written yet").toEqual([]);
  await page.getByLabel("Offset", { exact: true }).fill("2");
  await run.click({ delay: 100 });
  const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
  await expect(rows.filter({ hasText: "two" })).toHaveCount(1);
  await expect(rows.filter({ hasText: /zero|one/ })).toHaveCount(0);
  await expect(page.getByText("everything was read")).toBeVisible();
  expect(searches.length).toBe(1);
});
