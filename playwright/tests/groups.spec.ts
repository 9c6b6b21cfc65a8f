// Consumer groups: lag before and after consuming, and what has never been committed.
import { expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("lag falls to zero when the group has read everything", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "bills");
  await kcat.produce("bills", ["one"]);
  await kcat.consumeAs("billing", "bills");
  await kcat.produce("bills", ["two", "three", "four"]);
  await page.goto("/c/embedded/groups");
  const row = page.getByRole("row").filter({ hasText: "billing" });
  await expect(row).toContainText("3");
  await row.getByRole("link", { name: "billing" }).click();
  const partition = page.getByRole("row").filter({ hasText: "bills" });
  await expect(partition).toContainText("3");
  await kcat.consumeAs("billing", "bills");
  await page.reload();
  await expect(page.getByText("caught up").or(partition.getByText("0", { exact: true })).first())
    .toBeVisible();
});

test("a member without a commit shows no commit, not zero", async ({ page, kcat, createTopic }) => {
  await createTopic(page, "untouched", 2);
  const member = kcat.join("waiting-room", "untouched");
  try {
    await expect
      .poll(
        async () => {
          const answer = await page.request.get("/api/v1/clusters/embedded/groups/waiting-room");
          return answer.ok() ? ((await answer.json()).partitions.length as number) : 0;
        },
        { timeout: 30_000 },
      )
      .toBe(2);
    await page.goto("/c/embedded/groups/waiting-room");
    await expect(page.getByText("no commit").first()).toBeVisible();
    await page.goto("/c/embedded/groups/waiting-room/members");
    await expect(page.getByRole("grid").getByText("rdkafka").first()).toBeVisible();
  } finally {
    await member.stop();
  }
});
