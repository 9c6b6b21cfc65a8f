// The way in: right and wrong passwords, a session that ends, and what a guest cannot reach.
import { ADMIN, expect, test } from "../fixtures.ts";

test("the administrator signs in and sees the first cluster's overview", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("User").fill(ADMIN.user);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/c\/embedded\/overview$/);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
});

test("a wrong password and an unknown user get the same words", async ({ page }) => {
  const refusal = async (user: string) => {
    await page.goto("/sign-in");
    await page.getByLabel("User").fill(user);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    return (await page.getByRole("alert").innerText()).trim();
  };
  const wrong = await refusal(ADMIN.user);
  expect(wrong).toMatch(/wrong|password/i);
  expect(await refusal("nobody")).toBe(wrong);
  await expect(page.getByLabel("Password")).toHaveValue("");
});

test("an ended session leads to the sign-in and back to the same address", async ({
  page,
  signIn,
  createTopic,
}) => {
  await signIn(page);
  await createTopic(page, "back-again");
  const address = "/c/embedded/topics/back-again/messages?from=oldest&limit=50";
  await page.goto(address);
  await expect(page.getByText("This topic holds no records")).toBeVisible();
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByLabel("User").fill(ADMIN.user);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(address);
  await expect(page.getByText("This topic holds no records")).toBeVisible();
});

test("signing out ends the session on the server too", async ({ page, signIn }) => {
  await signIn(page);
  await page.goto("/c/embedded/topics");
  await expect(page.getByRole("heading", { name: "Topics" })).toBeVisible();
  const cookies = await page.context().cookies();
  await page.getByRole("button", { name: /account/i }).click();
  await page.getByRole("menuitem", { name: /sign out/i }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await page.context().addCookies(cookies);
  const answer = await page.request.get("/api/v1/session");
  expect(answer.status(), "the old cookie is worth nothing").toBe(401);
});
