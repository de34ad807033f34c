/**
 * The keys of a record that is typed over a union, in order. A member of the union that is missing is a type error,
 * unlike in a list.
 */
export function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(record) as Key[];
}
