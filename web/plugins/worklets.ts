/**
 * The audio worklets of `@elevenlabs/client` at `/worklets/`, on the page's own origin.
 *
 * Left to itself, the client loads them from `blob:` addresses, which the page's policy refuses
 * (`script-src 'self'`); the page names these paths to it as `workletPaths`.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const NAMES = ["rawAudioProcessor.js", "audioConcatProcessor.js"];

/** Copy the worklets into the built page, and serve them while it is developed. */
export function worklets(): Plugin {
  const files = new Map(NAMES.map((name) => [`worklets/${name}`, source(name)]));
  return {
    name: "sightline-worklets",
    generateBundle() {
      for (const [fileName, text] of files) this.emitFile({ type: "asset", fileName, source: text });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const text = files.get((request.url ?? "").replace(/^\//, "").replace(/\?.*$/, ""));
        if (text === undefined) return next();
        response.setHeader("Content-Type", "text/javascript; charset=utf-8");
        response.end(text);
      });
    },
  };
}

function source(name: string): string {
  const entry = createRequire(import.meta.url).resolve("@elevenlabs/client");
  return readFileSync(join(dirname(entry), "..", "worklets", name), "utf8");
}
