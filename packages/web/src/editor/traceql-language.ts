/** TraceQL for CodeMirror: Grafana's grammar, coloured by the pages' tokens. */
import { HighlightStyle, LRLanguage } from '@codemirror/language';
import { parser } from '@grafana/lezer-traceql';
import { styleTags, tags } from '@lezer/highlight';

const functionNodes = [
  'Aggregate',
  'GroupOperation',
  'SelectOperation',
  'CoalesceOperation',
  'MetricsOperationBasicType',
  'MetricsOperationHistogram',
  'MetricsOperationQuantile',
  'MetricsOperationCompare',
  'MetricsOverTimeType',
  'MetricsAggregatorFunctionType',
  'With',
];

export const traceQlLanguage: LRLanguage = LRLanguage.define({
  name: 'traceql',
  parser: parser.configure({
    props: [
      styleTags({
        String: tags.string,
        'Integer Float Duration': tags.number,
        Static: tags.atom,
        IntrinsicField: tags.keyword,
        'Span Resource Event Link Instrumentation Parent': tags.modifier,
        Identifier: tags.propertyName,
        'FieldOp ComparisonOp ScalarOp And Or Gt Lt Desc Anc Pipe ExperimentalOp UnionStructuralOp': tags.operator,
        [functionNodes.join(' ')]: tags.function(tags.name),
        'LineComment BlockComment': tags.comment,
      }),
    ],
  }),
  languageData: { closeBrackets: { brackets: ['(', '{', '"', '`'] }, commentTokens: { line: '//' } },
});

export const traceQlColors: HighlightStyle = HighlightStyle.define([
  { tag: tags.string, color: 'var(--code-text)' },
  { tag: [tags.number, tags.atom], color: 'var(--code-number)' },
  { tag: tags.keyword, color: 'var(--code-word)' },
  { tag: tags.function(tags.name), color: 'var(--code-word)', fontWeight: '500' },
  { tag: [tags.modifier, tags.comment], color: 'var(--ink-3)' },
  { tag: tags.propertyName, color: 'var(--ink)' },
  { tag: tags.operator, color: 'var(--ink-2)' },
]);
