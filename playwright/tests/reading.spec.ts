// How a topic's records are read is remembered for that topic, and the address has the last word.
// Runs on Apache Kafka too; paths are relative to the cluster under test.
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("a decoder that was chosen is used when the topic is opened anew", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  for (const name of ["read-as-hex", "read-as-it-is"]) {
    await createTopic(page, name);
    await kcat.produce(name, ["abc"]);
  }
  const row = page.getByRole("row").filter({ hasText: /abc|61\s?62\s?63/ });
  const told = page.getByText(/^values as hex/);
  await page.goto("topics/read-as-hex/messages?from=oldest");
  await expect(row).toContainText("abc");
  await page.getByRole("button", { name: "Until where, and how records are read" }).click();
  await page.getByLabel("Values are").selectOption("hex");
  await expect(row).toContainText(/61\s?62\s?63/);
  await expect(told).toBeVisible();

  await page.goto("topics/read-as-it-is/messages");
  await expect(row).toContainText("abc");
  await expect(told).toHaveCount(0);

  await page.goto("topics/read-as-hex/messages?limit=50");
  await expect(row).toContainText(/61\s?62\s?63/);
  await expect(page).toHaveURL(/limit=50&value-as=hex$/);
  await expect(told).toBeVisible();

  // The address wins, and does not change what is remembered.
  await page.goto("topics/read-as-hex/messages?value-as=text");
  await expect(row).toContainText("abc");
  await expect(page.getByText(/^values as text/)).toBeVisible();
  await page.goto("topics/read-as-hex/messages");
  await expect(row).toContainText(/61\s?62\s?63/);

  await page.getByRole("button", { name: "Read automatically" }).click();
  await expect(row).toContainText("abc");
  await expect(page).not.toHaveURL(/value-as/);
  await page.goto("topics/read-as-hex/partitions");
  await page.getByRole("link", { name: "Messages" }).click();
  await expect(row).toContainText("abc");
  await expect(told).toHaveCount(0);
});
