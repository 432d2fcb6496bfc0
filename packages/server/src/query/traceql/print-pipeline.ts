import type { Pipeline, ScalarExpression, SpansetExpression, Stage } from './ast.ts';
import { printNumber } from './literals.ts';
import { precedenceOf, rightPrecedenceOf } from './operators.ts';
import { isOtherLogic, printFieldExpression } from './print-field.ts';

export function printPipeline({ stages }: Pipeline): string {
  return stages.map(printStage).join(' | ');
}

/** As answers name what they were grouped by and calculated from, too: `by(resource.service.name)`. */
export function printStage(stage: Stage): string {
  switch (stage.kind) {
    case 'spanset-filter':
    case 'spanset-operation':
      return printSpansets(stage, 0);
    case 'scalar-filter':
      return `${printScalar(stage.left, 0)} ${stage.operator} ${printScalar(stage.right, 0)}`;
    case 'by':
      return `by(${stage.expressions.map((expression) => printFieldExpression(expression)).join(', ')})`;
    case 'coalesce':
      return 'coalesce()';
    case 'select':
      return `select(${stage.fields.map((field) => printFieldExpression(field)).join(', ')})`;
  }
}

/** @param minimum what binds less strongly needs parentheses */
export function printSpansets(expression: SpansetExpression, minimum: number): string {
  switch (expression.kind) {
    case 'spanset-filter':
      return expression.condition ? `{ ${printFieldExpression(expression.condition)} }` : '{ }';
    case 'pipeline':
      return `(${printPipeline(expression)})`;
    case 'spanset-operation': {
      const { operator, left, right } = expression;
      const precedence = precedenceOf(operator);
      const isMixed = left.kind === 'spanset-operation' && isOtherLogic(operator, left.operator);
      const text = `${printSpansets(left, isMixed ? precedence + 1 : precedence)} ${operator} ${printSpansets(right, rightPrecedenceOf(operator))}`;
      return precedence < minimum ? `(${text})` : text;
    }
  }
}

/** @param minimum what binds less strongly needs parentheses */
export function printScalar(expression: ScalarExpression, minimum = 0): string {
  switch (expression.kind) {
    case 'literal':
      return printNumber(expression);
    case 'aggregate':
      return expression.function === 'count'
        ? 'count()'
        : `${expression.function}(${printFieldExpression(expression.of)})`;
    case 'scalar-operation': {
      const { operator, left, right } = expression;
      const precedence = precedenceOf(operator);
      const leftText = printScalar(left, operator === '^' ? precedence + 1 : precedence);
      const text = `${leftText} ${operator} ${printScalar(right, rightPrecedenceOf(operator))}`;
      return precedence < minimum ? `(${text})` : text;
    }
  }
}
