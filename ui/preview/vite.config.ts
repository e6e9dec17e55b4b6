import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Development only: nothing of this folder is part of the app.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { port: 5174, strictPort: true, host: "localhost" },
});
