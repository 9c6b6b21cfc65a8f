// Two people at once: what one does shows where the other looks, and nobody undoes the other's work
// without being told.
import type { Browser, Page } from "@playwright/test";
import { ADMIN, BOTH, expect, test } from "../fixtures.ts";
import type { Server } from "../support/server.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

/** A second browser, with a session of its own. */
async function other(browser: Browser, server: Server): Promise<Page> {
  const baseURL = `${server.url}/c/${server.cluster}/`;
  const page = await (await browser.newContext({ baseURL })).newPage();
  const answer = await page.request.post(`${server.url}/api/v1/session`, { data: ADMIN });
  expect(answer.status(), await answer.text()).toBe(200);
  return page;
}

test("a topic that is deleted while it is read keeps its rows on screen and says what happened", BOTH, async ({
  page,
  kcat,
  browser,
  server,
  createTopic,
}) => {
  await createTopic(page, "pulled-away");
  await kcat.produce("pulled-away", ["read in time"]);
  await page.goto("topics/pulled-away/messages");
  const grid = page.getByRole("grid", { name: "Messages" });
  const row = grid.getByRole("row").filter({ hasText: "read in time" });
  await expect(row).toBeVisible();
  const second = await other(browser, server);
  await second.goto("topics/pulled-away/partitions");
  await second.getByRole("button", { name: "Delete…", exact: true }).click();
  await second.getByLabel("Type pulled-away to confirm").fill("pulled-away");
  await second.getByRole("button", { name: "Delete topic" }).click();
  await expect(second).toHaveURL(/\/topics(\?|$)/);
  await second.context().close();
  await expect(page.getByText("The topic is gone.")).toBeVisible({ timeout: 30_000 });
  await expect(row).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("main").getByRole("alert").first()).toContainText("pulled-away");
});

test("a tail of a topic that is deleted ends with the reason and keeps what it saw", async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await createTopic(page, "tail-end");
  await page.goto("topics/tail-end/messages?from=live");
  await expect(page.getByText("Waiting for new records")).toBeVisible();
  await kcat.produce("tail-end", ["last words"]);
  const row = page.getByRole("row").filter({ hasText: "last words" });
  await expect(row).toBeVisible();
  expect((await page.request.delete(`${server.api}/topics/tail-end`)).ok()).toBe(true);
  await expect(page.getByText("broke off", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/there is no topic `tail-end`/i).first()).toBeVisible();
  await expect(row).toBeVisible();
});

test("what one person makes and deletes shows in the other's list without a reload", async ({
  page,
  browser,
  server,
  createTopic,
}) => {
  test.setTimeout(90_000);
  await createTopic(page, "ours-old");
  await page.goto("topics?q=ours-");
  const rows = page.getByRole("grid", { name: "Topics" }).getByRole("row");
  await expect(rows.filter({ hasText: "ours-old" })).toBeVisible();
  const second = await other(browser, server);
  await createTopic(second, "ours-new");
  await second.request.delete(`${server.api}/topics/ours-old`);
  await second.context().close();
  await expect(rows.filter({ hasText: "ours-new" })).toBeVisible({ timeout: 45_000 });
  await expect(rows.filter({ hasText: "ours-old" })).toHaveCount(0);
});

test("of two who change the same setting the second is shown what the first has done", BOTH, async ({
  page,
  browser,
  server,
  createTopic,
}) => {
  await createTopic(page, "contested");
  const second = await other(browser, server);
  const begin = async (who: Page, value: string) => {
    await who.goto("topics/contested/configuration?q=retention.ms");
    await who.getByRole("button", { name: "Edit retention.ms", exact: true }).click();
    await who.getByRole("textbox", { name: "retention.ms", exact: true }).fill(value);
    await who.keyboard.press("Enter");
    await expect(who.getByRole("button", { name: "Save 1 setting" })).toBeVisible();
  };
  await begin(page, "3600000");
  await begin(second, "7200000");
  await page.getByRole("button", { name: "Save 1 setting" }).click();
  await expect(page.getByText("1 setting of contested was changed.")).toBeVisible();
  await second.getByRole("button", { name: "Save 1 setting" }).click();
  const alert = second.getByRole("dialog").getByRole("alert");
  await expect(alert).toContainText("`retention.ms` is `3600000` by now");
  await second.context().close();
});

test("a reset that somebody else has overtaken is not applied as it was shown", BOTH, async ({
  page,
  kcat,
  browser,
  server,
  createTopic,
}) => {
  await createTopic(page, "outrun");
  await kcat.produce("outrun", Array.from({ length: 10 }, (_, n) => `${n}`));
  await kcat.consumeAs("outrun", "outrun");
  await page.goto("groups/outrun/reset?to=earliest");
  await expect(page.getByText("10 records are read again")).toBeVisible();
  const second = await other(browser, server);
  await second.goto("groups/outrun/reset?to=shift~-4");
  await expect(second.getByText("4 records are read again")).toBeVisible();
  for (const who of [second, page]) {
    await who.getByRole("button", { name: "Apply…" }).click();
    await who.getByRole("dialog").getByRole("button", { name: "Apply", exact: true }).click();
    if (who === second) await expect(who.getByText("1 partition was changed")).toBeVisible();
  }
  const committed = async () => {
    const answer = await page.request.get(`${server.api}/groups/outrun`);
    return (await answer.json()).partitions[0]?.committed as number;
  };
  await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
  expect(await committed(), "the first one's reset stands").toBe(6);
  await second.context().close();
});

test("one tab's end of the session is the other tab's too, and leads back where it was", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "two-tabs");
  await page.goto("topics/two-tabs/partitions");
  await expect(page.getByRole("grid", { name: "Partitions" })).toBeVisible();
  const tab = await page.context().newPage();
  await tab.goto("topics?q=two-tabs");
  await tab.getByRole("button", { name: /account/i }).click();
  await tab.getByRole("menuitem", { name: /sign out/i }).click();
  await expect(tab.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible({ timeout: 30_000 });
  await page.getByLabel("User").fill(ADMIN.user);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/topics\/two-tabs\/partitions$/);
  await expect(page.getByRole("grid", { name: "Partitions" })).toBeVisible();
});
