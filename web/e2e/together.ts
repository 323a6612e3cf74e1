/** Nobody is left behind: where whoever started the tests is gone, they and what they started end. */
const GROUP = -process.pid; // SIGHTLINE_ENDS_WITH_STDIN says that this process is its group's first
const FAREWELL = 3_000; // milliseconds that the others get to end in order

/** Watch whether whoever started the tests is still there; a no-op where a person did. */
export function setup(): void {
  if (process.env.SIGHTLINE_ENDS_WITH_STDIN !== "1") return;
  process.stdin.on("end", end).resume();
  // Waiting for that end must not keep the tests from ending by themselves.
  if ("unref" in process.stdin) process.stdin.unref();
}

function end(): void {
  const last = () => process.kill(GROUP, "SIGKILL");
  process.on("exit", last); // vitest itself ends at once, and leaves the process that runs a test
  setTimeout(last, FAREWELL);
  process.kill(GROUP, "SIGTERM");
}
