// A topic's settings: told with their source, changed after a look at the difference, one key at a
// time, and in the audit log with what they were.
// What is marked runs before Apache Kafka too; paths are relative to the cluster under test.
import type { Page } from "@playwright/test";
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

interface Setting {
  name: string;
  value: string;
  modified: boolean;
}

async function settings(page: Page, api: string, topic: string): Promise<Map<string, Setting>> {
  const answer = await page.request.get(`${api}/topics/${topic}/config`);
  const { settings } = (await answer.json()) as { settings: Setting[] };
  return new Map(settings.map((setting) => [setting.name, setting]));
}

const row = (page: Page, key: string) =>
  page.getByRole("listitem").filter({ has: page.getByText(key, { exact: true }) });

test("one key is changed after its difference was shown, and all others stay", BOTH, async ({
  page,
  server,
  createTopic,
  against,
}) => {
  await createTopic(page, "tuned");
  const before = await settings(page, server.api, "tuned");
  await page.goto("topics/tuned/configuration");
  const retention = row(page, "retention.ms");
  await expect(retention).toContainText("604800000");
  await expect(retention).toContainText("7 d");
  await expect(retention).toContainText("default");
  await expect(page.getByText("0 modified")).toBeVisible();
  await retention.getByRole("button", { name: "Edit retention.ms" }).click();
  await page.getByRole("textbox", { name: "retention.ms" }).fill("soon");
  await expect(retention.getByRole("alert")).toContainText("A whole number");
  await expect(page.getByRole("button", { name: "Review…" })).toBeDisabled();
  await page.getByRole("textbox", { name: "retention.ms" }).fill("3600000");
  await expect(retention).toContainText("1 h");
  await page.getByRole("button", { name: "Review…" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the settings of tuned" });
  const line = dialog.getByRole("row").filter({ hasText: "retention.ms" });
  await expect(line).toContainText("604800000");
  await expect(line).toContainText("3600000");
  await expect(dialog).toContainText("Records older than 1 h are deleted soon.");
  await dialog.getByRole("button", { name: "Save 1 setting" }).click();
  await expect(page.getByText("1 setting of tuned was changed.")).toBeVisible();
  await expect(retention).toContainText("modified");
  // Apache Kafka tells its default under another name, in hours; what it does not tell is not shown.
  const otherwise = against === "kafka" ? "otherwise not told" : "otherwise 604800000";
  await expect(retention).toContainText(otherwise);
  const after = await settings(page, server.api, "tuned");
  const changed = [...after.values()].filter(
    ({ name, value, modified }) =>
      value !== before.get(name)?.value || modified !== before.get(name)?.modified,
  );
  expect(changed.map(({ name, value }) => [name, value])).toEqual([["retention.ms", "3600000"]]);
  const audit = await page.request.get("/api/v1/audit?action=topic.config&resource=tuned");
  const [entry] = (await audit.json()).rows;
  expect(entry.outcome).toBe("done");
  const wanted = { before: { "retention.ms": null }, after: { "retention.ms": "3600000" } };
  const { detail } = entry;
  expect(typeof detail === "string" ? JSON.parse(detail) : detail).toEqual(wanted);
});

test("by keyboard alone: a setting is found, changed, saved and reset", async ({
  page,
  server,
  createTopic,
}) => {
  await createTopic(page, "typed-settings");
  await page.goto("topics/typed-settings/configuration");
  await expect(row(page, "retention.bytes")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("retention.bytes");
  await expect(page).toHaveURL(/q=retention\.bytes/);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Edit retention.bytes", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "retention.bytes", exact: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Edit retention.bytes", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "retention.bytes", exact: true })).toBeFocused();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("1073741824");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("1.0 GiB");
  await expect(dialog.getByRole("button", { name: "Save 1 setting" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(row(page, "retention.bytes").first()).toContainText("modified");
  await page.getByRole("button", { name: "Reset retention.bytes", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(row(page, "retention.bytes").first()).toContainText("reset to");
  await page.getByRole("button", { name: "Review…" }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog).toContainText("(inherited)");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  const modified = async () => {
    const now = await settings(page, server.api, "typed-settings");
    return now.get("retention.bytes")?.modified;
  };
  await expect.poll(modified).toBe(false);
});

test("what somebody else has changed meanwhile is not overwritten", BOTH, async ({
  page,
  server,
  createTopic,
}) => {
  await createTopic(page, "shared");
  await page.goto("topics/shared/configuration?q=segment.ms");
  await page.getByRole("button", { name: "Edit segment.ms", exact: true }).click();
  await page.getByRole("textbox", { name: "segment.ms", exact: true }).fill("7200000");
  const changes = [{ name: "segment.ms", value: "3600000" }];
  const topic = `${server.api}/topics/shared/config`;
  expect((await page.request.post(topic, { data: { changes } })).status()).toBe(204);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Save 1 setting" }).click();
  await expect(dialog.getByRole("alert")).toContainText("`segment.ms` is `3600000` by now");
  expect((await settings(page, server.api, "shared")).get("segment.ms")?.value).toBe("3600000");
});

test("filter and ticks are in the address, and settings stand in groups", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "grouped");
  await page.goto("topics/grouped/configuration");
  for (const name of ["Retention", "Compaction", "Messages", "Segments and files"]) {
    await expect(page.getByRole("region", { name, exact: true })).toBeVisible();
  }
  await page.getByRole("checkbox", { name: "Only what the topic sets itself" }).check();
  await expect(page).toHaveURL(/modified=1/);
  await expect(page.getByText("No setting matches")).toBeVisible();
  await page.getByRole("button", { name: "Show all settings" }).click();
  await expect(page.getByText("retention.ms", { exact: true })).toBeVisible();
  await expect(page).not.toHaveURL(/modified/);
});

test("a cluster that cannot change one key alone says so and changes nothing", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "old-cluster");
  const reason = "The cluster does not offer IncrementalAlterConfigs (Kafka 2.3).";
  await page.route("**/topics/old-cluster/config", async (route) => {
    const answer = await route.fetch();
    const json = { ...(await answer.json()), unchangeable: reason };
    await route.fulfill({ response: answer, json });
  });
  await page.goto("topics/old-cluster/configuration");
  await expect(page.getByText(reason)).toBeVisible();
  const edit = page.getByRole("button", { name: "Edit retention.ms", exact: true });
  await expect(edit).toBeDisabled();
  await expect(edit).toHaveAttribute("title", reason);
});

test("changes that are not saved are lost only when that is said", async ({ page, createTopic }) => {
  await createTopic(page, "unsaved");
  await page.goto("topics/unsaved/partitions");
  const parts = page.getByRole("navigation", { name: "Parts of the topic" });
  await parts.getByRole("link", { name: "Configuration" }).click();
  await page.getByRole("button", { name: "Edit retention.ms" }).click();
  const field = page.getByRole("textbox", { name: "retention.ms" });
  await field.fill("3600000");
  const question = page.getByRole("dialog", { name: "Leave this page?" });
  for (const leave of [
    () => parts.getByRole("link", { name: "Consumers" }).click(),
    () => page.goBack(),
  ]) {
    await leave();
    await expect(question).toContainText("not saved");
    await question.getByRole("button", { name: "Stay" }).click();
    await expect(question).toHaveCount(0);
    await expect(page).toHaveURL(/\/unsaved\/configuration/);
    await expect(field).toHaveValue("3600000");
  }
  // What narrows the list stays on the page, and is not asked about.
  await page.getByRole("search").getByRole("textbox").fill("retention");
  await expect(page).toHaveURL(/q=retention/);
  await expect(question).toHaveCount(0);
  page.once("dialog", (dialog) => void dialog.dismiss());
  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  expect((await asked).type()).toBe("beforeunload");
  await page.goBack();
  await question.getByRole("button", { name: "Discard and leave" }).click();
  await expect(page).toHaveURL(/\/unsaved\/partitions/);
});
