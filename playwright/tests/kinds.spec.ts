// Groups of the newer protocols, which only Apache Kafka's own clients speak: the consumer protocol
// (KIP-848) and share groups (KIP-932), each with its type, its members and its lag.
import { KAFKA_ALONE, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

/** Two more JVMs beside a browser on two cores. */
const JOINED_WITHIN_MS = 60_000;

test("groups of each protocol are told by their type, with members and a lag that falls and grows", KAFKA_ALONE, async ({
  page,
  kcat,
  kafka,
  server,
  createTopic,
}) => {
  test.setTimeout(240_000);
  await createTopic(page, "kinds");
  await kcat.produce("kinds", ["before"]);
  await kcat.consumeAs("kinds-classic", "kinds");
  const of = (group: string) => ["--topic", "kinds", "--group", group];
  const tools = "org.apache.kafka.tools.consumer";
  const share = kafka!.tool(`${tools}.ConsoleShareConsumer`, of("kinds-share"));
  const consumer = kafka!.tool(`${tools}.ConsoleConsumer`, [
    ...of("kinds-consumer"),
    "--command-property",
    "group.protocol=consumer",
  ]);
  const told = async (group: string) => {
    const answer = await page.request.get(`${server.api}/groups/${group}`);
    return answer.ok() ? await answer.json() : undefined;
  };
  const lag = async (group: string) => (await told(group))?.lag?.records as number | undefined;
  try {
    for (const group of ["kinds-share", "kinds-consumer"]) {
      await expect
        .poll(async () => (await told(group))?.members?.[0]?.assigned, {
          timeout: JOINED_WITHIN_MS,
        })
        .toBe(1);
    }
    // A share group begins at the end, and only once its member has asked for records.
    await expect(async () => {
      await kcat.produce("kinds", ["one"]);
      for (const group of ["kinds-share", "kinds-consumer"]) {
        await expect.poll(() => lag(group), { timeout: 4_000 }).toBe(0);
      }
    }).toPass({ timeout: JOINED_WITHIN_MS });
    await page.goto("groups?q=kinds&sort=group");
    const rows = page.getByRole("grid", { name: "Consumer groups" }).getByRole("row");
    await expect(rows.filter({ hasText: "kinds-share" })).toContainText(/Stable\s*share\s*1/);
    await expect(rows.filter({ hasText: "kinds-consumer" })).toContainText(/Stable\s*consumer\s*1/);
    await expect(rows.filter({ hasText: "kinds-classic" })).toContainText(/Empty\s*classic\s*0/);
  } finally {
    await Promise.all([share.stop(), consumer.stop()]);
  }
  await kcat.produce("kinds", ["two", "three", "four", "five"]);
  for (const group of ["kinds-share", "kinds-consumer"]) {
    await expect.poll(() => lag(group), { timeout: JOINED_WITHIN_MS }).toBe(4);
    await page.goto(`groups/${group}`);
    const row = page.getByRole("grid", { name: "Lag by partition" }).getByRole("row").nth(1);
    await expect(row).toContainText(/kinds.*0.*4/);
    await expect(page.getByText("Empty", { exact: true })).toBeVisible();
  }
  await page.goto("groups/kinds-share/reset?to=earliest");
  await expect(page.getByText(/is a share group: it has no commits/)).toBeVisible();
});
