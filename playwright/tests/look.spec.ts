// Themes, phone width, accessibility, and the page that is not there.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import type { Kcat } from "../support/kcat.ts";
import { type Look, looks, settled } from "../support/pages.ts";
import type { Server } from "../support/server.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const LOOKS = looks({ topic: "looks", group: "lookers" });

/** The small topic that is looked at, and a group that reads it. */
async function prepare({ page, kcat, server, createTopic }: Prepared) {
  const there = await page.request.get(`${server.url}/api/v1/clusters/embedded/topics/looks`);
  if (there.ok()) return;
  await createTopic(page, "looks", 2);
  await kcat.produce("looks", ['{"a":1,"b":"text"}'], ["-p", "0", "-k", "some-key"]);
  await kcat.consumeAs("lookers", "looks");
}

interface Prepared {
  page: Page;
  kcat: { produce: Kcat["produce"]; consumeAs: Kcat["consumeAs"] };
  server: Server;
  createTopic: (page: Page, name: string, partitions?: number) => Promise<void>;
}

/** Goes to a page and does there what belongs to the look. */
async function visit(page: Page, { path, then }: Look) {
  await page.goto(path);
  await settled(page);
  await then?.(page);
  await settled(page);
}

/** How bright the page's ground is: nothing of red, green and blue is 0, all of them 765. */
async function lightness(page: Page): Promise<number> {
  return await page.evaluate(() => {
    const colours = getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? ["765"];
    return colours.map(Number).reduce((sum, part) => sum + part, 0);
  });
}

test.beforeEach(async ({ page, signIn }) => signIn(page));

test("dark is chosen once, kept over a reload, and really dark", async ({ page }) => {
  await page.goto("/c/embedded/topics");
  await page.getByRole("button", { name: /theme/i }).click();
  await page.getByRole("menuitem", { name: /dark/i }).or(
    page.getByRole("menuitemradio", { name: /dark/i }),
  ).click();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Topics" })).toBeVisible();
  expect(await lightness(page)).toBeLessThan(150);
});

test("the rail is folded by mouse and by key, leads on, and stays so over a reload", async ({
  page,
}) => {
  await page.goto("/c/embedded/overview");
  const rail = page.getByRole("navigation", { name: "Pages" });
  const width = async () => (await rail.boundingBox())!.width;
  await page.getByRole("button", { name: "Fold the rail" }).click();
  await expect.poll(width).toBeLessThan(80);
  // The names are there for whoever hears them, and on hover; the cluster keeps its label.
  await rail.getByRole("link", { name: "Topics" }).click();
  await expect(page).toHaveURL(/\/topics$/);
  await expect(rail.getByText("dev", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Topics" })).toBeVisible();
  expect(await width()).toBeLessThan(80);
  await rail.getByRole("button", { name: /^Switch the cluster/ }).click();
  const choice = page.getByRole("menu").getByRole("menuitemradio").first();
  // It stands over the page, and is not cut by the rail.
  await choice.click({ position: { x: 120, y: 10 } });
  await page.keyboard.press("[");
  await expect.poll(width).toBeGreaterThan(200);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("Fold the rail, or unfold it");
});

test("the theme that was chosen is there before any module has run", async ({ page }) => {
  await page.goto("/c/embedded/topics");
  await page.evaluate(() => localStorage.setItem("ouzel.theme", "dark"));
  await page.route(/\/assets\/boot-/, (route) => route.abort());
  await page.reload();
  await expect(page.getByText("Loading the console…")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a phone shows every page without moving sideways", async ({
  page,
  kcat,
  server,
  createTopic,
}) => {
  test.setTimeout(480_000);
  await prepare({ page, kcat, server, createTopic });
  await page.setViewportSize({ width: 390, height: 844 });
  const wide: string[] = [];
  for (const look of LOOKS.filter(({ guest }) => !guest)) {
    await visit(page, look);
    // The page is a scrolling box of its own, so what is too wide never reaches the document.
    const widths = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll(".page, dialog[open]")].map(
        (box) => box.scrollWidth,
      ),
    );
    if (Math.max(...widths) > 390) wide.push(`${look.name}: ${Math.max(...widths)} px`);
  }
  expect(wide).toEqual([]);
  await page.goto("/c/embedded/overview");
  await page.getByRole("button", { name: "Pages" }).click();
  await page.getByRole("link", { name: "Topics" }).click();
  await expect(page).toHaveURL(/\/c\/embedded\/topics$/);
});

