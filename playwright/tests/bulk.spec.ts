// Several topics at once: what it does in numbers, a result for each, and the failed again.
// What is marked runs before Apache Kafka too; paths are relative to the cluster under test.
import type { Page } from "@playwright/test";
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

const bar = (page: Page) => page.getByRole("region", { name: "Ticked topics" });

test("ticked topics are deleted, each with its result, and the failed one again", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  for (const name of ["many-a", "many-b", "many-c"]) await createTopic(page, name, 2);
  await createTopic(page, "many-stays");
  await kcat.produce("many-a", ["1", "2", "3"]);
  await page.goto("topics?q=many-");
  await page.getByRole("checkbox", { name: "Tick all topics shown" }).check();
  await page.getByRole("checkbox", { name: "Tick many-stays" }).uncheck();
  await expect(bar(page)).toContainText("3 topics ticked, 6 partitions");
  // One of them is refused once.
  let refusals = 0;
  await page.route("**/topics/many-b", (route) => {
    if (route.request().method() !== "DELETE" || refusals++ > 0) return route.continue();
    const json = { code: "busy", message: "not now", kafka_error: null, request_id: "r" };
    return route.fulfill({ status: 429, json });
  });
  await bar(page).getByRole("button", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete 3 topics" });
  await expect(dialog).toContainText("Deletes 3 topics with 6 partitions and about 3 records.");
  const go = dialog.getByRole("button", { name: "Delete 3 topics" });
  await expect(go).toBeDisabled();
  await dialog.getByLabel("Type delete 3 topics to confirm").fill("delete 3 topics");
  await go.click();
  await expect(dialog).toContainText("2 done, 1 failed");
  const results = dialog.getByRole("list", { name: "Results" }).getByRole("listitem");
  await expect(results.first()).toContainText("many-b");
  await expect(results.first()).toContainText("Not now.");
  await dialog.getByRole("button", { name: "Try 1 topic again" }).click();
  await expect(dialog).toContainText("3 done");
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  await expect(page.getByRole("row").filter({ hasText: "many-stays" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: /many-[abc]/ })).toHaveCount(0);
  const audit = await page.request.get("/api/v1/audit?action=topic.delete");
  const rows = (await audit.json()).rows as { resource: string }[];
  const names = rows.map(({ resource }) => resource).filter((name) => name.startsWith("many-"));
  expect(names.sort()).toEqual(["many-a", "many-b", "many-c"]);
});

test("by keyboard alone: rows are ticked by the space bar and one setting is set on both", async ({
  page,
  server,
  createTopic,
}) => {
  for (const name of ["keyed-a", "keyed-b"]) await createTopic(page, name);
  await page.goto("topics?q=keyed-");
  const grid = page.getByRole("grid", { name: "Topics" });
  await expect(grid.getByRole("row").filter({ hasText: "keyed-b" })).toBeVisible();
  await grid.focus();
  for (const key of ["j", "Space", "j", "Space"]) await page.keyboard.press(key);
  await expect(bar(page)).toContainText("2 topics ticked");
  await bar(page).getByRole("button", { name: "Set a setting…" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Change 2 topics" });
  await dialog.getByLabel("Setting").focus();
  await page.keyboard.type("retention.ms");
  await page.keyboard.press("Tab");
  await page.keyboard.type("7200000");
  await page.keyboard.press("Enter");
  await expect(dialog).toContainText("2 done");
  await expect(dialog).toContainText("604800000 → 7200000");
  for (const name of ["keyed-a", "keyed-b"]) {
    const answer = await page.request.get(`${server.api}/topics/${name}/config`);
    const { settings } = (await answer.json()) as { settings: { name: string; value: string }[] };
    expect(settings.find((it) => it.name === "retention.ms")?.value).toBe("7200000");
  }
});

test("several topics are emptied, and one that cannot be says why", BOTH, async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await createTopic(page, "void-plain");
  await kcat.produce("void-plain", ["x", "y"]);
  const configs = [{ name: "cleanup.policy", value: "compact" }];
  const data = { name: "void-compact", partitions: 1, replication_factor: 1, configs };
  await page.request.post(`${server.api}/topics`, { data });
  await page.goto("topics?q=void-");
  await page.getByRole("checkbox", { name: "Tick all topics shown" }).check();
  await bar(page).getByRole("button", { name: "Empty…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("1 topic is only compacted");
  await dialog.getByRole("button", { name: "Empty 2 topics" }).click();
  await expect(dialog).toContainText("1 done, 1 failed");
  await expect(dialog).toContainText("2 records deleted");
  await expect(dialog).toContainText("Its cleanup.policy is `compact`.");
  expect(await kcat.consume("void-plain")).toEqual([]);
});
