// A cluster behind TLS and a password, added by the form of the page Clusters: before Apache Kafka
// alone, since our own broker has neither yet.
import { KAFKA_ALONE, expect, test } from "../fixtures.ts";

test("a cluster behind TLS and SCRAM is tried out, added by its form, and read and written", KAFKA_ALONE, async ({
  page,
  kafka,
  kcat,
  signIn,
  createTopic,
}) => {
  test.setTimeout(120_000);
  if (!kafka) throw new Error("this is a test before Apache Kafka");
  const { address, ca, user, password } = kafka.locked;
  await signIn(page);
  await createTopic(page, "behind-the-door");
  await kcat.produce("behind-the-door", ["seen by whoever may"]);

  await page.goto("/clusters");
  await page.getByRole("button", { name: "Add cluster" }).click();
  const dialog = page.getByRole("dialog");
  const tryIt = dialog.getByRole("button", { name: "Test" });
  await dialog.getByLabel("Name").fill("guarded");
  await dialog.getByLabel("Brokers").fill(address);
  await dialog.getByRole("checkbox", { name: "TLS", exact: true }).check();
  await dialog.getByLabel("Sign in by").selectOption("SCRAM-SHA-512");
  await dialog.getByLabel("User").fill(user);
  await dialog.getByLabel("Password").fill("a guess");

  // No authority has signed its certificate.
  await tryIt.click();
  await expect(dialog.getByText("No broker can be used.")).toBeVisible();
  await expect(dialog.getByTitle(/^TLS: failed/)).toBeVisible();
  await expect(dialog.getByTitle(/^SASL: not come to/)).toBeVisible();

  // It is believed, and does not believe the password.
  await dialog.getByLabel("CA certificate").fill(ca);
  await tryIt.click();
  await expect(dialog.getByTitle(/^TLS: done/)).toBeVisible();
  await expect(dialog.getByTitle(/^SASL: failed/)).toBeVisible();
  const refusal = `${address} does not let the console in: `;
  await expect(dialog.getByText(refusal)).toContainText(/authentication failed/i);

  // Saved all the same, it is one red card that says so.
  await dialog.getByRole("button", { name: "Add cluster" }).click();
  const card = page.getByRole("article", { name: "guarded" });
  await expect(card.getByText("SASL_SSL")).toBeVisible();
  await expect(card.getByRole("alert")).toContainText(refusal);

  await card.getByRole("button", { name: "Edit…" }).click();
  await dialog.getByLabel("Password").fill(password);
  await tryIt.click();
  await expect(dialog.getByText(/answers: \d+ topics?/)).toBeVisible();
  await expect(dialog.getByTitle(/: failed/)).toHaveCount(0);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(card.getByText("without leader")).toBeVisible();
  await expect(card.getByRole("alert")).toHaveCount(0);

  try {
    await page.goto("/c/guarded/topics?q=behind-the-door");
    const listed = page.getByRole("grid", { name: "Topics" }).getByRole("row");
    await listed.filter({ hasText: "behind-the-door" }).getByRole("link").first().click();
    const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
    await expect(rows.filter({ hasText: "seen by whoever may" })).toBeVisible();
    // Writing goes by another client than reading, with a TLS and a SCRAM of its own.
    await page.getByRole("button", { name: "Produce…" }).click();
    await dialog.getByLabel("Value", { exact: true }).fill("written behind it");
    await dialog.getByRole("button", { name: "Write the record" }).click();
    await expect(dialog.getByText("Written to behind-the-door, partition 0")).toBeVisible();
    expect(await kcat.consume("behind-the-door")).toEqual([
      "seen by whoever may",
      "written behind it",
    ]);
  } finally {
    expect((await page.request.delete("/api/v1/clusters/guarded")).status()).toBe(204);
  }
});
