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
