type Line = (details: object, message: string) => void

/** Where a client tells what it does; `console` fits. */
export interface Logger {
  debug: Line
  info: Line
  warn: Line
  error: Line
}
