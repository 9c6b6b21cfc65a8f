// The clusters page: add, try out, change, remove; and a cluster that cannot be reached.
import { expect, test } from "../fixtures.ts";

test("a cluster is tried out, added, made read-only, and removed", async ({
  page,
  server,
  signIn,
}) => {
  await signIn(page);
  await page.goto("/clusters");
  const fixed = page.getByRole("article", { name: "embedded" });
  await expect(fixed.getByText("this process")).toBeVisible();
  await expect(fixed.getByRole("button", { name: "Edit…" })).toBeDisabled();

  await page.getByRole("button", { name: "Add cluster" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("second");
  await dialog.getByLabel("Label").fill("Second door");
  await dialog.getByLabel("Brokers").fill(server.kafka);
  await dialog.getByLabel("Colour").selectOption("violet");
  await dialog.getByRole("button", { name: "Test" }).click();
  await expect(dialog.getByText(/answers: \d+ topics?/)).toBeVisible();
  await dialog.getByRole("button", { name: "Add cluster" }).click();
  const card = page.getByRole("article", { name: "Second door" });
  await expect(card.getByText("without leader")).toBeVisible();

  await card.getByRole("button", { name: "Edit…" }).click();
  await dialog.getByLabel(/Read-only/).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(card.getByText("read-only")).toBeVisible();
  const topics = "/api/v1/clusters/second/topics";
  const made = await page.request.post(topics, { data: { name: "never" } });
  expect(made.status()).toBe(403);
  expect((await made.json()).message).toContain("read-only");

  await card.getByRole("button", { name: "Remove…" }).click();
  await dialog.getByRole("button", { name: "Remove the cluster" }).click();
  await expect(card).toHaveCount(0);
});

test("a cluster that cannot be reached is one red card, and the others are there at once", async ({
  page,
  signIn,
}) => {
  await signIn(page);
  const body = { id: "far-away", bootstrap: ["127.0.0.1:1"] };
  expect((await page.request.post("/api/v1/clusters", { data: body })).status()).toBe(201);
  await page.goto("/clusters");
  const red = page.getByRole("article", { name: "far-away" });
  await expect(red.getByRole("alert")).toContainText("127.0.0.1:1 cannot be reached");
  const near = page.getByRole("article", { name: "embedded" });
  await expect(near.getByText("without leader")).toBeVisible();
  await red.getByRole("button", { name: "Test" }).click();
  await expect(red.getByText("No broker can be used.")).toBeVisible();
  await expect(red.getByTitle(/TCP: failed/)).toBeVisible();
  expect((await page.request.delete("/api/v1/clusters/far-away")).status()).toBe(204);
});

test("a secret that was saved is kept and not shown", async ({ page, signIn }) => {
  await signIn(page);
  await page.goto("/clusters");
  await page.getByRole("button", { name: "Add cluster" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("locked");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type("127.0.0.1:1");
  await dialog.getByLabel("Sign in by").selectOption("SCRAM-SHA-512");
  await dialog.getByLabel("User").fill("anna");
  await dialog.getByLabel("Password").fill("s3cret");
  await page.keyboard.press("Enter");
  const card = page.getByRole("article", { name: "locked" });
  await expect(card.getByText("SASL_PLAINTEXT")).toBeVisible();
  await card.getByRole("button", { name: "Edit…" }).click();
  await expect(dialog.getByLabel("Password")).toHaveValue("");
  await expect(dialog.getByLabel("Password")).toHaveAttribute("placeholder", /kept/);
  await dialog.getByLabel("Label").fill("Locked away");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("article", { name: "Locked away" })).toBeVisible();
  expect((await page.request.delete("/api/v1/clusters/locked")).status()).toBe(204);
});
