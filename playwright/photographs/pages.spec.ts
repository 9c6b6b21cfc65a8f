// A picture of every page, in both themes, at a desk and on a phone, for `cargo xtask shots`.
// Nothing is asserted but that the page is there: people judge the pictures.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";

test.use({ arguments: ["--demo"] });

const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

const PAGES: Record<string, string> = {
  overview: "/c/embedded/overview",
  topics: "/c/embedded/topics",
  messages: "/c/embedded/topics/orders/messages",
  "messages-filtered":
    "/c/embedded/topics/payments/messages?from=oldest&f=contains~any~EUR&p=0&o=1",
  "messages-none": "/c/embedded/topics/orders/messages?f=contains~any~no-such-text",
  partitions: "/c/embedded/topics/orders/partitions",
  consumers: "/c/embedded/topics/orders/consumers",
  groups: "/c/embedded/groups",
  group: "/c/embedded/groups/orders-analytics",
  members: "/c/embedded/groups/orders-billing/members",
  audit: "/audit",
  users: "/access/users",
  user: "/access/users?user=admin",
  roles: "/access/roles?role=editor",
  sessions: "/access/sessions",
  tokens: "/access/tokens",
  check: "/access/check?user=admin",
  account: "/account",
  clusters: "/clusters",
  "not-found": "/no/such/page",
};

async function demoIsThere(page: Page) {
  const lags = async () => {
    const answer = await page.request.get("/api/v1/clusters/embedded/groups");
    if (!answer.ok()) return 0;
    const { groups } = (await answer.json()) as { groups: { lag: { kind: string } }[] };
    return groups.filter(({ lag }) => lag.kind === "known").length;
  };
  await expect.poll(lags, { timeout: 60_000 }).toBeGreaterThanOrEqual(2);
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const theme of ["light", "dark"] as const) {
    test(`${size}, ${theme}`, async ({ page, signIn }) => {
      test.setTimeout(180_000);
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await page.goto("/sign-in");
      await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
      await page.screenshot({ path: `shots/sign-in-${size}-${theme}.png` });
      await signIn(page);
      await demoIsThere(page);
      for (const [name, path] of Object.entries(PAGES)) {
        await page.goto(path);
        await expect(page.locator("main, h1, [role=grid]").first()).toBeVisible();
        await expect(page.locator(".skeleton, .skeleton-cell:visible")).toHaveCount(0);
        await page.screenshot({ path: `shots/${name}-${size}-${theme}.png` });
      }
    });
  }
}
