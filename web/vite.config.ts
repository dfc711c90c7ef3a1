import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the page with live reload and passes the API on to a server that runs beside it.
const server = process.env.ANALYTIX_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    // No inlined assets: the content security policy allows scripts, styles and fonts of this host only.
    assetsInlineLimit: 0,
    target: "es2022",
    // "hidden" sources stay out of what is embedded.
    sourcemap: false,
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      output: {
        manualChunks(id: string) {
          if (/node_modules\/(react|react-dom|scheduler)\//.test(id)) return "react";
          if (/node_modules\/@mantine\//.test(id)) return "mantine";
          return undefined;
        },
      },
    },
  },
  server: { proxy: { "/api": { target: server, changeOrigin: true } } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
