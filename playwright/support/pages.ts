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

const press = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole("main").getByRole("button", { name }).first().click();
  await page.getByRole("dialog").first().waitFor();
};

async function openFirstRow(page: Page): Promise<void> {
  await page.getByRole("grid").getByRole("row").nth(1).click();
  await page.getByRole("complementary").waitFor();
}

const openRecord = (tab: string) => async (page: Page) => {
  await openFirstRow(page);
  await page.getByRole("complementary").getByRole("tab", { name: tab }).click();
};

async function tickTwo(page: Page): Promise<void> {
  await page.getByRole("checkbox", { name: /^Tick (?!all)/ }).first().check();
}

/** Ticks a row and begins what the bar offers. */
const bulk = (name: string) => async (page: Page) => {
  await tickTwo(page);
  const bar = page.getByRole("region", { name: "Ticked topics" });
  await bar.getByRole("button", { name }).click();
  await page.getByRole("dialog").waitFor();
};

const unfold = (menu: string) => async (page: Page) => {
  await page.getByTitle(menu, { exact: true }).click();
  await page.locator(".menu-panel").waitFor();
};

/** What the menu of an open record offers. */
const onRecord = (act: string | RegExp) => async (page: Page) => {
  await openFirstRow(page);
  await unfold("More acts on this record")(page);
  await page.getByRole("menuitem", { name: act }).click();
  await page.getByRole("dialog").waitFor();
};

/** On a phone the line of controls is folded. */
async function unfoldControls(page: Page): Promise<void> {
  const folded = page.locator(".fold-line");
  if (await folded.isVisible()) await folded.click();
}

async function reading(page: Page): Promise<void> {
  await unfoldControls(page);
  await unfold("Until where, and how records are read")(page);
}

async function scripting(page: Page): Promise<void> {
  await unfoldControls(page);
  await page.getByLabel("Where to look").selectOption("JavaScript…");
  await page.getByRole("dialog").waitFor();
}

async function keepView(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Keep this view…" }).click();
  await page.getByRole("dialog").waitFor();
}

async function importing(page: Page): Promise<void> {
  await press("Produce…")(page);
  await page.getByRole("dialog").getByRole("tab", { name: /^Many/ }).click();
  await page.getByLabel("Text to import").fill('{"key":"a","value":{"n":1}}\n{"value":oops}\n');
  await page.getByRole("button", { name: "Check it" }).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
}

/** Looks for what there is plenty of. */
async function palette(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("o");
  await page.getByText(/topics? (or|and) groups?/).last().waitFor();
}

async function shortcuts(page: Page): Promise<void> {
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
}

