/** A line that tells how far it is; nothing where nobody looks at a terminal. */
export function progress(all: number): { ran(schedules: number): void; end(): void } {
  const { stderr } = process
  const begun = performance.now()
  let done = 0
  return {
    ran: (schedules) => {
      done += schedules
      const speed = Math.round(done / ((performance.now() - begun) / 1000))
      if (stderr.isTTY) stderr.write(`\r${done} of ${all} schedules, ${speed}/s `)
    },
    end: () => {
      if (stderr.isTTY) stderr.write('\r\x1b[K')
    },
  }
}
