/** `sightline run` is not to be noticed: nearly every test here would pass without it, too. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sightline, sightlineInTerminal, temporaryDirectory } from './sightline.ts';

const run = ['run', '--no-up'];
/** Where spans have another place to go, no backend is started without `--no-up` either. */
const elsewhere = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };

/** Says how often it got each signal when it is told so by a line on its standard input, then goes on. */
const signalCounter = `
  const counts = {};
  for (const name of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGTERM', 'SIGWINCH', 'SIGCONT']) {
    counts[name] = 0;
    process.on(name, () => { counts[name]++; console.log('got', name); });
  }
  console.log('ready', process.pid);
  process.stdin.on('data', () => console.log(JSON.stringify(counts)));
  process.stdin.on('end', () => process.exit(0));
`;

test.each([0, 1, 7, 255])('exits with the code %i of its command', async (code) => {
  const program = sightline([...run, 'sh', '-c', `exit ${code}`]);
  expect(await program.ended).toEqual({ code, signal: null });
  expect(program.output).toBe('');
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE', 'SIGABRT'] as const)(
  'dies by %s when its command does',
  async (signal) => {
    const program = sightline([...run, 'sh', '-c', `kill -${signal.slice(3)} $$`]);
    expect(await program.ended).toEqual({ code: null, signal });
    expect(program.output).toBe('');
  },
);

test('a command that does not exist: 127 and one line', async () => {
  const program = sightline([...run, 'no-such-command', '--flag']);
  expect(await program.ended).toEqual({ code: 127, signal: null });
  expect(program.output).toBe('sightline: no-such-command: command not found\n');
});

test('a file whose interpreter does not exist: 127, and the line says so', async () => {
  const script = executable('#!/no/such/interpreter\n');
  const program = sightline([...run, script]);
  expect(await program.ended).toEqual({ code: 127, signal: null });
  expect(program.output).toBe(`sightline: ${script}: the interpreter that its first line names does not exist\n`);
});

test.each(['a directory', 'a file without its x bit'])('%s: 126 and one line', async (what) => {
  const path = temporaryDirectory();
  const file = join(path, 'file');
  writeFileSync(file, 'echo no');
  const program = sightline([...run, what === 'a directory' ? path : file]);
  expect(await program.ended).toEqual({ code: 126, signal: null });
  expect(program.output).toMatch(/^sightline: \S+: not executable .*\n$/);
});

test('what follows the command is the command’s', async () => {
  const words = ['--no-up', '-h', '--', '--version', '', 'two words', '$HOME', '*'];
  const script = executable('#!/bin/sh\nfor word; do echo "<$word>"; done\n');
  for (const start of [run, [...run, '--'], ['run'], ['run', '--']]) {
    const program = sightline([...start, script, ...words], { env: elsewhere });
    await program.ended;
    expect(program.output).toBe(words.map((word) => `<${word}>\n`).join(''));
  }
});

test('standard input and output pass through byte for byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7919 + (index >> 8)) & 0xff));
  const program = sightline([...run, 'sh', '-c', 'cat; printf "\\377\\000e" >&2']);
  program.child.stdin?.end(bytes);
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.stdout.equals(bytes)).toBe(true);
  expect(program.stderr).toEqual(Buffer.from([0xff, 0, 0x65]));
});

test('a reader that goes away stops the command as it does without us', async () => {
  const program = sightline([...run, 'sh', '-c', 'yes; echo $? >&2']);
  await program.says(/y\n/);
  program.child.stdout?.destroy();
  await program.ended;
  expect(program.stderr.toString()).toMatch(/(^|\n)(141|1)\n$/);
});

const forwarded = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGTERM', 'SIGWINCH', 'SIGCONT'] as const;

test('a signal to the launcher alone reaches the command, once', async () => {
  const program = sightline([...run, 'node', '-e', signalCounter]);
  await program.says(/ready/);
  for (const signal of forwarded) {
    program.child.kill(signal);
    await program.says(new RegExp(`got ${signal}`));
  }
  await expectEachOnce(program);
});

test('a signal to the whole group reaches the command once, and not twice', async () => {
  const program = sightline([...run, 'node', '-e', signalCounter], { ownGroup: true });
  await program.says(/ready/);
  for (const signal of forwarded) {
    process.kill(-(program.child.pid ?? 0), signal);
    await program.says(new RegExp(`got ${signal}`));
  }
  await expectEachOnce(program);
});

async function expectEachOnce(program: ReturnType<typeof sightline>): Promise<void> {
  // A second SIGUSR2 passes the same way as a doubled one would, and comes behind it.
  program.child.kill('SIGUSR2');
  await program.says(/(got SIGUSR2[\s\S]*){2}/);
  program.type('\n');
  const [, counts = ''] = await program.says(/(\{.*\})/);
  expect(JSON.parse(counts)).toEqual({ ...Object.fromEntries(forwarded.map((name) => [name, 1])), SIGUSR2: 2 });
  program.child.stdin?.end();
  expect(await program.ended).toEqual({ code: 0, signal: null });
}

