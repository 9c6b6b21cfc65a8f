// A cluster on which nothing is changed from here: every page says so, and each act why it is
// closed. Before Apache Kafka too.
import { BOTH, expect, test } from "../fixtures.ts";

const WHY = "Cluster sealed is read-only: nothing is changed on it from here.";

test("a read-only cluster wears its badge on every page, and each act says why it is closed", BOTH, async ({
  page,
  kcat,
  server,
  signIn,
  createTopic,
}) => {
  test.setTimeout(120_000);
  await signIn(page);
  await createTopic(page, "sealed-topic");
  await kcat.produce("sealed-topic", ["untouched"]);
  await kcat.consumeAs("sealed-readers", "sealed-topic");
  const body = { id: "sealed", bootstrap: [server.kafka], read_only: true };
  expect((await page.request.post("/api/v1/clusters", { data: body })).status()).toBe(201);
  try {
    const badge = page.getByRole("navigation", { name: "Pages" }).getByText("read-only");
    const topic = "/c/sealed/topics/sealed-topic";
    for (const [path, acts] of [
      ["/c/sealed/overview", []],
      ["/c/sealed/topics", ["Create topic"]],
      [`${topic}/messages`, ["Produce…"]],
      [
        `${topic}/partitions`,
        ["Add partitions…", "Delete records…", "Empty…", "Delete…", "Clone settings…"],
      ],
      [`${topic}/configuration?q=retention.ms`, ["Edit retention.ms"]],
      ["/c/sealed/groups/sealed-readers", ["Delete…"]],
      ["/c/sealed/groups/sealed-readers/reset?to=earliest", ["Apply…"]],
    ] as const) {
      await page.goto(path);
      await expect(badge, path).toBeVisible();
      await expect(badge).toHaveAttribute("title", /^Somebody has set on the page Clusters/);
      for (const name of acts) {
        const act = page.getByRole("main").getByRole("button", { name, exact: true });
        await expect(act.first(), `${path}: ${name}`).toBeDisabled();
        await expect(act.first(), `${path}: ${name}`).toHaveAttribute("title", WHY);
      }
    }
    // What is read is read as anywhere else.
    await page.goto(`${topic}/messages`);
    await expect(page.getByRole("row").filter({ hasText: "untouched" })).toBeVisible();
    await page.keyboard.press("n");
    await expect(page.getByRole("dialog"), "its key is closed as well").toHaveCount(0);
    // Several at once are no way around it, and neither is the API.
    await page.goto("/c/sealed/topics?q=sealed-topic");
    await page.getByRole("checkbox", { name: "Tick sealed-topic" }).check();
    const bar = page.getByRole("region", { name: "Ticked topics" });
    for (const name of ["Set a setting…", "Empty…", "Delete…"]) {
      await expect(bar.getByRole("button", { name }), name).toHaveAttribute("title", WHY);
    }
    const gone = await page.request.delete("/api/v1/clusters/sealed/topics/sealed-topic");
    expect(gone.status()).toBe(403);
    expect((await gone.json()).message).toContain("read-only");
    // By its own name, where it may be changed, it is untouched.
    expect((await page.request.get(`${server.api}/topics/sealed-topic`)).ok()).toBe(true);
  } finally {
    expect((await page.request.delete("/api/v1/clusters/sealed")).status()).toBe(204);
  }
});
