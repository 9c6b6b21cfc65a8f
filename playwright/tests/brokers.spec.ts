// Brokers: what one holds and where, how it is set, and the ways to it.
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("a broker is opened, tells what it holds and where, and how it is set", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "on-broker", 2);
  await kcat.produce("on-broker", ["x".repeat(5_000)]);
  await page.goto("overview");
  await page.getByRole("grid", { name: "Brokers" }).getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1, name: /^Broker \d+$/ })).toBeVisible();
  await expect(page).toHaveURL(/\/brokers\/\d+\/partitions$/);
  await expect(page.locator(".facts")).toContainText(/\d leads|leads/);

  const partitions = page.getByRole("grid", { name: "Partitions" }).getByRole("row");
  await page.getByRole("search").getByRole("textbox").fill("on-broker leader");
  await expect(partitions.filter({ hasText: "on-broker" })).toHaveCount(2);
  await expect(partitions.nth(1)).toContainText(/on-broker.*leader.*in sync.*\d/);
  await expect(page).toHaveURL(/q=on-broker/);

  await page.getByRole("link", { name: /^Log directories/ }).click();
  const folder = page.getByRole("grid", { name: "Log directories" }).getByRole("row").nth(1);
  await expect(folder).toContainText(/\/.*\d+.*(B|KiB|MiB).*GiB of .* free/);

  await page.getByRole("link", { name: /^Configuration/ }).click();
  const settings = page.getByRole("list", { name: "Settings of the broker" }).getByRole("listitem");
  await expect(settings.first()).toBeVisible();
  const all = await settings.count();
  expect(all).toBeGreaterThan(20);
  const search = page.getByRole("search").getByRole("textbox");
  await search.fill("log.retention.hours");
  const retention = page.locator('[data-key="log.retention.hours"]');
  await expect(retention).toContainText(/168.*/);
  await expect(retention).toContainText("default");
  // By its value, too.
  await search.fill("168");
  await expect(retention).toBeVisible();
  await expect(page).toHaveURL(/q=168/);
  expect(await settings.count()).toBeLessThan(all);
  await search.fill("no-such-setting-anywhere");
  await page.getByRole("button", { name: "Show all settings" }).click();
  await expect(settings).toHaveCount(all);
  await page.getByRole("checkbox", { name: /not Kafka's default/ }).check();
  await expect(page).toHaveURL(/set=1/);
  await expect(page.locator('[data-key="log.dirs"]')).toBeVisible();
  await expect(retention).toHaveCount(0);
});

test("by keyboard alone: the brokers are reached, and one is opened", async ({ page }) => {
  await page.goto("topics");
  await expect(page.getByRole("heading", { name: "Topics" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  const list = page.getByRole("grid", { name: "Brokers" });
  await expect(list.getByRole("row").nth(1)).toContainText("controller");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/brokers\/0\/partitions$/);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("brokers");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/brokers$/);
});

test("a broker that is not there leads back to all, and a disk that tells nothing says why", async ({
  page,
}) => {
  await page.goto("brokers/77/configuration");
  await expect(page.getByText("there is no broker 77")).toBeVisible();
  await page.getByRole("link", { name: "Go to all brokers" }).click();
  await expect(page).toHaveURL(/\/brokers$/);
  // A broker that only replicas name, as the server would tell of it.
  const gone = {
    id: 9,
    address: null,
    rack: null,
    controller: false,
    leads: 0,
    follows: 4,
    out_of_sync: 4,
    size_bytes: null,
    total_bytes: null,
    usable_bytes: null,
    disk_error: "the cluster does not list broker 9 now",
  };
  await page.route("**/api/v1/clusters/embedded/brokers", (route) =>
    route.fulfill({ json: { brokers: [gone], read_at_ms: Date.now() } }),
  );
  await page.reload();
  const row = page.getByRole("grid", { name: "Brokers" }).getByRole("row").nth(1);
  await expect(row).toContainText(/9.*no address.*not there.*0.*4.*4.*unknown/);
  await expect(page.getByText("the cluster does not list broker 9 now")).toBeVisible();
});

test("what the overview says is wrong leads to its cause", async ({ page }) => {
  await page.route("**/api/v1/clusters/embedded/overview", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    body.offline_brokers = [9];
    body.unread_topics = 3;
    body.groups.unknown = 2;
    await route.fulfill({ json: body });
  });
  await page.goto("overview");
  const health = page.getByRole("status", { name: "Health" });
  await expect(health.getByRole("link", { name: "9" })).toHaveAttribute(
    "href",
    /\/brokers\/9\/partitions$/,
  );
  const topics = health.getByRole("link", { name: /offsets of 3 topics/ });
  await expect(topics).toHaveAttribute("href", /\/topics$/);
  await health.getByRole("link", { name: /lag of 2 consumer groups/ }).click();
  await expect(page).toHaveURL(/\/groups$/);
});
