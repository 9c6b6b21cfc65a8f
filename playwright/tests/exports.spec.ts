// A search that is exported tells how far it is, to its person alone, and can be cancelled.
// Runs on Apache Kafka too; paths are relative to the cluster under test.
import { get, type IncomingMessage } from "node:http";
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("an export tells what it has written, and is put away", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "exported", 2);
  await kcat.produce("exported", ["one", "two", "three"]);
  await page.goto("topics/exported/messages");
  await expect(page.getByRole("row").filter({ hasText: "three" })).toBeVisible();
  await page.getByRole("button", { name: "Export this search" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toBe("exported.csv");
  const line = page.getByRole("group", { name: "Export" });
  await expect(line).toContainText("Exported to CSV");
  await expect(line).toContainText("3 records of 3 read");
  await line.getByRole("button", { name: "Put away" }).click();
  await expect(line).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("row").filter({ hasText: "three" })).toBeVisible();
  await expect(line).toHaveCount(0);
});

test("an export under way is there again when the page is opened anew, and can be cancelled", async ({
  page,
  server,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "exported-slowly");
  // More than the buffers between hold, so that the server waits for whoever reads the file.
  await kcat.produce("exported-slowly", Array.from({ length: 40 }, () => "x".repeat(900_000)));
  const cookies = await page.context().cookies(server.url);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const search = encodeURIComponent(JSON.stringify({ from: { at: "oldest" }, limit: 1000 }));
  const address = `${server.api}/topics/exported-slowly/export?format=jsonl&search=${search}`;
  const file = await new Promise<IncomingMessage>((resolve, reject) => {
    get(new URL(address, server.url), { headers: { cookie } }, resolve).on("error", reject);
  });
  expect(file.statusCode).toBe(200);
  file.pause();
  await page.goto("topics/exported-slowly/messages?limit=50");
  const line = page.getByRole("group", { name: "Export" });
  await expect(line).toContainText("Export to JSON Lines");
  await expect(line).toContainText(/\d+ records? of \d+ read/);
  await expect(line).toContainText("MiB");
  await page.reload();
  await expect(line).toContainText("Export to JSON Lines");
  await line.getByRole("button", { name: "Cancel export" }).click();
  await expect(line).toContainText("Export cancelled");
  const broken = new Promise((resolve) => {
    file.on("error", () => resolve("broken off"));
    file.on("end", () => resolve("whole"));
  });
  file.resume();
  expect(await broken, "a file that was cancelled").toBe("broken off");
  const audit = await page.request.get("/api/v1/audit?action=messages.export&resource=exported-slowly");
  const [{ outcome, result }] = (await audit.json()).rows;
  expect([outcome, result]).toEqual(["failed", expect.stringMatching(/; cancelled$/)]);
});

test("an export that does not begin says why on the page", async ({ page, kcat, createTopic }) => {
  await createTopic(page, "not-exported");
  await kcat.produce("not-exported", ["one"]);
  await page.goto("topics/not-exported/messages");
  await expect(page.getByRole("row").filter({ hasText: "one" })).toBeVisible();
  await page.route("**/not-exported/exports", (route) =>
    route.fulfill({
      json: {
        exports: [
          {
            id: "x",
            format: "jsonl",
            begun_ms: Date.now(),
            read: 0,
            matched: 0,
            bytes: 0,
            per_mille: null,
            state: { kind: "failed", message: "you have 12 searches and tails already" },
          },
        ],
      },
    }),
  );
  await page.reload();
  const line = page.getByRole("group", { name: "Export" });
  await expect(line).toContainText("Export failed: you have 12 searches and tails already.");
  await expect(line).toContainText("not all");
});
