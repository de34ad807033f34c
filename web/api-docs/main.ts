import "swagger-ui-dist/swagger-ui.css";
import "./theme.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

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
