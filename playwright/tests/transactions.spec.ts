// Records of transactions: committed, aborted, and not decided yet. Before Apache Kafka alone,
// since our own broker has no transactions; kcat is the producer.
import type { Page } from "@playwright/test";
import { KAFKA_ALONE, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

const rowsOf = (page: Page) => page.getByRole("grid", { name: "Messages" }).getByRole("row");
const drawerOf = (page: Page) => page.getByRole("complementary", { name: "Record" });

test("committed records are read alone, aborted ones are marked, undecided ones held back", KAFKA_ALONE, async ({
  page,
  kcat,
  createTopic,
}) => {
  // The coordinator's own topic is made for the first transaction.
  test.setTimeout(120_000);
  await createTopic(page, "decided");
  // Offsets 0 and 1, and the marker at 2.
  await kcat.transact("decided", "keeps", ["kept one", "kept two"]);
  // 3 and 4: whoever goes on under the same name has the transaction before aborted, marker at 5.
  const gone = await kcat.undecided("decided", "gives-up", ["gone one", "gone two"]);
  await gone.leave();
  // 6, and the marker at 7.
  await kcat.transact("decided", "gives-up", ["kept three"]);
  // 8 stays open, and 9 lies behind it.
  const waits = await kcat.undecided("decided", "waits", ["pending one"]);
  try {
    await kcat.produce("decided", ["behind it"]);

    await page.goto("topics/decided/messages?from=oldest");
    await expect(page.getByText("everything was read")).toBeVisible();
    await expect(page.getByText("7 matches", { exact: true })).toBeVisible();
    const row = (text: string) => rowsOf(page).filter({ hasText: text });
    for (const text of ["gone one", "gone two"]) {
      await expect(row(text).getByText("aborted", { exact: true })).toBeVisible();
    }
    await expect(row("pending one").getByText("undecided", { exact: true })).toBeVisible();
    for (const text of ["kept one", "kept two", "kept three", "behind it"]) {
      await expect(row(text)).toBeVisible();
      await expect(row(text).getByText(/^(aborted|undecided)$/)).toHaveCount(0);
    }
    // Markers are no records; they are counted, and said to be what they are.
    await expect(page.getByTitle(/^3 control records, 0 aborted records, /)).toHaveText(
      "3 skipped",
    );

    await page.goto("topics/decided/messages?from=oldest&p=0&o=3");
    await expect(drawerOf(page)).toContainText("gone one");
    await drawerOf(page).getByRole("tab", { name: "Metadata", exact: true }).click();
    await expect(drawerOf(page)).toContainText(
      "aborted: consumers that read committed do not get it",
    );
    await page.keyboard.press("Escape");
    await expect(drawerOf(page)).toHaveCount(0);

    await page.getByRole("button", { name: "Until where, and how records are read" }).click();
    await page.getByLabel("Transactions").selectOption("committed");
    await expect(page).toHaveURL(/isolation=committed/);
    const upToThere = page.getByText("read up to open transactions", { exact: true });
    await expect(upToThere).toBeVisible();
    await expect(page.getByText("everything was read")).toHaveCount(0);
    await expect(page.getByText("3 matches", { exact: true })).toBeVisible();
    for (const text of ["gone one", "gone two", "pending one", "behind it"]) {
      await expect(row(text)).toHaveCount(0);
    }
    await expect(page.getByTitle(/^3 control records, 2 aborted records, /)).toHaveText(
      "5 skipped",
    );
    // The open one and what lies behind it.
    await expect(page.getByText("2 offsets held back")).toBeVisible();
    // So it is for whoever goes on half-way, also by a link that was passed on.
    await page.goto("topics/decided/messages?from=oldest&isolation=committed&limit=2");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByText("3 matches", { exact: true })).toBeVisible();
    await expect(upToThere).toBeVisible();
    await page.reload();
    await expect(page.getByText("1 match", { exact: true })).toBeVisible();
    await expect(upToThere).toBeVisible();
    await expect(page.getByText("2 offsets held back")).toBeVisible();
    await page.goto("topics/decided/messages?from=offset:8&isolation=committed");
    await expect(page.getByText("No committed records in this range yet")).toBeVisible();
    // Newest first it is the same three.
    await page.goto("topics/decided/messages?isolation=committed");
    await expect(page.getByText("3 matches", { exact: true })).toBeVisible();
    await expect(row("kept three")).toBeVisible();
    await expect(row("behind it")).toHaveCount(0);

    // Once it is decided, here by being given up, what lies behind it is there.
    await waits.leave();
    await kcat.transact("decided", "waits", ["kept four"]);
    await page.goto("topics/decided/messages?from=oldest&isolation=committed");
    await expect(page.getByText("5 matches", { exact: true })).toBeVisible();
    await expect(page.getByText("everything was read")).toBeVisible();
    await expect(row("behind it")).toBeVisible();
    await expect(row("kept four")).toBeVisible();
    await expect(row("pending one")).toHaveCount(0);
  } finally {
    await waits.leave();
  }
});

test("a tail of committed records shows them once they are", KAFKA_ALONE, async ({
  page,
  context,
  kcat,
  createTopic,
}) => {
  test.setTimeout(120_000);
  await createTopic(page, "decided-later");
  await page.goto("topics/decided-later/messages?from=live&isolation=committed");
  await expect(page.getByText("Waiting for new records")).toBeVisible();
  const all = await context.newPage();
  await all.goto("topics/decided-later/messages?from=live");
  await expect(all.getByText("Waiting for new records")).toBeVisible();
  const waits = await kcat.undecided("decided-later", "later", ["pending one"]);
  try {
    await kcat.produce("decided-later", ["behind it"]);
    const row = (where: Page, text: string) => rowsOf(where).filter({ hasText: text });
    await expect(row(all, "pending one")).toBeVisible();
    await expect(row(all, "behind it")).toBeVisible();
    await expect(row(page, "behind it")).toHaveCount(0);
    await waits.leave();
    await kcat.transact("decided-later", "later", ["kept one"]);
    await expect(row(page, "kept one")).toBeVisible();
    await expect(row(page, "behind it")).toBeVisible();
    await expect(row(page, "pending one"), "it was given up").toHaveCount(0);
  } finally {
    await waits.leave();
  }
});
