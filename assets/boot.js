// Starts the app: loads the module and its WASM, and says in plain words when that fails. It also
// owns the tab's icon, which is there before the app is. The theme is theme.js's business.
// The app's paths come from this script's own element, which the server fills in; the element is
// looked up by its attribute, because a module has no `currentScript`.
const root = document.documentElement;
const script = document.querySelector("script[data-app]");

// One colour per environment: a tab on production is red before anything in it is read. A cluster
// to which somebody gave a colour of its own has that one.
const colours = {
  development: "#0b7a75",
  staging: "#9a6200",
  production: "#b3261e",
  grey: "#56636b",
  blue: "#1f5fa8",
  teal: "#0b7a75",
  green: "#2a7a3d",
  amber: "#9a6200",
  red: "#b3261e",
  pink: "#a02468",
  violet: "#6a3aa8",
};

const bird = "M21.5 7.6 18.7 6.2a4.9 4.9 0 0 0-8.6 1.6L3 12.9l5.2.9c1.1 1.2 2.8 1.9 4.6 1.7 3.2-.3 "
  + "5.4-2.9 5.3-6.1z";
const water = "M2.500 18.200c2.400-1.600 4.400-1.200 6.300-.2s3.900 1.300 6.400 0c2.100-1.100 "
  + "4.200-1.200 6.300.2-2.300 2-4.400 2.200-6.700 1.300-2.100-.8-3.800-.8-5.800 0-2.300.9-4.300.7"
  + "-6.500-1.300z";

function icon(colour) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
    <rect width="32" height="32" rx="7" fill="${colour}"/>
    <g transform="translate(4 4)" fill="#fff">
      <path d="${bird}"/><path opacity=".7" d="${water}"/>
    </g>
  </svg>`;
}

function showIcon() {
  const link = document.querySelector("link[rel=icon]")
    ?? document.head.appendChild(Object.assign(document.createElement("link"), { rel: "icon" }));
  const { icon: chosen, env } = root.dataset;
  const colour = colours[chosen] ?? colours[env] ?? colours.development;
  link.type = "image/svg+xml";
  link.href = `data:image/svg+xml,${encodeURIComponent(icon(colour))}`;
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
// The app names the environment of the cluster on screen in `data-env`, its own colour in
// `data-icon`.
new MutationObserver(showIcon).observe(root, { attributeFilter: ["data-env", "data-icon"] });
try {
  if (typeof WebAssembly !== "object") throw new Error("This browser has no WebAssembly.");
  const app = await import(script.dataset.app);
  await app.default({ module_or_path: script.dataset.wasm });
} catch (reason) {
  fail(reason);
}
