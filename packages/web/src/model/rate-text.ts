/** Rates and shares as the pages write them. */

/** `12/s`, `30/min`, `2/h`: in the unit in which a person would count, so that whole numbers stand below one another. */
export function rateText(perSecond: number): string {
  if (perSecond === 0) return '0/s';
  if (perSecond >= 1) return `${short(perSecond)}/s`;
  if (perSecond * 60 >= 1) return `${short(perSecond * 60)}/min`;
  return `${short(perSecond * 3600)}/h`;
}

/** `0.4 %`, `12 %`: where a small share matters, such as that of errors. */
export function shareText(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

/** Three digits at most: `1.2k`, `34.5`, `0.07`. */
export function short(number: number): string {
  if (number >= 1e6) return `${digits(number / 1e6)}M`;
  if (number >= 1e3) return `${digits(number / 1e3)}k`;
  return digits(number);
}

function digits(number: number): string {
  return String(Number(number.toPrecision(number >= 100 ? 3 : 2)));
}
