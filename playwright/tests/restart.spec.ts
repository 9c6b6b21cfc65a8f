// The server goes away under an open page and comes back: the page says so, loses nothing, and goes
// on by itself. What is marked runs before Apache Kafka too, which stays where it is.
import type { Page } from "@playwright/test";
import { ADMIN, BOTH, expect, test } from "../fixtures.ts";
import { Kcat } from "../support/kcat.ts";
import { type Server, start, startBefore } from "../support/server.ts";

// A server of its own: the worker's serves the other tests.
let server: Server;
let kcat: Kcat;

test.beforeEach(async ({ page, kafka }) => {
  server = await (kafka ? startBefore(kafka.address) : start());
  kcat = new Kcat(server.kafka);
  const answer = await page.request.post(`${server.url}/api/v1/session`, { data: ADMIN });
  expect(answer.status(), await answer.text()).toBe(200);
});

test.afterEach(() => server.stop());

async function create(page: Page, name: string) {
  const data = { name, partitions: 1, replication_factor: 1 };
  const made = await page.request.post(`${server.api}/topics`, { data });
  expect(made.ok(), await made.text()).toBe(true);
}

const here = (path: string) => `${server.url}/c/${server.cluster}/${path}`;

test("a tail says that it lost the server, keeps its rows, and goes on when it is back", BOTH, async ({
  page,
}) => {
  await create(page, "survivor");
  await page.goto(here("topics/survivor/messages?from=live"));
  await expect(page.getByText("Waiting for new records")).toBeVisible();
  await kcat.produce("survivor", ["before it went"]);
  const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
  await expect(rows.filter({ hasText: "before it went" })).toBeVisible();
  await server.down();
  await expect(page.getByText(/connection lost, tried again/)).toBeVisible();
  await expect(rows.filter({ hasText: "before it went" })).toBeVisible();
  await server.up();
  await expect(page.getByText(/reconnected; nothing seen from/)).toBeVisible({ timeout: 30_000 });
  await kcat.produce("survivor", ["after it came back"]);
  await expect(rows.filter({ hasText: "after it came back" })).toBeVisible();
  await expect(rows.filter({ hasText: "before it went" })).toBeVisible();
});

test("what was being written when the server went away is still there, and is sent later", BOTH, async ({
  page,
}) => {
  await create(page, "unsent");
  await page.goto(here("topics/unsent/messages"));
  await expect(page.getByText("This topic holds no records")).toBeVisible();
  await page.getByRole("button", { name: "Produce…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Key", { exact: true }).fill("k-1");
  await dialog.getByLabel("Value", { exact: true }).fill("written with care");
  await server.down();
  await dialog.getByRole("button", { name: "Write the record" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The console's server does not answer");
  await expect(dialog.getByLabel("Value", { exact: true })).toHaveValue("written with care");
  await server.up();
  await dialog.getByRole("button", { name: "Write the record" }).click();
  await expect(dialog.getByText("Written to unsent, partition 0, offset 0.")).toBeVisible();
  expect(await kcat.consume("unsent", ["-f", "%k %s\n"])).toEqual(["k-1 written with care"]);
});

test("a list keeps its last good rows with their age, and is fresh again without a reload", async ({
  page,
}) => {
  await create(page, "listed-before");
  await page.goto(here("topics?q=listed"));
  const rows = page.getByRole("grid", { name: "Topics" }).getByRole("row");
  await expect(rows.filter({ hasText: "listed-before" })).toBeVisible();
  await server.down();
  const note = page.getByRole("main").getByText("Shown is what was read");
  await expect(note).toBeVisible({ timeout: 45_000 });
  await expect(rows.filter({ hasText: "listed-before" })).toBeVisible();
  await server.up();
  await create(page, "listed-after");
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(rows.filter({ hasText: "listed-after" })).toBeVisible();
  await expect(note).toHaveCount(0);
});

test("a change that was being looked at is saved after the restart", BOTH, async ({ page }) => {
  await create(page, "half-tuned");
  await page.goto(here("topics/half-tuned/configuration?q=retention.ms"));
  await page.getByRole("button", { name: "Edit retention.ms", exact: true }).click();
  await page.getByRole("textbox", { name: "retention.ms", exact: true }).fill("3600000");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  const save = dialog.getByRole("button", { name: "Save 1 setting" });
  await expect(save).toBeVisible();
  await server.down();
  await save.click();
  await expect(dialog.getByRole("alert")).toContainText("The console's server does not answer");
  await server.up();
  await save.click();
  await expect(page.getByText("1 setting of half-tuned was changed.")).toBeVisible();
});
