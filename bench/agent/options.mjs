// The command line, and how long each thing is measured.
import { parseArgs } from 'node:util';
import { programs } from './requests.mjs';
import { sideNames } from './sides.mjs';

const usage = `npm run bench -- agent [options]

  --quick              a first look: Node 24 only, short rounds; two minutes. Too short for V8 to settle:
                       single ratios may be off by a factor of two or three.
  --node 20,24         versions of Node
  --program hello,pg   of ${programs.map(({ name }) => name).join(', ')}
  --sides none,none    of ${sideNames.join(', ')}, the first of which is what the others are compared with.
                       A side named twice runs twice: what the second “none” adds is what the machine's noise adds.
                       Start-up, size and the bars are left out.
`;

/** @returns {quick, majors, programs, sides: names or undefined for all, isWhole: whether nothing is left out} */
export function readOptions() {
  const { quick, node, program, sides, help } = parse();
  if (help) {
    process.stdout.write(usage);
    process.exit();
  }
  const wanted = program?.split(',') ?? programs.map(({ name }) => name);
  const wantedSides = sides?.split(',');
  refuseUnknown(
    'program',
    wanted,
    programs.map(({ name }) => name),
  );
  refuseUnknown('side', wantedSides ?? [], sideNames);
  return {
    quick,
    majors: (node ?? (quick ? '24' : '20,24')).split(','),
    programs: programs.filter(({ name }) => wanted.includes(name)),
    sides: wantedSides,
    isWhole: !quick && node === undefined && program === undefined && sides === undefined,
  };
}

function parse() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        node: { type: 'string' },
        program: { type: 'string' },
        sides: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return refuse(error.message);
  }
}

function refuseUnknown(what, names, known) {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) refuse(`there is no ${what} “${unknown}”`);
}

function refuse(reason) {
  process.stderr.write(`sightline: ${reason}\n\n${usage}`);
  process.exit(2);
}

/**
 * Of each program: so many rounds, each of so many slices per side under full load, and then at half of the bare
 * program's rate. Before each slice at a rate goes a lead-in that does not count, in which the caches fill and what
 * the side before still sends is sent. Warm-up ends when `patience` windows have brought nothing more.
 */
export function planOf({ quick }) {
  return quick
    ? {
        rounds: 3,
        busySlices: 2,
        busySliceMs: 100,
        rateSlices: 3,
        rateSlice: { ms: 60, leadInMs: 20 },
        drainMs: 50,
        warmUp: { windowMs: 200, leastWindows: 4, mostWindows: 5, patience: 1 },
        quietMs: 600,
        startups: 2,
        // Peers send often rather than every five seconds, so that nobody need wait for them.
        sideEnv: { OTEL_BSP_SCHEDULE_DELAY: '250', DD_TRACE_FLUSH_INTERVAL: '250' },
      }
    : {
        rounds: 5,
        busySlices: 10,
        busySliceMs: 100,
        rateSlices: 7,
        rateSlice: { ms: 90, leadInMs: 20 },
        drainMs: 150,
        warmUp: { windowMs: 250, leastWindows: 20, mostWindows: 28, patience: 6 },
        quietMs: 5_500,
        startups: 5,
        sideEnv: {},
      };
}
