/** Puts the pieces of a stream together again to the packets of ZooKeeper: four bytes of length, and as many more. */
export class Frames {
  #pieces: Buffer[] = []
  #bytes = 0
  #wanted = 4

  add(piece: Buffer, packet: (packet: Buffer) => void): void {
    this.#pieces.push(piece)
    this.#bytes += piece.length
    // A large packet comes in many pieces: they are put together once.
    if (this.#bytes < this.#wanted) return
    let buffer = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces, this.#bytes)
    this.clear()
    while (buffer.length >= this.#wanted) {
      const end = 4 + buffer.readInt32BE(0)
      this.#wanted = end
      if (buffer.length < end) break
      packet(buffer.subarray(0, end))
      buffer = buffer.subarray(end)
      this.#wanted = 4
    }
    if (buffer.length === 0) return
    this.#pieces.push(buffer)
    this.#bytes = buffer.length
  }

  clear(): void {
    this.#pieces = []
    this.#bytes = 0
    this.#wanted = 4
  }
}
