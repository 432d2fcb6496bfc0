/**
 * Fills each alternative from the table as it is, and measures both by turns: bytes, the CPU of inserts and merges, the questions
 * warm and cold. CPU is that of this process, which contains the engine: other work on the machine does not count in it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alternatives, questions } from './alternatives.mjs';
import { Engine } from './engine.mjs';

const results = fileURLToPath(new URL('../results/tmp-alternatives.json', import.meta.url));
/** For the cost of inserts and merges: in blocks as the writer's. */
const sampleSpans = 40_000;
const blockSpans = 40_000;
const warmRounds = 1;

/**
 * @param dataDir of a store that is filled and closed; its tables stay as they are
 * @param options.only words of the names of those to measure; what is known of the others stays
 * @param options.isCold also with nothing in any cache
 */
export async function compareAlternatives(dataDir, { only, isCold }, print) {
  const engine = new Engine(join(dataDir, 'clickhouse'));
  await engine.run('USE sightline');
  await engine.run('SYSTEM STOP MERGES spans');
  for (const table of ['sample', 'costed', 'alternative']) await drop(engine, table);
  const samples = { ...(await sample(engine)), isCold };
  const known = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {};
  for (const alternative of alternatives) {
    if (!alternative.name.includes(only)) continue;
    print(`${alternative.name} …`);
    const found = await measure(engine, alternative, samples);
    known[samples.spanCount] = { ...known[samples.spanCount], [alternative.name]: found };
    writeFileSync(results, `${JSON.stringify(known, null, 1)}\n`);
    print(JSON.stringify(found));
  }
  engine.close();
  for (const [spanCount, found] of Object.entries(known)) printTable(spanCount, found, print);
}

async function measure(engine, alternative, samples) {
  const { insertUs, mergeUs } = await costs(engine, alternative, samples.spanCount);
  await fill(engine, 'alternative', alternative, 'spans', true);
  const bytesPerSpan = await engine.number(
    `SELECT sum(bytes_on_disk) / ${samples.spanCount} FROM system.parts
     WHERE database = 'sightline' AND table IN ('alternative', 'alternative_beside') AND active`,
  );
  const asked = {};
  for (const [question, usual] of Object.entries(questions)) {
    const ask = alternative.ask?.[question] ?? usual;
    const sides = {
      base: (values) => usual('spans', values),
      own: (values) => ask('alternative', values, 'alternative_beside'),
    };
    asked[question] = await askByTurns(engine, sides, samples);
  }
  await drop(engine, 'alternative');
  return { bytesPerSpan, insertUs, mergeUs, asked };
}

/** CPU of inserting blocks of the writer's size, and of merging them to one part, in µs a span. */
async function costs(engine, alternative, spanCount) {
  await engine.run('DROP TABLE IF EXISTS sample SYNC');
  await engine.run('CREATE TABLE sample AS spans ENGINE = Memory');
  await engine.run(`INSERT INTO sample SELECT * FROM spans LIMIT ${sampleSpans} SETTINGS max_threads = 1`);
  const empty = { ...alternative, alter: alternative.alter?.filter((sql) => !sql.startsWith('MATERIALIZE')) };
  const inserted = await fill(engine, 'costed', empty, 'sample', false);
  const before = engine.cpuUs();
  for (const table of ['costed', 'costed_beside']) {
    if (!(await engine.number(`EXISTS TABLE ${table}`))) continue;
    await engine.run(`SYSTEM START MERGES ${table}`);
    await engine.run(`OPTIMIZE TABLE ${table} FINAL`);
  }
  const merged = engine.cpuUs() - before;
  await drop(engine, 'costed');
  await engine.run('DROP TABLE sample SYNC');
  const spans = Math.min(sampleSpans, spanCount);
  return { insertUs: inserted / spans, mergeUs: merged / spans };
}

