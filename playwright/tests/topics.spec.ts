// The list of topics: create one, refuse a bad name, delete one by typing its name.
import { expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("a created topic opens, and stands in the list with its partitions", async ({ page }) => {
  await page.goto("/c/embedded/topics");
  await page.getByRole("button", { name: "Create topic" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("made-by-hand");
  await dialog.getByLabel("Partitions").fill("3");
  await dialog.getByRole("button", { name: "Create topic" }).click();
  await expect(page).toHaveURL(/\/topics\/made-by-hand\/messages/);
  await expect(page.getByText("This topic holds no records")).toBeVisible();
  await page.goto("/c/embedded/topics?q=made-by");
  const row = page.getByRole("row").filter({ hasText: "made-by-hand" });
  await expect(row).toHaveCount(1);
  await expect(row.getByRole("gridcell").filter({ hasText: /^3$/ })).toBeVisible();
});

test("a bad name is refused before it is sent, a taken one by the broker", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "taken");
  await page.goto("/c/embedded/topics");
  await page.getByRole("button", { name: "Create topic" }).click();
  const dialog = page.getByRole("dialog");
  const create = dialog.getByRole("button", { name: "Create topic" });
  await dialog.getByLabel("Name").fill("../x");
  await expect(create).toBeDisabled();
  await dialog.getByLabel("Name").fill("taken");
  await create.click();
  await expect(dialog.getByRole("alert")).toContainText(/exists/i);
});

test("a topic is deleted only after its name was typed, and its loss was told", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "doomed", 2);
  await kcat.produce("doomed", ["one", "two", "three"]);
  await page.goto("/c/embedded/topics/doomed/partitions");
  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("2 partitions");
  await expect(dialog).toContainText("about 3 records");
  const confirm = dialog.getByRole("button", { name: "Delete topic" });
  await dialog.getByLabel("Type doomed to confirm").fill("doom");
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel("Type doomed to confirm").fill("doomed");
  await confirm.click();
  await expect(page).toHaveURL(/\/c\/embedded\/topics(\?|$)/);
  await expect(page.getByRole("row").filter({ hasText: "doomed" })).toHaveCount(0);
  const answer = await page.request.get("/api/v1/clusters/embedded/topics/doomed");
  expect(answer.status()).toBe(404);
});

test("the filter and the order of the list are in its address", async ({ page, createTopic }) => {
  for (const name of ["pears", "apples", "plums"]) await createTopic(page, `fruit-${name}`);
  await page.goto("/c/embedded/topics");
  // A key that is pressed before the app has started reaches nobody.
  const filter = page.getByRole("search").getByRole("textbox");
  await expect(filter).toBeVisible();
  await page.keyboard.press("/");
  await expect(filter).toBeFocused();
  await page.keyboard.type("fruit-p");
  await expect(page).toHaveURL(/fruit-p/);
  await page.getByRole("columnheader", { name: "name" }).click();
  const address = page.url();
  const names = () => page.getByRole("row").filter({ hasText: "fruit-" }).allInnerTexts();
  await expect.poll(async () => (await names()).length).toBe(2);
  const before = (await names()).map((text) => text.split(/\s/)[0]);
  await page.goto(address);
  await expect.poll(async () => (await names()).map((text) => text.split(/\s/)[0])).toEqual(before);
});
