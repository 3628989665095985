/**
 * What is needed of a connection, so that whoever speaks over one runs in memory too.
 *
 * @module
 */

/** One end of a connection. `Deno.Conn` is one. */
export interface ByteEnds {
  /** Reads at least one byte; `null` at the end. Rejects when the connection is closed. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes a part, at least one byte, and says how much. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends both directions. */
  close(): void;
}
