// Moving what a group has committed: planned, applied, undone, waited for; deleting groups.
// What is marked runs before Apache Kafka too; paths are relative to the cluster under test.
import type { Page } from "@playwright/test";
import type { Kcat } from "../support/kcat.ts";
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

/** Ten records in a topic of the group's name, of which the group has read all. */
async function readTen(page: Page, kcat: Kcat, createTopic: CreateTopic, name: string) {
  await createTopic(page, name);
  await kcat.produce(name, Array.from({ length: 10 }, (_, n) => `${n}`));
  await kcat.consumeAs(name, name);
}

type CreateTopic = (page: Page, name: string, partitions?: number) => Promise<void>;

async function committed(page: Page, api: string, group: string): Promise<number | null> {
  const answer = await page.request.get(`${api}/groups/${group}`);
  const { partitions } = (await answer.json()) as { partitions: { committed: number | null }[] };
  return partitions[0]?.committed ?? null;
}

test("a reset is planned, applied and undone", BOTH, async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await readTen(page, kcat, createTopic, "rewind");
  await page.goto("groups/rewind");
  await page.getByRole("link", { name: "Reset offsets" }).click();
  await page.getByLabel("Where to").selectOption("earliest");
  await expect(page).toHaveURL(/\/groups\/rewind\/reset\?to=earliest$/);
  const plan = page.getByRole("grid", { name: "Before and after" });
  await expect(plan.getByRole("row").filter({ hasText: "rewind" })).toContainText("-10");
  await expect(page.getByText("1 partition is moved, 10 records are read again")).toBeVisible();
  expect(await committed(page, server.api, "rewind"), "a plan changes nothing").toBe(10);
  await page.getByRole("button", { name: "Apply…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Apply", exact: true }).click();
  await expect(page.getByText("1 partition was changed")).toBeVisible();
  expect(await committed(page, server.api, "rewind")).toBe(0);
  const past = page.getByRole("grid", { name: "Earlier resets" });
  await past.getByRole("button", { name: "Undo…" }).click();
  await expect(page).toHaveURL(/to=undo~\d+/);
  await expect(page.getByText("10 records are skipped")).toBeVisible();
  await page.getByRole("button", { name: "Apply…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Apply", exact: true }).click();
  await expect.poll(() => committed(page, server.api, "rewind")).toBe(10);
});

test("the whole of it works by keyboard alone", async ({ page, kcat, server, createTopic }) => {
  await readTen(page, kcat, createTopic, "by-keys");
  await page.goto("groups/by-keys/reset");
  await page.getByLabel("Add a topic, or partitions as orders:0-3,7").focus();
  await page.keyboard.type("by-keys:0");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?s=by-keys~0$/);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Where to")).toBeFocused();
  await page.keyboard.type("on");
  await page.keyboard.press("Tab");
  await page.keyboard.type("-4");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/to=shift~-4$/);
  await expect(page.getByText("4 records are read again")).toBeVisible();
  await page.getByRole("button", { name: "Apply…" }).focus();
  await page.keyboard.press("Enter");
  const apply = page.getByRole("dialog").getByRole("button", { name: "Apply", exact: true });
  await expect(apply).toBeFocused();
  await page.keyboard.press("Enter");
  await expect.poll(() => committed(page, server.api, "by-keys")).toBe(6);
});

test("a plan has an address, and what cannot be is clamped and said", async ({
  page,
  kcat,
  createTopic,
}) => {
  await readTen(page, kcat, createTopic, "shared-plan");
  await page.goto("groups/shared-plan/reset?to=offset~500");
  await expect(page.getByLabel("Where to")).toHaveValue("offset");
  await expect(page.getByText("500 lies behind the end: the end instead")).toBeVisible();
  await expect(page.getByRole("button", { name: "Apply…" })).toBeDisabled();
  const value = page.getByPlaceholder("offset", { exact: true });
  await value.fill("7");
  await value.press("Enter");
  await expect(page.getByText("3 records are read again")).toBeVisible();
});

