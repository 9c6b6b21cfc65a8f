// Every page and state of the console that is looked at: by the tests of width and accessibility on
// a small topic of their own, by the photographs on the demo's data. One list, so that neither
// forgets a page.
import type { Page } from "@playwright/test";

export interface Look {
  /** Names the photograph. */
  name: string;
  path: string;
  /** Whether it is what somebody sees who is not signed in. */
  guest?: boolean;
  /** What is done on the page before it is looked at. */
  then?: (page: Page) => Promise<void>;
}

export interface Names {
  topic: string;
  /** A group that has committed on the topic. */
  group: string;
}

const press = (name: string | RegExp) => (page: Page) =>
  page.getByRole("main").getByRole("button", { name }).first().click();

async function openFirstRow(page: Page): Promise<void> {
  await page.getByRole("grid", { name: "Messages" }).getByRole("row").nth(1).click();
  await page.getByRole("complementary").waitFor();
}

async function tickTwo(page: Page): Promise<void> {
  const boxes = page.getByRole("checkbox", { name: /^Tick (?!all)/ });
  if (await boxes.first().isVisible()) await boxes.first().check();
}

export function looks({ topic, group }: Names): Look[] {
  const of = `/c/embedded/topics/${topic}`;
  return [
    { name: "sign-in", path: "/sign-in", guest: true },
    { name: "overview", path: "/c/embedded/overview" },
    { name: "topics", path: "/c/embedded/topics" },
    { name: "topics-ticked", path: "/c/embedded/topics", then: tickTwo },
    { name: "topics-create", path: "/c/embedded/topics", then: press("Create topic") },
    { name: "topics-clone", path: `/c/embedded/topics?like=${topic}` },
    { name: "tail-together", path: `/c/embedded/tail?topics=${topic},never-made` },
    { name: "messages", path: `${of}/messages` },
    { name: "messages-drawer", path: `${of}/messages`, then: openFirstRow },
    { name: "partitions", path: `${of}/partitions` },
    { name: "partitions-add", path: `${of}/partitions`, then: press("Add partitions…") },
    { name: "partitions-empty", path: `${of}/partitions`, then: press("Empty…") },
    { name: "consumers", path: `${of}/consumers` },
    { name: "configuration", path: `${of}/configuration` },
    { name: "configuration-review", path: `${of}/configuration?q=retention.ms`, then: review },
    { name: "topic-delete", path: `${of}/partitions`, then: press("Delete…") },
    { name: "topic-missing", path: "/c/embedded/topics/never-made/partitions" },
    { name: "groups", path: "/c/embedded/groups" },
    { name: "group", path: `/c/embedded/groups/${group}` },
    { name: "members", path: `/c/embedded/groups/${group}/members` },
    { name: "reset", path: `/c/embedded/groups/${group}/reset?to=earliest` },
    { name: "audit", path: "/audit" },
    { name: "users", path: "/access/users" },
    { name: "user", path: "/access/users?user=admin" },
    { name: "roles", path: "/access/roles?role=viewer" },
    { name: "sessions", path: "/access/sessions" },
    { name: "tokens", path: "/access/tokens" },
    { name: "check", path: "/access/check?user=admin" },
    { name: "account", path: "/account" },
    { name: "clusters", path: "/clusters" },
    { name: "not-found", path: "/no/such/page" },
  ];
}

/** Shortens the retention, and looks at the difference. */
async function review(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Edit retention.ms", exact: true }).click();
  await page.getByRole("textbox", { name: "retention.ms", exact: true }).fill("3600000");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
}

/** Waits until a page shows what it has to show. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main, h1, [role=grid]").first().waitFor();
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll(".skeleton, .skeleton-cell")].every(
        (it) => it.getClientRects().length === 0,
      ),
  );
}
