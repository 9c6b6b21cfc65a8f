// Filters in JavaScript: written, tried on a record, changed, stopped.
// What is marked runs before Apache Kafka too; paths are relative to the cluster under test.
import type { Page } from "@playwright/test";
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

const rowsOf = (page: Page) => page.getByRole("grid", { name: "Messages" }).getByRole("row");
const dialogOf = (page: Page) => page.getByRole("dialog");
const bodyOf = (page: Page) => page.getByLabel("Function body");

const cities = ["Berlin", "Paris", "Rome"];
const records = cities.map((city, n) => JSON.stringify({ city, amount: n * 100 }));

test("a script is written, tried on a record, applied, changed and switched off", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "scripted");
  await kcat.produce("scripted", records);
  await page.goto("topics/scripted/messages");
  await expect(rowsOf(page).filter({ hasText: "Rome" })).toBeVisible();
  await page.getByLabel("Where to look").selectOption("JavaScript…");
  await expect(bodyOf(page)).toBeFocused();
  await page.keyboard.type("console.log(value.city);\nreturn value.amount >= 100 &&& true;");
  await dialogOf(page).getByRole("button", { name: /^Try on partition 0, offset 2/ }).click();
  const told = dialogOf(page).getByRole("status");
  await expect(told).toContainText(/no JavaScript\. line 2, column \d+/);
  await bodyOf(page).fill("console.log(value.city);\nreturn value.amount >= 100;");
  await dialogOf(page).getByRole("button", { name: /^Try on/ }).click();
  await expect(told).toContainText("it matches.");
  await expect(dialogOf(page).locator(".script-log")).toHaveText("Rome");
  await bodyOf(page).press("Control+Enter");
  await expect(dialogOf(page)).toBeHidden();
  await expect(page.getByLabel("Where to look")).toHaveValue("any");
  await expect(rowsOf(page).filter({ hasText: "Berlin" })).toHaveCount(0);
  await expect(rowsOf(page).filter({ hasText: "Paris" })).toBeVisible();
  // The whole of it is in the address.
  await page.reload();
  await expect(rowsOf(page).filter({ hasText: "Paris" })).toBeVisible();
  await expect(rowsOf(page).filter({ hasText: "Berlin" })).toHaveCount(0);
  const chips = page.getByLabel("Conditions");
  await chips.getByRole("button", { name: /^edit: change JS: / }).click();
  await expect(bodyOf(page)).toHaveValue(/amount >= 100/);
  await bodyOf(page).fill("return value.amount < 100");
  await dialogOf(page).getByRole("button", { name: "Apply" }).click();
  await expect(rowsOf(page).filter({ hasText: "Berlin" })).toBeVisible();
  await expect(rowsOf(page).filter({ hasText: "Paris" })).toHaveCount(0);
  await chips.getByRole("button", { name: "JS: return value.amount < 100", exact: true }).click();
  await expect(rowsOf(page).filter({ hasText: "Paris" })).toBeVisible();
});

test("what is wrong with a script is said where its rows would be", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "misscripted");
  await kcat.produce("misscripted", [...records, "no JSON"]);
  const search = (script: string) =>
    page.goto(`topics/misscripted/messages?f=${encodeURIComponent(`js~${script}`)}`);
  await search("while (true) {}");
  const stopped = /filter 1 was stopped at partition 0, offset 0: it took more than/;
  await expect(page.getByText(stopped)).toBeVisible();
  await search("return (");
  await expect(page.getByText(/filter 1, line 1, column \d+: SyntaxError/i)).toBeVisible();
  await search("return value.tags.length > 1");
  const unjudged = /4 not judged, first: partition 0, offset 0: TypeError/;
  await expect(page.getByText(unjudged)).toBeVisible();
  // Followed live, it is the same.
  const live = encodeURIComponent("js~return value.amount > 50");
  await page.goto(`topics/misscripted/messages?from=live&f=${live}`);
  await expect(page.getByText("live, newest last")).toBeVisible();
  await kcat.produce("misscripted", records);
  await expect(rowsOf(page).filter({ hasText: "Rome" })).toBeVisible();
  await expect(rowsOf(page).filter({ hasText: "Berlin" })).toHaveCount(0);
});
