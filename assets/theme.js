// Chooses theme, density and the rail's width before the first paint. A classic script, because the page waits for
// it: a module runs only after the page was parsed, and may have been painted otherwise by then.
(() => {
  let choice = null;
  let density = null;
  let rail = null;
  try {
    choice = localStorage.getItem("ouzel.theme");
    density = localStorage.getItem("ouzel.density");
    rail = localStorage.getItem("ouzel.rail");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
  if (density === "compact") document.documentElement.dataset.density = density;
  if (rail === "folded") document.documentElement.dataset.rail = rail;
})();
