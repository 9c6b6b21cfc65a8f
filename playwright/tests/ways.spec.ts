// Small ways about the console: how close rows stand, whose clock it is, what a link to a record
// keeps, from a record to a group, a mistyped field, bars by keyboard, a user who goes.
import { expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("rows stand closer and times follow any zone, also after a reload", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "ways.zones");
  await kcat.produce("ways.zones", ["one"]);
  await page.goto("/c/embedded/topics/ways.zones/messages");
  const row = page.getByRole("grid", { name: "Messages" }).getByRole("row").nth(1);
  const high = async () => (await row.boundingBox())?.height ?? 0;
  const before = await high();
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitemradio", { name: "Compact" }).click();
  await expect.poll(high).toBeLessThan(before);
  const utc = await row.locator("time").first().textContent();
  await page.getByRole("button", { name: /^Time zone/ }).click();
  const other = page.getByLabel("Another zone");
  await other.fill("Nowhere/Atall");
  await other.press("Enter");
  await expect(page.getByText("This browser knows no zone of that name.")).toBeVisible();
  await other.fill("asia/kathmandu");
  await other.press("Enter");
  await expect(page.getByRole("button", { name: /^Time zone: Kat.*mandu$/ })).toBeVisible();
  const minutes = (text: string | null) => Number(/:(\d\d):/.exec(text ?? "")?.[1]);
  const there = () => row.locator("time").first().textContent();
  // A quarter of an hour off the full hour, as nowhere else.
  await expect.poll(async () => minutes(await there())).toBe((minutes(utc) + 45) % 60);
  await page.reload();
  await expect.poll(async () => minutes(await there())).toBe((minutes(utc) + 45) % 60);
  expect(await high()).toBeLessThan(before);
});

test("a record keeps tab and view in its link, finds its binary key, sends a group there", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "ways.keys");
  const lines = ["\u0001\u0002x:a", "\u0001\u0002:b", "\u0001\u0002:c"];
  await kcat.produce("ways.keys", lines, ["-K", ":"]);
  await kcat.consumeAs("ways-readers", "ways.keys");
  await page.goto("/c/embedded/topics/ways.keys/messages?p=0&o=1");
  const drawer = page.getByRole("complementary");
  await drawer.getByRole("tab", { name: "Key" }).click();
  await expect(page).toHaveURL(/&tab=key$/);
  await page.reload();
  await expect(drawer.getByRole("tab", { name: "Key" })).toHaveAttribute("aria-selected", "true");
  await drawer.getByRole("tab", { name: "Value" }).click();
  await drawer.getByRole("button", { name: "Hex", exact: true }).click();
  await expect(page).toHaveURL(/&as=hex$/);
  await page.goBack();
  await expect(page).not.toHaveURL(/o=1/);
  await page.goto("/c/embedded/topics/ways.keys/messages?p=0&o=1");
  await expect(drawer).toContainText("b");
  await page.keyboard.press("s");
  await expect(page).toHaveURL(/o=2/);
  await drawer.getByTitle("More acts on this record").click();
  await page.getByRole("menuitem", { name: "Reset a group to this record…" }).click();
  await page.getByRole("combobox", { name: /^Group/ }).fill("ways-readers");
  await page.keyboard.press("Enter");
  const reset = /ways-readers\/reset\?s=ways\.keys&to=record~ways\.keys~0~2$/;
  await expect(page).toHaveURL(reset);
  await expect(page.getByText(/1 commit|1 partition/).first()).toBeVisible();
});

test("a field that no record has is named, and bars are walked by keyboard", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "ways.fields");
  await kcat.produce("ways.fields", ['{"a":1}', '{"a":2}', '{"a":3}']);
  const of = "/c/embedded/topics/ways.fields/messages";
  await page.goto(`${of}?f=field~eq~no.such~1`);
  const nowhere = page.getByText("The field “no.such” is in none of the 3 records that were read.");
  await expect(nowhere).toBeVisible();
  await page.goto(`${of}?f=field~eq~a~9`);
  await expect(page.getByText("Nothing matched of 3 records read")).toBeVisible();
  await expect(page.getByText(/is in none of/)).toHaveCount(0);
  await page.goto(`${of}?chart=1`);
  const bars = page.getByRole("toolbar", { name: /rows that are loaded here over time/ });
  const first = bars.getByRole("button").first();
  await expect(first).toHaveAccessibleName(/match(es)? from .* to .*; press to search from there/);
  await first.focus();
  await page.keyboard.press("End");
  await expect(bars.getByRole("button").last()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/from=time/);
});

test("the tab's icon has the colour that somebody gave the cluster", async ({ page, server }) => {
  const data = {
    id: "ways-violet",
    bootstrap: [server.kafka],
    environment: "production",
    colour: "violet",
  };
  const made = await page.request.post(`${server.url}/api/v1/clusters`, { data });
  expect(made.ok(), await made.text()).toBe(true);
  const icon = page.locator("link[rel=icon]");
  await page.goto("/c/embedded/overview");
  await expect(icon).toHaveAttribute("href", /0b7a75/);
  await page.goto("/c/ways-violet/overview");
  await expect(icon).toHaveAttribute("href", /6a3aa8/);
  await page.request.delete(`${server.url}/api/v1/clusters/ways-violet`);
});

test("a user is deleted after a question, and nobody deletes themselves", async ({ page }) => {
  await page.goto("/access/users?create=1");
  const dialog = page.getByRole("dialog", { name: "Create user" });
  await dialog.getByLabel("Name").fill("ways-anna");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Done", exact: true }).click();
  await expect(page).toHaveURL(/\/access\/users$/);
  await page.goto("/access/users?user=ways-anna");
  await page.getByRole("button", { name: "Delete…" }).click();
  const question = page.getByRole("dialog", { name: "Delete ways-anna?" });
  await expect(question).toContainText("0 sessions and 0 API tokens end at once.");
  await question.getByRole("button", { name: "Delete the user" }).click();
  await expect(page.getByText("ways-anna was deleted.")).toBeVisible();
  await expect(page.getByRole("grid", { name: "Users" })).not.toContainText("ways-anna");
  await page.goto("/access/users?user=admin");
  await expect(page.getByRole("button", { name: "Delete…" })).toBeDisabled();
});
