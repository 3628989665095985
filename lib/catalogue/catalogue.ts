/**
 * The catalogue: what a hub knows beforehand, its event keys and the sources that it holds.
 *
 * @module
 */

import type { SourceSettings } from "../source/kinds.ts";

/** What is known of an event key. */
export interface CatalogueKey {
  /** The event types, or patterns of them, that its consumers want where they do not say. */
  readonly types: readonly string[];
  /** What it is about, for people. */
  readonly description?: string;
  /** The JSON Schema of the payload, or the path of a file that has it. */
  readonly schema?: unknown;
  /** Whether it takes one consumer at a time. */
  readonly single?: boolean;
  /** What its first consumer runs before it is ready: for the shell, or word by word. */
  readonly setup?: string | readonly string[];
  /** What its last consumer runs before it leaves, likewise. */
  readonly cleanup?: string | readonly string[];
}

/** What a catalogue says of its keys. */
export interface KeyCatalogue {
  /** The path of its file. */
  readonly path: string;
  readonly keys: ReadonlyMap<string, CatalogueKey>;
}

/** A catalogue as it was read. */
export interface Catalogue extends KeyCatalogue {
  readonly sources: ReadonlyMap<string, SourceSettings>;
}
