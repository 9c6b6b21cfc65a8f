// Waiting, failed and forbidden, as answers of the server bring them about. The pages are made by
// the real app; only the answer is ours.
import type { Page, Route } from "@playwright/test";
import type { Look } from "./pages.ts";

const TOPICS = "/c/embedded/topics";
const LIST = "**/api/v1/clusters/embedded/topics";

/** An answer that the server would give. */
export function answer(status: number, code: string, message: string) {
  return { status, json: { code, message, kafka_error: null, request_id: "01-request" } };
}

export const UNREACHABLE = answer(
  502,
  "unreachable",
  "10.0.0.7:9092 cannot be reached: connection refused",
);
export const FORBIDDEN = answer(
  403,
  "forbidden",
  "you may not do this: role viewer lacks view_cluster",
);

/** Goes to the list again, whose answer is now `reply`; without one it never comes. */
function again(reply?: ReturnType<typeof answer>) {
  return async (page: Page) => {
    await page.route(LIST, (route: Route) => (reply ? route.fulfill(reply) : undefined));
    await page.reload({ waitUntil: "commit" });
    const looks = reply ? ".state.failed, .state.forbidden" : ".skeleton";
    await page.locator(looks).first().waitFor();
  };
}

export function states(): Look[] {
  return [
    { name: "state-waiting", path: TOPICS, then: again() },
    { name: "state-failed", path: TOPICS, then: again(UNREACHABLE) },
    { name: "state-forbidden", path: TOPICS, then: again(FORBIDDEN) },
  ];
}
