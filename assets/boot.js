// Starts the app: loads the module and its WASM, and says in plain words when that fails. It also
// owns the tab's icon, because it knows the files' names. The theme is theme.js's business.
// The app's paths come from this script's own element, which the server fills in; the element is
// looked up by its attribute, because a module has no `currentScript`.
const root = document.documentElement;
const script = document.querySelector("script[data-app]");

// One colour per environment: a tab on production is red before anything in it is read.
const icons = {
  development: "/assets/favicon-development.svg",
  staging: "/assets/favicon-staging.svg",
  production: "/assets/favicon-production.svg",
};

function showIcon() {
  const link = document.querySelector("link[rel=icon]")
    ?? document.head.appendChild(Object.assign(document.createElement("link"), { rel: "icon" }));
  link.type = "image/svg+xml";
  link.href = icons[root.dataset.env] ?? icons.development;
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

showIcon();
// The app names the environment of the cluster on screen in `data-env`.
new MutationObserver(showIcon).observe(root, { attributeFilter: ["data-env"] });
try {
  if (typeof WebAssembly !== "object") throw new Error("This browser has no WebAssembly.");
  const app = await import(script.dataset.app);
  await app.default({ module_or_path: script.dataset.wasm });
} catch (reason) {
  fail(reason);
}
