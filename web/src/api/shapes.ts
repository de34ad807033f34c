import type { operations } from "./schema";

type JsonOf<Response> = Response extends { content: { "application/json": infer Body } } ? Body : never;

/** What an operation answers when it works. */
export type AnswerOf<Operation extends keyof operations> = JsonOf<
  operations[Operation]["responses"][keyof operations[Operation]["responses"] & (200 | 201 | 202)]
>;

/** One of what a list holds. */
export type ItemOf<Operation extends keyof operations> =
  AnswerOf<Operation> extends { items: (infer Item)[] } ? Item : never;

/** What an operation can be asked with. */
export type QueryOf<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;
