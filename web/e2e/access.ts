/** Whether everybody can use what a page shows, as axe-core and the page's own width tell. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Return what axe-core objects to, in all of its rules. */
export async function objections(page: Page): Promise<string[]> {
  // By the debugger, past the page's own policy, which lets no other script run.
  const line = await page.context().newCDPSession(page);
  await line.send("Runtime.evaluate", { expression: AXE });
  await line.detach();
  const found = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}: ${failureSummary ?? ""}`),
  );
}

/** Return by how many pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
