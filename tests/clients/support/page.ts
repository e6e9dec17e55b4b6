// Serves the page of `page/` on loopback, bundled with Plaid's React component.
//
// The component loads Link from Plaid's servers. Chromium could send that request elsewhere while it
// runs, WebKit cannot; so the address is replaced when the page is bundled, in one way for both. All
// else in the component is as Plaid publishes it.

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

const PLAID_SCRIPT = "'https://cdn.plaid.com/link/v2/stable/link-initialize.js'";

/** The page's own script. */
const SCRIPT = "/main.js";

const otherScript: Plugin = {
  name: "link-script",
  transform(code, id) {
    if (!id.includes("react-plaid-link")) {
      return undefined;
    }
    const parts = code.split(PLAID_SCRIPT);
    if (parts.length !== 2) {
      throw new Error(
        `${id} names the address of Link's script ${parts.length - 1} times, not once`,
      );
    }
    return parts.join("document.documentElement.dataset.linkScript");
  },
};

async function bundle(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "warn",
    root: fileURLToPath(new URL("../page", import.meta.url)),
    plugins: [otherScript],
    build: { write: false, minify: false, rollupOptions: { input: "main.tsx" } },
  });
  const chunks = [output].flat().flatMap((result) => ("output" in result ? result.output : []));
  const [entry] = chunks;
  if (entry?.type !== "chunk" || chunks.length !== 1) {
    throw new Error("the page is not one script");
  }
  return entry.code;
}

export class Page {
  private constructor(private readonly server: Server) {}

  /** Serves the page; Link comes from the stand-in at this URL. */
  static async start(sandboxUrl: string): Promise<Page> {
    const script = await bundle();
    const html = `<!doctype html>
<html lang="en" data-link-script="${sandboxUrl}/link/v2/stable/link-initialize.js">
  <head><meta charset="utf-8"><title>A page that links a bank</title></head>
  <body><script type="module" src="${SCRIPT}"></script></body>
</html>`;
    // What Plaid's documentation asks a page to allow, with the stand-in in place of Plaid.
    const policy = `default-src 'none'; script-src 'self' ${sandboxUrl}; frame-src ${sandboxUrl}; connect-src ${sandboxUrl}; style-src 'unsafe-inline'`;
    const server = createServer((request, response) => {
      const isScript = request.url === SCRIPT;
      response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
      response.setHeader("Content-Security-Policy", policy);
      response.end(isScript ? script : html);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Page(server);
  }

  /** Where the page is; under this name a bank may send the browser back to it. */
  get address(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://localhost:${port}/`;
  }

  /** The page with what it is to do. */
  url(query: Record<string, string>): string {
    return `${this.address}?${new URLSearchParams(query)}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
