// Several topics followed together: chosen in the list, by mouse and by address.
import { expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("ticked topics are followed together, and what is dropped is counted", async ({
  page,
  kcat,
  createTopic,
}) => {
  for (const topic of ["tail-left", "tail-right"]) await createTopic(page, topic);
  await page.goto("/c/embedded/topics?q=tail-");
  for (const topic of ["tail-left", "tail-right"]) {
    await page.getByRole("checkbox", { name: `Tick ${topic}` }).check();
  }
  await page.getByRole("button", { name: "Tail together" }).click();
  await expect(page).toHaveURL(/\/c\/embedded\/tail\?topics=tail-left%2Ctail-right/);
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
  await table.getByText("right again").click();
  await expect(page).toHaveURL(/topics\/tail-right\/messages\?p=\d+&o=\d+/);
});

test("a topic that is not there is named, and the other is followed all the same", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "tail-alone");
  await page.goto("/c/embedded/tail?topics=tail-alone,tail-nowhere");
  await expect(page.getByText(/not followed: there is no topic `tail-nowhere`/)).toBeVisible();
  await kcat.produce("tail-alone", ["still here"]);
  await expect(page.getByText("still here")).toBeVisible();
  await page.goto("/c/embedded/tail");
  await expect(page.getByText("No topics are named")).toBeVisible();
});
