// Starts the browsers: Chromium without a window, and WebKitGTK on a display of its own. Both are
// driven by WebDriver, so that every test is written once.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as after } from "node:timers/promises";
import { Builder, type WebDriver } from "selenium-webdriver";

export interface Browser {
  driver: WebDriver;
  stop(): Promise<void>;
}

export async function chromium(): Promise<Browser> {
  const binary = inPath("chromium", "chromium-browser", "google-chrome");
  return drive(inPath("chromedriver"), process.env, {
    browserName: "chrome",
    "goog:chromeOptions": {
      binary,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Containers have little of it.
        "--disable-dev-shm-usage",
        // Nothing but this machine can be reached.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
      ],
    },
  });
}

export async function webKit(): Promise<Browser> {
  const display = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x1024x24"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [number] = await once(createInterface({ input: display.stdout }), "line");
  const environment = {
    ...process.env,
    DISPLAY: `:${number}`,
    GDK_BACKEND: "x11",
    // Xvfb has no graphics card.
    WEBKIT_DISABLE_DMABUF_RENDERER: "1",
    // Nothing of it is tested, and the display has no session.
    NO_AT_BRIDGE: "1",
  };
  try {
    const browser = await drive(inPath("WebKitWebDriver"), environment, {
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] },
    });
    return { driver: browser.driver, stop: () => browser.stop().finally(() => end(display)) };
  } catch (failure) {
    await end(display);
    throw failure;
  }
}

/** The browser that WebKitGTK brings with its library, which no PATH names. */
function miniBrowser(): string {
  const libraries = ["/usr/lib", "/usr/lib64", "/usr/libexec"].filter(existsSync);
  const folders = libraries.flatMap((library) => [
    library,
    ...readdirSync(library).map((entry) => join(library, entry)),
  ]);
  const found = folders
    .map((folder) => join(folder, "webkit2gtk-4.1", "MiniBrowser"))
    .find(existsSync);
  if (!found) {
    throw new Error("WebKitGTK's MiniBrowser is not on this system");
  }
  return found;
}

function inPath(...names: string[]): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(existsSync);
  if (!found) {
    throw new Error(`${names.join(" or ")} is not installed: cargo xtask setup`);
  }
  return found;
}

async function drive(
  program: string,
  environment: NodeJS.ProcessEnv,
  capabilities: Record<string, unknown>,
): Promise<Browser> {
  const port = await freePort();
  const child = spawn(program, [`--port=${port}`], { env: environment, stdio: "ignore" });
  try {
    const url = `http://127.0.0.1:${port}`;
    await listening(child, url);
    const driver = await new Builder().usingServer(url).withCapabilities(capabilities).build();
    return { driver, stop: () => driver.quit().finally(() => end(child)) };
  } catch (failure) {
    await end(child);
    throw failure;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function listening(child: ChildProcess, url: string): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`${url}/status`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await after(20);
  }
  throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    child.kill();
    await ended;
  }
}
