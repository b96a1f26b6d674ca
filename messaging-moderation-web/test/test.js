// What `cargo xtask web-test` runs in a browser: judges every text, and answers with what it saw.

import { createModerator, ModerationError } from '/web/index.js';

/** A timer's period, in milliseconds. */
const PERIOD = 10;

/** How long the machine itself is watched, in milliseconds. */
const CONTROL = 15_000;

/** Texts of about 120 characters. */
const MESSAGE = [100, 140];

const answer = await run().catch((error) => ({ failed: `${error?.stack ?? error}` }));
await fetch('/answer', { method: 'POST', body: JSON.stringify(answer) });

async function run() {
  const { texts, everything } = await (await fetch('/work.json')).json();
  const longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((e) => e.duration)))
    .observe({ type: 'longtask' });

  const control = await machine();

  const loading = watch();
  const began = performance.now();
  const progress = [];
  const moderator = await createModerator({ onProgress: (step) => progress.push(step) });
  const loadMs = performance.now() - began;
  const whileLoading = loading();

  const judging = watch();
  const verdicts = [];
  const times = { message: [], all: [] };
  for (const { text, audience, surface } of texts) {
    const start = performance.now();
    verdicts.push(await moderator.moderate(text, { audience, surface }));
    const took = performance.now() - start;
    times.all.push(took);
    const { length } = text;
    if (length >= MESSAGE[0] && length <= MESSAGE[1]) {
      times.message.push(took);
    }
  }
  const page = { long_tasks: longTasks, control, loading: whileLoading, judging: judging() };

  const checks = await check(moderator, progress, texts, verdicts);
  const all = await createModerator({ baseUrl: '/web/', policy: everything, queueLimit: texts.length });
  const judged = await Promise.all(
    texts.map(({ text, audience, surface }) => all.moderate(text, { audience, surface })),
  );
  all.close();
  return {
    browser: navigator.userAgent,
    load_ms: loadMs,
    checks,
    verdicts,
    everything: judged,
    times,
    page,
  };
}

/** The machine's own delays: what a timer suffers from a worker that does nothing but count. */
async function machine() {
  const source = new Blob(['for (;;);'], { type: 'text/javascript' });
  const worker = new Worker(URL.createObjectURL(source));
  const delays = watch();
  await new Promise((resolve) => setTimeout(resolve, CONTROL));
  worker.terminate();
  return delays();
}

/** Notes how late each tick of a timer is, until the function that it answers is called. */
function watch() {
  const delays = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    delays.push(Math.max(0, now - last - PERIOD));
    last = now;
  }, PERIOD);
  return () => {
    clearInterval(timer);
    return delays;
  };
}

/** What must hold beside the verdicts; each of them names itself. */
async function check(moderator, progress, texts, verdicts) {
  const checks = [];
  const holds = async (name, test) => {
    try {
      await test();
      checks.push({ name, error: null });
    } catch (error) {
      checks.push({ name, error: `${error?.message ?? error}` });
    }
  };

  await holds('progress goes up to every byte of every file', () => {
    const last = progress.at(-1).all;
    equal(last.loaded, last.total);
    equal(new Set(progress.map((step) => step.file)).size, 5);
    equal(progress.every((step, at) => at === 0 || step.all.loaded >= progress[at - 1].all.loaded), true);
  });

  await holds('200 texts at once are judged in order', async () => {
    const settled = [];
    const some = await Promise.all(texts.slice(0, 200).map(async ({ text, audience, surface }, at) => {
      const verdict = await moderator.moderate(text, { audience, surface });
      settled.push(at);
      return verdict;
    }));
    equal(JSON.stringify(some), JSON.stringify(verdicts.slice(0, 200)));
    equal(settled.every((at, place) => at === place), true);
  });

  await holds('an aborted text is dropped at once, and the others are judged', async () => {
    const controller = new AbortController();
    const long = 'The river path is open again. '.repeat(300);
    const [first, second, third] = [
      moderator.moderate(long, {}, { signal: controller.signal }),
      moderator.moderate(long, {}, { signal: controller.signal }),
      moderator.moderate('hello'),
    ];
    const began = performance.now();
    setTimeout(() => controller.abort(), 5);
    equal(await nameOf(first), 'AbortError');
    equal(await nameOf(second), 'AbortError');
    equal((await third).model, moderator.model);
    equal(moderator.pending, 0);
    const took = performance.now() - began;
    equal(took < 500 || took, true);
    equal(await nameOf(moderator.moderate('hello', {}, { signal: controller.signal })), 'AbortError');
  });

  await holds('a full queue refuses', async () => {
    const works = Array.from({ length: 258 }, () => moderator.moderate('hello'));
    equal(await nameOf(moderator.moderate('hello')), 'QueueFullError');
    await Promise.all(works);
  });

  await holds('what is no text or no context is refused by name', async () => {
    equal(await nameOf(moderator.moderate(42)), 'InvalidInputError');
    equal(await nameOf(moderator.moderate('hello', { audience: 'teens' })), 'InvalidInputError');
    equal(await nameOf(moderator.moderate('hello', { surface: 'wall' })), 'InvalidInputError');
  });

  await holds('a lone surrogate counts as one code point', async () => {
    const { flags } = await moderator.moderate('\ud83d mail joe@example.com');
    equal(JSON.stringify(flags.find(({ flag }) => flag === 'email_address').span), '{"start":7,"end":22}');
  });

  await holds('a mistake in a policy is named with its line', async () => {
    const load = createModerator({ baseUrl: '/web/', policy: '[thresholds]\nspam = 2\n' });
    equal(await nameOf(load), 'LoadError');
    equal(/line 2/.test((await load.catch((error) => error)).message), true);
  });

  await holds('a folder without the files is a load error', async () => {
    equal(await nameOf(createModerator({ baseUrl: '/nowhere/' })), 'LoadError');
  });

  await holds('loading can be abandoned', async () => {
    equal(await nameOf(createModerator({ signal: AbortSignal.timeout(1) })), 'TimeoutError');
  });

  await holds('a closed moderator rejects what it has and what comes', async () => {
    const work = moderator.moderate('hello');
    moderator.close();
    equal(await nameOf(work), 'ClosedError');
    equal(await nameOf(moderator.moderate('hello')), 'ClosedError');
    equal((await moderator.moderate('hello').catch((error) => error)) instanceof ModerationError, true);
  });
  return checks;
}

async function nameOf(promise) {
  return promise.then(() => 'no error', (error) => error.name);
}

function equal(is, ought) {
  if (is !== ought) {
    throw new Error(`${is} is not ${ought}`);
  }
}
