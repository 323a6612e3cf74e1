/** A real Chromium without a network but loopback, with a microphone that plays a file. */
import { chromium, type Browser } from "playwright-core";

const executablePath = process.env.SIGHTLINE_CHROMIUM ?? "/usr/bin/chromium";

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Proof that nothing leaves this machine: any other name is not found.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** A fake microphone; `file` is a WAV that is played once for each capture. Without it Chromium beeps. */
export function microphone(file?: string): string[] {
  const fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"];
  return file === undefined ? fake : [...fake, `--use-file-for-fake-audio-capture=${file}%noloop`];
}

/** Start a browser; close it when the test is over. */
export async function browser(...more: string[]): Promise<Browser> {
  return await chromium.launch({ executablePath, headless: true, args: [...QUIET, ...more] });
}
