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
