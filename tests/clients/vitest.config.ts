import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["api/*.test.ts", "link/*.test.ts"],
    globalSetup: "support/schemas.ts",
    // Starting a browser on a busy machine takes long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
