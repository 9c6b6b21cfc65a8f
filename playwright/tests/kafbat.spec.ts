// The scenarios by which Kafbat UI is tested (the feature files of its repository, Apache-2.0), as
// they are done here: which test shows each, and below those that no other test shows. What is not
// in it is about Schema Registry, Kafka Connect and ksqlDB, which this console does not have yet.
//
// | scenario there                                   | shown here                               |
// |--------------------------------------------------|------------------------------------------|
// | navigation: brokers, topics, consumers, dashboard | below: every page by its link           |
// | navigation: the address names the page           | below; look: an address that is none…    |
// | brokers: the list                                | below: the brokers are on the overview   |
// | brokers: one broker's directories                | brokers: a broker is opened…             |
// | brokers: settings, searched by key and by value  | brokers: a broker is opened…             |
// | topics: search field, internal ones shown or not | below: internal topics…                  |
// | topics: acts are off until a row is ticked       | below: nothing is offered…; bulk         |
// | topics: all are ticked, and none                 | below; list: ten thousand topics…        |
// | topics: one is copied                            | list: a topic is made like another one   |
// | topics: messages of the ticked ones are purged   | bulk: several topics are emptied         |
// | topics: the ticked ones are deleted              | bulk: ticked topics are deleted          |
// | topic create: what the form has                  | below: the form…                         |
// | topic create: name, partitions, retention        | below: a topic is made with a retention  |
// | topic create: retention by a choice of times     | below: the form… (written as a setting)  |
// | topic create: a bad and a taken name             | topics: a bad name is refused            |
// | topic delete                                     | topics: a topic is deleted only after…   |
// | topic: its parts                                 | below: a topic has its parts             |
// | topic: settings changed                          | configuration: one key is changed        |
// | topic: compact, then no purge; delete, then again | below: emptying follows the policy      |
// | topic: recreated                                 | below: a topic is made anew              |
// | messages: produced with key, value, header       | produce: a record with key, header       |
// | messages: seen with key, value, header           | below: what was produced is counted      |
// | messages: count after producing and clearing     | below: what was produced is counted      |
// | messages: a filter added, changed, switched off  | below: a condition is changed; messages  |
// | messages: live                                   | messages: a record that kcat produces    |
// | messages: from an offset, a time, oldest, newest | messages: Run takes what is written      |
// | consumers: list, one, members                    | groups: lag falls to zero; a member…     |
// | consumers: offsets reset, group deleted          | resets                                   |
import type { Page } from "@playwright/test";
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

const rail = (page: Page) => page.getByRole("navigation", { name: "Pages" });

test("every page is reached by its link, and its address says which it is", BOTH, async ({
  page,
}) => {
  await page.goto("topics");
  for (const [link, heading, address] of [
    [/^Overview/, "Overview", /\/overview$/],
    [/^Topics/, "Topics", /\/topics$/],
    [/^Consumer groups/, "Consumer groups", /\/groups$/],
    [/^Brokers/, "Brokers", /\/brokers$/],
    [/^Clusters/, "Clusters", /\/clusters$/],
    [/^Audit/, "Audit", /\/audit$/],
    [/^Access/, "Access", /\/access\/users$/],
  ] as const) {
    await rail(page).getByRole("link", { name: link }).click();
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await expect(page).toHaveURL(address);
    const here = rail(page).getByRole("link", { name: link });
    await expect(here).toHaveAttribute("aria-current", "page");
  }
});

test("the brokers are on the overview, and one of them is the controller", BOTH, async ({
  page,
}) => {
  await page.goto("overview");
  const brokers = page.getByRole("grid", { name: "Brokers" });
  await expect(brokers.getByRole("row").nth(1)).toBeVisible();
  await expect(brokers.getByRole("row")).toHaveCount(2);
  await expect(brokers.getByRole("row").nth(1)).toContainText(/127\.0\.0\.1:\d+/);
  await expect(brokers.getByRole("row").nth(1)).toContainText("controller");
});

test("internal topics are shown when they are asked for, and found by their name", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "kb-read");
  await kcat.produce("kb-read", ["one"]);
  // The first commit makes the topic of commits.
  await kcat.consumeAs("kb-readers", "kb-read");
  await page.goto("topics");
  const internal = page.getByRole("checkbox", { name: "Internal topics" });
  await page.getByRole("search").getByRole("textbox").fill("__consumer_offsets");
  const row = page.getByRole("row").filter({ hasText: "__consumer_offsets" });
  await expect(page.getByText("No topic matches")).toBeVisible();
  await internal.check();
  await expect(row).toBeVisible();
  await expect(page).toHaveURL(/internal=1/);
  await internal.uncheck();
  await expect(row).toHaveCount(0);
  // They are counted apart, here and wherever else topics are.
  const head = page.getByRole("main").locator("header");
  await expect(head).toContainText(/^Topics[\d,]+ \+ \d+ internal · /);
  const told = (await head.textContent())?.match(/[\d,]+ \+ \d+ internal/)?.[0] ?? "nothing";
  await page.goto("overview");
  await expect(page.locator(".facts")).toContainText(told);
  await page.goto("/clusters");
  await expect(page.locator(".facts").filter({ hasText: told })).not.toHaveCount(0);
});

