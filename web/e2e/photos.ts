/** Photographs, what only their pixels can tell, and a voice; told by Sightline's own Python. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { python, root } from "./stack.ts";

/** The path of a photograph that Sightline brings along, such as `cat.webp`. */
export const photo = (name: string): string => join(root, "rehearsal", "photos", name);

const COLOURS = `
import json, sys
from rehearsal.eyes import describe
print(json.dumps([describe(open(path, "rb").read()).colours() for path in sys.argv[1:]]))
`;

/** Return the colours of the four quarters of each picture, as an answer about it names them. */
export function colours(...paths: readonly string[]): string[] {
  return JSON.parse(run(COLOURS, ...paths)) as string[];
}

const SPOKEN = `
import asyncio, sys, wave
from rehearsal.convai.speaking import spoken
from tests.rehearsal.convai.sounds import ESPEAK, voice
RATE = 16000
path, *words = sys.argv[1:]
with wave.open(path, "wb") as file:
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(RATE)
    for word in words:
        silence = word.replace(".", "").isdigit()
        pause = bytes(2 * int(float(word) * RATE)) if silence else b""
        said = asyncio.run(spoken(word, RATE)) if ESPEAK else voice(len(word) * 0.06, RATE)
        file.writeframes(pause or said)
`;

/**
 * Return the path of a WAV with what is said; a number is a pause in seconds.
 *
 * Without espeak-ng it is something like a voice: Chromium takes a steady tone for noise.
 */
export function voice(...words: readonly (string | number)[]): string {
  const folder = mkdtempSync(join(tmpdir(), "sightline-voice-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "voice.wav");
  run(SPOKEN, path, ...words.map(String));
  return path;
}

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(python, ["-c", program, ...args], { cwd: root, encoding: "utf8" });
}
