/**
 * Photograph the page for docs/page.md, in a conversation about a photograph, at two sizes.
 *
 * `make demo ARGS=--page` in one terminal; then, with the address that it prints, in web/:
 * `npm run screenshots -- http://127.0.0.1:8000`
 */
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const address = process.argv[2] ?? "http://127.0.0.1:8000";
const root = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const PHOTOGRAPH = root("rehearsal/photos/rocket.jpg");
const SIZES = {
  desktop: { viewport: { width: 1080, height: 960 }, colorScheme: "light" },
  phone: { viewport: { width: 390, height: 780 }, colorScheme: "dark", hasTouch: true, isMobile: true },
};

const browser = await chromium.launch({
  executablePath: process.env.SIGHTLINE_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
});
try {
  for (const [name, size] of Object.entries(SIZES)) await photograph(name, size);
} finally {
  await browser.close();
}

/** Talk about a photograph as a person does, and keep what is seen then. */
async function photograph(name, size) {
  const page = await browser.newPage({ ...size, deviceScaleFactor: 1 });
  await page.goto(address);
  await page.getByLabel("Choose pictures").setInputFiles(PHOTOGRAPH);
  await page.getByText("Ready", { exact: true }).last().waitFor();
  await page.getByRole("button", { name: "Start text conversation" }).click();
  await page.getByRole("textbox", { name: "Message" }).fill("What is in it?");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("log").getByText("bottom right").waitFor();
  await page.getByText("first words after").waitFor(); // the endpoint's last event
  await page.screenshot({ path: root(`docs/page-${name}.jpg`), type: "jpeg", quality: 80 });
  await page.close();
}