test("no serious accessibility finding on any page, in both themes", async ({
  page,
  kcat,
  server,
  createTopic,
  signIn,
}) => {
  test.setTimeout(480_000);
  await prepare({ page, kcat, server, createTopic });
  // All of them are told at once: one run is minutes long.
  const all: string[] = [];
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    if (look.guest) await page.context().clearCookies();
    await visit(page, look);
    // By the debugger, not by a script element, which the page's policy rightly refuses.
    await page.evaluate(AXE);
    const light = await findings(page);
    // A theme is nothing but other colours.
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => lightness(page), look.name).toBeLessThan(150);
    const dark = await findings(page, OF_COLOURS);
    all.push(...light.map((found) => `${look.name}, light: ${found}`));
    all.push(...dark.map((found) => `${look.name}, dark: ${found}`));
    if (look.guest) await signIn(page);
  }
  expect(all).toEqual([]);
});

/** The rules of axe that a colour can break. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

interface Axe {
  run(options: object): Promise<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
    passes: unknown[];
    incomplete: unknown[];
  }>;
}

/** What axe finds serious, by all its rules or only by some. */
async function findings(page: Page, rules?: string[]): Promise<string[]> {
  return await page.evaluate(async (rules) => {
    const axe = (window as unknown as { axe: Axe }).axe;
    const options = rules ? { runOnly: { type: "rule", values: rules } } : {};
    const { violations, passes, incomplete } = await axe.run(options);
    if (violations.length + passes.length + incomplete.length === 0) return ["nothing was looked at"];
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  }, rules);
}

test("an address that is none of ours says so and leads back", async ({ page }) => {
  await page.goto("/no/such/page");
  await expect(page.getByText("There is no such page")).toBeVisible();
  await page.getByRole("link", { name: "Go to the overview" }).click();
  await expect(page).toHaveURL(/\/c\/embedded\/overview$/);
  await page.goto("/c/embedded/topics/never-made/messages");
  await expect(page.getByText("there is no topic `never-made`").first()).toBeVisible();
});

test("what is not there leads back to what is", async ({ page }) => {
  const main = page.getByRole("main");
  await page.goto("/c/embedded/topics/never-made/partitions");
  await main.getByRole("link", { name: "Go to all topics" }).click();
  await expect(page).toHaveURL(/\/c\/embedded\/topics$/);
  await page.goto("/c/embedded/groups/never-met");
  await main.getByRole("link", { name: "Go to all consumer groups" }).click();
  await expect(page).toHaveURL(/\/c\/embedded\/groups$/);
  await page.goto("/c/no-such-cluster/topics/orders/messages");
  await main.getByRole("link", { name: "Go to the overview" }).click();
  await expect(page).toHaveURL(/\/c\/embedded\/overview$/);
});

test("a cluster that is not there is not shown as the chosen one", async ({ page }) => {
  await page.goto("/c/no-such-cluster/topics");
  const rail = page.getByRole("navigation", { name: "Pages" });
  await expect(rail.getByRole("button", { name: /choose a cluster/ })).toBeVisible();
  await expect(rail.getByText("no-such-cluster", { exact: true })).toHaveCount(0);
  const topics = rail.getByRole("link", { name: /^Topics/ });
  await expect(topics).toHaveAttribute("aria-disabled", "true");
  await expect(topics).toHaveAttribute("title", /no cluster “no-such-cluster”/);
});

test("what is not there offers nothing that could be done to it", async ({ page }) => {
  for (const path of [
    "/c/embedded/topics/never-made/messages",
    "/c/embedded/topics/never-made/partitions",
    "/c/embedded/groups/never-met",
    "/c/no-such-cluster/topics",
    "/c/no-such-cluster/groups",
    "/c/no-such-cluster/overview",
  ]) {
    await page.goto(path);
    const main = page.getByRole("main");
    await expect(main.getByText("Nothing by that name"), path).toBeVisible();
    const acts = main.getByRole("button", { name: /delete|create|produce|reset|run/i });
    await expect(acts, path).toHaveCount(0);
    await expect(main.getByRole("navigation"), path).toHaveCount(0);
  }
});

test("the sheet of shortcuts opens with a question mark", async ({ page }) => {
  await page.goto("/c/embedded/topics");
  await expect(page.getByRole("heading", { name: "Topics" })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText(/shortcut/i);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
