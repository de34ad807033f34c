import "swagger-ui-dist/swagger-ui.css";
import "./theme.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const page = document.documentElement;

function applyTheme(): void {
  page.classList.toggle("dark-mode", dark.matches);
}

/** Roles and heading levels that Swagger UI lacks for screen readers. */
const ATTRIBUTES: readonly (readonly [string, string, string])[] = [
  ["h3.opblock-tag, section.models h4", "aria-level", "2"],
  [".information-container", "role", "banner"],
  ["div:has(> .filter)", "role", "search"],
];

function setAttributes(): void {
  for (const [selector, attribute, value] of ATTRIBUTES) {
    for (const element of page.querySelectorAll(selector)) element.setAttribute(attribute, value);
  }
}

applyTheme();
dark.addEventListener("change", applyTheme);
// Filtering renders some elements again.
new MutationObserver(setAttributes).observe(page, { childList: true, subtree: true });

/* The OpenAPI documents of all services as one page. "Authorize" takes the access token of a login response. */
SwaggerUI({
  url: "/api/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "none",
  filter: true,
  validatorUrl: null, // no third-party validator
});
