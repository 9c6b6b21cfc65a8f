// The list of topics: create one, refuse a bad name, delete one by typing its name.
// Run on our own broker and on Apache Kafka; paths are relative to the cluster under test.
import { expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("a created topic opens, and stands in the list with its partitions", async ({ page }) => {
  await page.goto("topics");
  await page.getByRole("button", { name: "Create topic" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("made-by-hand");
  await dialog.getByLabel("Partitions").fill("3");
  await dialog.getByRole("button", { name: "Create topic" }).click();
  await expect(page).toHaveURL(/\/topics\/made-by-hand\/messages/);
  await expect(page.getByText("This topic holds no records")).toBeVisible();
  await page.goto("topics?q=made-by");
  const row = page.getByRole("row").filter({ hasText: "made-by-hand" });
  await expect(row).toHaveCount(1);
  await expect(row.getByRole("gridcell").filter({ hasText: /^3$/ })).toBeVisible();
});

test("a bad name is refused before it is sent, a taken one by the broker", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "taken");
  await page.goto("topics");
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
  server,
  createTopic,
}) => {
  await createTopic(page, "doomed", 2);
  await kcat.produce("doomed", ["one", "two", "three"]);
  await page.goto("topics/doomed/partitions");
  await page.getByRole("button", { name: "Delete…", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("2 partitions");
  await expect(dialog).toContainText("about 3 records");
  const confirm = dialog.getByRole("button", { name: "Delete topic" });
  await dialog.getByLabel("Type doomed to confirm").fill("doom");
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel("Type doomed to confirm").fill("doomed");
  await confirm.click();
  await expect(page).toHaveURL(/\/c\/[^/]+\/topics(\?|$)/);
  // By its whole name: other tests have topics whose names begin so.
  await expect(page.getByRole("link", { name: "doomed", exact: true })).toHaveCount(0);
  const answer = await page.request.get(`${server.api}/topics/doomed`);
  expect(answer.status()).toBe(404);
});

test("the filter and the order of the list are in its address", async ({ page, createTopic }) => {
  for (const name of ["pears", "apples", "plums"]) await createTopic(page, `fruit-${name}`);
  await page.goto("topics");
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

test("topics are ordered by their figures, the unknown last, by keyboard and by address", async ({
  page,
  kcat,
  createTopic,
}) => {
  for (const [name, records] of [["sorted-few", 1], ["sorted-none", 0], ["sorted-many", 7]] as const) {
    await createTopic(page, name);
    if (records > 0) await kcat.produce(name, Array.from({ length: records }, (_, n) => `${n}`));
  }
  await createTopic(page, "sorted-unread");
  await page.route("**/topic-figures", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    for (const it of body.figures) if (it.name === "sorted-unread") it.messages = null;
    await route.fulfill({ response: answer, json: body });
  });
  const order = async () => {
    const rows = await page.getByRole("row").filter({ hasText: "sorted-" }).allInnerTexts();
    return rows.map((text) => /sorted-(\w+)/.exec(text)?.[1]);
  };
  await page.goto("topics?q=sorted-");
  await expect.poll(order).toEqual(["few", "many", "none", "unread"]);
  const heading = page.getByRole("columnheader", { name: "records" });
  await heading.getByRole("button").focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/sort=-records/);
  await expect(heading).toHaveAttribute("aria-sort", "descending");
  await expect.poll(order).toEqual(["many", "few", "none", "unread"]);
  await page.keyboard.press("Enter");
  await expect(heading).toHaveAttribute("aria-sort", "ascending");
  await expect.poll(order).toEqual(["none", "few", "many", "unread"]);
  await page.goto("topics?q=sorted-&sort=-records");
  await expect.poll(order).toEqual(["many", "few", "none", "unread"]);
  for (const name of ["size", "last written", "cleanup", "groups", "worst lag", "partitions", "RF"]) {
    await page.getByRole("columnheader", { name }).getByRole("button").click();
    await expect(page.getByRole("columnheader", { name })).toHaveAttribute("aria-sort", /ending/);
    await expect.poll(async () => (await order()).length).toBe(4);
  }
});

test("an order by figures counts topics that are far below the screen", async ({
  page,
  server,
}) => {
  const topics = Array.from({ length: 400 }, (_, n) => ({
    name: `far-${String(n).padStart(3, "0")}`,
    internal: false,
    partitions: 1,
    replication_factor: 1,
    offline: 0,
    under_replicated: 0,
  }));
  const url = server.api;
  await page.route(`${url}/topics`, (route) =>
    route.fulfill({ json: { topics, read_at_ms: Date.now() } }),
  );
  const asked: number[] = [];
  await page.route(`${url}/topic-figures`, (route) => {
    const { topics: names } = route.request().postDataJSON() as { topics: string[] };
    asked.push(names.length);
    const figures = names.map((name) => ({
      name,
      messages: Number(name.slice(4)),
      cleanup_policy: "delete",
      last_written_ms: null,
      groups: 0,
      worst_lag: { kind: "no_commit" },
    }));
    return route.fulfill({ json: { figures, read_at_ms: Date.now() } });
  });
  await page.goto("topics?sort=-records");
  await expect(page.getByRole("row").nth(1)).toContainText("far-399");
  expect(Math.max(...asked), "topics in one request").toBeLessThanOrEqual(150);
});

test("a topic that is deleted elsewhere offers nothing that could be done to it", async ({
  page,
  server,
  createTopic,
}) => {
  await createTopic(page, "short-lived");
  await page.goto("topics/short-lived/partitions");
  await expect(page.getByRole("button", { name: "Delete…", exact: true })).toBeVisible();
  await page.request.delete(`${server.api}/topics/short-lived`);
  await expect(page.getByText("Nothing by that name")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("button", { name: "Delete…", exact: true })).toHaveCount(0);
});

test("groups that could not be read are told beside a topic's consumers", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "half-known");
  const warning = "The groups of broker 2 are missing: it did not answer.";
  await page.route("**/api/v1/**/half-known/consumers", (route) =>
    route.fulfill({ json: { consumers: [], warnings: [warning], read_at_ms: Date.now() } }),
  );
  await page.goto("topics/half-known/consumers");
  await expect(page.getByText(warning)).toBeVisible();
  await expect(page.getByText("No group that could be read reads this topic")).toBeVisible();
  await expect(page.getByText("No group reads this topic")).toHaveCount(0);
});

