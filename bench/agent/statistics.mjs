/** The median with the least and the most, and what they are of. */
export function spread(values) {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values), values };
}

export function lowerQuartile(values) {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 4)];
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
}
