// Judges texts in a Web Worker. This file is all that runs on the page: it keeps the queue.

/** How many texts may wait when the page does not say. */
const QUEUE_LIMIT = 256;

/** How many texts the worker has at a time: one that it judges, one that it goes on with. */
const AT_WORK = 2;

/** Why a text was not judged; `name` tells one reason from another. */
export class ModerationError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

/** Loads the engine into a worker of its own, and resolves once it has judged its first text. */
export async function createModerator({
  baseUrl = new URL('./', import.meta.url),
  onProgress,
  policy,
  queueLimit = QUEUE_LIMIT,
  signal,
} = {}) {
  signal?.throwIfAborted();
  const base = new URL(baseUrl, globalThis.location?.href);
  const worker = new Worker(new URL('worker.js', base), { type: 'module', name: 'moderation' });
  const abandon = () => worker.terminate();
  signal?.addEventListener('abort', abandon, { once: true });
  try {
    const model = await loaded(worker, policy, onProgress, signal);
    return new Moderator(worker, model, queueLimit);
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abandon);
  }
}

function loaded(worker, policy, onProgress, signal) {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new ModerationError('LoadError', event.message || 'the worker cannot be loaded'));
    };
    worker.onmessage = ({ data }) => {
      if (data.type === 'progress') {
        onProgress?.(data.progress);
      } else if (data.type === 'ready') {
        resolve(data.model);
      } else if (data.type === 'failed') {
        reject(new ModerationError('LoadError', data.message));
      }
    };
    worker.postMessage({ type: 'load', policy });
  });
}

class Moderator {
  #worker;
  #queueLimit;
  #waiting = new Map();
  #atWork = new Map();
  #next = 0;
  #ended = null;

  constructor(worker, model, queueLimit) {
    /** What judges, as verdicts bear it. */
    this.model = model;
    this.#worker = worker;
    this.#queueLimit = queueLimit;
    worker.onmessage = ({ data }) => this.#answered(data);
    worker.onmessageerror = () => this.#end('JudgeError', 'the worker sent what cannot be read');
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end('JudgeError', event.message || 'the worker has failed');
    };
  }

  /** How many texts wait or are being judged. */
  get pending() {
    return this.#waiting.size + this.#atWork.size;
  }

  /** Judges `text`, in the order of the calls. */
  moderate(text, { audience = 'general', surface = 'message' } = {}, { signal } = {}) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#ended) {
        throw this.#ended;
      }
      if (typeof text !== 'string') {
        throw new ModerationError('InvalidInputError', 'the text must be a string');
      }
      if (this.#waiting.size >= this.#queueLimit) {
        const message = `${this.#queueLimit} texts wait already`;
        throw new ModerationError('QueueFullError', message);
      }
      const id = this.#next++;
      const abort = () => this.#abort(id, signal.reason);
      signal?.addEventListener('abort', abort, { once: true });
      const settled = () => signal?.removeEventListener('abort', abort);
      const job = { id, text, audience, surface };
      this.#waiting.set(id, { job, resolve, reject, settled });
      this.#handOut();
    });
  }

  /** Judges a text of its own, so that the next one finds the worker awake. */
  async warmUp() {
    await this.moderate('Hello, is the lesson at six still on? Mail joe@example.com.');
  }

  /** Ends the worker; texts that it has not judged are rejected. */
  close() {
    this.#end('ClosedError', 'the moderator is closed');
  }

  #handOut() {
    for (const [id, work] of this.#waiting) {
      if (this.#atWork.size >= AT_WORK) {
        return;
      }
      this.#waiting.delete(id);
      this.#atWork.set(id, work);
      this.#worker.postMessage({ type: 'judge', ...work.job });
    }
  }

  #answered(data) {
    const work = this.#atWork.get(data.id);
    if (!work) {
      return;
    }
    this.#atWork.delete(data.id);
    this.#handOut();
    // An aborted text has its answer; the worker's only says that it has let go of it.
    work.settled();
    if (data.type === 'verdict') {
      work.resolve(data.verdict);
    } else {
      work.reject(new ModerationError(data.name, data.message));
    }
  }

  #abort(id, reason) {
    const work = this.#waiting.get(id) ?? this.#atWork.get(id);
    if (this.#atWork.has(id)) {
      this.#worker.postMessage({ type: 'cancel', id });
    }
    this.#waiting.delete(id);
    work?.reject(reason);
  }

  #end(name, message) {
    if (this.#ended) {
      return;
    }
    this.#ended = new ModerationError(name, message);
    this.#worker.terminate();
    for (const work of [...this.#atWork.values(), ...this.#waiting.values()]) {
      work.settled();
      work.reject(this.#ended);
    }
    this.#atWork.clear();
    this.#waiting.clear();
  }
}
