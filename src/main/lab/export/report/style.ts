// The style sheet of a report: a well-set page, light or dark as its reader has it, black on paper.
import { Html } from './html.ts';

export const style = new Html(`
:root { color-scheme: light dark; --page: light-dark(#fdfdfb, #161718); --ink: light-dark(#1a1a18, #ecebe6);
  --ink-2: light-dark(#494945, #bab8b1); --hairline: light-dark(#dfdfda, #303135);
  --right: light-dark(#1558a8, #63a7f3); --wrong: light-dark(#c73e12, #f2784b); }
body { margin: 0 auto; max-width: 1200px; padding: 32px 24px 96px; background: var(--page); color: var(--ink);
  font: 14px/21px system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif; }
h1 { font-size: 24px; line-height: 32px; margin: 0 0 4px; }
h2 { font-size: 18px; line-height: 24px; margin: 40px 0 8px; padding-top: 12px; border-top: 1px solid var(--hairline); }
h3 { font-size: 14px; margin: 24px 0 4px; }
p { max-width: 76ch; } .sub, caption, figcaption { color: var(--ink-2); }
.lead { font-size: 16px; line-height: 25px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 12.5px; line-height: 18px; }
caption { text-align: left; padding: 8px 0 4px; } th { text-align: left; font-weight: 600; vertical-align: bottom; }
th, td { padding: 2px 10px 2px 0; border-bottom: 1px solid var(--hairline); }
td { vertical-align: top; } td .sub { white-space: nowrap; } .n { text-align: right; } .scroll { overflow-x: auto; }
.wrong-text { color: light-dark(#952b06, #ffa684); font-weight: 600; }
figure { margin: 16px 0; } figure svg { max-width: 100%; height: auto; display: block; }
.grid-of-classes { display: grid; grid-template-columns: repeat(auto-fill, minmax(176px, 1fr)); gap: 4px 12px; }
figure.small { margin: 4px 0; } figure.small figcaption { font-size: 11.5px; line-height: 15px; overflow-wrap: anywhere; }
.grid { stroke: var(--hairline); } .chance { stroke: var(--ink-2); stroke-dasharray: 2 3; }
.tick { font-size: 11px; fill: var(--ink-2); } .curve { fill: none; stroke-width: 1.6; } .curve.dashed { stroke-dasharray: 6 4; }
.curve.ink { stroke: var(--ink); } .curve.right { stroke: var(--right); } .curve.wrong { stroke: var(--wrong); }
.band { opacity: 0.16; } .band.ink { fill: var(--ink); } .band.right { fill: var(--right); } .band.wrong { fill: var(--wrong); }
circle.wrong { fill: var(--wrong); }
.key { display: inline-block; width: 22px; border-top: 2px solid var(--ink); vertical-align: middle; margin: 0 6px 0 12px; }
.key.right { border-color: var(--right); } .key.wrong { border-color: var(--wrong); } .key.dashed { border-top-style: dashed; }
dt { font-weight: 600; margin-top: 8px; } dd { margin: 0; max-width: 76ch; } code { font-size: 11px; overflow-wrap: anywhere; }
@media print { body { max-width: none; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
`);