test("partitions without a commit stand beside the worst lag of a topic", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "left-out", 2);
  await kcat.produce("left-out", ["read"], ["-p", "0"]);
  await kcat.consumeAs("leavers", "left-out");
  const member = kcat.join("leavers", "left-out");
  try {
    await page.goto("topics?q=left-out");
    const row = page.getByRole("row").filter({ hasText: "left-out" });
    await expect(row).toContainText("0 + 1 without commit", { timeout: 30_000 });
  } finally {
    await member.stop();
  }
});

test("the messages tab keeps its search while another tab is looked at", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "kept-search");
  await kcat.produce("kept-search", ["red", "green"]);
  await page.goto("topics/kept-search/messages?from=oldest&f=contains~any~red&produce=1");
  const parts = page.getByRole("navigation", { name: "Parts of the topic" });
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await parts.getByRole("link", { name: "Partitions" }).click();
  await expect(page).toHaveURL(/\/kept-search\/partitions$/);
  await parts.getByRole("link", { name: "Messages" }).click();
  await expect(page).toHaveURL(/\/messages\?from=oldest&f=contains~any~red$/);
  await expect(page.getByText("1 match", { exact: true })).toBeVisible();
  // On the tab itself its link begins afresh.
  await parts.getByRole("link", { name: "Messages" }).click();
  await expect(page).toHaveURL(/\/kept-search\/messages$/);
});
