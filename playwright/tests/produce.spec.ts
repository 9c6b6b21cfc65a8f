// Writing records: one, one once more, a tombstone, and a file, by mouse and by keyboard.
// What is marked runs before Apache Kafka too; paths are relative to the cluster under test.
import { execFileSync } from "node:child_process";
import { BOTH, expect, test } from "../fixtures.ts";

const VERA = { user: "vera-reads", password: "another password for tests" };

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("a record with key, header and partition is written, and kcat reads it", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "write", 3);
  await page.goto("topics/write/messages");
  await page.getByRole("button", { name: "Produce…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Partition").selectOption("2");
  await dialog.getByLabel("Compression").selectOption("zstd");
  await dialog.getByLabel("Key", { exact: true }).fill("order-1");
  await dialog.getByLabel("Value", { exact: true }).fill('{"amount": 9007199254740993');
  await expect(dialog.getByText("not valid JSON; it is sent as text")).toBeVisible();
  await dialog.getByLabel("Value", { exact: true }).fill('{"amount": 9007199254740993}');
  await expect(dialog.getByText("valid JSON", { exact: true })).toBeVisible();
  await dialog.getByRole("button", { name: "Add a header" }).click();
  await dialog.getByLabel("Header name").fill("source");
  await dialog.getByLabel("Header value", { exact: true }).fill("console");
  await dialog.getByRole("button", { name: "Write the record" }).click();
  await expect(dialog.getByText("Written to write, partition 2, offset 0.")).toBeVisible();
  expect(await kcat.consume("write", ["-f", "%p %k %h %s\n"])).toEqual([
    '2 order-1 source=console {"amount": 9007199254740993}',
  ]);
  await dialog.getByRole("button", { name: "Open it" }).click();
  await expect(page.getByRole("complementary", { name: "Record" })).toContainText(
    "9007199254740993",
  );
  await expect(page).toHaveURL(/p=2&o=0/);
});

