import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Development only: the app contains nothing from this folder.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { port: 5174, strictPort: true, host: "localhost" },
});
