/** One rule of the design, taken out of the real engine in one place: the simulation has to notice. */
export interface PlantedBug {
  readonly name: string
  /** The section of DESIGN.md, and the rule in a few words. */
  readonly rule: string
  /** Which of the design's invariants is lost, by number. */
  readonly invariant: number
  /** Below packages/core/src. */
  readonly file: string
  /** What stands there, exactly once. */
  readonly find: string
  readonly replace: string
  /** The profile of faults and work that shows it, the first seed, and how many schedules it may take. */
  readonly profile: string
  readonly seed: number
  readonly budget: number
}

/** The source with the bug in it. Throws when the text that it replaces is not there exactly once: the entry is out of date then. */
export function plant(source: string, { name, file, find, replace }: PlantedBug): string {
  const [before, after, ...more] = source.split(find)
  if (before === undefined || after === undefined || more.length > 0) {
    const times = source.split(find).length - 1
    throw new Error(`planted bug "${name}": what it replaces stands ${times} times in ${file}, not once`)
  }
  return before + replace + after
}