test("the keyboard alone writes a record", async ({ page, kcat, createTopic }) => {
  await createTopic(page, "typed");
  await page.goto("topics/typed/messages");
  await expect(page.getByText("This topic holds no records")).toBeVisible();
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Key", { exact: true })).toBeFocused();
  await page.keyboard.type("k");
  await dialog.getByLabel("Value", { exact: true }).focus();
  await page.keyboard.type("by hand");
  await page.keyboard.press("Control+Enter");
  await expect(dialog.getByText(/Written to typed/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  expect(await kcat.consume("typed", ["-K", ":"])).toEqual(["k:by hand"]);
});

test("what was written after a search is found by searching again", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "written-since");
  await kcat.produce("written-since", ["first"]);
  await page.goto("topics/written-since/messages");
  const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row");
  await expect(rows.filter({ hasText: "first" })).toBeVisible();
  await page.getByRole("button", { name: "Produce…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Value", { exact: true }).fill("second");
  await dialog.getByRole("button", { name: "Write the record" }).click();
  await expect(dialog.getByText(/Written to written-since/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("1 written since", { exact: true })).toBeVisible();
  await expect(rows.filter({ hasText: "second" })).toHaveCount(0);
  await page.getByRole("button", { name: "Search again" }).click();
  await expect(rows.filter({ hasText: "second" })).toBeVisible();
  await expect(page.getByText("1 written since", { exact: true })).toHaveCount(0);
});

test("what was written goes only when that is said", async ({ page, createTopic }) => {
  await createTopic(page, "kept-draft");
  await page.goto("topics/kept-draft/messages?produce=1");
  const dialog = page.getByRole("dialog");
  const value = dialog.getByLabel("Value", { exact: true });
  await value.fill("an hour's work");
  await page.mouse.click(5, 450);
  await expect(value).toHaveValue("an hour's work");
  await page.keyboard.press("Escape");
  await expect(dialog.getByText("Discard what you wrote?")).toBeVisible();
  await dialog.getByRole("button", { name: "Keep writing" }).click();
  await expect(dialog.getByText("Discard what you wrote?")).toHaveCount(0);
  await expect(value).toHaveValue("an hour's work");
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Discard" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page).not.toHaveURL(/produce/);

  // Where nothing was written nothing is asked.
  await page.goto("/access/roles?create=1");
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.mouse.click(5, 450);
  await expect(dialog).toHaveCount(0);
  await expect(page).not.toHaveURL(/create/);
});

test("a record is edited and written to another topic, and a key gets its tombstone", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "replay-from");
  await createTopic(page, "replay-to");
  await kcat.produce("replay-from", ["id-7:wrong"], ["-K", ":", "-H", "h=1"]);
  await page.goto("topics/replay-from/messages?p=0&o=0");
  const acts = page.getByTitle("More acts on this record");
  await acts.click();
  await page.getByRole("menuitem", { name: "Edit and write once more…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Topic").fill("replay-to");
  await dialog.getByLabel("Value", { exact: true }).fill("right");
  await dialog.getByRole("button", { name: "Write the record" }).click();
  await expect(dialog.getByText(/Written to replay-to, partition 0/)).toBeVisible();
  await page.keyboard.press("Escape");
  expect(await kcat.consume("replay-to", ["-f", "%k %h %s\n"])).toEqual(["id-7 h=1 right"]);

  await acts.click();
  await page.getByRole("menuitem", { name: /tombstone/ }).click();
  await expect(dialog).toContainText("id-7");
  await dialog.getByRole("button", { name: "Write the tombstone" }).click();
  await expect(page.getByText("The tombstone was written at offset 1.")).toBeVisible();
  expect(await kcat.consume("replay-from", ["-f", "%k %S\n"])).toEqual(["id-7 5", "id-7 -1"]);
  await page.goto("/audit?action=messages");
  for (const act of ["messages.replay", "messages.tombstone"]) {
    await expect(page.getByRole("row").filter({ hasText: act }).first()).toBeVisible();
  }
});

test("on production the topic's name is typed before a key is forgotten", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "remembered");
  await kcat.produce("remembered", ["id-1:value"], ["-K", ":"]);
  await page.route("**/api/v1/clusters", async (route) => {
    const answer = await route.fetch();
    const clusters = (await answer.json()) as { environment: string }[];
    const json = clusters.map((cluster) => ({ ...cluster, environment: "production" }));
    await route.fulfill({ response: answer, json });
  });
  await page.goto("topics/remembered/messages?p=0&o=0");
  await page.getByTitle("More acts on this record").click();
  await page.getByRole("menuitem", { name: /tombstone/ }).click();
  const dialog = page.getByRole("dialog");
  const write = dialog.getByRole("button", { name: "Write the tombstone" });
  await expect(write).toBeDisabled();
  await dialog.getByLabel("Type remembered to confirm").fill("remembered");
  await write.click();
  await expect(page.getByText("The tombstone was written at offset 1.")).toBeVisible();
});

