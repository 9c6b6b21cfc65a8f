// Each main flow once without a mouse, where no other file has it so. (Settings: configuration;
// emptying: partitions; ticking: bulk; writing: produce; resetting: resets; palette; tokens: access.)
import type { Page } from "@playwright/test";
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

/** Tabs on until what has the keyboard fits; somebody without a mouse can do no more. */
async function tabTo(page: Page, name: string | RegExp, role: "button" | "link" = "button") {
  const wanted = page.getByRole(role, { name, exact: typeof name === "string" });
  for (let presses = 0; presses < 60; presses += 1) {
    if (await wanted.evaluateAll((all) => all.includes(document.activeElement as HTMLElement))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not come to ${name}`);
}

test("a topic is made, opened and deleted by keyboard alone", BOTH, async ({ page, server }) => {
  await page.goto("topics?q=typed-topic");
  await expect(page.getByRole("heading", { name: "Topics" })).toBeVisible();
  await tabTo(page, "Create topic");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("typed-topic");
  await page.keyboard.press("Tab");
  await page.keyboard.type("2");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/topics\/typed-topic\/messages/);
  await expect(page.getByText("This topic holds no records")).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  // The box comes with the list.
  await expect(page.getByRole("search").getByRole("textbox")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("typed-topic");
  await expect(page.getByRole("row").filter({ hasText: "typed-topic" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("grid", { name: "Topics" })).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/topics\/typed-topic\/messages/);
  await tabTo(page, "Delete…");
  await page.keyboard.press("Enter");
  await expect(dialog.getByLabel("Type typed-topic to confirm")).toBeFocused();
  await page.keyboard.type("typed-topic");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/c\/[^/]+\/topics(\?|$)/);
  expect((await page.request.get(`${server.api}/topics/typed-topic`)).status()).toBe(404);
});

test("a search gets its condition, a record is opened, left, and the condition switched off", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "typed-search");
  await kcat.produce("typed-search", ["red apple", "green apple", "green pear"]);
  await page.goto("topics/typed-search/messages?from=oldest");
  const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
  await expect(rows.filter({ hasText: "pear" })).toBeVisible();
  await page.keyboard.press("c");
  await expect(page.getByLabel("Text to look for")).toBeFocused();
  await page.keyboard.type("green");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/f=contains~any~green/);
  await expect(rows.filter({ hasText: "red" })).toHaveCount(0);
  // The old rows go before the new ones come.
  await expect(rows.filter({ hasText: "green pear" })).toBeVisible();
  await page.keyboard.press("Escape");
  // The first leads into the table, to its first row.
  await page.keyboard.press("j");
  await expect(page.getByRole("grid", { name: "Messages" })).toBeFocused();
  await expect(page.getByRole("row", { selected: true })).toContainText("green apple");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("complementary", { name: "Record" });
  await expect(drawer).toContainText("green pear");
  await page.keyboard.press("k");
  await expect(drawer).toContainText("green apple");
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
  await tabTo(page, /^edit: change “green”/);
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Text to look for")).toHaveValue("green");
  // Escape leaves the condition as it is, Enter changes it.
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Text to look for")).toHaveValue("");
  await tabTo(page, /^edit: change “green”/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("apple");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/f=contains~any~apple/);
  await expect(rows.filter({ hasText: "red" })).toBeVisible();
  await expect(rows.filter({ hasText: "pear" })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await tabTo(page, "“apple”");
  await page.keyboard.press("Space");
  await expect(rows.filter({ hasText: "pear" })).toBeVisible();
});

test("the first j takes the first row, also after a button was pressed, but not in a menu", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "walked");
  await kcat.produce("walked", ["the first", "the second"]);
  await page.goto("topics/walked/messages?from=oldest");
  const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
  await expect(rows.filter({ hasText: "the second" })).toBeVisible();
  await page.getByRole("button", { name: "Matches over time" }).click();
  await page.keyboard.press("j");
  await expect(page.getByRole("row", { selected: true })).toContainText("the first");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "Record" })).toContainText("the first");
  await page.goto("topics?q=walked");
  await expect(page.getByRole("row").filter({ hasText: "walked" })).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByRole("row", { selected: true })).toContainText("walked");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/topics\/walked\/messages/);
});

test("a group is found, opened, its reset reached and left again, by keyboard alone", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "typed-group");
  await kcat.produce("typed-group", ["one", "two"]);
  await kcat.consumeAs("typed-readers", "typed-group");
  await page.goto("topics");
  await expect(page.getByRole("heading", { name: "Topics" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page.getByRole("heading", { name: "Consumer groups" })).toBeVisible();
  await expect(page.getByRole("search").getByRole("textbox")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("typed-readers");
  await expect(page.getByRole("row").filter({ hasText: "typed-readers" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/groups\/typed-readers$/);
  await tabTo(page, /^Reset offsets/, "link");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/groups\/typed-readers\/reset/);
  await expect(page.getByLabel("Where to")).toBeVisible();
});

test("a dialog keeps the keyboard inside, and gives it back where it came from", async ({
  page,
}) => {
  await page.goto("topics");
  await tabTo(page, "Create topic");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name")).toBeFocused();
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press("Tab");
    const inside = await page.evaluate(() => {
      const here = document.activeElement;
      // Between the last and the first the browser's own bar has the keyboard.
      return here === document.body || here?.closest("dialog") !== null;
    });
    expect(inside, `after ${presses + 1} presses`).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Create topic" })).toBeFocused();
});
