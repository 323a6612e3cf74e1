/** What happened to the picture, from steps to sentences. */
import type { Step, TurnContext } from "../context/types.ts";
import { milliseconds, shown, tokens } from "./sizes.ts";
import { sentence } from "./wording.ts";

/** One sentence of the story; `tone` says whether it is good news. */
export interface Chapter {
  readonly id: number;
  readonly at: number;
  readonly tone: "good" | "plain" | "bad";
  readonly text: string;
  readonly detail?: string;
}

type Turn = Extract<Step, { kind: "turn" }>;
type Answered = Extract<Step, { kind: "answered" }>;

/**
 * Return the story in order. A turn and its answer are one sentence; so is a turn that was sent
 * again.
 */
export function story(steps: readonly Step[]): Chapter[] {
  const chapters: Chapter[] = [];
  let turns = new Map<number, { place: number; turn?: Turn; answered?: Answered; times: number }>();
  for (const step of steps) {
    if (step.kind === "conversation-started") turns = new Map();
    if (step.kind !== "turn" && step.kind !== "answered") {
      chapters.push(chapter(step));
      continue;
    }
    const known = turns.get(step.turn) ?? { place: chapters.length, times: 0 };
    if (step.kind === "answered") known.answered = step;
    else Object.assign(known, { turn: step, times: known.times + again(known.turn, step) });
    turns.set(step.turn, known);
    chapters[known.place] = turnChapter(known.turn, known.answered, known.times, step);
  }
  return chapters;
}

/** A refusal of the picture is told of the same request: it is no repeat of the turn. */
const again = (before: Turn | undefined, now: Turn) =>
  before && now.context === "image-refused" && before.context !== "image-refused" ? 0 : 1;

function chapter(step: Exclude<Step, Turn | Answered>): Chapter {
  const { id, at } = step;
  const say = (tone: Chapter["tone"], text: string, detail?: string): Chapter => ({
    id,
    at,
    tone,
    text,
    ...(detail ? { detail } : {}),
  });
  switch (step.kind) {
    case "uploaded":
      return say("good", `Uploaded ${step.name}`, `${shown(step.sent)}, ${tokens(step.sent)}`);
    case "upload-failed":
      return say(
        "bad",
        `${step.name} ${step.problem.canRetry ? "did not arrive" : "was not taken"}`,
        sentence(step.problem.message),
      );
    case "conversation-started":
      return say(
        "plain",
        step.images > 0 ? "Conversation started" : "Conversation started without a picture",
        step.conversationId,
      );
    case "conversation-ended":
      return say("plain", "Conversation ended");
    case "associated":
      return say(
        "good",
        step.images === 1
          ? "Picture associated with the conversation"
          : `${step.images} pictures associated with the conversation`,
      );
    case "association-failed":
      return say(
        "bad",
        "The picture could not be associated",
        retelling(sentence(step.problem.message), step.willRetry),
      );
    case "removed":
      return say("plain", `Removed ${step.name}`);
    case "removal-failed":
      return say("bad", `${step.name} could not be removed`, sentence(step.problem.message));
    case "forgotten":
      return say("plain", "Forgotten: the endpoint keeps nothing of this conversation");
    case "forgetting-failed":
      return say("bad", "Not everything could be forgotten", sentence(step.problem.message));
  }
}

const retelling = (message: string, willRetry: boolean) =>
  willRetry ? `${message} Trying again.` : message;

function turnChapter(
  turn: Turn | undefined,
  answered: Answered | undefined,
  times: number,
  step: Step,
): Chapter {
  const number = turn?.turn ?? answered?.turn ?? 0;
  const [tone, text] = turn
    ? outcome(turn.context, number, turn.images)
    : ["plain" as const, `Turn ${number}`];
  const said = [times > 1 ? `asked ${times} times` : "", answered ? answer(answered) : ""];
  const detail = said.filter(Boolean).join("; ");
  const bad = answered !== undefined && answered.outcome !== "answered";
  return {
    id: turn?.id ?? step.id,
    at: turn?.at ?? step.at,
    tone: bad ? "bad" : tone,
    text,
    ...(detail && { detail }),
  };
}

function outcome(context: TurnContext, turn: number, images: number): [Chapter["tone"], string] {
  switch (context) {
    case "attached":
      return [
        "good",
        images === 1 ? `Attached to turn ${turn}` : `${images} pictures attached to turn ${turn}`,
      ];
    case "no-image":
      return ["plain", `Turn ${turn} had no picture`];
    case "no-conversation-id":
      return ["bad", `Turn ${turn} named no conversation, so no picture went with it`];
    case "store-error":
      return ["bad", `The store did not answer; turn ${turn} went without its picture`];
    case "image-refused":
      return ["bad", `The model refused the picture; turn ${turn} was answered without it`];
  }
}

function answer({ outcome, firstContentMs, addedMs }: Answered): string {
  if (outcome !== "answered") return `the answer: ${outcome}`;
  if (firstContentMs === null) return "answered";
  const own = addedMs === null ? "" : `, ${milliseconds(addedMs)} of it Sightline’s`;
  return `first words after ${milliseconds(firstContentMs)}${own}`;
}
