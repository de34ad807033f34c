import "swagger-ui-dist/swagger-ui.css";
import "./theme.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const page = document.documentElement;

function follow(): void {
  page.classList.toggle("dark-mode", dark.matches);
}

/** What Swagger UI's parts are, for whoever has the page read out: it leaves out the second level of headings. */
const PARTS: readonly (readonly [string, string, string])[] = [
  ["h3.opblock-tag, section.models h4", "aria-level", "2"],
  [".information-container", "role", "banner"],
  ["div:has(> .filter)", "role", "search"],
];

/** It draws some of them anew when somebody filters. */
function say(): void {
  for (const [parts, attribute, value] of PARTS) {
    for (const part of page.querySelectorAll(parts)) part.setAttribute(attribute, value);
  }
}

follow();
dark.addEventListener("change", follow);
new MutationObserver(say).observe(page, { childList: true, subtree: true });

/* All services' OpenAPI documents as one page. "Authorize" takes the access token that a log-in answers with. */
SwaggerUI({
  url: "/api/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "none",
  filter: true,
  validatorUrl: null, // nobody else is asked about our API
});
