/**
 * Memory that does not wait for the collector.
 *
 * @module
 */

/**
 * Gives the memory of a buffer back at once: the collector, which sees little of what lies outside its
 * heap, would leave tens of megabytes of dead buffers lying about. Whoever looks at the bytes
 * afterwards finds none.
 *
 * @param bytes all of a buffer that nobody uses any more, the system included
 */
export function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength > 0) buffer.transfer(0);
}
