// A process that a test has started. Owns its end, whoever it is.
import type { ChildProcess } from "node:child_process";

// Longer than the server's own deadline for a clean stop.
const STOPPED_WITHIN_MS = 30_000;

/** Asks it to stop and waits until it has; makes it stop if it takes too long. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOPPED_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}
