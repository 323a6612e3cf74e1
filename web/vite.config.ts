import { defineConfig } from "vite";
import { compressed } from "./plugins/compressed.ts";
import { worklets } from "./plugins/worklets.ts";

// The page is served by the endpoint at `/`; `npm run dev` serves it with an endpoint behind it.
const endpoint = process.env.SIGHTLINE_ENDPOINT ?? "http://127.0.0.1:8000";
const routes = ["/page.json", "/upload_image", "/uploads", "/associate_context", "/context"];

export default defineConfig({
  oxc: { jsx: { runtime: "automatic" } },
  // What is small, too, stays a file: the page's policy lets no script or font come from `data:`.
  build: {
    outDir: "dist",
    sourcemap: false,
    // What others wrote comes with the page, and so do their licences: /licenses.txt.
    license: { fileName: "licenses.txt" },
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500, // kB; the platform's client always brings LiveKit with it
  },
  plugins: [worklets(), compressed()],
  server: { host: "127.0.0.1", proxy: Object.fromEntries(routes.map((route) => [route, endpoint])) },
});
