// The engine: rules, tokens and policy are WebAssembly from Rust, the network is ONNX Runtime's.
// Every file is beside this one.

import * as ort from './ort/ort.wasm.min.mjs';
import init, { Judge } from './moderation.js';

/** How many logits a window has: one a flag. */
const FLAGS = 32;

/** Builds what the rules and the network build at their first text: a short one, and a long one. */
const WARM_UP = 'w4rm up: call 212 555 0142, mail joe@example.com, see example.com, ig: luna.b, $luna ';

let judge;
let session;

/** Texts in the order in which they came; one is judged at a time. */
const queue = [];
const cancelled = new Set();
let busy = false;

self.onmessage = async ({ data }) => {
  if (data.type === 'load') {
    try {
      await load(data.policy);
      self.postMessage({ type: 'ready', model: judge.model });
    } catch (error) {
      self.postMessage({ type: 'failed', message: messageOf(error) });
    }
  } else if (data.type === 'judge') {
    queue.push(data);
    if (!busy) {
      work();
    }
  } else if (data.type === 'cancel') {
    cancelled.add(data.id);
  }
};

async function work() {
  busy = true;
  while (queue.length > 0) {
    const { id, text, audience, surface } = queue.shift();
    try {
      const verdict = await moderate(text, audience, surface, id);
      self.postMessage({ type: 'verdict', id, verdict });
    } catch (error) {
      const name = error instanceof InvalidContext ? 'InvalidInputError' : 'JudgeError';
      self.postMessage({ type: 'error', id, name, message: messageOf(error) });
    }
    cancelled.delete(id);
    // Messages that came meanwhile are heard before the next text: one of them may cancel it.
    await turn();
  }
  busy = false;
}

class InvalidContext extends Error {}

async function moderate(text, audience, surface, id) {
  let prepared;
  try {
    prepared = judge.prepare(text, audience, surface);
  } catch (error) {
    throw /unknown variant/.test(messageOf(error)) ? new InvalidContext(messageOf(error)) : error;
  }
  try {
    const { windows } = prepared;
    const logits = new Float32Array(FLAGS * windows.length);
    for (const [place, window] of windows.entries()) {
      if (place > 0) {
        await turn();
      }
      if (cancelled.has(id)) {
        throw new Error('cancelled');
      }
      logits.set(await run(window), FLAGS * place);
    }
    return judge.decide(prepared, logits);
  } finally {
    prepared.free();
  }
}

async function run(window) {
  const ids = new ort.Tensor('int64', window, [1, window.length]);
  const { logits } = await session.run({ input_ids: ids });
  return logits.data;
}

const channel = new MessageChannel();

/** Lets the messages that wait come in. */
function turn() {
  return new Promise((resolve) => {
    channel.port1.onmessage = resolve;
    channel.port2.postMessage(null);
  });
}

async function load(policy) {
  const sizes = JSON.parse(new TextDecoder().decode(await (await get('files.json')).arrayBuffer()));
  const progress = new Progress(sizes);
  const [wasm, manifest, tokenizer, network, runtime] = await Promise.all(
    ['moderation_bg.wasm', 'model.toml', 'tokenizer.json', 'model.onnx', 'ort/ort-wasm-simd-threaded.wasm']
      .map((name) => progress.download(name)),
  );
  await init({ module_or_path: wasm });
  judge = new Judge(new TextDecoder().decode(manifest), tokenizer, policy);
  judge.checkNetwork(network);
  Object.assign(ort.env.wasm, {
    numThreads: 1,
    proxy: false,
    wasmBinary: runtime,
    wasmPaths: { mjs: new URL('ort/ort-wasm-simd-threaded.mjs', import.meta.url).href },
  });
  session = await ort.InferenceSession.create(network, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  delete ort.env.wasm.wasmBinary;
  await moderate(WARM_UP, 'general', 'message');
  await moderate(WARM_UP.repeat(8), 'general', 'message');
}

/** Counts what has been loaded of all files together. */
class Progress {
  #sizes;
  #loaded = 0;
  #total = 0;

  constructor(sizes) {
    this.#sizes = sizes;
  }

  /** The bytes of a file; its size is known beforehand, whatever way it is compressed. */
  async download(name) {
    const total = this.#sizes[name];
    if (!Number.isInteger(total)) {
      throw new Error(`files.json does not know ${name}`);
    }
    this.#total += total;
    const response = await get(name);
    const bytes = new Uint8Array(total);
    let loaded = 0;
    for await (const chunk of chunks(response.body)) {
      if (loaded + chunk.length > total) {
        throw new Error(`${name} is longer than the ${total} bytes that files.json says`);
      }
      bytes.set(chunk, loaded);
      loaded += chunk.length;
      this.#loaded += chunk.length;
      this.#tell(name, loaded, total);
    }
    if (loaded < total) {
      throw new Error(`${name} ends after ${loaded} of ${total} bytes`);
    }
    return bytes;
  }

  #tell(file, loaded, total) {
    const all = { loaded: this.#loaded, total: this.#total };
    self.postMessage({ type: 'progress', progress: { file, loaded, total, all } });
  }
}

/** A stream's chunks; not every browser lets a stream itself be iterated over. */
async function* chunks(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    yield value;
  }
}

async function get(name) {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok) {
    throw new Error(`${response.url} answers ${response.status}`);
  }
  return response;
}

function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
