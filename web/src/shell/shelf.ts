/**
 * What outlives the component that shows it, by name, until the page is loaded anew. In each tab its own; whoever shows
 * a thing sees it change, by `useSyncExternalStore`.
 */
export class Shelf<Thing> {
  readonly #things = new Map<string, Thing>();
  readonly #watchers = new Set<() => void>();

  get(name: string): Thing | undefined {
    return this.#things.get(name);
  }

  put(name: string, thing: Thing): void {
    this.#things.set(name, thing);
    this.#tell();
  }

  clear(): void {
    this.#things.clear();
    this.#tell();
  }

  readonly watch = (tell: () => void): (() => void) => {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  };

  #tell(): void {
    for (const tell of this.#watchers) tell();
  }
}
