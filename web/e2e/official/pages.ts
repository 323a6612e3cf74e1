/** The pages of this folder, built by Vite on the fly and served on a free port. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build, preview } from "vite";

const root = fileURLToPath(new URL("pages", import.meta.url));

/** Pages that are served. */
export interface Pages {
  /** Return the address of a page, such as `client`. */
  at(name: string): string;
  close(): Promise<void>;
}

/** Build and serve them; in development mode, since React is at its strictest there. */
export async function pages(): Promise<Pages> {
  const outDir = await mkdtemp(join(tmpdir(), "official-"));
  const input = ["client", "react"].map((name) => join(root, `${name}.html`));
  const common = { root, mode: "development", configFile: false, logLevel: "error" } as const;
  await build({
    ...common,
    oxc: { jsx: { runtime: "automatic" } },
    define: { "process.env.NODE_ENV": '"development"' },
    build: { outDir, emptyOutDir: true, minify: false, rolldownOptions: { input } },
  });
  const server = await preview({
    ...common,
    build: { outDir },
    preview: { host: "127.0.0.1", port: 0 },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("the pages have no port");
  return {
    at: (name) => `http://127.0.0.1:${address.port}/${name}.html`,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true });
    },
  };
}
