/** A three-way merge of form values. */
export interface MergeResult<Values> {
  /** Remote changes of fields that the user did not touch. */
  readonly merged: Partial<Values>;
  /** Fields that both changed to different values. */
  readonly conflicts: readonly (keyof Values & string)[];
}

export function mergeRemote<Values extends object>(base: Values, local: Values, remote: Values): MergeResult<Values> {
  const fields = Object.keys(remote) as (keyof Values & string)[];
  const changed = fields.filter((field) => !isEqual(local[field], remote[field]));
  const merged = changed.filter((field) => isEqual(local[field], base[field]));
  return {
    merged: Object.fromEntries(merged.map((field) => [field, remote[field]])) as Partial<Values>,
    conflicts: changed.filter((field) => !isEqual(local[field], base[field]) && !isEqual(remote[field], base[field])),
  };
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