test("nothing is offered for several topics until one is ticked", async ({ page, createTopic }) => {
  for (const name of ["kb-tick-a", "kb-tick-b"]) await createTopic(page, name);
  await page.goto("topics?q=kb-tick");
  const bar = page.getByRole("region", { name: "Ticked topics" });
  const all = page.getByRole("checkbox", { name: "Tick all topics shown" });
  await expect(all).toBeVisible();
  await expect(bar).toHaveCount(0);
  await all.check();
  await expect(bar).toContainText("2 topics ticked");
  for (const act of ["Set a setting…", "Empty…", "Delete…"]) {
    await expect(bar.getByRole("button", { name: act })).toBeEnabled();
  }
  await all.uncheck();
  await expect(bar).toHaveCount(0);
  await page.getByRole("checkbox", { name: "Tick kb-tick-b" }).check();
  await expect(bar).toContainText("1 topic ticked");
});

test("the form has what a topic is made of, and names what it cannot send", async ({ page }) => {
  await page.goto("topics");
  await page.getByRole("button", { name: "Create topic" }).click();
  const dialog = page.getByRole("dialog");
  for (const label of ["Name", "Partitions", "Replication factor", "More configuration"]) {
    await expect(dialog.getByLabel(label)).toBeVisible();
  }
  const policy = dialog.getByLabel("Cleanup policy");
  await expect(policy.getByRole("option")).toContainText(["cluster default", "delete", "compact"]);
  const create = dialog.getByRole("button", { name: "Create topic" });
  await expect(create).toBeDisabled();
  await dialog.getByLabel("Name").fill("kb-form");
  await expect(create).toBeEnabled();
  await dialog.getByLabel("Partitions").fill("none");
  await expect(dialog).toContainText("A whole number above zero, or nothing.");
  await expect(create).toBeDisabled();
  await dialog.getByLabel("Partitions").fill("2");
  await dialog.getByLabel("More configuration").fill("retention.ms");
  await expect(dialog).toContainText("“retention.ms” is not key=value");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toHaveCount(0);
});

test("a topic is made with a retention of a day, has its parts, and is in the list", BOTH, async ({
  page,
}) => {
  await page.goto("topics");
  await page.getByRole("button", { name: "Create topic" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("kb-daily");
  await dialog.getByLabel("Partitions").fill("2");
  await dialog.getByLabel("More configuration").fill("retention.ms=86400000");
  await dialog.getByRole("button", { name: "Create topic" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "kb-daily" })).toBeVisible();
  const parts = page.getByRole("navigation", { name: "Parts of the topic" });
  for (const part of [/^Messages/, /^Partitions/, /^Consumers/, /^Configuration/]) {
    await parts.getByRole("link", { name: part }).click();
    await expect(parts.getByRole("link", { name: part })).toHaveAttribute("aria-current", "page");
  }
  const setting = page.getByRole("listitem").filter({
    has: page.getByText("retention.ms", { exact: true }),
  });
  await expect(setting).toContainText("86400000");
  await expect(setting).toContainText("1 d");
  await page.goto("topics?q=kb-daily");
  await expect(page.getByRole("row").filter({ hasText: "kb-daily" })).toBeVisible();
});

test("emptying follows the policy: a compacted topic cannot be, one that deletes can", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "kb-policy");
  await kcat.produce("kb-policy", ["k:v"], ["-K", ":"]);
  const policy = async (value: string) => {
    await page.goto("topics/kb-policy/configuration?q=cleanup.policy");
    await page.getByRole("button", { name: "Edit cleanup.policy", exact: true }).click();
    await page.getByLabel("cleanup.policy", { exact: true }).selectOption(value);
    await page.getByRole("button", { name: "Review…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save 1 setting" }).click();
    await expect(page.getByText("1 setting of kb-policy was changed.")).toBeVisible();
  };
  const dialog = page.getByRole("dialog");
  const empty = dialog.getByRole("button", { name: "Empty topic" });
  await policy("compact");
  await page.goto("topics/kb-policy/partitions");
  await page.getByRole("button", { name: "Empty…" }).click();
  await expect(dialog).toContainText("Its cleanup.policy is `compact`.");
  await expect(empty).toBeDisabled();
  await policy("delete");
  await page.goto("topics/kb-policy/partitions");
  await page.getByRole("button", { name: "Empty…" }).click();
  await expect(dialog).toContainText("Deletes about 1 record of 1 partition.");
  await empty.click();
  await expect(page.getByText("About 1 record of kb-policy was deleted.")).toBeVisible();
});

