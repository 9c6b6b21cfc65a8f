// Waiting, failed and forbidden look different, say why, and go on when they can.
import { expect, test } from "../fixtures.ts";
import { FORBIDDEN, UNREACHABLE } from "../support/states.ts";

const LIST = "**/api/v1/clusters/embedded/topics";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("a list that is waited for is neither empty nor broken, and then it is there", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "patience");
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(LIST, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/c/embedded/topics?q=patience");
  const main = page.getByRole("main");
  await expect(main.getByRole("status", { name: "Loading" })).toBeVisible();
  await expect(main.getByRole("alert")).toHaveCount(0);
  await expect(main.getByText("No topics yet")).toHaveCount(0);
  release();
  await expect(page.getByRole("row").filter({ hasText: "patience" })).toBeVisible();
  await expect(main.getByRole("status", { name: "Loading" })).toHaveCount(0);
});

test("a cluster that cannot be reached is one red card with a way to try again", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "reachable");
  await page.route(LIST, (route) => route.fulfill(UNREACHABLE));
  await page.goto("/c/embedded/topics?q=reachable");
  const alert = page.getByRole("main").getByRole("alert");
  await expect(alert).toHaveCount(1);
  await expect(alert).toContainText("The cluster cannot be reached");
  await expect(alert).toContainText("10.0.0.7:9092 cannot be reached: connection refused");
  await expect(alert).toContainText("Request 01-request");
  await page.unroute(LIST);
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("row").filter({ hasText: "reachable" })).toBeVisible();
  await expect(alert).toHaveCount(0);
});

test("what somebody may not see names the missing right and offers no second try", async ({
  page,
}) => {
  await page.route(LIST, (route) => route.fulfill(FORBIDDEN));
  await page.goto("/c/embedded/topics");
  const main = page.getByRole("main");
  await expect(main.getByText("You may not see this")).toBeVisible();
  await expect(main.getByText("role viewer lacks view_cluster")).toBeVisible();
  await expect(main.getByRole("button", { name: "Try again" })).toHaveCount(0);
  await expect(main.getByRole("alert")).toHaveCount(0);
});

test("the bar above every page says whether the server answers, also where nothing is asked", async ({
  page,
}) => {
  await page.goto("/audit");
  const bar = page.getByRole("banner");
  await expect(page.getByRole("grid", { name: "Audit log" })).toBeVisible();
  await expect(bar.getByText("live", { exact: true })).toBeVisible();
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Read again" }).click();
  await expect(bar.getByText("no answer", { exact: true })).toBeVisible();
  await page.context().setOffline(false);
  await expect(bar.getByText("live", { exact: true })).toBeVisible();
});

test("good data stays, with its age, while newer data cannot be had", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "kept");
  await page.goto("/c/embedded/topics/kept/configuration");
  await expect(page.getByText("retention.ms", { exact: true })).toBeVisible();
  await page.route("**/topics/kept/config", (route) => route.fulfill(UNREACHABLE));
  await page.getByRole("button", { name: "Read again" }).click();
  await expect(page.getByText("Shown is what was read")).toBeVisible();
  await expect(page.getByText("retention.ms", { exact: true })).toBeVisible();
});