test("what members would undo waits until they are gone", BOTH, async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await readTen(page, kcat, createTopic, "busy-readers");
  const member = kcat.join("busy-readers", "busy-readers");
  try {
    await expect
      .poll(
        async () => {
          const answer = await page.request.get(`${server.api}/groups/busy-readers`);
          return answer.ok() ? ((await answer.json()).state as string) : "";
        },
        { timeout: 30_000 },
      )
      .toBe("Stable");
    await page.goto("groups/busy-readers/reset?to=earliest");
    await expect(page.getByText("who would commit over it")).toBeVisible();
    await page.getByRole("button", { name: "Apply when empty…" }).click();
    const apply = page.getByRole("dialog").getByRole("button", { name: "Apply when empty" });
    await apply.click();
    const past = page.getByRole("grid", { name: "Earlier resets" });
    await expect(past.getByText("waiting")).toBeVisible();
    await member.stop();
    await expect(past.getByText("done", { exact: true })).toBeVisible({ timeout: 30_000 });
    expect(await committed(page, server.api, "busy-readers")).toBe(0);
  } finally {
    await member.stop();
  }
});

test("several groups are deleted together, each with its result", BOTH, async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  await readTen(page, kcat, createTopic, "doomed-one");
  await kcat.consumeAs("doomed-two", "doomed-one");
  const member = kcat.join("doomed-busy", "doomed-one");
  try {
    await expect
      .poll(
        async () => {
          // The list, which may be as old as two seconds, not the group itself.
          const answer = await page.request.get(`${server.api}/groups`);
          const { groups } = (await answer.json()) as { groups: { group: string; state: string }[] };
          return groups.find((it) => it.group === "doomed-busy")?.state;
        },
        { timeout: 30_000 },
      )
      .toBe("Stable");
    await page.goto("groups?q=doomed");
    const list = page.getByRole("grid", { name: "Consumer groups" });
    await expect(list.getByRole("row").filter({ hasText: "doomed" })).toHaveCount(3);
    // One by the keyboard, the others by the button.
    await list.focus();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await expect(page.getByText("1 picked")).toBeVisible();
    // Space is the same key as in the list of topics.
    await page.keyboard.press("Space");
    await expect(page.getByText("1 picked")).toHaveCount(0);
    await page.keyboard.press("Space");
    // What the filter hides is neither counted nor deleted.
    const filter = page.getByRole("search").getByRole("textbox");
    await filter.fill("doomed-none");
    await expect(page.getByText("1 picked")).toHaveCount(0);
    await filter.fill("doomed");
    await expect(page.getByText("1 picked")).toBeVisible();
    await page.getByRole("button", { name: "Pick all shown" }).click();
    await page.getByRole("button", { name: "Delete…" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("on 2 topics, counted group by group");
    await expect(dialog).toContainText("1 group has members");
    await dialog.getByLabel("Type 3 groups to confirm").fill("3 groups");
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
    await expect(page.getByText("2 groups were deleted.")).toBeVisible();
    await expect(dialog.getByText(/NON_EMPTY_GROUP/)).toBeVisible();
    await member.stop();
    await dialog.getByLabel("Type doomed-busy to confirm").fill("doomed-busy");
    await expect(async () => {
      await dialog.getByRole("button", { name: "Try again" }).click({ timeout: 1_000 });
      await expect(page.getByRole("dialog")).toHaveCount(0, { timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
    await expect(list.getByRole("row").filter({ hasText: "doomed" })).toHaveCount(0);
  } finally {
    await member.stop();
  }
});

test("a group that is not there leads back to all of them", async ({ page }) => {
  await page.goto("groups/never-met");
  await page.getByRole("link", { name: "Go to all consumer groups" }).click();
  await expect(page).toHaveURL(/\/c\/[^/]+\/groups$/);
});

test("what a reset's address or field says and nobody can read is no wider reset, but none", async ({
  page,
  kcat,
  createTopic,
}) => {
  await readTen(page, kcat, createTopic, "misread");
  await page.goto("groups/misread/reset?s=misread~&to=earliest");
  const told = page.getByRole("alert");
  await expect(told).toContainText("Nothing is planned");
  await expect(told).toContainText("s=misread~");
  await expect(page.getByRole("grid", { name: "Before and after" })).toHaveCount(0);
  await told.getByRole("button", { name: "Leave it out" }).click();
  await expect(page).toHaveURL(/reset\?to=earliest$/);
  await expect(page.getByRole("grid", { name: "Before and after" })).toBeVisible();
  const field = page.getByLabel("Add a topic, or partitions as orders:0-3,7");
  await field.fill("misread:0-");
  await page.keyboard.press("Enter");
  await expect(told).toContainText("misread:0-");
  await expect(page.getByRole("grid", { name: "Before and after" })).toHaveCount(0);
  await field.fill("misread:0");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/s=misread~0/);
  await expect(page.getByRole("grid", { name: "Before and after" })).toBeVisible();
});
