import type { operations } from "./schema";

type JsonOf<Response> = Response extends { content: { "application/json": infer Body } } ? Body : never;

/** The body of a successful response. */
export type ResponseOf<Operation extends keyof operations> = JsonOf<
  operations[Operation]["responses"][keyof operations[Operation]["responses"] & (200 | 201 | 202)]
>;

/** An item of a list response. */
export type ItemOf<Operation extends keyof operations> =
  ResponseOf<Operation> extends { items: (infer Item)[] } ? Item : never;

export type QueryParamsOf<Operation extends keyof operations> = NonNullable<
  operations[Operation]["parameters"]["query"]
>;
