// Consumer groups: lag before and after consuming, and what has never been committed.
import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
// Run on our own broker and on Apache Kafka; paths are relative to the cluster under test.
import { expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

/** A group in the list, as far as it is looked at here. */
interface Listed {
  group: string;
  without_commit: number;
  progress?: { status: string };
}

/** The group as the list of groups has it now. */
async function listed(page: Page, api: string, name: string): Promise<Listed | undefined> {
  const answer = await page.request.get(`${api}/groups`);
  const { groups } = (await answer.json()) as { groups: Listed[] };
  return groups.find((it) => it.group === name);
}

/** The cell of the row that holds `name`, below the heading `heading` of the only table. */
async function cell(page: Page, name: string, heading: string): Promise<Locator> {
  const headings = page.getByRole("columnheader");
  await expect(headings.filter({ hasText: heading })).toHaveCount(1);
  const at = (await headings.allInnerTexts()).findIndex((text) => text.trim() === heading);
  expect(at, `the column "${heading}"`).toBeGreaterThanOrEqual(0);
  return page.getByRole("row").filter({ hasText: name }).getByRole("gridcell").nth(at);
}

/** The figure above its name at the head of a page. */
function fact(page: Page, name: string): Locator {
  return page.locator(".facts > div").filter({ hasText: name }).locator("b");
}

test("lag falls to zero when the group has read everything", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "bills");
  await kcat.produce("bills", ["one"]);
  await kcat.consumeAs("billing", "bills");
  await kcat.produce("bills", ["two", "three", "four"]);
  await page.goto("groups?q=billing");
  const row = page.getByRole("row").filter({ hasText: "billing" });
  await expect(await cell(page, "billing", "records behind")).toHaveText("3");
  await row.getByRole("link", { name: "billing" }).click();
  await expect(fact(page, "records behind")).toHaveText("3");
  await expect(await cell(page, "bills", "lag")).toHaveText("3");
  await kcat.consumeAs("billing", "bills");
  await page.reload();
  await expect(fact(page, "records behind")).toHaveText("0");
  await expect(await cell(page, "bills", "lag")).toHaveText("0");
});

test("a lag that leaves partitions out says so, and is not called caught up", async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await createTopic(page, "halves", 2);
  await kcat.produce("halves", ["read"], ["-p", "0"]);
  await kcat.consumeAs("half-read", "halves");
  const member = kcat.join("half-read", "halves");
  try {
    await expect
      .poll(
        async () => {
          // The list's own word: a group's page knows a member before the list is read anew.
          return (await listed(page, server.api, "half-read"))?.without_commit;
        },
        { timeout: 30_000 },
      )
      .toBe(1);
    await page.goto("groups?q=half-read");
    const behind = await cell(page, "half-read", "records behind");
    await expect(behind).toHaveText("0 + 1 without commit");
    await page.goto("groups/half-read");
    await expect(fact(page, "records behind")).toHaveText("0 + 1 without commit");
    await page.goto("overview");
    await expect(page.getByRole("heading", { name: "Groups furthest behind" })).toBeVisible();
    await expect(page.getByText(/groups? ha(s|ve) not committed everywhere/)).toBeVisible();
    await expect(page.getByText("Every group has read everything")).toHaveCount(0);
  } finally {
    await member.stop();
  }
});

test("a member without a commit shows no commit, not zero", async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await createTopic(page, "untouched", 2);
  const member = kcat.join("waiting-room", "untouched");
  try {
    await expect
      .poll(
        async () => {
          const answer = await page.request.get(`${server.api}/groups/waiting-room`);
          return answer.ok() ? ((await answer.json()).partitions.length as number) : 0;
        },
        { timeout: 30_000 },
      )
      .toBe(2);
    await page.goto("groups/waiting-room");
    await expect(page.getByText("no commit").first()).toBeVisible();
    await page.goto("groups/waiting-room/members");
    await expect(page.getByRole("grid").getByText("rdkafka").first()).toBeVisible();
  } finally {
    await member.stop();
  }
});

test("a group that nobody is in while records arrive is called stopped, with its lag over time", async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await createTopic(page, "left-behind");
  await kcat.produce("left-behind", ["one"]);
  await kcat.consumeAs("left", "left-behind");
  await expect
    .poll(
      async () => {
        await kcat.produce("left-behind", ["more"]);
        // The list's own word: it is of the latest sample, a group's page is of this moment.
        return (await listed(page, server.api, "left"))?.progress?.status;
      },
      { timeout: 40_000 },
    )
    .toBe("stopped");
  await page.goto("groups?q=stopped");
  const row = page.getByRole("row").filter({ hasText: "left" });
  await expect(row.getByText("stopped")).toBeVisible();
  await page.goto("overview");
  await page.getByLabel("Health").getByRole("link", { name: "left", exact: true }).click();
  await expect(page.getByText("1 partition is read by nobody")).toBeVisible();
  const chart = page.getByRole("img", { name: /^records behind: / });
  await expect(chart).toBeVisible();
  await chart.focus();
  // The first sample may be older than the first commit, whose lag nobody knows.
  await page.keyboard.press("End");
  await expect(chart).toHaveAccessibleName(/records behind: \d{4}-\d\d-\d\d .* · \d+/);
  await page.getByLabel("Measure").selectOption("time");
  await expect(page).toHaveURL(/by=time/);
  await page.getByLabel("Stretch").selectOption("1");
  await expect(page).toHaveURL(/h=1/);
  await page.getByText("As a table").click();
  const table = page.locator(".chart-table tbody tr");
  await expect(table.filter({ hasText: /\d (ms|s|min)/ }).first()).toBeVisible();
});

test("records that were deleted unread are marked in their row, whole, and in the list and its file", async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await createTopic(page, "trimmed-unread");
  await kcat.produce("trimmed-unread", ["one"]);
  await kcat.consumeAs("overtaken", "trimmed-unread");
  await kcat.produce("trimmed-unread", ["two", "three", "four"]);
  const data = { offsets: [{ partition: 0, before_offset: 3 }] };
  const answer = await page.request.post(`${server.api}/topics/trimmed-unread/trim`, { data });
  expect(answer.status()).toBe(200);
  await page.goto("groups/overtaken");
  const row = page.getByRole("row").filter({ hasText: "trimmed-unread" });
  const badge = row.locator(".badge", { hasText: "2 lost" });
  await expect(badge).toBeVisible();
  const [inner, outer] = [await badge.boundingBox(), await row.boundingBox()];
  expect(inner && outer && inner.y >= outer.y).toBeTruthy();
  expect(inner && outer && inner.y + inner.height <= outer.y + outer.height).toBeTruthy();
  await expect(page.getByText("2 records were deleted before they were read.")).toBeVisible({
    timeout: 30_000,
  });
  await page.goto("groups?q=overtaken");
  const listed = page.getByRole("row").filter({ hasText: "overtaken" });
  await expect(listed.getByText("2 lost")).toBeVisible();
  await page.getByRole("button", { name: "Export" }).click();
  const file = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "CSV" }).click();
  const lines = readFileSync(await (await file).path(), "utf8").split("\r\n");
  expect(lines[0]).toMatch(/^group,group_type,state,/);
  expect(lines[1]).toMatch(/^overtaken,.*,2,/);
  expect(lines).toHaveLength(3);
  await page.goto("overview");
  await expect(page.getByLabel("Health").getByText(/lost records/)).toBeVisible();
});
