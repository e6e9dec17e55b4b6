// Starts Chromium (headless) and WebKitGTK (on its own virtual display), both driven by WebDriver.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Builder, type WebDriver } from "selenium-webdriver";

export interface Browser {
  driver: WebDriver;
  stop(): Promise<void>;
}

export async function chromium(): Promise<Browser> {
  const binary = findInPath("chromium", "chromium-browser", "google-chrome");
  return startBrowser(findInPath("chromedriver"), process.env, {
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
        // Containers have little shared memory.
        "--disable-dev-shm-usage",
        // Only this machine can be reached.
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
    // The display has no accessibility service.
    NO_AT_BRIDGE: "1",
  };
  try {
    const browser = await startBrowser(findInPath("WebKitWebDriver"), environment, {
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] },
    });
    return {
      driver: browser.driver,
      stop: () => browser.stop().finally(() => stopProcess(display)),
    };
  } catch (failure) {
    await stopProcess(display);
    throw failure;
  }
}

/** WebKitGTK installs its browser next to its library, outside PATH. */
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

function findInPath(...names: string[]): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(existsSync);
  if (!found) {
    throw new Error(`${names.join(" or ")} is not installed: cargo xtask setup`);
  }
  return found;
}

async function startBrowser(
  program: string,
  environment: NodeJS.ProcessEnv,
  capabilities: Record<string, unknown>,
): Promise<Browser> {
  const port = await freePort();
  const child = spawn(program, [`--port=${port}`], { env: environment, stdio: "ignore" });
  try {
    const url = `http://127.0.0.1:${port}`;
    await waitUntilListening(child, url);
    const driver = await new Builder().usingServer(url).withCapabilities(capabilities).build();
    return { driver, stop: () => driver.quit().finally(() => stopProcess(child)) };
  } catch (failure) {
    await stopProcess(child);
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

async function waitUntilListening(child: ChildProcess, url: string): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`${url}/status`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await sleep(20);
  }
  throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    child.kill();
    await ended;
  }
}
