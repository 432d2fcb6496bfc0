import type { Compare, Field } from './ast.ts';
import { evaluate, isTrue, scalarFields } from './evaluate-field.fixture.ts';
import { countsOf, type MetricsRange, type Observed, type Series } from './series.fixture.ts';
import { keyOf, type Value } from './value.fixture.ts';

/** How often each attribute has each of its values, in the selected spans and in the others. */
export function compareSpans(
  { selection, limit, range: within }: Compare,
  observed: readonly Observed[],
  range: MetricsRange,
): Series[] {
  const isSelected = (each: Observed): boolean =>
    (!within || (each.node.start >= within.startUnixNano && each.node.start < within.endUnixNano)) &&
    (!selection.condition || isTrue(selection.condition, each));
  return (['selection', 'baseline'] as const).flatMap((type) => {
    const members = observed.filter((each) => isSelected(each) === (type === 'selection'));
    return compareSide(type, limit, members, range);
  });
}

/** As Tempo calls them here. */
const comparedIntrinsics = {
  name: 'span:name',
  kind: 'span:kind',
  status: 'span:status',
  statusMessage: 'span:statusMessage',
  rootName: 'trace:rootName',
  rootServiceName: 'trace:rootService',
} as const;

function compareSide(type: string, limit: number, members: readonly Observed[], range: MetricsRange): Series[] {
  const byField = new Map<string, Map<string, { value: Value; having: Observed[] }>>();
  for (const each of members) {
    const intrinsics = Object.entries(comparedIntrinsics).map(([label, name]) => {
      const field: Field = { kind: 'intrinsic', name, from: 0, to: 0 };
      return { label, value: evaluate(field, each) };
    });
    const attributes = scalarFields(each.node).map(({ field, value }) => ({ label: printed(field), value }));
    for (const { label, value } of [...intrinsics, ...attributes]) {
      if (value === undefined) continue;
      const values = byField.get(label) ?? new Map<string, { value: Value; having: Observed[] }>();
      const entry = values.get(keyOf(value)) ?? { value, having: [] };
      entry.having.push(each);
      byField.set(label, values.set(keyOf(value), entry));
    }
  }
  return [...byField].flatMap(([name, values]) => {
    const ranked = [...values].sort(([a, x], [b, y]) => y.having.length - x.having.length || (a < b ? -1 : 1));
    const meta = (value: string): Series['labels'][number] => ({
      name: '__meta_type',
      value: { type: 'string', value },
    });
    const all = ranked.flatMap(([, { having }]) => having);
    return [
      ...ranked
        .slice(0, limit)
        .map(([, { value, having }]) => ({ labels: [meta(type), { name, value }], values: countsOf(having, range) })),
      { labels: [meta(`${type}_total`), { name, value: undefined }], values: countsOf(all, range) },
    ];
  });
}

function printed(field: Field): string {
  return field.kind === 'attribute' ? `${field.scope}.${field.name}` : field.name;
}