test("a file is checked, its broken line named, and nothing written until it is mended", BOTH, async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "file");
  await page.goto("topics/file/messages");
  await page.getByRole("button", { name: "Produce…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("tab", { name: "Many, from a file" }).click();
  const line = (n: number) => JSON.stringify({ key: `k${n}`, value: { n } });
  const lines = Array.from({ length: 70_000 }, (_, n) => line(n));
  const file = (more: string) => ({
    name: "records.jsonl",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from([...lines, more].join("\n") + "\n"),
  });
  await dialog.getByLabel("File").setInputFiles(file('{"value": oops}'));
  await dialog.getByRole("button", { name: "Check it" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Line 70,001");
  await expect(dialog.getByRole("table")).toContainText("k9");
  await expect(dialog.getByRole("button", { name: /^Write/ })).toHaveCount(0);
  await dialog.getByLabel("File").setInputFiles(file('{"value": null}'));
  await dialog.getByRole("button", { name: "Check it" }).click();
  await dialog.getByRole("button", { name: "Write 70,001 records" }).click();
  await expect(dialog.getByText(/70,001 records were written/)).toBeVisible({ timeout: 30_000 });
  await dialog.getByRole("button", { name: "Close and search again" }).click();
  await expect(page.getByRole("row").filter({ hasText: "k69999" })).toBeVisible();
  expect((await kcat.consume("file", ["-f", "%k\n"])).length).toBe(70_000);
});

test("a pasted CSV is written", BOTH, async ({ page, kcat, createTopic }) => {
  await createTopic(page, "pasted");
  await page.goto("topics/pasted/messages");
  await page.getByRole("button", { name: "Produce…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("tab", { name: "Many, from a file" }).click();
  await dialog.getByLabel("Each record is").selectOption("csv");
  await dialog.getByLabel("Text to import").fill('key,value\na,"one, two"\nb,\n');
  await dialog.getByRole("button", { name: "Check it" }).click();
  await dialog.getByRole("button", { name: "Write 2 records" }).click();
  await expect(dialog.getByText(/2 records were written/)).toBeVisible();
  const read = await kcat.consume("pasted", ["-f", "%k %S %s\n"]);
  expect(read.sort()).toEqual(["a 8 one, two", "b -1 "]);
});

test("a viewer sees that writing is closed, and why", async ({ page, server, createTopic }) => {
  await createTopic(page, "closed");
  const words = ["user", "create", VERA.user, "--role", "viewer", "--data", server.data];
  execFileSync(server.binary, words, { input: VERA.password });
  expect((await page.request.post("/api/v1/session", { data: VERA })).status()).toBe(200);
  await page.goto("topics/closed/messages");
  const produce = page.getByRole("button", { name: "Produce…" });
  await expect(produce).toBeDisabled();
  await expect(produce).toHaveAttribute("title", /viewer.*produce_messages/);
  await page.keyboard.press("n");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const data = { records: [{ value: { text: "x" } }] };
  const path = `${server.api}/topics/closed/records`;
  expect((await page.request.post(path, { data })).status()).toBe(403);
});

test("a large import that is stopped says what it wrote, and the rest is written: every record once", async ({
  page,
  kcat,
  createTopic,
}) => {
  test.setTimeout(180_000);
  const RECORDS = 300_000;
  await createTopic(page, "halfway", 2);
  await page.goto("topics/halfway/messages?produce=file");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Each record is").selectOption("lines");
  const lines = Array.from({ length: RECORDS }, (_, n) => `value-${n}`);
  await dialog.getByLabel("File").setInputFiles({
    name: "values.txt",
    mimeType: "text/plain",
    buffer: Buffer.from(`${lines.join("\n")}\n`),
  });
  await dialog.getByRole("button", { name: "Check it" }).click();
  await dialog.getByRole("button", { name: "Write 300,000 records" }).click();
  await expect(dialog.getByText(/^[1-9][\d,]* of 300,000 written$/)).toBeVisible();
  // What is written meanwhile cannot become something else, and nobody leaves by mistake.
  await expect(dialog.getByLabel("Each record is")).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(dialog.getByText("The import still runs. Leaving stops it.")).toBeVisible();
  await dialog.getByRole("button", { name: "Stay" }).click();
  await dialog.getByRole("button", { name: "Stop", exact: true }).click();
  const stopped = dialog.getByText(/^Stopped\. Exactly [\d,]+ records were written\. Records \d+-300000 are left\.$/);
  await expect(stopped).toBeVisible({ timeout: 30_000 });
  const written = Number(/Exactly ([\d,]+) /.exec((await stopped.textContent()) ?? "")?.[1]?.replaceAll(",", ""));
  expect(written).toBeLessThan(RECORDS);
  expect((await kcat.consume("halfway")).length, "as it says").toBe(written);
  await dialog.getByRole("button", { name: "Write the rest" }).click();
  await expect(dialog.getByText(/records were written\. partition 0/)).toBeVisible({
    timeout: 90_000,
  });
  const values = await kcat.consume("halfway");
  expect(values.length, "nothing twice").toBe(RECORDS);
  expect(new Set(values).size, "nothing left out").toBe(RECORDS);
});

test("an import whose server is gone says what is not known, and where it is", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "cut-import");
  const writing = /\/topics\/cut-import\/import\?/;
  await page.route(writing, (route) => route.abort());
  await page.goto("topics/cut-import/messages?produce=file");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Each record is").selectOption("lines");
  await dialog.getByLabel("Text to import").fill("a\nb\n");
  await dialog.getByRole("button", { name: "Check it" }).click();
  await dialog.getByRole("button", { name: "Write 2 records" }).click();
  await expect(dialog.getByRole("alert")).toContainText("At least 0 records were written.");
  await expect(dialog.getByRole("link", { name: "audit log" })).toHaveAttribute(
    "href",
    /^\/audit\?action=messages\.import&cluster=[^&]+&resource=cut-import$/,
  );
  await page.unroute(writing);
  await dialog.getByLabel(/^Numbers of the records/).fill("2-2");
  await dialog.getByRole("button", { name: "Write these records" }).click();
  await expect(dialog.getByText(/1 record was written/)).toBeVisible();
});
