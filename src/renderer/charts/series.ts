// Several series in one chart: a colour and a dash each, so that neither is needed to tell them apart.
const dashes = ['', '6 3', '2 2', '8 3 2 3', '1 3', '12 4'];

/** How many can be told apart. */
export const mostSeries = dashes.length;

export const seriesStyle = (index: number): { colour: string; dash: string } => ({
  colour: `var(--run-${(index % mostSeries) + 1})`,
  dash: dashes[index % mostSeries] ?? '',
});
