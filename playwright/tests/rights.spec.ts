// What a viewer may not do is visible, disabled, explained, and refused by the server.
import { execFileSync } from "node:child_process";
import { expect, test } from "../fixtures.ts";

const VERA = { user: "vera", password: "another password for tests" };

test("a viewer sees why creating, deleting and the audit log are closed", async ({
  page,
  server,
}) => {
  const words = ["user", "create", VERA.user, "--role", "viewer", "--data", server.data];
  execFileSync(server.binary, words, { input: VERA.password });
  const signedIn = await page.request.post("/api/v1/session", { data: VERA });
  expect(signedIn.status()).toBe(200);
  await page.goto("/c/embedded/topics");
  const create = page.getByRole("button", { name: "Create topic" });
  await expect(create).toBeDisabled();
  const audit = page.getByRole("link", { name: /audit/i, disabled: true });
  await expect(audit).toBeVisible();
  await page.goto("/audit");
  await expect(page.getByText(/administrator|read_audit|right|may not/i).first()).toBeVisible();
  const name = { name: "forbidden", partitions: 1, replication_factor: 1 };
  const made = await page.request.post("/api/v1/clusters/embedded/topics", { data: name });
  expect(made.status()).toBe(403);
  expect((await made.json()).code).toBe("forbidden");
});

test("a viewer who tries everything is refused everywhere, and each try is a row", async ({
  page,
  browser,
  server,
  signIn,
}) => {
  const vito = { user: "vito", password: "yet another password" };
  const words = ["user", "create", vito.user, "--role", "viewer", "--data", server.data];
  execFileSync(server.binary, words, { input: vito.password });
  const theirs = await (await browser.newContext({ baseURL: server.url })).newPage();
  expect((await theirs.request.post("/api/v1/session", { data: vito })).status()).toBe(200);
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
  await page.goto("/audit?user=vito&outcome=denied");
  await expect(page.getByRole("row").filter({ hasText: "vito" }).first()).toContainText("denied");
});