/** @param isWhole by a copy of the parts where that is possible @returns CPU of the inserts in µs */
async function fill(
  engine,
  table,
  { alter = [], create = (sql) => sql, select = '*', beside, isNew = false },
  source,
  isWhole,
) {
  await drop(engine, table);
  const sql = (await engine.text('SHOW CREATE TABLE spans')).replace('sightline.spans', `sightline.${table}`);
  await engine.run(
    create(sql)
      .replace(/fsync_\w+ = 1, /g, '')
      .replace(/max_bytes_to_merge_at_max_space_in_pool = \d+/, 'merge_max_block_size = 8192'),
  );
  const isCopy = isWhole && !isNew;
  if (isCopy) await engine.run(`ALTER TABLE ${table} ATTACH PARTITION ALL FROM ${source}`);
  for (const change of alter) await engine.run(`ALTER TABLE ${table} ${change} SETTINGS mutations_sync = 2`);
  await engine.run(`SYSTEM STOP MERGES ${table}`);
  if (beside) await makeBeside(engine, table, beside);
  if (isCopy) {
    if (beside)
      await engine.run(`INSERT INTO ${table}_beside SELECT ${beside.select} FROM ${source} GROUP BY ${beside.by}`);
    return 0;
  }
  const before = engine.cpuUs();
  await engine.run(
    `INSERT INTO ${table} SELECT ${select} FROM ${source} SETTINGS max_threads = 1, max_insert_threads = 1,
     max_block_size = ${blockSpans}, max_insert_block_size = ${blockSpans}, min_insert_block_size_rows = ${blockSpans}, min_insert_block_size_bytes = 0`,
  );
  const usedUs = engine.cpuUs() - before;
  if (isWhole) {
    await engine.run(`SYSTEM START MERGES ${table}`);
    await engine.run(`OPTIMIZE TABLE ${table} FINAL`);
  }
  return usedUs;
}

/** Filled as the writer would fill it: with what each block brings. */
async function makeBeside(engine, table, { table: definition, select, by }) {
  await engine.run(`CREATE TABLE ${table}_beside ${definition}`);
  if (table !== 'costed') return;
  await engine.run(
    `CREATE MATERIALIZED VIEW ${table}_view TO ${table}_beside AS SELECT ${select} FROM ${table} GROUP BY ${by}`,
  );
}

async function drop(engine, table) {
  await engine.run(`DROP VIEW IF EXISTS ${table}_view SYNC`);
  for (const name of [table, `${table}_beside`]) await engine.run(`DROP TABLE IF EXISTS ${name} SYNC`);
}

async function askByTurns(engine, sides, samples) {
  const seen = Object.fromEntries(Object.keys(sides).map((side) => [side, { cpuMs: [], wallMs: [] }]));
  for (let round = -1; round < warmRounds; round++) {
    for (const [side, sqlOf] of Object.entries(sides)) {
      const { cpuMs, wallMs } = await engine.timed(sqlOf(samples.at(round + 1)));
      if (round < 0) continue;
      seen[side].cpuMs.push(cpuMs);
      seen[side].wallMs.push(wallMs);
    }
  }
  const coldMs = samples.isCold ? await engine.timedCold(sides.own(samples.at(20))) : undefined;
  const [base, own] = Object.values(seen).map(({ cpuMs, wallMs }) => ({
    cpuMs: part(cpuMs, 0.5),
    p50Ms: part(wallMs, 0.5),
    p95Ms: part(wallMs, 0.95),
  }));
  return { base, own: { ...own, coldMs } };
}

function part(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1));
}

/** Traces, users, services and names that are there, others in each round. */
async function sample(engine) {
  const spanCount = await engine.number('SELECT count() FROM spans');
  const rows = await engine.rows(
    `SELECT lower(hex(trace_id)) AS traceId, attr_string['user.id'] AS userId, service_name AS service, name, toString(start_unix_nano) AS startNano
     FROM spans WHERE kind = 2 AND cityHash64(span_id) % 5000 = 1 ORDER BY cityHash64(span_id, 1) LIMIT 600`,
  );
  return {
    spanCount,
    at(round) {
      const row = rows[(round * 21) % rows.length];
      const traceIds = rows.slice((round * 20) % 580, ((round * 20) % 580) + 20).map(({ traceId }) => traceId);
      return { ...row, startNano: BigInt(row.startNano), traceIds };
    },
  };
}

/** CPU of the table as it is in parentheses; then p95 and cold, as the clock has it. */
function printTable(spanCount, found, print) {
  const names = Object.keys(questions);
  print(
    `\n| ${Number(spanCount).toLocaleString('en')} spans | bytes/span | insert · merge µs/span | ${names.join(' | ')} |\n| --- | ---: | ---: | ${names.map(() => '---:').join(' | ')} |`,
  );
  for (const [name, { bytesPerSpan, insertUs, mergeUs, asked }] of Object.entries(found)) {
    const cells = names.map((question) => {
      const { own, base } = asked[question];
      return `${own.cpuMs} (${base.cpuMs}) · ${own.p95Ms} · ${own.coldMs ?? '–'}`;
    });
    print(
      `| ${name} | ${bytesPerSpan.toFixed(1)} | ${insertUs.toFixed(1)} · ${mergeUs.toFixed(1)} | ${cells.join(' | ')} |`,
    );
  }
}
