/**
 * Files that must not be longer than they should.
 *
 * @module
 */

/** Bytes of one read. */
const PIECE = 64 * 1024;

/**
 * Reads a text of UTF-8, without the byte order mark that may stand at its start. Only a true file is
 * read, for whatever else opens like one, such as a pipe, might never answer.
 *
 * @param most bytes that it may have
 * @throws {Error} it is no file, is longer, is not UTF-8, or cannot be read
 */
export async function readTextUpTo(path: string, most: number): Promise<string> {
  expectFile(await Deno.stat(path));
  using file = await Deno.open(path);
  // Another may have come to its place since.
  expectFile(await file.stat());
  const text = new BoundedText(most);
  const buffer = new Uint8Array(PIECE);
  for (;;) {
    const read = await file.read(buffer);
    if (read === null) return text.end();
    text.add(buffer.subarray(0, read));
  }
}

/** The same for one that must be read at once. */
export function readTextUpToSync(path: string, most: number): string {
  expectFile(Deno.statSync(path));
  using file = Deno.openSync(path);
  expectFile(file.statSync());
  const text = new BoundedText(most);
  const buffer = new Uint8Array(PIECE);
  for (;;) {
    const read = file.readSync(buffer);
    if (read === null) return text.end();
    text.add(buffer.subarray(0, read));
  }
}

function expectFile({ isFile }: Deno.FileInfo): void {
  if (!isFile) throw new Error("it is no file");
}

/** A text that comes in pieces. A file may grow while it is read, so its size says nothing. */
class BoundedText {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #text = "";
  #length = 0;

  constructor(private readonly most: number) {}

  add(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > this.most) throw new Error(`longer than ${this.most} bytes`);
    this.#text += this.#decoded(bytes, true);
  }

  end(): string {
    return this.#text + this.#decoded(new Uint8Array(), false);
  }

  #decoded(bytes: Uint8Array, stream: boolean): string {
    try {
      return this.#decoder.decode(bytes, { stream });
    } catch {
      throw new Error("not UTF-8");
    }
  }
}
