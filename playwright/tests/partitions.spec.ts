// Partitions are added and records deleted only after the effect was told in numbers.
// What is marked runs before Apache Kafka too; paths are relative to the cluster under test.
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("adding partitions tells what becomes of keys, and does it", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "growing", 2);
  await kcat.produce("growing", ["a:1", "b:2", "c:3"], ["-K", ":"]);
  await kcat.consumeAs("growers", "growing");
  await page.goto("topics/growing/partitions");
  await page.getByRole("button", { name: "Add partitions…" }).click();
  const dialog = page.getByRole("dialog");
  const field = dialog.getByLabel("Partitions in all, 2 now");
  await expect(field).toHaveValue("3");
  await field.fill("2");
  await expect(dialog.getByRole("button", { name: "Add partitions" })).toBeDisabled();
  await expect(dialog).toContainText("More than the 2 there are.");
  await field.fill("8");
  await expect(dialog).toContainText("Adds 6 partitions.");
  await expect(dialog).toContainText("About 75% of all keys go to another partition");
  await expect(dialog).toContainText("The 3 records there stay where they are");
  await expect(dialog).toContainText("1 consumer group reads it");
  await dialog.getByRole("button", { name: "Add partitions" }).click();
  await expect(page.getByText("growing has 8 partitions now.")).toBeVisible();
  await expect(page.getByRole("grid", { name: "Partitions" }).getByRole("row")).toHaveCount(9);
  const audit = await page.request.get("/api/v1/audit?action=topic.partitions&resource=growing");
  const [{ detail, outcome }] = (await audit.json()).rows;
  expect(outcome).toBe("done");
  expect(typeof detail === "string" ? JSON.parse(detail) : detail).toEqual({
    before: { partitions: 2 },
    after: { partitions: 8 },
  });
});

test("records are deleted up to an offset of some partitions, and exactly those", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "trimmed", 2);
  await kcat.produce("trimmed", ["a", "b", "c", "d", "e"], ["-p", "0"]);
  await kcat.produce("trimmed", ["f", "g"], ["-p", "1"]);
  await page.goto("topics/trimmed/partitions");
  await page.getByRole("button", { name: "Delete records…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Say up to which offset.");
  await dialog.getByLabel("First offset that stays").fill("3");
  await expect(dialog).toContainText("Deletes about 5 records of 2 partitions.");
  await expect(dialog).toContainText("No consumer group reads it.");
  await dialog.getByLabel("Partitions").fill("0");
  await expect(dialog).toContainText("Deletes about 3 records of 1 partition.");
  await dialog.getByRole("button", { name: "Delete records" }).click();
  await expect(page.getByText("About 3 records of trimmed were deleted.")).toBeVisible();
  expect(await kcat.consume("trimmed")).toEqual(["d", "e", "f", "g"]);
});

test("by keyboard alone: a topic is emptied after who reads it was told", BOTH, async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await createTopic(page, "emptied");
  await kcat.produce("emptied", ["one"]);
  await kcat.consumeAs("slow-readers", "emptied");
  await kcat.produce("emptied", ["two", "three"]);
  await page.goto("topics/emptied/partitions");
  await page.getByRole("button", { name: "Empty…" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Empty emptied" });
  await expect(dialog).toContainText("Deletes about 3 records of 1 partition.");
  await expect(dialog).toContainText("slow-readers would miss 2 records.");
  await dialog.getByRole("button", { name: "Empty topic" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("About 3 records of emptied were deleted.")).toBeVisible();
  expect(await kcat.consume("emptied")).toEqual([]);
  const answer = await page.request.get(`${server.api}/topics/emptied`);
  const { partitions } = await answer.json();
  expect([partitions[0].start_offset, partitions[0].end_offset]).toEqual([3, 3]);
});

test("a time is the first that stays: one before all records deletes none, one after them all", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "timed");
  await kcat.produce("timed", ["old"]);
  await page.goto("topics/timed/partitions");
  await page.getByRole("button", { name: "Delete records…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Delete up to").selectOption("time");
  await dialog.getByLabel("First time that stays").fill("2001-01-01");
  await expect(dialog).toContainText("no record would be deleted");
  await expect(dialog.getByRole("button", { name: "Delete records" })).toBeDisabled();
  await dialog.getByLabel("First time that stays").fill("2999-01-01");
  await expect(dialog).toContainText("Deletes about 1 record of 1 partition.");
});

test("a compacted topic says why its records cannot be deleted", BOTH, async ({ page, server }) => {
  const configs = [{ name: "cleanup.policy", value: "compact" }];
  const data = { name: "compacted", partitions: 1, replication_factor: 1, configs };
  await page.request.post(`${server.api}/topics`, { data });
  await page.goto("topics/compacted/partitions");
  await page.getByRole("button", { name: "Empty…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Its cleanup.policy is `compact`.");
  await expect(dialog.getByRole("button", { name: "Empty topic" })).toBeDisabled();
});

test("on production the name is typed before records go", async ({ page, kcat, createTopic }) => {
  await createTopic(page, "precious");
  await kcat.produce("precious", ["one"]);
  await page.route("**/api/v1/clusters", async (route) => {
    const answer = await route.fetch();
    const clusters = (await answer.json()) as { environment: string }[];
    const json = clusters.map((cluster) => ({ ...cluster, environment: "production" }));
    await route.fulfill({ response: answer, json });
  });
  await page.goto("topics/precious/partitions");
  await page.getByRole("button", { name: "Empty…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Deletes about 1 record of 1 partition.");
  const empty = dialog.getByRole("button", { name: "Empty topic" });
  await expect(empty).toBeDisabled();
  await dialog.getByLabel("Type precious to confirm").fill("precious");
  await empty.click();
  await expect(page.getByText("About 1 record of precious was deleted.")).toBeVisible();
});

test("each partition tells its bytes on disk, and the head their sum", BOTH, async ({
  page,
  server,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "measured", 2);
  await kcat.produce("measured", Array.from({ length: 200 }, (_, n) => `${n}`.repeat(30)), ["-p", "0"]);
  await page.goto("topics/measured/partitions");
  const rows = page.getByRole("grid", { name: "Partitions" }).getByRole("row");
  // Each stands twice: in its column, and beside the number where the column has no room.
  const sizes = rows.getByTitle(/^[\d,]+ bytes?$/).filter({ visible: true });
  await expect(sizes).toHaveCount(2);
  const bytes = async (of: typeof sizes) =>
    Number((await of.getAttribute("title"))?.replace(/\D/g, ""));
  const [full, empty] = [await bytes(sizes.nth(0)), await bytes(sizes.nth(1))];
  expect(full).toBeGreaterThan(500);
  const head = page.getByRole("banner").or(page.locator("header.head")).getByTitle(/ bytes?$/);
  expect(await bytes(head)).toBe(full + empty);
  // A cluster that does not tell is no empty one, and says so.
  await page.route(`${server.api}/topics/measured`, async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    for (const it of body.partitions) {
      it.size_bytes = null;
      it.size_error = "b-1 does not offer DescribeLogDirs";
    }
    await route.fulfill({ response: answer, json: body });
  });
  await page.reload();
  const untold = rows.getByTitle(/size could not be read: b-1 does not offer/);
  await expect(untold.filter({ visible: true })).toHaveCount(2);
});
