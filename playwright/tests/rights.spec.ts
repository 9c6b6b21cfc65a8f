// What a viewer may not do is visible, disabled, explained, and refused by the server.
import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import type { Server } from "../support/server.ts";

const VERA = { user: "vera", password: "another password for tests" };

/** Makes a viewer of that name, by whom the page goes on. */
async function signInAsViewer(page: Page, server: Server, user: string): Promise<void> {
  const words = ["user", "create", user, "--role", "viewer", "--data", server.data];
  execFileSync(server.binary, words, { input: VERA.password });
  const data = { user, password: VERA.password };
  expect((await page.request.post("/api/v1/session", { data })).status()).toBe(200);
}

test("a viewer sees why creating, deleting and the audit log are closed", async ({
  page,
  server,
}) => {
  await signInAsViewer(page, server, VERA.user);
  await page.goto("/c/embedded/topics");
  const create = page.getByRole("button", { name: "Create topic" });
  await expect(create).toBeDisabled();
  await expect(create).toHaveAttribute("title", "Your role, viewer, lacks the right create_topic.");
  const rail = page.getByRole("navigation", { name: "Pages" });
  const audit = rail.getByRole("link", { name: "Audit" });
  await expect(audit).toHaveAttribute("aria-disabled", "true");
  await expect(audit).toHaveAttribute("title", "Your role, viewer, lacks the right read_audit.");
  await page.goto("/audit");
  const main = page.getByRole("main");
  await expect(main.getByText("You may not read the audit log", { exact: true })).toBeVisible();
  const why = "Your role, viewer, lacks the right read_audit.";
  await expect(main.getByText(why, { exact: true })).toBeVisible();
  const name = { name: "forbidden", partitions: 1, replication_factor: 1 };
  const made = await page.request.post("/api/v1/clusters/embedded/topics", { data: name });
  expect(made.status()).toBe(403);
  const refusal = await made.json();
  expect(refusal.code).toBe("forbidden");
  expect(refusal.message).toBe("you may not do this: role viewer lacks create_topic");
});

test("a viewer sees a topic's settings and partitions, and why each act on them is closed", async ({
  page,
  server,
  signIn,
  createTopic,
}) => {
  await signIn(page);
  await createTopic(page, "look-only");
  await signInAsViewer(page, server, "vito");
  const lacks = (right: string) => `Your role, viewer, lacks the right ${right}.`;
  await page.goto("/c/embedded/topics/look-only/partitions");
  for (const [name, right] of [
    ["Add partitions…", "alter_topic"],
    ["Delete records…", "delete_records"],
    ["Empty…", "delete_records"],
    ["Delete…", "delete_topic"],
    ["Clone settings…", "create_topic"],
  ] as const) {
    const button = page.getByRole("button", { name, exact: true });
    await expect(button, name).toBeDisabled();
    await expect(button, name).toHaveAttribute("title", lacks(right));
  }
  await page.goto("/c/embedded/topics/look-only/configuration");
  await expect(page.getByText(lacks("alter_topic"))).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit retention.ms" })).toBeDisabled();
  await page.goto("/c/embedded/topics?q=look-only");
  await page.getByRole("checkbox", { name: "Tick look-only" }).check();
  const bar = page.getByRole("region", { name: "Ticked topics" });
  for (const name of ["Set a setting…", "Empty…", "Delete…"]) {
    await expect(bar.getByRole("button", { name }), name).toBeDisabled();
  }
  const topic = "/api/v1/clusters/embedded/topics/look-only";
  for (const [path, data, right] of [
    ["config", { changes: [{ name: "retention.ms", value: "1" }] }, "alter_topic"],
    ["partitions", { partitions: 2 }, "alter_topic"],
    ["trim", { offsets: [{ partition: 0, before_offset: 0 }] }, "delete_records"],
  ] as const) {
    const refused = await page.request.post(`${topic}/${path}`, { data });
    expect(refused.status(), path).toBe(403);
    const message = `you may not do this: role viewer lacks ${right}`;
    expect((await refused.json()).message, path).toBe(message);
  }
});

test("a viewer who tries everything is refused everywhere, and each try is a row", async ({
  page,
  browser,
  server,
  signIn,
}) => {
  const tilda = { user: "tilda", password: "yet another password" };
  const words = ["user", "create", tilda.user, "--role", "viewer", "--data", server.data];
  execFileSync(server.binary, words, { input: tilda.password });
  const theirs = await (await browser.newContext({ baseURL: server.url })).newPage();
  expect((await theirs.request.post("/api/v1/session", { data: tilda })).status()).toBe(200);
  const described = await theirs.request.get("/api/v1/openapi.json");
  const { paths } = (await described.json()) as { paths: Record<string, object> };
  const refused: string[] = [];
  for (const [path, methods] of Object.entries(paths)) {
    // Reading is a viewer's right, and the last of these would sign out.
    if (/^\/(api\/v1\/(session|me)|healthz|readyz|metrics)/.test(path)) continue;
    const url = path.replace("{cluster}", "embedded").replaceAll(/\{\w+\}/g, "0");
    for (const method of Object.keys(methods)) {
      if (!["post", "put", "delete", "patch"].includes(method)) continue;
      const answer = await theirs.request.fetch(url, { method, data: {} });
      // Nothing was made, changed or removed, whatever it was.
      expect([201, 204], `${method} ${path}`).not.toContain(answer.status());
      if (answer.status() === 403) refused.push(`${method} ${path}`);
    }
  }
  expect(refused.length).toBeGreaterThan(12);
  for (const page of ["/access/users", "/audit"]) {
    await theirs.goto(page);
    await expect(theirs.getByText(/You may not/).first()).toBeVisible();
  }
  await theirs.goto("/clusters");
  await expect(theirs.getByRole("button", { name: "Add cluster" })).toBeDisabled();
  await theirs.context().close();
  await signIn(page);
  await page.goto("/audit?user=tilda&outcome=denied");
  await expect(page.getByRole("row").filter({ hasText: "tilda" }).first()).toContainText("denied");
});

test("rights that change while a page is open are shown when somebody comes back to it", async ({
  page,
  server,
  signIn,
  createTopic,
}) => {
  await signIn(page);
  await createTopic(page, "promoted");
  await signInAsViewer(page, server, "viola");
  await page.goto("/c/embedded/topics/promoted/partitions");
  const grow = page.getByRole("button", { name: "Add partitions…" });
  await expect(grow).toBeDisabled();
  const change = ["user", "set-role", "viola", "administrator", "--data", server.data];
  execFileSync(server.binary, change);
  await page.clock.setSystemTime(Date.now() + 61_000);
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(grow).toBeEnabled();
});