export function looks({ topic, group }: Names): Look[] {
  const of = `/c/embedded/topics/${topic}`;
  const groups = `/c/embedded/groups`;
  const one = `/c/embedded/topics?q=${topic}`;
  return [
    { name: "sign-in", path: "/sign-in", guest: true },
    { name: "overview", path: "/c/embedded/overview" },
    { name: "topics", path: "/c/embedded/topics" },
    { name: "topics-ticked", path: "/c/embedded/topics", then: tickTwo },
    { name: "topics-none", path: "/c/embedded/topics?q=no-such-topic" },
    { name: "topics-create", path: "/c/embedded/topics", then: press("Create topic") },
    { name: "topics-clone", path: `/c/embedded/topics?like=${topic}` },
    { name: "topics-view", path: one, then: keepView },
    { name: "topics-set", path: one, then: bulk("Set a setting…") },
    { name: "topics-empty", path: one, then: bulk("Empty…") },
    { name: "topics-delete", path: one, then: bulk("Delete…") },
    { name: "tail-together", path: `/c/embedded/tail?topics=${topic},never-made` },
    { name: "messages", path: `${of}/messages` },
    { name: "messages-none", path: `${of}/messages?f=contains~any~no-such-text` },
    { name: "messages-live", path: `${of}/messages?from=live` },
    { name: "messages-chart", path: `${of}/messages?chart=1` },
    { name: "messages-drawer", path: `${of}/messages`, then: openFirstRow },
    { name: "messages-headers", path: `${of}/messages`, then: openRecord("Headers") },
    { name: "messages-metadata", path: `${of}/messages`, then: openRecord("Metadata") },
    { name: "messages-columns", path: `${of}/messages`, then: unfold("Columns of fields") },
    { name: "messages-views", path: `${of}/messages`, then: unfold("Saved views") },
    { name: "messages-reading", path: `${of}/messages`, then: reading },
    { name: "messages-script", path: `${of}/messages`, then: scripting },
    { name: "record-replay", path: `${of}/messages`, then: onRecord(/^Edit and write/) },
    { name: "record-tombstone", path: `${of}/messages`, then: onRecord(/tombstone/) },
    { name: "record-to-group", path: `${of}/messages`, then: onRecord(/^Reset a group/) },
    { name: "produce", path: `${of}/messages`, then: press("Produce…") },
    { name: "import", path: `${of}/messages`, then: importing },
    { name: "partitions", path: `${of}/partitions` },
    { name: "partitions-add", path: `${of}/partitions`, then: press("Add partitions…") },
    { name: "partitions-trim", path: `${of}/partitions`, then: press("Delete records…") },
    { name: "partitions-empty", path: `${of}/partitions`, then: press("Empty…") },
    { name: "consumers", path: `${of}/consumers` },
    { name: "configuration", path: `${of}/configuration` },
    { name: "configuration-edit", path: `${of}/configuration?q=retention.ms`, then: edit },
    { name: "configuration-review", path: `${of}/configuration?q=retention.ms`, then: review },
    { name: "topic-delete", path: `${of}/partitions`, then: press("Delete…") },
    { name: "topic-missing", path: "/c/embedded/topics/never-made/partitions" },
    { name: "brokers", path: "/c/embedded/brokers" },
    { name: "broker", path: "/c/embedded/brokers/0" },
    { name: "broker-folders", path: "/c/embedded/brokers/0/log-directories" },
    { name: "broker-configuration", path: "/c/embedded/brokers/0/configuration?q=retention" },
    { name: "broker-missing", path: "/c/embedded/brokers/77" },
    { name: "groups", path: groups },
    { name: "groups-none", path: `${groups}?q=no-such-group` },
    { name: "groups-delete", path: `${groups}?q=${group}`, then: deleteGroups },
    { name: "group", path: `${groups}/${group}` },
    { name: "members", path: `${groups}/${group}/members` },
    { name: "reset", path: `${groups}/${group}/reset?to=earliest` },
    { name: "reset-apply", path: `${groups}/${group}/reset?to=earliest`, then: press(/^Apply/) },
    { name: "audit", path: "/audit" },
    { name: "audit-entry", path: "/audit?action=session.sign_in", then: openFirstRow },
    { name: "users", path: "/access/users" },
    { name: "user", path: "/access/users?user=admin" },
    { name: "user-create", path: "/access/users", then: press("Create user") },
    { name: "roles", path: "/access/roles?role=viewer" },
    { name: "role-new", path: "/access/roles", then: press("New role") },
    { name: "sessions", path: "/access/sessions" },
    { name: "tokens", path: "/access/tokens" },
    { name: "token-new", path: "/account", then: press("New token") },
    { name: "check", path: "/access/check?user=admin" },
    { name: "account", path: "/account" },
    { name: "clusters", path: "/clusters" },
    { name: "cluster-add", path: "/clusters", then: press("Add cluster") },
    { name: "palette", path: "/c/embedded/topics", then: palette },
    { name: "shortcuts", path: "/c/embedded/topics", then: shortcuts },
    { name: "menu-theme", path: "/c/embedded/topics", then: unfold("Theme") },
    { name: "not-found", path: "/no/such/page" },
  ];
}

/** The dialog over a group that is picked, where it can be. */
async function deleteGroups(page: Page): Promise<void> {
  await page.getByRole("grid").getByRole("checkbox").first().check();
  await page.getByRole("button", { name: "Delete…" }).first().click();
  await page.getByRole("dialog").waitFor();
}

/** A field that holds nonsense. */
async function edit(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Edit retention.ms", exact: true }).click();
  await page.getByRole("textbox", { name: "retention.ms", exact: true }).fill("soon");
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
      [...document.querySelectorAll(".skeleton, .skeleton-cell")].every((it) =>
        // Rows that are kept ready below the screen wait until they are looked at.
        [...it.getClientRects()].every((box) => box.top >= innerHeight || box.bottom <= 0),
      ),
  );
}
