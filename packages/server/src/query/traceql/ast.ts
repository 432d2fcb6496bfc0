/**
 * A TraceQL query as a tree. What can be written in two ways stands here in one: `duration` and
 * `span:duration` are one intrinsic, `x != nil` and `nil != x` one `exists`, `-5` a literal; parentheses
 * are gone. Only what Grafana's documentation describes has a node.
 *
 * @see https://grafana.com/docs/tempo/latest/traceql/construct-traceql-queries/
 * @see https://grafana.com/docs/tempo/latest/metrics-from-traces/metrics-queries/functions/
 */

/** Where in the query a node was written: UTF-16 offsets, `to` behind its end. */
export interface Located {
  from: number;
  to: number;
}

export type Query = SpansetQuery | MetricsQuery;

/** Answers with traces. */
export interface SpansetQuery extends Located {
  kind: 'search';
  pipeline: Pipeline;
  hints: Hint[];
}

/** Answers with series. */
export interface MetricsQuery extends Located {
  kind: 'metrics';
  expression: MetricsExpression;
  hints: Hint[];
}

/** `with (exemplars=true, most_recent=true)` */
export interface Hint extends Located {
  kind: 'hint';
  name: string;
  value: Literal;
}

// Spansets

/**
 * Stages from left to right: each takes the spansets of the one before it, the first takes one spanset
 * with all spans of the trace. A trace is in the answer if a spanset is left. Never empty.
 */
export interface Pipeline extends Located {
  kind: 'pipeline';
  stages: Stage[];
}

export type Stage = SpansetFilter | SpansetOperation | ScalarFilter | GroupBy | Coalesce | Select;

/** A side of an operation. A pipeline stood in parentheses, and is more than one filter or operation. */
export type SpansetExpression = SpansetFilter | SpansetOperation | Pipeline;

/** `{ condition }`; `{ }` has none. */
export interface SpansetFilter extends Located {
  kind: 'spanset-filter';
  condition?: FieldExpression;
}

export interface SpansetOperation extends Located {
  kind: 'spanset-operation';
  operator: SpansetOperator;
  left: SpansetExpression;
  right: SpansetExpression;
}

export type SpansetOperator = '&&' | '||' | StructuralOperator;

/** `!`: the right side's spans for which it does not hold. `&`: the spans of both sides. */
export type StructuralOperator = StructuralRelation | `!${StructuralRelation}` | `&${StructuralRelation}`;

/** The right side's spans are of the left side's: children, descendants, parents, ancestors, siblings. */
export type StructuralRelation = '>' | '>>' | '<' | '<<' | '~';

/** `by(resource.service.name)`: a spanset for each value. Never empty. */
export interface GroupBy extends Located {
  kind: 'by';
  expressions: FieldExpression[];
}

/** `coalesce()`: all spansets become one. */
export interface Coalesce extends Located {
  kind: 'coalesce';
}

/** `select(span.http.url, name)`: answer with these too. Never empty. */
export interface Select extends Located {
  kind: 'select';
  fields: Field[];
}

/** `count() > 2`: keeps the spansets for which it holds. At least one side has an aggregate; constants are folded. */
export interface ScalarFilter extends Located {
  kind: 'scalar-filter';
  operator: OrderOperator;
  left: ScalarExpression;
  right: ScalarExpression;
}

export type ScalarExpression = Aggregate | ScalarOperation | NumericLiteral;

interface ScalarOperation extends Located {
  kind: 'scalar-operation';
  operator: ArithmeticOperator;
  left: ScalarExpression;
  right: ScalarExpression;
}

export type Aggregate = CountAggregate | ValueAggregate;

interface CountAggregate extends Located {
  kind: 'aggregate';
  function: 'count';
}

interface ValueAggregate extends Located {
  kind: 'aggregate';
  function: 'min' | 'max' | 'avg' | 'sum';
  of: FieldExpression;
}

// What is said of one span

export type FieldExpression = Field | Literal | UnaryOperation | BinaryOperation | Exists;

export type Field = Attribute | Intrinsic;

/** `span.http.url`, `.http.url` (scope `any`: the span's, else the resource's), `parent.span.http.url` */
export interface Attribute extends Located {
  kind: 'attribute';
  scope: AttributeScope;
  name: string;
  /** Present: of the span's parent. */
  parent?: true;
}

export type AttributeScope = 'any' | 'span' | 'resource' | 'event' | 'link' | 'instrumentation';

/** `span:duration`, `duration` */
export interface Intrinsic extends Located {
  kind: 'intrinsic';
  name: IntrinsicName;
}