/** Writes a record by the dialog, and closes it. */
async function produce(page: Page, [key, value, header]: [string, string, string]) {
  await page.getByRole("button", { name: "Produce…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Key", { exact: true }).fill(key);
  await dialog.getByLabel("Value", { exact: true }).fill(value);
  await dialog.getByRole("button", { name: "Add a header" }).click();
  await dialog.getByLabel("Header name").fill(header);
  await dialog.getByLabel("Header value", { exact: true }).fill(`${header}-value`);
  await dialog.getByRole("button", { name: "Write the record" }).click();
  await expect(dialog.getByText(/^Written to/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
}

test("what was produced is counted and shown; emptied there is nothing, and then it counts again", BOTH, async ({
  page,
  createTopic,
}) => {
  test.setTimeout(90_000);
  await createTopic(page, "kb-count");
  await page.goto("topics/kb-count/messages");
  const records = page.locator(".facts > div").filter({ hasText: /records?$/ }).locator("b");
  await produce(page, ["key-1", "value-1", "source"]);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const row = page.getByRole("row").filter({ hasText: "value-1" });
  await expect(row).toContainText("key-1");
  await row.click();
  const drawer = page.getByRole("complementary", { name: "Record" });
  await drawer.getByRole("tab", { name: /^Headers/ }).click();
  await expect(drawer).toContainText("source-value");
  await expect(records).toHaveText("1", { timeout: 30_000 });
  await page.goto("topics/kb-count/partitions");
  await page.getByRole("button", { name: "Empty…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Empty topic" }).click();
  await expect(records).toHaveText("0");
  await page.goto("topics/kb-count/messages");
  await produce(page, ["key-2", "value-2", "source"]);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("row").filter({ hasText: "value-2" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "value-1" })).toHaveCount(0);
  await expect(records).toHaveText("1", { timeout: 30_000 });
});

test("a topic is made anew under its name, with its settings and without its records", BOTH, async ({
  page,
  kcat,
  server,
}) => {
  const configs = [{ name: "retention.ms", value: "86400000" }];
  const data = { name: "kb-anew", partitions: 2, replication_factor: 1, configs };
  expect((await page.request.post(`${server.api}/topics`, { data })).ok()).toBe(true);
  await kcat.produce("kb-anew", ["old"]);
  // Its settings are in the form before it is deleted in another tab.
  await page.goto("topics?like=kb-anew");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Partitions")).toHaveValue("2");
  await dialog.getByLabel("Name").fill("kb-anew");
  await dialog.getByRole("button", { name: "Create topic" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/exists/i);
  expect((await page.request.delete(`${server.api}/topics/kb-anew`)).ok()).toBe(true);
  await expect(async () => {
    await dialog.getByRole("button", { name: "Create topic" }).click({ timeout: 1_000 });
    await expect(page).toHaveURL(/\/topics\/kb-anew\/messages/, { timeout: 3_000 });
  }).toPass({ timeout: 20_000 });
  await expect(page.getByText("This topic holds no records")).toBeVisible();
  await page.goto("topics/kb-anew/configuration?modified=1");
  await expect(page.getByRole("main")).toContainText("86400000");
});

test("a condition is added, changed for another, and taken away", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "kb-filter");
  await kcat.produce("kb-filter", ['{"id":2,"name":"two"}']);
  await page.goto("topics/kb-filter/messages?from=oldest");
  const row = page.getByRole("row").filter({ hasText: "two" });
  await expect(row).toBeVisible();
  const add = async (value: string) => {
    await page.getByLabel("Where to look").selectOption("field");
    await page.getByLabel("Path of the field").fill("id");
    await page.getByLabel("Text to look for").fill(value);
    await page.getByRole("button", { name: "Add condition" }).click();
  };
  await add("2");
  await expect(page).toHaveURL(/f=field/);
  await expect(row).toBeVisible();
  const chips = page.getByLabel("Conditions");
  await chips.getByRole("button", { name: /^edit/ }).click();
  await expect(page.getByLabel("Path of the field")).toHaveValue("id");
  await expect(page.getByLabel("Text to look for")).toBeFocused();
  await expect(page.getByLabel("Text to look for")).toHaveValue("2");
  await page.getByLabel("Text to look for").fill("3");
  await page.getByRole("button", { name: "Change condition" }).click();
  await expect(page.getByText("Nothing matched of 1 record read")).toBeVisible();
  await expect(chips.getByRole("button", { name: /remove/i })).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Add condition" })).toBeVisible();
  await page.getByRole("button", { name: "Switch the condition off" }).click();
  await expect(row).toBeVisible();
  await chips.getByRole("button", { name: /remove/i }).first().click();
  await expect(chips).toHaveCount(0);
  await expect(row).toBeVisible();
});
