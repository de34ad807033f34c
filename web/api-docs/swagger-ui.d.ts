/** swagger-ui-dist has no types. These are the options in use. */
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface Options {
    readonly url: string;
    readonly dom_id: string;
    readonly deepLinking: boolean;
    readonly defaultModelsExpandDepth: number;
    readonly docExpansion: "none" | "list" | "full";
    readonly filter: boolean;
    readonly validatorUrl: null;
  }
  export default function SwaggerUI(options: Options): unknown;
}
