// Dialogs that have an address: it opens them, they write it, and the palette leads there.
// Paths are relative to the cluster under test.
import { expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("each act on a topic has an address that opens its dialog and goes with it", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "addressed");
  await kcat.produce("addressed", ["read me"]);
  const dialog = page.getByRole("dialog");
  const wanted: [string, string][] = [
    ["partitions?act=grow", "Add partitions to addressed"],
    ["partitions?act=trim", "Delete the oldest records of addressed"],
    ["partitions?act=empty", "Empty addressed"],
    ["partitions?act=delete", "Delete addressed"],
    ["messages?p=0&o=0&replay=1", "Write this record once more"],
  ];
  for (const [path, title] of wanted) {
    await page.goto(`topics/addressed/${path}`);
    await expect(dialog.getByRole("heading", { name: title })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(page).not.toHaveURL(/act=|replay=/);
  }
  await page.goto("topics/addressed/messages?produce=file");
  await expect(dialog.getByRole("tab", { name: "Many, from a file", selected: true })).toBeVisible();
  await dialog.getByRole("tab", { name: "One record" }).click();
  await expect(page).toHaveURL(/produce=1/);
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/produce=/);
});

test("a button writes the address that opens the same again", async ({ page, createTopic }) => {
  await createTopic(page, "written-down");
  await page.goto("topics/written-down/partitions");
  await page.getByRole("button", { name: "Add partitions…" }).click();
  await expect(page).toHaveURL(/act=grow/);
  await page.reload();
  await expect(page.getByRole("dialog").getByLabel(/Partitions in all/)).toBeVisible();
  await page.goto("/access/roles");
  await page.getByRole("button", { name: "New role" }).click();
  await expect(page).toHaveURL(/create=1/);
  await page.goto("/account?create=token");
  await expect(page.getByRole("dialog")).toContainText("New API token");
  await page.goto("/audit?verify=1");
  await expect(page.getByText(/^Whole: every hash/)).toBeVisible();
});

test("the palette has the acts of the topic on screen and leads to their dialogs", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "palette-acts");
  await page.goto("topics/palette-acts/messages");
  await expect(page.getByText("This topic holds no records")).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("add partitions");
  const chosen = page.getByRole("dialog").getByRole("option", { selected: true });
  await expect(chosen).toContainText("Add partitions to");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/topics\/palette-acts\/partitions\?act=grow/);
  await expect(page.getByRole("dialog").getByLabel(/Partitions in all/)).toBeFocused();
});

test("partitions are narrowed and sorted, and the address says how", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "parts-in-order", 3);
  await kcat.produce("parts-in-order", ["x", "y"], ["-p", "2"]);
  await page.goto("topics/parts-in-order/partitions");
  const rows = page.getByRole("grid", { name: "Partitions" }).locator(".table-row");
  await expect(rows).toHaveCount(3);
  await page.getByRole("columnheader", { name: "records" }).getByRole("button").click();
  await expect(page).toHaveURL(/sort=-records/);
  await expect(rows.first().getByRole("gridcell").first()).toHaveText(/^2\b/);
  await page.getByLabel(/Filter by number/).fill("leader 999");
  await expect(page.getByText("Nothing matches the filter")).toBeVisible();
  await expect(page).toHaveURL(/q=leader/);
});

test("a group's lag fits its frame, and the messages' line keeps its buttons together", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "fitting");
  await kcat.produce("fitting", ["one"]);
  await kcat.consumeAs("fitting-readers", "fitting");
  await page.goto("groups/fitting-readers");
  const grid = page.getByRole("grid", { name: "Lag by partition" });
  await expect(grid.getByText("fitting", { exact: true })).toBeVisible();
  const over = await grid.evaluate((it) => it.scrollWidth - it.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
  for (const width of [1280, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto("topics/fitting/messages?from=oldest&limit=1");
    const tops = page.locator(".status > .tools > *");
    await expect(tops.first()).toBeVisible();
    const middles = await tops.evaluateAll((all) =>
      all.map((it) => it.getBoundingClientRect()).map((it) => Math.round((it.top + it.bottom) / 2)),
    );
    expect(Math.max(...middles) - Math.min(...middles), `${middles}`).toBeLessThanOrEqual(2);
  }
});
