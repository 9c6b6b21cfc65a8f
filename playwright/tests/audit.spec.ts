// The audit log: an act is there, who did it, and the chain is whole.
import { expect, test } from "../fixtures.ts";

test("reading messages leaves a row that the page finds, and the chain is whole", async ({
  page,
  kcat,
  signIn,
  createTopic,
}) => {
  await signIn(page);
  await createTopic(page, "watched");
  await kcat.produce("watched", ["seen"]);
  await page.goto("/c/embedded/topics/watched/messages");
  await expect(page.getByText("everything was read")).toBeVisible();
  await page.goto("/audit?resource=watched");
  const row = page.getByRole("row").filter({ hasText: "messages.search" }).first();
  await expect(row).toContainText("admin");
  await expect(row).toContainText("watched");
  await page.getByRole("button", { name: "Verify the chain" }).click();
  await expect(page.getByText(/Whole: every hash of \d+ rows? fits/)).toBeVisible();
});

test("what is done while somebody looks at the log is there when it is read again", async ({
  page,
  signIn,
  createTopic,
}) => {
  await signIn(page);
  await page.goto("/audit?resource=meanwhile");
  await expect(page.getByText("No act matches these conditions")).toBeVisible();
  await createTopic(page, "meanwhile");
  await page.getByRole("button", { name: "Read again" }).click();
  await expect(page.getByRole("row").filter({ hasText: "topic.create" })).toBeVisible();
});

test("acts are numbered one by one, found by cluster and time, and leave as a file", async ({
  page,
  signIn,
  createTopic,
}) => {
  await signIn(page);
  await createTopic(page, "counted");
  await page.goto("/audit?resource=counted&action=topic.create");
  const row = page.getByRole("row").filter({ hasText: "counted" }).first();
  await row.click();
  await expect(page.getByRole("complementary", { name: /^Act \d+$/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByLabel("cluster").selectOption("embedded");
  await expect(page).toHaveURL(/cluster=embedded/);
  await page.getByLabel("until").fill("2001-01-01 00:00");
  await page.getByLabel("until").press("Enter");
  await expect(page.getByText("No act matches these conditions")).toBeVisible();
  await expect(page).toHaveURL(/until=978307200000/);
  await page.getByLabel("until").fill("");
  await page.getByLabel("until").press("Enter");
  await expect(row).toBeVisible();
  await page.getByRole("button", { name: /Export what fits/ }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "CSV" }).click();
  const file = await downloading;
  expect(file.suggestedFilename()).toBe("ouzel-audit.csv");
  await page.goto("/audit?action=audit.export");
  await expect(page.getByRole("row").filter({ hasText: "audit.export" }).first()).toContainText(
    "1 rows",
  );
});
