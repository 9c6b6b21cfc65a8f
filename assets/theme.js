// Chooses the theme before the first paint. A classic script, because the page waits for it: a
// module runs only after the page was parsed, and may have been painted in the wrong theme by then.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem("ouzel.theme");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
})();
