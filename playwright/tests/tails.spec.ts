// Several topics followed together: chosen in the list, by mouse and by address.
// What is marked runs before Apache Kafka too; paths are relative to the cluster under test.
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("ticked topics are followed together, and what is dropped is counted", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  for (const topic of ["tail-left", "tail-right"]) await createTopic(page, topic);
  await page.goto("topics?q=tail-");
  for (const topic of ["tail-left", "tail-right"]) {
    await page.getByRole("checkbox", { name: `Tick ${topic}` }).check();
  }
  await page.getByRole("button", { name: "Tail together" }).click();
  await expect(page).toHaveURL(/\/tail\?topics=tail-left%2Ctail-right/);
  await expect(page.getByText("live, newest last")).toBeVisible();
  await kcat.produce("tail-left", ["one on the left"]);
  await kcat.produce("tail-right", ["one on the right"]);
  const table = page.getByRole("grid", { name: "Records" });
  await expect(table.getByText("one on the left")).toBeVisible();
  await expect(table.getByText("one on the right")).toBeVisible();
  await expect(page.getByText("2 matches")).toBeVisible();

  await page.getByRole("button", { name: "Pause" }).click();
  await kcat.produce(
    "tail-left",
    Array.from({ length: 600 }, (_, at) => `flood ${at}`),
  );
  await expect(page.getByText(/\d+ not shown/).first()).toBeVisible();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByText("live, newest last")).toBeVisible();

  await page.getByLabel(/Only records that hold this text/).fill("right");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=right/);
  await expect(page.getByText("live, newest last")).toBeVisible();
  await kcat.produce("tail-left", ["left again"]);
  await kcat.produce("tail-right", ["right again"]);
  await expect(table.getByText("right again")).toBeVisible();
  await expect(table.getByText("left again")).toBeHidden();
});

test("a record opens beside the tail, which goes on; Back and Escape shut it", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  for (const topic of ["beside-a", "beside-b"]) await createTopic(page, topic);
  await page.goto("tail?topics=beside-a,beside-b");
  await expect(page.getByText("live, newest last")).toBeVisible();
  await kcat.produce("beside-a", ["first of a"]);
  await kcat.produce("beside-b", ["first of b"]);
  const table = page.getByRole("grid", { name: "Records" });
  const drawer = page.getByRole("complementary", { name: "Record" });
  await expect(table.getByText("first of a")).toBeVisible();
  await table.getByText("first of b").click();
  await expect(drawer).toContainText("first of b");
  await expect(page).toHaveURL(/\/tail\?topics=.*&topic=beside-b&p=0&o=0/);
  await kcat.produce("beside-a", ["second of a"]);
  await expect(table.getByText("second of a")).toBeVisible();
  await expect(table.getByText("first of a")).toBeVisible();
  await expect(drawer).toContainText("first of b");

  await table.getByText("first of a").click();
  await expect(drawer).toContainText("first of a");
  await page.goBack();
  await expect(drawer).toContainText("first of b");
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
  await expect(page).not.toHaveURL(/topic=/);
  await expect(page.getByText("live, newest last")).toBeVisible();
  await expect(table.getByText("second of a")).toBeVisible();

  await page.goto("tail?topics=beside-a,beside-b&topic=beside-a&p=0&o=1");
  await expect(drawer).toContainText("second of a");
});

test("the figures of a tail are never behind its rows", async ({ page, kcat, createTopic }) => {
  await createTopic(page, "in-step");
  for (const path of ["topics/in-step/messages?from=live", "tail?topics=in-step"]) {
    await page.goto(path);
    await expect(page.getByText("live, newest last")).toBeVisible();
    await page.evaluate(() => {
      const behind: string[] = [];
      (window as unknown as { behind: string[] }).behind = behind;
      const look = () => {
        const rows = document.querySelectorAll(".rows .table-row").length;
        const told = parseInt(document.querySelector("[data-matches]")?.textContent ?? "0");
        if (told < rows) behind.push(`${told} of ${rows}`);
        requestAnimationFrame(look);
      };
      look();
    });
    for (const text of ["one", "two", "three"]) await kcat.produce("in-step", [text]);
    await expect(page.getByRole("row").filter({ hasText: "three" })).toBeVisible();
    const behind = await page.evaluate(() => (window as unknown as { behind: string[] }).behind);
    expect(behind).toEqual([]);
  }
});

test("on a phone a tail of several topics tells the time of day", async ({
  page,
  kcat,
  createTopic,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await createTopic(page, "by-the-clock");
  await page.goto("tail?topics=by-the-clock");
  await expect(page.getByText("live, newest last")).toBeVisible();
  await kcat.produce("by-the-clock", ["tick"]);
  const time = page.getByRole("grid", { name: "Records" }).locator("time").first();
  await expect.poll(() => time.innerText()).toMatch(/^\d\d:\d\d:\d\d/);
  const [cell, frame] = [await time.boundingBox(), page.viewportSize()];
  expect((cell?.x ?? 0) + (cell?.width ?? 999)).toBeLessThanOrEqual(frame?.width ?? 0);
});

test("a topic that is not there is named, and the other is followed all the same", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "tail-alone");
  await page.goto("tail?topics=tail-alone,tail-nowhere");
  await expect(page.getByText(/not followed: there is no topic `tail-nowhere`/)).toBeVisible();
  await kcat.produce("tail-alone", ["still here"]);
  await expect(page.getByText("still here")).toBeVisible();
  await page.goto("tail");
  await expect(page.getByText("No topics are named")).toBeVisible();
});
