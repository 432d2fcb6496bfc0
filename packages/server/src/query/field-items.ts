/** What a span has in a field, as a list in SQL over a row of `spans`: (text, type) for each value that a query can compare with. */
import type { AttributeType } from '@sightline/wire';
import { startsWithSql } from './services.ts';
import type { Attribute, Field } from './traceql/ast.ts';
import { kindNames, statusNames } from './traceql/span-values.ts';
import { type SqlContext, type SqlType, type SqlValue, valuesOf } from './traceql/value-sql.ts';

export interface FieldItems {
  items: string;
  /** True for at least the rows that have a value. */
  present: string;
}

/** @param prefix what the text begins with, in upper or lower case @returns undefined where no row tells values of the field */
export function fieldItems(field: Field, prefix: string | undefined, context: SqlContext): FieldItems | undefined {
  const all = alternativesOf(field, context);
  if (all.length === 0) return undefined;
  const items = `arrayDistinct(arrayConcat(${all.map((each) => each.items).join(', ')}))`;
  const begins = prefix ? startsWithSql('item.1', context.parameters.bind('String', prefix)) : '';
  return {
    items: begins ? `arrayFilter(item -> ${begins}, ${items})` : items,
    present: `(${all.map(({ present }) => present).join(' OR ')})`,
  };
}

function alternativesOf(field: Field, context: SqlContext): FieldItems[] {
  const json = field.kind === 'attribute' ? jsonColumn(field) : undefined;
  if (json) return [itemsOfJson(json, (field as Attribute).name, context)];
  return valuesOf(field, context).flatMap((value) => itemsOf(value) ?? []);
}

function itemsOf({ type, sql, present, isList }: SqlValue): FieldItems | undefined {
  const text = textSql[type];
  if (!text) return undefined;
  const pair = (value: string): string => `(${text(value)}, '${typeNames[type] ?? 'string'}')`;
  if (isList) return { items: `arrayMap(value -> ${pair('toString(value)')}, ${sql})`, present };
  if (present === '') return { items: `[${pair(sql)}]`, present: 'true' };
  return { items: `if(${present}, [${pair(sql)}], [])`, present };
}

const words = (names: readonly string[], value: string): string =>
  `[${names.map((name) => `'${name}'`).join(', ')}][${value} + 1]`;

/** The text of a value, as a search takes it. */
const textSql: Partial<Record<SqlType, (value: string) => string>> = {
  string: (value) => `toString(${value})`,
  int: (value) => `toString(${value})`,
  float: (value) => `replaceOne(replaceOne(toString(${value}), 'inf', 'Infinity'), 'nan', 'NaN')`,
  bool: (value) => `if(${value}, 'true', 'false')`,
  status: (value) => words(statusNames, value),
  kind: (value) => words(kindNames, value),
};

const typeNames: Partial<Record<SqlType, AttributeType>> = { int: 'int', float: 'double', bool: 'bool' };

/** SQL for a list of attributes, each as OTLP JSON, and for whether there are any. */
export interface JsonColumn {
  attributes: string;
  present: string;
}

export const jsonColumns: Readonly<Record<'event' | 'link' | 'instrumentation', JsonColumn>> = {
  event: {
    attributes: 'arrayFlatten(arrayMap(json -> JSONExtractArrayRaw(json), event_attributes))',
    present: 'notEmpty(event_name)',
  },
  link: {
    attributes: 'arrayFlatten(arrayMap(json -> JSONExtractArrayRaw(json), link_attributes))',
    present: 'notEmpty(link_flags)',
  },
  instrumentation: { attributes: 'JSONExtractArrayRaw(scope_attributes)', present: 'notEmpty(scope_attributes)' },
};

function jsonColumn({ scope }: Attribute): JsonColumn | undefined {
  return scope === 'event' || scope === 'link' || scope === 'instrumentation' ? jsonColumns[scope] : undefined;
}

function itemsOfJson({ attributes, present }: JsonColumn, key: string, { parameters }: SqlContext): FieldItems {
  const ofKey = `arrayFilter(attribute -> JSONExtractString(attribute, 'key') = ${parameters.bind('String', key)}, ${attributes})`;
  const comparable = `arrayFilter(item -> item.2 != 'other', arrayMap(attribute -> (${jsonText}, ${jsonTypeSql}), ${ofKey}))`;
  return { items: comparable, present };
}

const jsonText = `multiIf(JSONHas(attribute, 'value', 'stringValue'), JSONExtractString(attribute, 'value', 'stringValue'),
  JSONHas(attribute, 'value', 'intValue'), JSONExtractString(attribute, 'value', 'intValue'),
  JSONHas(attribute, 'value', 'boolValue'), JSONExtractRaw(attribute, 'value', 'boolValue'),
  trim(BOTH '"' FROM JSONExtractRaw(attribute, 'value', 'doubleValue')))`;

/** The type of an attribute's value in OTLP JSON. */
export const jsonTypeSql: string = `multiIf(JSONHas(attribute, 'value', 'stringValue'), 'string', JSONHas(attribute, 'value', 'intValue'), 'int',
  JSONHas(attribute, 'value', 'doubleValue'), 'double', JSONHas(attribute, 'value', 'boolValue'), 'bool', 'other')`;
