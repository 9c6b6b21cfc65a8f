// Ten thousand topics and two thousand groups, really there: first rows come, and filter, order and
// keyboard work. How fast that is, `cargo xtask bench --only pages` tells.
import type { Page } from "@playwright/test";
import { ADMIN, expect, test } from "../fixtures.ts";
import { Kcat } from "../support/kcat.ts";
import { commit, createTopics } from "../support/many.ts";
import { type Server, start } from "../support/server.ts";

const TOPICS = 10_000;
const GROUPS = 2_000;

// A server of its own: no other test wants a list this long.
let server: Server;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await start();
  const topic = (n: number) => `many-${String(n).padStart(5, "0")}`;
  await createTopics(server.kafka, Array.from({ length: TOPICS }, (_, n) => topic(n)));
  const group = (n: number) => `group-${String(n).padStart(4, "0")}`;
  const groups = Array.from({ length: GROUPS }, (_, n) => group(n));
  await new Kcat(server.kafka).consumeAs(group(0), topic(0));
  await commit(server.kafka, groups.slice(1), [topic(0), 0]);
});

test.afterAll(() => server.stop());

test.beforeEach(async ({ page }) => {
  const answer = await page.request.post(`${server.url}/api/v1/session`, { data: ADMIN });
  expect(answer.status(), await answer.text()).toBe(200);
});

const here = (path: string) => `${server.url}/c/embedded/${path}`;
const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });

test("a list of ten thousand topics is filtered, ordered and walked through", async ({ page }) => {
  await page.goto(here("topics"));
  const grid = page.getByRole("grid", { name: "Topics" });
  await expect(row(page, "many-00000")).toBeVisible();
  await expect(grid).toHaveAttribute("aria-rowcount", `${TOPICS + 1}`);
  expect(await grid.getByRole("row").count()).toBeLessThan(80);
  await page.getByRole("columnheader", { name: "name" }).getByRole("button").click();
  await expect(row(page, "many-09999")).toBeVisible();
  await grid.focus();
  await page.keyboard.press("End");
  await expect(row(page, "many-00000")).toBeInViewport();
  await page.keyboard.press("Home");
  await expect(row(page, "many-09999")).toBeInViewport();
  await page.keyboard.press("/");
  await page.keyboard.type("many-0777");
  await expect(grid).toHaveAttribute("aria-rowcount", "11");
  // Its figures come for rows on screen.
  await expect(row(page, "many-07770").getByText("0", { exact: true }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(grid).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/topics\/many-07779\/messages/);
  await expect(page.getByText("This topic holds no records")).toBeVisible();
});

test("a list of two thousand groups is filtered, ordered and walked through", async ({ page }) => {
  await page.goto(here("groups?sort=group"));
  const grid = page.getByRole("grid", { name: "Consumer groups" });
  await expect(row(page, "group-0000")).toBeVisible({ timeout: 30_000 });
  await expect(grid).toHaveAttribute("aria-rowcount", `${GROUPS + 1}`);
  expect(await grid.getByRole("row").count()).toBeLessThan(80);
  await grid.focus();
  await page.keyboard.press("End");
  await expect(row(page, "group-1999")).toBeInViewport();
  await page.keyboard.press("/");
  await page.keyboard.type("group-123");
  await expect(grid).toHaveAttribute("aria-rowcount", "11");
  await page.keyboard.press("Enter");
  await expect(grid).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/groups\/group-1230$/);
  await expect(page.getByRole("heading", { level: 1, name: "group-1230" })).toBeVisible();
});

test("the palette finds one of all of them", async ({ page }) => {
  await page.goto(here("overview"));
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("many-04711");
  await expect(page.getByRole("option", { selected: true })).toContainText("many-04711");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/topics\/many-04711\/messages/);
});
