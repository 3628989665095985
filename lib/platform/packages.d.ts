/** The parts that bus uses of packages that ship no types. */

declare module "jq-web" {
  /** The real jq, as soon as it is loaded. */
  const jq: Promise<{
    /** What `jq` would write to stdout; throws what it writes to stderr where it fails. */
    raw(input: string, program: string, flags?: readonly string[]): string;
  }>;
  export default jq;
}

declare module "ws" {
  /** Reads frames from the bytes that are written to it. */
  export class Receiver {
    constructor(limits: {
      /** Bytes of a message. */
      readonly maxPayload: number;
      readonly maxFragments: number;
      /** Pieces, as they were written, of one fragment. */
      readonly maxBufferedChunks: number;
    });
    on(event: "message" | "ping", listener: (data: Uint8Array) => void): this;
    /** The peer closes; 1005 where it gave no code. */
    on(event: "conclude", listener: (code: number, reason: Uint8Array) => void): this;
    on(event: "error", listener: (error: Error & { code?: string }) => void): this;
    /** Calls back when all events of these bytes were emitted. Keeps parts of them. */
    write(bytes: Uint8Array, callback: () => void): void;
  }

  export class Sender {
    /** The bytes of one frame. */
    static frame(data: Uint8Array, options: {
      readonly opcode: number;
      readonly fin: boolean;
      readonly mask: boolean;
      /** Whether the data must stay as they are. */
      readonly readOnly: boolean;
      readonly rsv1: boolean;
    }): Uint8Array[];
  }
}
