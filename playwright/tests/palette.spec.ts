// The palette: by keyboard and by mouse, what is not found, and what could not be asked.
// What is marked runs before Apache Kafka too; paths are relative to the cluster under test.
import { BOTH, expect, test } from "../fixtures.ts";

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("a topic is found and opened by the keyboard alone", BOTH, async ({ page, createTopic }) => {
  await createTopic(page, "palette.first.invoices");
  await createTopic(page, "palette.second.invoices");
  await page.goto("overview");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: /find a page/i });
  await expect(field).toBeFocused();
  await page.keyboard.type("invoices sec");
  const chosen = page.getByRole("option", { selected: true });
  await expect(chosen).toContainText("palette.second.invoices");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/topics\/palette\.second\.invoices\/messages/);
  await expect(field).toBeHidden();
});

test("the arrows walk round, Escape closes, and the next time begins empty", async ({ page }) => {
  await page.goto("topics");
  await expect(page.getByRole("heading", { name: "Topics" })).toBeVisible();
  await page.keyboard.press("Control+k");
  const options = page.getByRole("option");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowUp");
  await expect(options.last()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  const field = page.getByRole("combobox", { name: /find a page/i });
  await field.fill("audit");
  await page.keyboard.press("Escape");
  await expect(field).toBeHidden();
  await page.keyboard.press("Control+k");
  await expect(field).toHaveValue("");
});

test("by mouse: a page, a theme, and words when nothing fits", async ({ page }) => {
  await page.goto("topics");
  const open = page.getByRole("button", { name: /find/i });
  await open.click();
  const field = page.getByRole("combobox", { name: /find a page/i });
  await field.fill("dark theme");
  await page.getByRole("option", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await open.click();
  await field.fill("no-such-thing-anywhere");
  await expect(page.getByText("No topic or group by that name")).toBeVisible();
  await expect(page.getByRole("option")).toHaveCount(0);
  await field.fill("consumer groups");
  await page.getByRole("option", { name: /Consumer groups/ }).click();
  await expect(page).toHaveURL(/\/c\/[^/]+\/groups$/);
});

test("that the server could not be asked is said, and the pages are still there", async ({
  page,
}) => {
  await page.goto("topics");
  await page.route("**/api/v1/find*", (route) => route.abort());
  await page.getByRole("button", { name: /find/i }).click();
  await page.getByRole("combobox", { name: /find a page/i }).fill("topics");
  await expect(page.getByText(/could not be looked through/)).toBeVisible();
  await expect(page.getByRole("option", { name: /Topics/ })).toBeVisible();
});

test("acts are found by their verb, open their dialog by a link, and say why they are off", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "palette.acts");
  await kcat.produce("palette.acts", ["one"]);
  // The first commit makes the topic of commits.
  await kcat.consumeAs("palette-acts", "palette.acts");
  const find = async (typed: string) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /find a page/i }).fill(typed);
  };
  await page.goto("/c/embedded/topics/palette.acts/partitions");
  await expect(page.getByRole("heading", { name: "palette.acts" })).toBeVisible();
  await find("produce");
  const chosen = page.getByRole("option", { selected: true });
  await expect(chosen).toContainText("Produce to palette.acts");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Produce to palette.acts" });
  await expect(dialog).toBeVisible();
  await expect(page).toHaveURL(/\/messages\?produce=1$/);
  await page.reload();
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/messages$/);
  await find("create topic");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Create topic" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/topics$/);
  await page.goto("/c/embedded/topics/__consumer_offsets/messages");
  await expect(page.getByRole("button", { name: "Produce…" })).toBeDisabled();
  await find("produce");
  const off = page.getByRole("option", { name: /Produce to/ });
  await expect(off).toHaveAttribute("aria-disabled", "true");
  await expect(off).toContainText("The cluster writes this topic itself.");
  await page.keyboard.press("Enter");
  await expect(off).toBeVisible();
});

test("the export of the page that is shown opens from the palette", async ({
  page,
  kcat,
  createTopic,
}) => {
  await createTopic(page, "palette-export");
  await kcat.produce("palette-export", ["one"]);
  await page.goto("topics/palette-export/messages");
  await expect(page.getByRole("row").filter({ hasText: "one" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("export messages");
  const chosen = page.getByRole("dialog").getByRole("option", { selected: true });
  await expect(chosen).toContainText("Export messages of");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "CSV" })).toBeVisible();
});

test("what was found for an earlier text is not opened for a later one, and nothing is called missing too early", async ({
  page,
  createTopic,
}) => {
  await createTopic(page, "palette.early");
  await page.goto("overview");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: /find a page/i });
  await field.fill("palette.ea");
  await expect(page.getByRole("option", { name: /palette\.early/ })).toBeVisible();
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/api/v1/find?**", async (route) => {
    await held;
    await route.continue();
  });
  await field.fill("palette.eaz");
  await expect(page.getByRole("option")).toHaveCount(0);
  await expect(page.getByText("Topics and groups are being looked through…")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(field).toBeVisible();
  answer();
  await expect(page.getByText("No topic or group by that name")).toBeVisible();
});
