// Makes icons.svg from the npm package lucide-static (ISC, see LICENSES/lucide.txt):
//   npm install --prefix <folder> lucide-static && node assets/icons.mjs <folder>
// A new icon is a new name in the list. The bird is our own.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const names = `arrow-down arrow-right arrow-up ban bookmark chart-column check chevron-down chevron-left chevron-right
  chevron-up circle-check circle-user circle-x clock columns-3 copy download ellipsis external-link eye eye-off
  file-question globe hard-drive house inbox info keyboard layers link list list-filter lock log-out menu
  monitor moon panel-left pause play plus radio refresh-cw repeat rows-3 scroll-text search send server
  shield-check square star sun text-search trash-2 triangle-alert user users wifi-off wrap-text x`;

const bird = `<symbol id="ouzel" viewBox="0 0 24 24"><g fill="currentColor" stroke="none">
<path d="M21.5 7.6 18.7 6.2a4.9 4.9 0 0 0-8.6 1.6L3 12.9l5.2.9c1.1 1.2 2.8 1.9 4.6 1.7 3.2-.3 5.4-2.9 5.3-6.1z"/>
<path opacity=".55" d="M2.5 18.2c2.4-1.6 4.4-1.2 6.3-.2s3.900 1.300 6.400 0c2.100-1.100 4.200-1.200 6.300.2-2.300 2-4.400 2.200-6.700 1.300-2.100-.8-3.800-.8-5.800 0-2.300.9-4.300.7-6.500-1.300z"/>
</g></symbol>`;

const folder = join(process.argv[2] ?? ".", "node_modules/lucide-static/icons");
const symbol = (name) => {
  const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s+/g, " ").trim()}</symbol>`;
};
const out = [bird.replace(/\n/g, ""), ...names.split(/\s+/).map(symbol)].join("\n");
const file = new URL("icons.svg", import.meta.url);
writeFileSync(file, `<svg xmlns="http://www.w3.org/2000/svg">\n${out}\n</svg>\n`);
