/**
 * How much the agent does, and the next step when it costs more or less than it may. A pure function of what was
 * measured in the last second:
 *
 *     everything ──▶ no details ──▶ a part of the traces that begin here ──▶ of those that callers began, too
 *                ◀──            ◀──                                      ◀──
 *
 * Down in one step, to where the measured cost would just fit; up by half at most, so that it does not swing.
 */
export interface BudgetState {
  readonly detail: 'full' | 'reduced';
  /** The part of the traces that is kept, above 0 to 1. */
  readonly ratio: number;
  /** Whether the ratio also holds for traces that a caller in another process has begun and sampled. */
  readonly includesCallers: boolean;
  /** Seconds that all would have fitted twice. */
  readonly calmSeconds: number;
}

export const unlimited: BudgetState = { detail: 'full', ratio: 1, includesCallers: false, calmSeconds: 0 };

/** What a request costs that is left out is a good part of the whole, so that less than this would save nothing. */
export const leastRatio = 0.01;

/** Aimed at, as a part of the budget, so that noise does not cross it. */
const aim = 0.9;
/** Between this part of the budget and the whole nothing changes. */
const comfortable = 0.75;
const calmBeforeDetail = 3;

/**
 * @param load what the agent took, as a part of the budget: 1 is all of it
 * @param beganTraces whether traces began in this process, which sampling at the root could leave out
 */
export function nextState(state: BudgetState, load: number, beganTraces: boolean): BudgetState {
  if (load > 1) return tighten({ ...state, calmSeconds: 0 }, load, beganTraces);
  if (load > comfortable) return { ...state, calmSeconds: 0 };
  return state.ratio < 1 ? loosen(state, load) : restoreDetail(state, load);
}

function tighten(state: BudgetState, load: number, beganTraces: boolean): BudgetState {
  if (state.detail === 'full') return { ...state, detail: 'reduced' };
  // Whole traces are worth more than the budget, up to twice of it.
  const includesCallers = state.includesCallers || (load > 2 && (state.ratio < 1 || !beganTraces));
  if (!beganTraces && !includesCallers) return state;
  // What was left out until now were others.
  const ratio = includesCallers === state.includesCallers ? state.ratio : 1;
  return { ...state, includesCallers, ratio: Math.max(leastRatio, ratio * Math.max(0.1, aim / load)) };
}

function loosen(state: BudgetState, load: number): BudgetState {
  const ratio = Math.min(1, state.ratio * Math.min(1.5, aim / Math.max(load, 1e-6)));
  return { ...state, ratio, includesCallers: state.includesCallers && ratio < 1, calmSeconds: 0 };
}

function restoreDetail(state: BudgetState, load: number): BudgetState {
  if (state.detail === 'full') return state;
  const calmSeconds = load < 0.5 ? state.calmSeconds + 1 : 0;
  return calmSeconds < calmBeforeDetail ? { ...state, calmSeconds } : unlimited;
}