test('Ctrl-C in a terminal reaches the command once, and what it does then is its own decision', async () => {
  const program = sightlineInTerminal([...run, 'node', '-e', signalCounter]);
  await program.says(/ready/);
  program.type('\x03');
  await program.says(/got SIGINT/);
  program.type('\x1c');
  await program.says(/got SIGQUIT/);
  program.type('\n');
  const [, counts = ''] = await program.says(/(\{.*\})/);
  expect(JSON.parse(counts)).toMatchObject({ SIGINT: 1, SIGQUIT: 1 });
  program.type('\x04');
  expect(await program.ended).toMatchObject({ code: 0 });
});

test('Ctrl-C ends a command without a listener, and the shell sees that SIGINT did it', async () => {
  const program = sightlineInTerminal([...run, 'node', '-e', 'console.log("ready"); setInterval(() => {}, 1000)']);
  await program.says(/ready/);
  program.type('\x03');
  expect(await program.ended).toMatchObject({ code: 130 });
});

test('the command has the terminal: its kind, its size, and the news when the size changes', async () => {
  const program = sightlineInTerminal([
    ...run,
    'node',
    '-e',
    `console.log(String([process.stdin.isTTY, process.stdout.isTTY, process.stderr.isTTY]));
     process.stdout.on('resize', () => { console.log(process.stdout.columns + 'x' + process.stdout.rows); process.exit(3); });
     require('node:child_process').execSync('stty cols 101 rows 33', { stdio: 'inherit' });
     setInterval(() => {}, 1000);`,
  ]);
  expect(await program.ended).toMatchObject({ code: 3 });
  expect(program.output).toBe('true,true,true\r\n101x33\r\n');
});

test('in a pipe the command has no terminal', async () => {
  const program = sightline([
    ...run,
    'node',
    '-p',
    '[process.stdin.isTTY, process.stdout.isTTY, process.stderr.isTTY]',
  ]);
  await program.ended;
  expect(program.output).toBe('[ undefined, undefined, undefined ]\n');
});

test('Ctrl-Z stops the command and the launcher, and both go on when the shell continues them', async () => {
  // An interactive shell, since only such a one gives each command its own group and minds stopped ones. The command
  // starts no other: a shell that is stopped while it does never counts as stopped, with `run` or without.
  const program = sightlineInTerminal(['run', '--no-up', 'sh', '-i'], { env: { PS1: '', ENV: '' } });
  program.type(
    `${process.execPath} ${join(import.meta.dirname, '../../packages/cli/bin/sightline.cjs')} run --no-up sh -c 'echo started; read line; echo finished; exit 5'\n`,
  );
  await program.says(/started\r\n/);
  program.type('\x1a');
  await program.says(/Stopped/);
  program.type('fg; echo "code=$?"\n\n');
  await program.says(/finished\r\n(.*\r\n)*code=5/);
  program.type('exit\n');
  await program.ended;
});

test('NODE_OPTIONS and resource attributes of the user are kept', async () => {
  const program = sightline(
    [
      ...run,
      'node',
      '-p',
      '[process.env.NODE_OPTIONS, process.env.OTEL_RESOURCE_ATTRIBUTES, require.main, Error.stackTraceLimit].join("|")',
    ],
    {
      env: { NODE_OPTIONS: '--stack-trace-limit=7', OTEL_RESOURCE_ATTRIBUTES: 'team=a' },
    },
  );
  await program.ended;
  expect(program.output).toMatch(
    /^--require \S+register\.cjs --stack-trace-limit=7\|team=a,sightline\.run\.id=\w+\|.*\|7\n$/,
  );
});

test('a debugger’s port that NODE_OPTIONS asks for belongs to the command', async () => {
  const program = sightline([...run, 'node', '-p', 'require("node:inspector").url() !== undefined'], {
    env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' },
  });
  await program.ended;
  expect(program.stdout.toString()).toBe('true\n');
});

test('run loads one file, and none of the ES modules beside it', async () => {
  const program = sightline(['run', 'true'], { env: { ...elsewhere, NODE_DEBUG: 'esm,module' } });
  await program.ended;
  expect(program.output).toMatch(/dist\/main\.cjs/);
  expect(program.output).not.toMatch(/dist\/[\w-]+\.js/);
});

test('with an option it loads nothing of the server', async () => {
  const program = sightline([...run, 'true'], { env: { NODE_DEBUG: 'esm,module' } });
  await program.ended;
  expect(program.output).toMatch(/dist\/command-line\.js/);
  expect(program.output).not.toMatch(/node_modules\/(fastify|chdb|pino)|dist\/main-\w+\.js/);
});

test.each([
  [['run'], "missing required argument 'command'"],
  [['run', '--'], "missing required argument 'command'"],
  [['run', '-x', 'true'], "unknown option '-x'"],
])('%j: 2, and %s', async (args, problem) => {
  const program = sightline(args);
  expect(await program.ended).toEqual({ code: 2, signal: null });
  expect(program.output).toBe(`sightline: ${problem}\n`);
});

function executable(text: string): string {
  const file = join(temporaryDirectory(), 'script');
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}