export type IntrinsicName =
  | 'span:name'
  | 'span:status'
  | 'span:statusMessage'
  | 'span:kind'
  | 'span:duration'
  | 'span:id'
  | 'span:parentID'
  | 'span:childCount'
  | 'trace:id'
  | 'trace:duration'
  | 'trace:rootName'
  | 'trace:rootService'
  | 'event:name'
  | 'event:timeSinceStart'
  | 'link:traceID'
  | 'link:spanID'
  | 'instrumentation:name'
  | 'instrumentation:version'
  | 'nestedSetLeft'
  | 'nestedSetRight'
  | 'nestedSetParent';

export interface UnaryOperation extends Located {
  kind: 'unary';
  operator: '-' | '!';
  operand: FieldExpression;
}

export interface BinaryOperation extends Located {
  kind: 'binary';
  operator: BinaryOperator;
  left: FieldExpression;
  right: FieldExpression;
}

/** `x != nil`; negated: `x = nil` */
export interface Exists extends Located {
  kind: 'exists';
  negated: boolean;
  operand: FieldExpression;
}

export type BinaryOperator = '&&' | '||' | ComparisonOperator | ArithmeticOperator;
export type ComparisonOperator = OrderOperator | '=~' | '!~';
export type OrderOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';

export type Literal = StringLiteral | BooleanLiteral | StatusLiteral | KindLiteral | NumericLiteral;
export type NumericLiteral = IntLiteral | FloatLiteral | DurationLiteral;

export interface StringLiteral extends Located {
  kind: 'literal';
  type: 'string';
  value: string;
}

interface BooleanLiteral extends Located {
  kind: 'literal';
  type: 'bool';
  value: boolean;
}

export interface StatusLiteral extends Located {
  kind: 'literal';
  type: 'status';
  value: 'ok' | 'error' | 'unset';
}

export interface KindLiteral extends Located {
  kind: 'literal';
  type: 'kind';
  value: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
}

/** −2⁶³ to 2⁶³−1 */
interface IntLiteral extends Located {
  kind: 'literal';
  type: 'int';
  value: bigint;
}

/** Finite. */
interface FloatLiteral extends Located {
  kind: 'literal';
  type: 'float';
  value: number;
}

/** Nanoseconds, ±(2⁶³−1). */
interface DurationLiteral extends Located {
  kind: 'literal';
  type: 'duration';
  value: bigint;
}

// Metrics

export type MetricsExpression = MetricsPipeline | MetricsOperation | MetricsConstant | TopK | MetricsFilter;

/** `{ } | rate() by (name)` */
export interface MetricsPipeline extends Located {
  kind: 'metrics-pipeline';
  pipeline: Pipeline;
  aggregate: MetricsAggregate;
}

/** `({ } | rate()) / ({ } | count_over_time())`; at least one side is not a constant. */
export interface MetricsOperation extends Located {
  kind: 'metrics-operation';
  operator: '+' | '-' | '*' | '/';
  left: MetricsExpression;
  right: MetricsExpression;
}

/** Only as a side of an operation. */
export interface MetricsConstant extends Located {
  kind: 'metrics-constant';
  value: number;
}

/** `… | topk(10)`, at each point in time. */
interface TopK extends Located {
  kind: 'topk' | 'bottomk';
  of: MetricsExpression;
  /** At least 1. */
  limit: number;
}

/** `… > 10`: keeps the points for which it holds. */
interface MetricsFilter extends Located {
  kind: 'metrics-filter';
  of: MetricsExpression;
  operator: OrderOperator;
  value: NumericLiteral;
}

export type MetricsAggregate = SpanCount | ValueOverTime | QuantileOverTime | Compare;

interface SpanCount extends Located {
  kind: 'metrics-aggregate';
  function: 'rate' | 'count_over_time';
  by: Field[];
}

interface ValueOverTime extends Located {
  kind: 'metrics-aggregate';
  function: 'min_over_time' | 'max_over_time' | 'avg_over_time' | 'sum_over_time' | 'histogram_over_time';
  of: Field;
  by: Field[];
}

interface QuantileOverTime extends Located {
  kind: 'metrics-aggregate';
  function: 'quantile_over_time';
  of: Field;
  /** 0 to 1. Never empty. */
  quantiles: number[];
  by: Field[];
}

/** `compare({ status = error }, 10)`: the spans that the filter selects against the others. */
export interface Compare extends Located {
  kind: 'metrics-aggregate';
  function: 'compare';
  selection: SpansetFilter;
  /** Values for each attribute; 10 where not given. */
  limit: number;
  /** In which the selected spans start. */
  range?: { startUnixNano: bigint; endUnixNano: bigint };
}
