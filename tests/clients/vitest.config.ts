import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["api/*.test.ts", "link/*.test.ts"],
    globalSetup: "support/schemas.ts",
    // A browser that starts cold on a busy machine takes its time; nothing here waits for time to pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
