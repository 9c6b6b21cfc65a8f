// Starts the app: chooses the theme before the first paint, loads the module and its WASM, and says
// in plain words when that fails. The paths come from this script's own element, which the server
// fills in; the element is looked up by its attribute, because a module has no `currentScript`.
const script = document.querySelector("script[data-app]");

function chooseTheme() {
  let choice = null;
  try {
    choice = localStorage.getItem("ouzel.theme");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  if (choice === "light" || choice === "dark") {
    document.documentElement.dataset.theme = choice;
  }
}

function fail(reason) {
  console.error(reason);
  const place = document.getElementById("boot");
  if (!place) return;
  const say = (tag, text) => place.appendChild(document.createElement(tag)).append(text);
  place.replaceChildren();
  place.setAttribute("role", "alert");
  place.className = "boot failed";
  say("strong", "The console could not start");
  say("p", "Its program could not be loaded or is not supported by this browser. Reload the page; "
    + "if that does not help, ask whoever runs this server.");
  say("code", String(reason));
}

chooseTheme();
try {
  if (typeof WebAssembly !== "object") throw new Error("This browser has no WebAssembly.");
  const app = await import(script.dataset.app);
  await app.default({ module_or_path: script.dataset.wasm });
} catch (reason) {
  fail(reason);
}
