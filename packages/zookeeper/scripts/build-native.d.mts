/** Compiles the native driver where it is not usable. Answers what went wrong; undefined where it is usable then. */
export function buildNative(): Promise<string | undefined>
