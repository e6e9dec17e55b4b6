// Starts the program `plaid-sandbox` with a new state, and controls it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const CLIENT_ID = "5f1e0c0ffee0de500c0ffee1";
export const SECRET = "de5b0a7d1e5a4dbc0de0ba1a9ce0de";

export type Fault =
  | "rate_limit"
  | "internal_server_error"
  | "unavailable"
  | "connection_reset"
  | "answer_lost"
  | "truncated_body";

export type Health = "healthy" | "degraded" | "down" | "unsupported";

/** The program that `PLAID_SANDBOX` names, or else Cargo's debug build. */
function program(): string {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const built = new URL(`../../../target/debug/plaid-sandbox${suffix}`, import.meta.url);
  return process.env.PLAID_SANDBOX ?? fileURLToPath(built);
}

export class Sandbox {
  private constructor(
    readonly url: string,
    private readonly control: string,
    private readonly child: ChildProcess,
    private readonly state: string,
  ) {}

  static async start(...options: string[]): Promise<Sandbox> {
    const state = await mkdtemp(join(tmpdir(), "plaid-sandbox-"));
    const child = spawn(program(), ["--state", state, "--control-port", "0", ...options], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const failed = once(child, "error").then(([error]) => {
      throw error;
    });
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`${program()} ended with ${code} before it said where it listens`);
    });
    const line = once(createInterface({ input: child.stdout }), "line");
    const [text] = await Promise.race([line, failed, ended]);
    failed.catch(() => {});
    ended.catch(() => {});
    const { address, control } = JSON.parse(text);
    return new Sandbox(address, control, child, state);
  }

  async stop(): Promise<void> {
    const ended = this.child.exitCode === null ? once(this.child, "exit") : undefined;
    // The program ends when its standard input closes.
    this.child.stdin?.end();
    await ended;
    await rm(this.state, { recursive: true, force: true });
  }

  /** Makes the next calls of a path fail. */
  fail(path: string, fault: Fault, times = 1): Promise<void> {
    return this.set("faults", { path, fault, times });
  }

  /** Puts an Item into an error; null repairs it. */
  breakItem(accessToken: string, errorCode: string | null): Promise<void> {
    return this.set("item", { access_token: accessToken, error_code: errorCode });
  }

  institution(institutionId: string, health: Health): Promise<void> {
    return this.set("institution", { institution_id: institutionId, health });
  }

  limits(limits: "off" | "sandbox" | "production"): Promise<void> {
    return this.set("limits", { limits });
  }

  advance(seconds: number): Promise<void> {
    return this.set("clock", { advance_seconds: seconds });
  }

  /** The stand-in's clock. */
  async now(): Promise<Date> {
    const response = await fetch(`${this.control}/control`);
    const { now } = (await response.json()) as { now: string };
    return new Date(now);
  }

  private async set(what: string, body: object): Promise<void> {
    const response = await fetch(`${this.control}/control/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`/control/${what} answered ${response.status}: ${await response.text()}`);
    }
  }
}
