// Serves `page/` on loopback, bundled with Plaid's React component.
//
// The component loads Link from Plaid's servers. WebKit cannot redirect that request, so the bundler replaces
// the address. The rest of the component is as Plaid publishes it.

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

const PLAID_SCRIPT = "'https://cdn.plaid.com/link/v2/stable/link-initialize.js'";

const SCRIPT = "/main.js";

const replaceLinkScript: Plugin = {
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
    plugins: [replaceLinkScript],
    build: { write: false, minify: false, rollupOptions: { input: "main.tsx" } },
  });
  const chunks = [output].flat().flatMap((result) => ("output" in result ? result.output : []));
  const [entry] = chunks;
  if (entry?.type !== "chunk" || chunks.length !== 1) {
    throw new Error("the page is not one script");
  }
  return entry.code;
}

export class TestPage {
  private constructor(private readonly server: Server) {}

  /** Serves the page; Link comes from the stand-in at `sandboxUrl`. */
  static async start(sandboxUrl: string): Promise<TestPage> {
    const script = await bundle();
    const html = `<!doctype html>
<html lang="en" data-link-script="${sandboxUrl}/link/v2/stable/link-initialize.js">
  <head><meta charset="utf-8"><title>A page that links a bank</title></head>
  <body><script type="module" src="${SCRIPT}"></script></body>
</html>`;
    // What Plaid's documentation asks a page to allow, for the stand-in instead of Plaid.
    const policy = `default-src 'none'; script-src 'self' ${sandboxUrl}; frame-src ${sandboxUrl}; connect-src ${sandboxUrl}; style-src 'unsafe-inline'`;
    const server = createServer((request, response) => {
      const isScript = request.url === SCRIPT;
      response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
      response.setHeader("Content-Security-Policy", policy);
      response.end(isScript ? script : html);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TestPage(server);
  }

  /** OAuth banks may redirect to this address. */
  get address(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://localhost:${port}/`;
  }

  url(query: Record<string, string>): string {
    return `${this.address}?${new URLSearchParams(query)}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
