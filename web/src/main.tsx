import "@/auth/linkToken";
import "@mantine/core/styles.css";
import "@/theme/global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { restoreSession } from "@/auth/session/session";
import { startTranslations } from "./i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

await Promise.all([startTranslations(), restoreSession()]);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
