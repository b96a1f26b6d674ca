/** What a text holds, in the order of the model's outputs. */
export type Flag =
  | 'minor_safety' | 'trafficking_coercion' | 'non_consent' | 'self_harm' | 'violence'
  | 'extortion' | 'doxxing' | 'stalking' | 'extremism'
  | 'harassment' | 'hate' | 'profanity' | 'sexual_explicit' | 'sexual_harassment'
  | 'prohibited_sexual' | 'impersonation'
  | 'scam' | 'phishing' | 'spam' | 'off_platform_payment' | 'off_platform_contact'
  | 'solicitation' | 'drugs' | 'weapons'
  | 'phone_number' | 'email_address' | 'external_link' | 'social_handle'
  | 'financial_account' | 'government_id' | 'physical_address' | 'obfuscation';

/** How grave a flag is in its context. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** What is to be done with a text. */
export type Action = 'allow' | 'warn' | 'flag' | 'block';

/** Who reads; `general` when nothing is said. */
export type Audience = 'general' | 'adult';

/** What the text is part of; `message` when nothing is said. */
export type Surface = 'message' | 'clip' | 'profile';

/** A part of the text: Unicode code points (`[...text]`), not UTF-16 units. */
export interface Span {
  /** The first code point's place, from 0. */
  start: number;
  /** The place after the last one's. */
  end: number;
}

/** One flag of a text. */
export interface Finding {
  flag: Flag;
  /** From 0 to 1, to three places. */
  score: number;
  severity: Severity;
  /** Where it stands, when it stands somewhere. */
  span?: Span;
}

/** What the engine says of a text: the same as the server's JSON. */
export interface Verdict {
  action: Action;
  /** The gravest first; the same flag in several places is there several times. */
  flags: Finding[];
  /** `<name>@<version>`. */
  model: string;
}

/** Where a text is to be read. */
export interface Context {
  audience?: Audience;
  surface?: Surface;
}

/** Bytes loaded, uncompressed. */
export interface Progress {
  /** The file that these bytes belong to, as it is called beside `worker.js`. */
  file:
    | 'moderation_bg.wasm' | 'model.toml' | 'tokenizer.json' | 'model.onnx'
    | 'ort/ort-wasm-simd-threaded.wasm';
  loaded: number;
  total: number;
  /** The same of all files together. */
  all: { loaded: number; total: number };
}

export interface ModeratorOptions {
  /** The folder with `worker.js` and its files, on the page's origin; this file's own if left out. */
  baseUrl?: string | URL;
  onProgress?: (progress: Progress) => void;
  /** TOML that overrides parts of the built-in policy: the server's `policy` file. */
  policy?: string;
  /** How many texts may wait; 256 if left out. */
  queueLimit?: number;
  /** Abandons the loading. */
  signal?: AbortSignal;
}

export interface Moderator {
  /** What judges, as verdicts bear it. */
  readonly model: string;
  /** How many texts wait or are being judged. */
  readonly pending: number;
  /**
   * Judges `text`, in the order of the calls. Rejects with a {@link ModerationError}, or with the
   * signal's reason as soon as it is aborted: a text that waits is dropped, one that is being
   * judged is given up before its next window.
   */
  moderate(text: string, context?: Context, options?: { signal?: AbortSignal }): Promise<Verdict>;
  /** Judges a text of its own, so that the next one finds the worker awake. */
  warmUp(): Promise<void>;
  /** Ends the worker; texts that it has not judged are rejected with `ClosedError`. */
  close(): void;
}

/** Why a text was not judged. */
export class ModerationError extends Error {
  constructor(name: ModerationError['name'], message: string);
  name:
    /** A file is missing or damaged, the policy has a mistake, or workers are not allowed. */
    | 'LoadError'
    /** No string, or an audience or surface that there is not. */
    | 'InvalidInputError'
    /** `queueLimit` texts wait already. */
    | 'QueueFullError'
    /** The moderator was closed. */
    | 'ClosedError'
    /** The engine failed. */
    | 'JudgeError';
}

/** Loads the engine into a worker of its own, and resolves once it has judged its first text. */
export function createModerator(options?: ModeratorOptions): Promise<Moderator>;
