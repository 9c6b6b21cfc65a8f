// A picture of every page, in both themes, at a desk and on a phone, for `cargo xtask shots`.
// Nothing is asserted but that the page is there: people judge the pictures.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import { type Look, looks, settled } from "../support/pages.ts";
import { states } from "../support/states.ts";

test.use({ arguments: ["--demo"] });

const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

const PAGES: Look[] = [
  ...looks({ topic: "orders", group: "orders-analytics" }),
  {
    name: "messages-filtered",
    path: "/c/embedded/topics/payments/messages?from=oldest&f=contains~any~EUR&p=0&o=1",
  },
  ...states(),
];

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
      test.setTimeout(900_000);
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await signIn(page);
      await demoIsThere(page);
      for (const { name, path, guest, then } of PAGES) {
        if (guest) await page.context().clearCookies();
        await page.goto(path);
        if (!name.endsWith("waiting")) await settled(page);
        await then?.(page);
        if (!name.endsWith("waiting")) await settled(page);
        await page.screenshot({ path: `shots/${name}-${size}-${theme}.png` });
        await page.unrouteAll({ behavior: "ignoreErrors" });
        if (guest) await signIn(page);
      }
    });
  }
}
