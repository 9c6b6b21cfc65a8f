// Users, roles, tokens, sessions and the first password, each as its user would do it.
import type { Browser, Page } from "@playwright/test";
import { ADMIN, expect, test } from "../fixtures.ts";

const PASSWORD = "a password of my own";

async function secretOf(page: Page, label: string): Promise<string> {
  const dialog = page.getByRole("dialog");
  const secret = await dialog.getByLabel(label, { exact: true }).innerText();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toHaveCount(0);
  return secret;
}

async function createUser(page: Page, name: string, role: string): Promise<string> {
  await page.goto("/access/users");
  await page.getByRole("button", { name: "Create user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Role").selectOption(role);
  await dialog.getByRole("button", { name: "Create user" }).click();
  return secretOf(page, "The password");
}

/** A browser of somebody's own, signed in by the page, the first password changed. */
async function enter(browser: Browser, url: string, user: string, first: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: url })).newPage();
  await page.goto("/");
  await page.getByLabel("User").fill(user);
  await page.getByLabel("Password").fill(first);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Choose one that only you know")).toBeVisible();
  await page.getByLabel("Old password").fill(first);
  await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("New password again").fill(PASSWORD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
  return page;
}

test("a new user changes the first password, is shut out, and is let in again", async ({
  page,
  browser,
  server,
  signIn,
}) => {
  await signIn(page);
  const first = await createUser(page, "anna", "viewer");
  const anna = await enter(browser, server.url, "anna", first);
  await anna.goto("/c/embedded/topics");
  await expect(anna.getByRole("button", { name: "Create topic" })).toBeDisabled();

  await page.goto("/access/users?user=anna");
  await page.getByLabel(/Shut out/).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("anna was changed.")).toBeVisible();
  await anna.reload();
  await expect(anna.getByRole("button", { name: "Sign in" })).toBeVisible();
  await anna.context().close();

  await page.getByLabel(/Shut out/).uncheck();
  await page.getByRole("complementary").getByLabel("Role").selectOption("editor");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row").filter({ hasText: "anna" })).toContainText("editor");
  await page.goto("/audit?action=user.change&resource=anna");
  await page.getByRole("row").filter({ hasText: "anna" }).first().click();
  await expect(page.getByRole("table")).toContainText("viewer");
  await expect(page.getByRole("table")).toContainText("editor");
});

test("a role of one's own is written, given, explained, and refuses the rest", async ({
  page,
  browser,
  server,
  signIn,
  createTopic,
}) => {
  await signIn(page);
  await createTopic(page, "team-a");
  await createTopic(page, "payroll");
  await page.goto("/access/roles");
  await page.getByRole("button", { name: "New role" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("team");
  await dialog.getByLabel("Topics and groups").fill("team-*");
  await dialog.getByRole("button", { name: "Save the role" }).click();
  await expect(page.getByRole("row").filter({ hasText: "team" })).toContainText("team-*");
  const first = await createUser(page, "berta", "team");

  await page.goto("/access/check?user=berta&cluster=embedded&resource=payroll");
  const row = page.getByRole("row").filter({ hasText: "read messages" });
  await expect(row).toContainText("denied");
  await expect(row).toContainText("but not on embedded/payroll");
  await page.getByRole("textbox", { name: "topic or group" }).fill("team-a");
  await expect(row).toContainText("allowed");

  const berta = await enter(browser, server.url, "berta", first);
  await berta.goto("/c/embedded/topics/team-a/messages");
  await expect(berta.getByText("This topic holds no records")).toBeVisible();
  await berta.goto("/c/embedded/topics/payroll/messages");
  await expect(berta.getByText("You may not read messages")).toBeVisible();
  await berta.context().close();
});

test("a token is made by keyboard alone, works, and is revoked", async ({
  page,
  server,
  signIn,
  request,
}) => {
  await signIn(page);
  await page.goto("/account");
  await page.getByRole("button", { name: "New token" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("ci");
  await page.keyboard.press("Enter");
  const token = await page.getByLabel("The token", { exact: true }).innerText();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const headers = { authorization: `Bearer ${token}` };
  const clusters = `${server.url}/api/v1/clusters`;
  expect((await request.get(clusters, { headers })).status()).toBe(200);
  const row = page.getByRole("row").filter({ hasText: "ci" });
  await expect(row).toContainText("what its owner may");
  await row.getByRole("button", { name: /Revoke ci/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").locator(":focus")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("The token is worth nothing now.")).toBeVisible();
  expect((await request.get(clusters, { headers })).status()).toBe(401);
});

test("one's other sessions are seen and ended", async ({ page, browser, server, signIn }) => {
  await signIn(page);
  const other = await (await browser.newContext({ baseURL: server.url })).newPage();
  await other.request.post("/api/v1/session", { data: ADMIN });
  await other.goto("/c/embedded/topics");
  await expect(other.getByRole("heading", { name: "Topics" })).toBeVisible();
  await page.goto("/account");
  const sessions = page.getByRole("grid", { name: "Sessions" });
  await expect(sessions.getByText("you", { exact: true })).toHaveCount(1);
  const mine = await other.request.get("/api/v1/me/sessions");
  const rows = (await mine.json()) as { id: string; here: boolean }[];
  const at = rows.findIndex((row) => row.here);
  await sessions.getByRole("button", { name: /End the session/ }).nth(at).click();
  await page.getByRole("dialog").getByRole("button", { name: "End the session" }).click();
  await expect(page.getByText("The session has ended.")).toBeVisible();
  expect((await other.request.get("/api/v1/session")).status()).toBe(401);
  await other.context().close();
});

test("a role that is changed and a cluster that is tried out have an address", async ({
  page,
  signIn,
}) => {
  await signIn(page);
  const grants = [{ permissions: ["view_cluster"], cluster: "*", resource: "*" }];
  const made = await page.request.post("/api/v1/roles", { data: { name: "addressed", grants } });
  expect(made.status(), await made.text()).toBe(201);
  await page.goto("/access/roles?role=addressed");
  await page.getByRole("button", { name: "Edit…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await expect(page).toHaveURL(/role=addressed&edit=1/);
  await page.reload();
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL(/role=addressed$/);

  await page.goto("/clusters");
  const card = page.getByRole("article", { name: "embedded" });
  await card.getByRole("button", { name: "Test" }).click();
  await expect(page).toHaveURL(/test=embedded/);
  await page.reload();
  await expect(card.getByText(/answers: \d+ topics?/)).toBeVisible();
});
