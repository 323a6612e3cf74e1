/** Sightline's own commands as processes on free ports, ended with the test. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const python = process.env.SIGHTLINE_PYTHON ?? "python3";
export const root = fileURLToPath(new URL("../..", import.meta.url));
const ADDRESS = /^(?:sightline|recording)\b.*?(http:\/\/[\w.:[\]]+)/m;
const PATIENCE = 30_000; // milliseconds until a command must have said where it listens
const FAREWELL = 5_000; // milliseconds that it gets to end in order

/** A `sightline` command that runs. */
export interface Running {
  /** The address that it says it listens on, such as `http://127.0.0.1:41234`. */
  readonly address: string;
  /** What it has printed so far. */
  output(): string;
  /** End it, and wait until it has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Its exit status, once it has ended by itself or in order. */
  status(): number | null;
}

/** How a command says where it listens, and within how many milliseconds. */
export interface Saying {
  readonly address: RegExp;
  readonly patience: number;
}

/** Start `sightline ARGUMENTS` in this repository; `more` comes on top of this process's own. */
export async function sightline(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
  saying: Saying = { address: ADDRESS, patience: PATIENCE },
): Promise<Running> {
  const env = environment(more);
  const child = spawn(python, ["-m", "cli.main", ...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (said += String(piece)));
  const stop = (signal: NodeJS.Signals = "SIGTERM") => ended(child, signal);
  try {
    const found = await address(child, () => said, saying);
    return { address: found, output: () => said, stop, status: () => child.exitCode };
  } catch (error) {
    await stop();
    throw new Error(`sightline ${args.join(" ")} did not start: ${said || String(error)}`);
  }
}

function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, OPENAI_API_KEY: "stand-in", SIGHTLINE_BEARER: "", ...more };
}

/** Run `sightline ARGUMENTS` to its end, and return what it prints. */
export async function command(...args: readonly string[]): Promise<string> {
  const done = await promisify(execFile)(python, ["-m", "cli.main", ...args], { cwd: root, env: environment() });
  return done.stdout;
}

async function address(child: ChildProcess, said: () => string, saying: Saying): Promise<string> {
  for (const until = Date.now() + saying.patience; Date.now() < until; ) {
    const found = saying.address.exec(said())?.[1];
    if (found) return found;
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it said nothing in time");
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, "exit");
  child.kill(signal);
  const late = setTimeout(() => child.kill("SIGKILL"), FAREWELL);
  await over;
  clearTimeout(late);
}
