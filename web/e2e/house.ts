/**
 * Everything on one machine, as processes on free ports: the stand-in platform calls through the
 * capture proxy, the endpoint serves its own page, and the stand-in model answers.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Running, sightline } from "./stack.ts";

const ANY = "127.0.0.1:0";

/** What differs from the usual house. */
export interface Plan {
  /** Lines of `config.yaml` below `injector.images`, such as `in_band: …`. */
  readonly images?: string;
  /** Lines below `injector.browser`. */
  readonly browser?: string;
  /** Lines below `injector.page`. */
  readonly page?: string;
  /** Where the endpoint looks for the conversation's ID; default: the header. */
  readonly conversationId?: string;
  /** More options for `sightline rehearse`. */
  readonly rehearse?: readonly string[];
  /** More options for `sightline model`. */
  readonly model?: readonly string[];
}

/** The house while it stands. */
export interface House {
  /** The page's address. */
  readonly page: string;
  readonly endpoint: Running;
  readonly rehearsal: Running;
  readonly capture: Running;
  /** What the capture proxy has written. */
  readonly recording: string;
  /** The `config.yaml` of the endpoint. */
  readonly config: string;
  /** End one of its processes, as if it had crashed, and everything else later. */
  end(): Promise<void>;
  /** Start the rehearsal again, at the same address. */
  reviveRehearsal(): Promise<void>;
  /** Start the endpoint again, at the same address and with what it had stored. */
  reviveEndpoint(): Promise<void>;
}

/** Build a house. */
export async function house(plan: Plan = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), "sightline-e2e-"));
  const port = await freePort();
  const page = `http://127.0.0.1:${port}`;
  const recording = join(folder, "calls.jsonl");
  const config = join(folder, "config.yaml");
  const started: Running[] = [];
  const start = async (...args: string[]) => {
    const one = await sightline(args);
    started.push(one);
    return one;
  };
  const end = async () => {
    await Promise.all(started.map((one) => one.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  const rehearse = async (listen: string, capture: string) =>
    await start("rehearse", "--listen", listen, "--endpoint", `${capture}/v1`, ...(plan.rehearse ?? []));
  try {
    const [model, capture] = await Promise.all([
      start("model", "--listen", ANY, ...(plan.model ?? [])),
      start("capture", "--listen", ANY, "--upstream", page, "--out", recording),
    ]);
    let rehearsal = await rehearse(ANY, capture.address);
    await writeFile(config, written(plan, model.address, rehearsal.address, folder));
    const serve = async () => await start("serve", "--config", config, "--listen", `127.0.0.1:${port}`);
    let endpoint = await serve();
    return {
      page,
      recording,
      config,
      capture,
      get rehearsal() { return rehearsal; },
      get endpoint() { return endpoint; },
      end,
      reviveRehearsal: async () => {
        rehearsal = await rehearse(new URL(rehearsal.address).host, capture.address);
      },
      reviveEndpoint: async () => {
        endpoint = await serve();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Return what the capture proxy has recorded so far. */
export async function recorded({ recording }: House): Promise<Exchange[]> {
  const lines = (await readFile(recording, "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Exchange).filter(({ request }) => request !== undefined);
}

/** One recorded exchange, as far as the tests look at it. */
export interface Exchange {
  readonly request: { readonly headers: readonly (readonly [string, string])[] };
  readonly response: { readonly chunks?: readonly (readonly [number, string])[] } | null;
}

/** Return a header of a recorded request. */
export const header = ({ request }: Exchange, name: string): string | undefined =>
  request.headers.find(([key]) => key.toLowerCase() === name)?.[1];

/** Return the words of a recorded answer, which came as server-sent events of chat completions. */
export function answer({ response }: Exchange): string {
  const stream = (response?.chunks ?? []).map(([, text]) => text).join("");
  return stream
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => (JSON.parse(line.slice(6)) as Delta).choices[0]?.delta?.content ?? "")
    .join("");
}

interface Delta {
  readonly choices: readonly { readonly delta?: { readonly content?: string | null } }[];
}

function written(plan: Plan, model: string, rehearsal: string, folder: string): string {
  const indented = (text = "") => text.split("\n").filter(Boolean).map((line) => `    ${line}`);
  return [
    `conversation_id: [${plan.conversationId ?? "$request.header.x-conversation-id"}]`,
    "injector:",
    `  upstream: {base_url: ${model}/v1, api_key: stand-in}`,
    "  images:",
    `    store: sqlite:${join(folder, "pictures.db")}`,
    ...indented(plan.images),
    "  browser:",
    // Asked by one address for as many people as there are tests.
    ...indented(plan.browser ?? "uploads: off\nassociations: off"),
    "  page:",
    `    rehearsal: ${rehearsal}`,
    ...indented(plan.page),
    "",
  ].join("\n");
}

/** A port that nobody uses; the endpoint must be known before it listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
