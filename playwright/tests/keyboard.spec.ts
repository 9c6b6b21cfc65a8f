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

test("groups are ticked and deleted by keyboard alone, and the question has an address", async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await createTopic(page, "typed-doom");
  await kcat.produce("typed-doom", ["one"]);
  await kcat.consumeAs("typed-doomed", "typed-doom");
  await page.goto("groups?q=typed-doomed");
  await expect(page.getByRole("row").filter({ hasText: "typed-doomed" })).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page.getByText("1 picked")).toBeVisible();
  await tabTo(page, "Delete…");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Delete typed-doomed" });
  await expect(dialog).toBeVisible();
  await expect(page).toHaveURL(/delete=typed-doomed/);
  await page.reload();
  await expect(dialog.getByLabel("Type typed-doomed to confirm")).toBeFocused();
  await page.keyboard.type("typed-doomed");
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 group was deleted.")).toBeVisible();
  await expect(page).not.toHaveURL(/delete=/);
  const answer = await page.request.get(`${server.api}/groups/typed-doomed`);
  expect(answer.status()).toBe(404);
});

test("a tail is begun, paused and stopped by keyboard alone", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "typed-tail");
  await page.goto("topics/typed-tail/messages");
  await expect(page.getByText("This topic holds no records")).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("tail typed-tail");
  const chosen = page.getByRole("dialog").getByRole("option", { selected: true });
  await expect(chosen).toContainText("Tail typed-tail");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Waiting for new records")).toBeVisible();
  await kcat.produce("typed-tail", ["as it comes"]);
  const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
  await expect(rows.filter({ hasText: "as it comes" })).toBeVisible();
  await tabTo(page, "Pause");
  await page.keyboard.press("Enter");
  await expect(page.getByText("paused", { exact: true })).toBeVisible();
  await tabTo(page, "Stop");
  await page.keyboard.press("Enter");
  await expect(page.getByText("stopped", { exact: true })).toBeVisible();
});

test("a topic's settings are cloned by keyboard alone", async ({ page, server, createTopic }) => {
  await createTopic(page, "typed-like");
  await page.goto("topics/typed-like/partitions");
  await tabTo(page, "Clone settings…");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("typed-likeness");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/topics\/typed-likeness\/messages/);
  expect((await page.request.get(`${server.api}/topics/typed-likeness`)).status()).toBe(200);
});

test("the audit log is narrowed, and a record written to a file, by keyboard alone", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "typed-file");
  await kcat.produce("typed-file", ["in a file"]);
  await page.goto("topics/typed-file/messages?from=oldest");
  await expect(page.getByText("everything was read")).toBeVisible();
  await tabTo(page, /^Export/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  const download = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  expect((await download).suggestedFilename()).toMatch(/^typed-file\./);
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page.getByRole("heading", { name: "Audit" })).toBeVisible();
  await expect(page.getByRole("search").getByRole("textbox")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("typed-file");
  await expect(page).toHaveURL(/resource=typed-file/);
  await expect(page.getByRole("row").filter({ hasText: "messages.export" }).first()).toBeVisible();
});

test("a view is kept, taken and forgotten by keyboard alone", async ({ page, createTopic }) => {
  await createTopic(page, "typed-view");
  await page.goto("topics?q=typed-view&sort=-records");
  await expect(page.getByRole("row").filter({ hasText: "typed-view" })).toBeVisible();
  const pick = async (name: RegExp) => {
    await tabTo(page, /^Views/);
    await page.keyboard.press("Enter");
    const item = page.locator("[role^=menuitem]", { hasText: name });
    await expect(item).toBeVisible();
    for (let presses = 0; presses < 20; presses += 1) {
      if (await item.evaluate((it) => it === document.activeElement)) break;
      await page.keyboard.press("ArrowDown");
    }
    await expect(item).toBeFocused();
    await page.keyboard.press("Enter");
  };
  await pick(/^Keep this view/);
  await expect(page.getByRole("dialog").getByLabel("Name")).toBeFocused();
  await page.keyboard.type("Typed by hand");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.goto("topics");
  await expect(page.getByRole("heading", { name: "Topics" })).toBeVisible();
  await expect(page.getByRole("search").getByRole("textbox")).toBeVisible();
  await pick(/^Typed by hand$/);
  await expect(page).toHaveURL(/\?q=typed-view&sort=-records$/);
  await pick(/^Forget/);
  await tabTo(page, /^Views/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: /^Keep this view/ })).toBeVisible();
});

test("a filter in JavaScript is written and applied by keyboard alone", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "typed-script");
  await kcat.produce("typed-script", ['{"n":1}', '{"n":20}']);
  const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
  const shown = (n: number) => rows.filter({ hasText: new RegExp(`"n": ?${n}\\D`) });
  await page.goto("topics/typed-script/messages");
  await expect(shown(20)).toBeVisible();
  await page.keyboard.press("c");
  await expect(page.getByLabel("Text to look for")).toBeFocused();
  const place = page.getByLabel("Where to look");
  for (let presses = 0; presses < 10; presses += 1) {
    if (await place.evaluate((it) => it === document.activeElement)) break;
    await page.keyboard.press("Shift+Tab");
  }
  // The last of the choices.
  await page.keyboard.press("End");
  await expect(page.getByLabel("Function body")).toBeFocused();
  await page.keyboard.type("return value.n > 9");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(shown(1)).toHaveCount(0);
  await expect(shown(20)).toBeVisible();
});
