/** What to do with a form when what it is about has changed. */
export interface Theirs<Values> {
  /** What others changed and this person did not: the form takes it up. */
  readonly taken: Partial<Values>;
  /** What both changed, each otherwise: the person is shown what is there now, and decides. */
  readonly disputed: readonly (keyof Values & string)[];
}

export function theirs<Values extends object>(before: Values, mine: Values, now: Values): Theirs<Values> {
  const fields = Object.keys(now) as (keyof Values & string)[];
  const changed = fields.filter((field) => !isSame(mine[field], now[field]));
  const taken = changed.filter((field) => isSame(mine[field], before[field]));
  return {
    taken: Object.fromEntries(taken.map((field) => [field, now[field]])) as Partial<Values>,
    disputed: changed.filter((field) => !isSame(mine[field], before[field]) && !isSame(now[field], before[field])),
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
